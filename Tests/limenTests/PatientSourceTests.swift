import Basics
import JSON
import Posix
import Support
import Testing

@testable import limen

/// A folder of data files that is gone after the test.
final class DataFolder {
    let path: String

    init(_ files: [String: String]) throws {
        let folder = Terminal.environment("TMPDIR") ?? "/tmp"
        path = folder + "/limen-data-\(RandomBytes.number())"
        for (name, text) in files {
            let file = path + "/" + name
            try Folder.create(path: String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)]))
            try File.writeAtomically(path: file, Array(text.utf8))
        }
    }

    deinit { try? Folder.removeAll(path: path) }

    /// What the source makes of it, ordered by patient, as lines of text.
    func patients() throws -> [String] {
        var source = try PatientSource([path], showsProgress: false)
        return try Self.patients(&source)
    }

    static func patients(_ source: inout PatientSource) throws -> [String] {
        var lines: [String] = []
        try source.forEachPatient { (record) throws(CommandError) in
            let ids = record.resources.map { $0["id"]?.stringValue ?? "-" }
            let hasPatient = record.patient == nil ? "without" : "with"
            lines.append("\(record.id) \(hasPatient) Patient: " + ids.joined(separator: " "))
        }
        return lines.sorted()
    }
}

@Suite("Patients from files, folders, NDJSON and Bundles")
struct PatientSourceTests {
    private static func observation(_ id: String, _ subject: String) -> String {
        #"{"resourceType":"Observation","id":"\#(id)","subject":{"reference":"\#(subject)"}}"#
    }

    private static func patient(_ id: String) -> String {
        #"{"resourceType":"Patient","id":"\#(id)"}"#
    }

    @Test("An export with one file for each type gives each patient its own resources")
    func bulkExport() throws {
        var observations = ""
        for number in 0..<40 {
            observations += Self.observation("o\(number)", "Patient/p\(number % 3)") + "\r\n\n"
        }
        let folder = try DataFolder([
            "Patient.ndjson": (0..<3).map { Self.patient("p\($0)") }.joined(separator: "\n"),
            "Observation.ndjson": observations,
            "manifest.txt": "no data",
        ])
        let patients = try folder.patients()
        #expect(patients.count == 3)
        let wanted = stride(from: 1, to: 40, by: 3).map { "o\($0)" }.joined(separator: " ")
        #expect(patients[1] == "p1 with Patient: " + wanted)
    }

    @Test("References of a transaction resolve inside their Bundle")
    func transaction() throws {
        let folder = try DataFolder([
            "b.json": """
            { "resourceType": "Bundle", "type": "transaction", "entry": [
              { "fullUrl": "urn:uuid:aa", "resource": { "resourceType": "Patient", "id": "p" } },
              { "fullUrl": "urn:uuid:bb",
                "resource": \(Self.observation("o1", "urn:uuid:aa")) },
              { "resource": { "resourceType": "Observation", "id": "o2" } },
              { "request": { "method": "DELETE", "url": "Observation/9" } }
            ] }
            """
        ])
        #expect(try folder.patients() == ["p with Patient: o1 o2"])
        var source = try PatientSource([folder.path], showsProgress: false)
        try source.forEachPatient { (record) throws(CommandError) in
            #expect(record.fullURLs == ["urn:uuid:aa"])
            #expect(record.places.map(\.line) == [3, 5])
            #expect(record.patientPlace?.line == 2)
        }
        #expect(source.problemCount == 0)
    }

