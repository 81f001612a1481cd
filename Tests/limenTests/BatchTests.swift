import Basics
import Foundation
import Gateway
import JSON
import Posix
import Testing

@testable import limen

/// The parts of a batch that need no database.
@Suite("The parts of limen batch")
struct BatchTests {
    @Test(
        "A shard that is none is refused with exit code 2",
        arguments: [
            "0/3", "4/3", "1/0", "-1/3", "+1/3", "1/-3", "a/b", "1", "1/2/3", "", "/", "1/", "/2",
            "1 /2", "1/10001", "٣/٤", "99999999999999999999/3",
        ]
    )
    func noShard(text: String) {
        #expect {
            try BatchShard(text)
        } throws: { error in
            (error as? CommandError)?.exitCode == .usage
        }
    }

    @Test(
        "Shards hold every patient once, in ranges that follow each other",
        arguments: [1, 2, 3, 7]
    )
    func shards(count: Int) throws {
        let shards = try (1...count).map { try BatchShard("\($0)/\(count)") }
        let hashes = (0..<2_000).map { PatientHash(stable: "p\($0)") }.sorted()
        let owners = hashes.map { hash in
            shards.indices.filter { shards[$0].holds(hash) }
        }
        #expect(owners.allSatisfy { $0.count == 1 })
        #expect(owners.flatMap { $0 } == owners.flatMap { $0 }.sorted())
        #expect(Set(owners.flatMap { $0 }).count == count)
    }

    @Test("The hash of an id is the same in every run: the first half of its SHA-256")
    func stableHash() {
        // printf p1 | sha256sum
        #expect(PatientHash(stable: "p1").text == "f64551fcd6f07823cb87971cfb914464")
        #expect(PatientHash(text: PatientHash(stable: "x").text) == PatientHash(stable: "x"))
        #expect(PatientHash(text: "12") == nil)
    }

    @Test("An entry that cannot be read is named, and marks the patient of its Bundle")
    func unreadEntries() throws {
        let folder = try DataFolder([
            "a.json": """
            {"resourceType":"Bundle","entry":[
            {"resource":{"resourceType":"Patient","id":"a"}},
            {"resource":{"id":"secret"}}]}
            """,
            "b.json": """
            {"resourceType":"Bundle","entry":[
            {"resource":{"resourceType":"Patient","id":"b"}},
            {"request":{"method":"DELETE","url":"Observation/1"}}]}
            """,
            "c.json": """
            {"resourceType":"Bundle","entry":[
            {"resource":{"resourceType":"Patient","id":"c"}},
            {"resource":{"resourceType":"Patient","id":"d"}},
            {"fullUrl":"urn:uuid:secret"}]}
            """,
        ])
        var findings: [BatchFinding] = []
        let source = try BatchSource([folder.path], shard: .whole) { findings.append($0) }
        #expect(findings.map(\.code) == ["LIMEN-DATA-005", "LIMEN-DATA-005"])
        #expect(findings.map(\.path) == ["/entry/1", "/entry/2"])
        #expect(findings.map(\.line) == [3, 4])
        let text = String(decoding: findings.flatMap(\.bytes), as: UTF8.self)
        #expect(!text.contains("secret"))
        #expect(source.indexedCount == 4)
        var cache = OpenFiles(source.files)
        var parts = source.parts(after: nil)
        var marks: [String: Bool] = [:]
        while let part = try parts.next() {
            for records in part.patients {
                let patient = BatchPatient(records, &cache)
                let found = try #require(patient)
                marks[found.record.id] = found.unreadFault != nil
                #expect(found.places.count == 1)
            }
        }
        // Whose an entry is among several patients, nobody can tell.
        #expect(marks == ["a": true, "b": false, "c": false, "d": false])
        withExtendedLifetime(folder) {}
    }

    @Test("The parts of the index one after the other are in the order of the hashes")
    func order() throws {
        var index = ResourceIndex()
        for number in (0..<5_000).reversed() {
            try index.add(
                IndexRecord(
                    patient: PatientHash(stable: "p\(number % 1_000)"),
                    place: DataPlace(file: 0, line: number),
                    bytes: number..<number + 1
                )
            )
        }
        var parts = BatchParts(index: index, last: nil)
        var seen: [PatientHash] = []
        while let part = try parts.next() {
            #expect(part.patients.count <= Limits.batchPartPatients)
            for patient in part.patients {
                #expect(patient.count == 5)
                #expect(patient.map(\.place) == patient.map(\.place).sorted())
                seen.append(try #require(patient.first?.patient))
            }
        }
        #expect(seen.count == 1_000)
        #expect(seen == seen.sorted())
        var rest = BatchParts(index: index, last: seen[776])
        let next = try #require(try rest.next())
        #expect(next.patients.first?.first?.patient == seen[777])
    }

    @Test(
        "A cell that a spreadsheet would take for a formula is made a text, and a number is not",
        arguments: [
            (BatchCell.text("=1+1"), "'=1+1"), (.text("+1"), "'+1"), (.text("-1"), "'-1"),
            (.text("@x"), "'@x"), (.text("\t=1"), "'\t=1"), (.text("\r=1"), "\"'\r=1\""),
            (.text("a,b"), "\"a,b\""), (.text("a\"b"), "\"a\"\"b\""), (.text("a=b"), "a=b"),
            (.number(-1.5), "-1.5"), (.number(7), "7"), (.list(["=a", "b"]), "'=a b"),
            (.none, ""), (.flag(false), "false"),
        ]
    )
    func cells(cell: BatchCell, text: String) {
        #expect(cell.csv == text)
    }

    @Test("A journal cut at any byte gives its last whole checkpoint, or none")
    func tornJournal() throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-journal-\(UUID().uuidString)").path
        defer { try? File.remove(path: path) }
        let journal = try BatchJournal.open(path, keeping: 0)
        try journal.append(Array(#"{"format":"limen-batch/1"}"#.utf8))
        var ends = [try File.read(path: path, bytesMax: 1 << 20).count]
        var checkpoint = BatchCheckpoint()
        for number in 1...3 {
            checkpoint.last = PatientHash(stable: "p\(number)")
            checkpoint.outputBytes = number * 100
            checkpoint.counts.patients = number
            checkpoint.counts.add(fault: "unit-unknown")
            checkpoint.counts.add(fault: DataFault.notJSON.rawValue)
            checkpoint.counts.add(.computed, of: "news2")
            try journal.append(checkpoint.json)
            ends.append(try File.read(path: path, bytesMax: 1 << 20).count)
        }
        let bytes = try File.read(path: path, bytesMax: 1 << 20)
        for count in 0...bytes.count {
            try File.writeAtomically(path: path, Array(bytes.prefix(count)))
            let content = try BatchJournal.read(path)
            let whole = ends.last { $0 <= count }
            #expect((content == nil) == (whole == nil))
            #expect(content?.byteCount == whole)
            let number = whole.flatMap { ends.firstIndex(of: $0) } ?? 0
            #expect(content?.checkpoint?.outputBytes == (number == 0 ? nil : number * 100))
        }
        try File.writeAtomically(path: path, bytes)
        #expect(try BatchJournal.read(path)?.checkpoint == checkpoint)
    }

    @Test("A journal with a changed byte ends before the line that holds it")
    func editedJournal() throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-journal-\(UUID().uuidString)").path
        defer { try? File.remove(path: path) }
        let journal = try BatchJournal.open(path, keeping: 0)
        try journal.append(Array(#"{"format":"limen-batch/1"}"#.utf8))
        let header = try File.read(path: path, bytesMax: 1 << 20).count
        try journal.append(BatchCheckpoint().json)
        var bytes = try File.read(path: path, bytesMax: 1 << 20)
        let digit = try #require(bytes.lastIndex(of: UInt8(ascii: "0")))
        bytes[digit] = UInt8(ascii: "1")
        try File.writeAtomically(path: path, bytes)
        #expect(try BatchJournal.read(path)?.byteCount == header)
    }

    @Test("A result file that is shorter than its journal says, or another one, is not continued")
    func foreignPart() throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-part-\(UUID().uuidString)").path
        defer { try? File.remove(path: path) }
        let file = try BatchFile.open(path)
        try file.append(Array("one,two\r\n".utf8))
        try file.synchronize()
        let digest = file.digestText
        let more = try BatchFile.open(path, keeping: 9, digest: digest)
        try more.append(Array("torn".utf8))
        try more.synchronize()
        let cut = try BatchFile.open(path, keeping: 9, digest: digest)
        #expect(cut.digestText == digest)
        #expect(try File.read(path: path, bytesMax: 100).count == 9)
        for (kept, hash) in [(10, digest), (9, String(digest.reversed()))] {
            #expect {
                _ = try BatchFile.open(path, keeping: kept, digest: hash)
            } throws: { error in
                (error as? CommandError)?.exitCode == .badInput
            }
        }
    }

    @Test("The bar says how far it is, and nothing of a patient")
    func bar() {
        #expect(
            BatchProgress.text(done: 610, total: 1_000, patients: 61, milliseconds: 1_000)
                == "[############--------]  61 %, 61 patients, 61 a second, 1s to go"
        )
        #expect(
            BatchProgress.text(done: 0, total: 0, patients: 0, milliseconds: 0)
                == "[####################]  100 %, 0 patients, 0 a second"
        )
    }

    @Test("The parts of a batch fit the audit trail that takes them")
    func limits() {
        #expect(Limits.batchPartPatients <= Limits.auditQueueRowsMax)
        #expect(Limits.batchPartBytes < Limits.auditQueueBytesMax)
        #expect(Limits.batchPartPatients < Limits.batchCheckpointPatients)
        #expect(Limits.batchPieceBytes < Limits.dataDocumentBytesMax)
    }

    @Test("Each fault has a code, a sentence and what would be accepted")
    func faults() {
        #expect(Set(DataFault.allCases.map(\.rawValue)).count == DataFault.allCases.count)
        for fault in DataFault.allCases {
            #expect(!fault.sentence.isEmpty)
            #expect(!fault.accepted.isEmpty)
        }
    }
}