    @Test("A Bundle of several patients is taken apart; what names nobody is counted")
    func severalPatients() throws {
        let entries = [
            Self.patient("a"), Self.patient("b"), Self.observation("1", "Patient/a"),
            Self.observation("2", "https://ehr.example/fhir/Patient/b/_history/3"),
            #"{"resourceType":"Observation","id":"3"}"#,
        ]
        let text = entries.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        let folder = try DataFolder([
            "all.json": #"{"resourceType":"Bundle","type":"searchset","entry":[\#(text)]}"#
        ])
        var source = try PatientSource([folder.path], showsProgress: false)
        #expect(
            try DataFolder.patients(&source) == ["a with Patient: 1", "b with Patient: 2"]
        )
        #expect(source.unattachedCount == 1)
        #expect(source.resourceCount == 5)
    }

    @Test("Parts of one record beside each other come together; other folders stay apart")
    func scopes() throws {
        let folder = try DataFolder([
            "site1/a.json": Self.patient("example"),
            "site1/b.json": Self.observation("o1", "Patient/example"),
            "site2/a.json": Self.patient("example"),
            "site2/b.json": Self.observation("o2", "Patient/example"),
        ])
        #expect(
            try folder.patients() == ["example with Patient: o1", "example with Patient: o2"]
        )
    }

    @Test("A broken line, a list, a text without resource and an empty file stop nothing")
    func faults() throws {
        let folder = try DataFolder([
            "a.ndjson": Self.patient("p") + "\n{\"resourceType\":\n"
                + Self.observation("o1", "Patient/p") + "\n[]\n17\n",
            "b.json": #"{"name":"no resource"}"#,
            "c.json": "",
            "d.json": "{\n \"a\": 1,\n \"a\": 2 }",
        ])
        var source = try PatientSource([folder.path], showsProgress: false)
        #expect(try DataFolder.patients(&source) == ["p with Patient: o1"])
        let places = source.problems.map { source.files.text(of: $0.place) }
            .map { $0.replacing(folder.path + "/", with: "") }
        #expect(places == ["a.ndjson:2", "a.ndjson:5", "b.json:1", "c.json:1", "d.json:3"])
    }

    @Test("A file of lines is known by its first line, whatever its name")
    func linesByContent() throws {
        let folder = try DataFolder([
            "export.json": Self.patient("p") + "\n" + Self.observation("o1", "Patient/p") + "\n",
            "pretty.json": "{\n\"resourceType\": \"Patient\",\n\"id\": \"q\" }\n",
        ])
        #expect(try folder.patients() == ["p with Patient: o1", "q with Patient: "])
    }

    /// A Bundle of a Patient and one more entry, which stands on the third line.
    private static func bundle(_ entry: String) -> String {
        """
        {"resourceType":"Bundle","entry":[
        {"resource":\(patient("p"))},
        \(entry)]}
        """
    }

    @Test(
        "An entry that holds no resource that can be read is told with its place",
        arguments: [
            (#"{"resource":{"id":"secret"}}"#, ""), (#"{"fullUrl":"urn:uuid:secret"}"#, ""),
            (#"{"resource":null}"#, ""), (#"{"resource":"secret"}"#, ""), ("{}", ""),
            ("null", ""), (#""secret""#, ""), (#"{"resourceType":"Observation","id":"o"}"#, ""),
            (#"{"request":{"method":"PUT","url":"Observation/9"}}"#, ""),
            (
                #"{"resource":{"resourceType":"Bundle","entry":[{"resource":{"id":"o"}}]}}"#,
                "/resource/entry/0"
            ),
            (#"{"resource":{"resourceType":"Bundle","entry":{}}}"#, "/resource/entry"),
        ]
    )
    func unreadEntries(entry: String, below: String) throws {
        let folder = try DataFolder(["b.json": Self.bundle(entry)])
        var source = try PatientSource([folder.path], showsProgress: false)
        #expect(try DataFolder.patients(&source) == ["p with Patient: "])
        let problem = try #require(source.problems.first)
        #expect(source.problemCount == 1)
        #expect(problem.fault == .notResource)
        #expect(problem.place.line == 3)
        #expect(problem.pointer == "/entry/1" + below)
        let sentence = ": the entry holds no resource that can be read"
        #expect(problem.sentence == problem.pointer + sentence)
    }

    @Test(
        "An entry of a deletion, or an answer for something done, needs no resource",
        arguments: [
            #"{"request":{"method":"DELETE","url":"Observation/9"}}"#,
            #"{"fullUrl":"urn:uuid:x","response":{"status":"201 Created"}}"#,
            #"{"request":{"method":"DELETE","url":"x"},"response":{"status":"204"}}"#,
        ]
    )
    func silentEntries(entry: String) throws {
        let folder = try DataFolder(["b.json": Self.bundle(entry)])
        let source = try PatientSource([folder.path], showsProgress: false)
        #expect(source.problemCount == 0)
        #expect(source.resourceCount == 1)
    }

    @Test(
        "What a Bundle deletes is not taken, and named",
        arguments: [
            #"{"resource":{"resourceType":"Observation","id":"9"}},"#
                + #"{"request":{"method":"DELETE","url":"Observation/9"}}"#,
            #"{"request":{"method":"DELETE","url":"Observation/9"},"#
                + #""resource":{"resourceType":"Observation","id":"9"}}"#,
        ]
    )
    func deleted(entries: String) throws {
        let folder = try DataFolder(["b.json": Self.bundle(entries)])
        let source = try PatientSource([folder.path], showsProgress: false)
        #expect(source.problems.map(\.fault) == [.deleted])
        #expect(source.problems.map(\.pointer) == ["/entry/1"])
        #expect(source.resourceCount == 1)
    }

    @Test("Of a history nothing is taken, alone or inside of another Bundle")
    func history() throws {
        let history =
            #"{"resourceType":"Bundle","type":"history","entry":["#
            + #"{"request":{"method":"DELETE","url":"Observation/9"}},"#
            + #"{"resource":{"resourceType":"Observation","id":"9"}}]}"#
        let folder = try DataFolder([
            "a.json": history, "b.json": Self.bundle(#"{"resource":\#(history)}"#),
        ])
        let source = try PatientSource([folder.path], showsProgress: false)
        #expect(source.problems.map(\.fault) == [.history, .history])
        #expect(source.problems.map(\.pointer) == ["", "/entry/1"])
        #expect(source.resourceCount == 1)
        let error = #expect(throws: CommandError.self) {
            _ = try ClinicalData(path: folder.path + "/a.json")
        }
        #expect(error?.exitCode == .badInput)
        #expect(error?.sentence.contains("LIMEN-DATA-014") == true)
    }

    @Test(
        "A line of control characters is no blank line: a torn file is not passed over",
        arguments: ["\0\0\0\0", "\u{1}", "\u{B}", "\u{C}", " \0 "]
    )
    func tornLine(line: String) throws {
        let text = Self.patient("a") + "\n" + line + "\n \t\r\n\n" + Self.patient("b") + "\n"
        for name in ["a.ndjson", "a.json"] {
            let folder = try DataFolder([name: text])
            let source = try PatientSource([folder.path], showsProgress: false)
            #expect(source.problems.map(\.fault) == [.notJSON])
            #expect(source.problems.map(\.place.line) == [2])
            #expect(source.resourceCount == 2)
            #expect(throws: CommandError.self) {
                _ = try ClinicalData(path: folder.path + "/" + name)
            }
        }
    }

    @Test("An index beyond memory goes to a temporary file and comes back whole")
    func spills() throws {
        var index = ResourceIndex()
        let count = Limits.dataIndexParts * Limits.dataIndexPartBytes / IndexRecord.byteCount * 2
        for number in 0..<count {
            try index.add(
                IndexRecord(
                    patient: PatientHash(scope: 0, key: "p\(number % 1_000)"),
                    place: DataPlace(file: number % 7, line: number + 1),
                    bytes: number * 10..<number * 10 + 5
                )
            )
        }
        #expect(index.isSpilled)
        var lines: Set<Int> = []
        var patients: Set<PatientHash> = []
        for part in index.partNumbers {
            let records = try index.records(ofPart: part)
            for (record, next) in zip(records, records.dropFirst()) {
                #expect(record.patient <= next.patient)
            }
            for record in records {
                #expect(record.bytes == (record.place.line - 1) * 10..<record.place.line * 10 - 5)
                lines.insert(record.place.line)
                patients.insert(record.patient)
            }
        }
        #expect(lines.count == count)
        #expect(patients.count == 1_000)
    }

    @Test("A line that is too long is reported and the next one is read")
    func tooLong() throws {
        let long = String(repeating: "x", count: Limits.dataDocumentBytesMax + 5)
        let folder = try DataFolder([
            "a.ndjson": "{\"a\":\"\(long)\"}\n" + Self.patient("p") + "\n"
        ])
        var source = try PatientSource([folder.path], showsProgress: false)
        #expect(try DataFolder.patients(&source) == ["p with Patient: "])
        #expect(source.problems.map(\.place.line) == [1])
    }

    @Test("Progress tells bytes, share, rate and time to go")
    func progress() {
        #expect(
            ProgressLine.text(doneBytes: 5_000_000, totalBytes: 20_000_000, milliseconds: 500)
                == "5.0 of 20.0 MB, 25 %, 10.0 MB/s, 2s to go"
        )
        #expect(
            ProgressLine.text(doneBytes: 0, totalBytes: 0, milliseconds: 0)
                == "0.0 of 0.0 MB, 100 %, 0.0 MB/s"
        )
    }
}
