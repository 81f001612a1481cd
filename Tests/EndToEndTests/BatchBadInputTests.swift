import Basics
import Foundation
import JSON
import Posix
import Support
import Testing

/// What `limen batch` does with bad input: named, counted, and the rest goes on.
@Suite(
    "Bad input of the batch command",
    .enabled(if: LiveGateway.isPresent, LiveGateway.absence)
)
struct BatchBadInputTests {
    /// A fault among sound patients, and how it must be named.
    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let lines: [String]
        /// How many patients have a row, of which 20 are sound.
        var patientCount = 20
        /// How often it is named.
        var count = 1
        /// The outcome of the patient p99, when it has a row.
        var outcome: String?
        var element: String?
    }

    /// All that a NEWS2 asks for, and an entry that may be a later value of it.
    private static let bundleWithUnread: String = {
        let entries = BatchData.resources("p99").map { #"{"resource":\#($0)},"# }.joined()
        return #"{"resourceType":"Bundle","type":"collection","entry":["# + entries
            + #"{"resource":{"id":"secret-4711","valueQuantity":{"value":140}}}]}"#
    }()

    /// All that a NEWS2 asks for, in a Bundle with more members and one more entry.
    private static func search(_ members: String, _ entry: String = "") -> String {
        let entries = BatchData.resources("p99").map { #"{"resource":\#($0)}"# } + [entry]
        return #"{"resourceType":"Bundle","type":"searchset",\#(members)"entry":["#
            + entries.filter { !$0.isEmpty }.joined(separator: ",") + "]}"
    }

    static let samples: [Sample] = [
        Sample(
            testDescription: "a page of a search whose next one is not there",
            code: "LIMEN-DATA-016",
            lines: [
                search(#""total":40,"link":[{"relation":"next","url":"http://a/secret-4711"}],"#)
            ],
            patientCount: 21,
            outcome: "refused"
        ),
        Sample(
            testDescription: "an OperationOutcome of an error among the data",
            code: "LIMEN-DATA-016",
            lines: [
                search(
                    "",
                    #"{"resource":{"resourceType":"OperationOutcome","id":"secret-4711","#
                        + #""issue":[{"severity":"error","code":"timeout"}]}}"#
                )
            ],
            patientCount: 21,
            outcome: "refused"
        ),
        Sample(
            testDescription: "a history of a patient beside their data",
            code: "LIMEN-DATA-014",
            lines: BatchData.resources("p99") + [
                #"{"resourceType":"Bundle","type":"history","entry":[{"resource":"#
                    + BatchData.vital("p99", "8867-4", "140", "/min") + "}]}"
            ],
            patientCount: 21,
            outcome: "refused"
        ),
        Sample(
            testDescription: "a deletion of what stands on another line",
            code: "LIMEN-DATA-015",
            lines: BatchData.resources("p99") + [
                #"{"resourceType":"Bundle","type":"transaction","entry":[{"request":"#
                    + #"{"method":"DELETE","url":"Observation/p99-8867-4"}}]}"#
            ],
            patientCount: 21,
            outcome: "refused"
        ),
        Sample(
            testDescription: "a broken line in the middle",
            code: "LIMEN-DATA-003",
            lines: [#"{"resourceType":"Patient","id":"secret-4711","birthD"#]
        ),
        Sample(
            testDescription: "a line that is not UTF-8 text at all",
            code: "LIMEN-DATA-003",
            lines: ["\u{1}\u{2}secret-4711"]
        ),
        Sample(
            testDescription: "a value that is no resource",
            code: "LIMEN-DATA-005",
            lines: [#"{"secret-4711":true}"#]
        ),
        Sample(
            testDescription: "two patients with one id that differ",
            code: "LIMEN-DATA-010",
            lines: BatchData.resources("p99") + [
                BatchData.patient("p99", birthDate: "1961-02-02")
            ],
            patientCount: 21,
            count: 2,
            outcome: "refused"
        ),
        Sample(
            testDescription: "a bundle without a patient",
            code: "LIMEN-DATA-008",
            lines: [
                #"{"resourceType":"Bundle","type":"collection","entry":["#
                    + #"{"resource":{"resourceType":"Observation","id":"secret-4711"}},"#
                    + #"{"resource":{"resourceType":"Observation","id":"secret-4712"}}]}"#
            ]
        ),
        Sample(
            testDescription: "an entry of a patient's Bundle that holds no resource",
            code: "LIMEN-DATA-005",
            lines: [bundleWithUnread],
            patientCount: 21,
            outcome: "refused"
        ),
        Sample(
            testDescription: "records of a patient of whom there is no Patient",
            code: "LIMEN-DATA-009",
            lines: Array(BatchData.resources("p99").dropFirst()),
            patientCount: 21,
            outcome: "incomplete"
        ),
        Sample(
            testDescription: "an observation of nobody",
            code: "LIMEN-DATA-006",
            lines: [#"{"resourceType":"Observation","id":"secret-4711"}"#]
        ),
        Sample(
            testDescription: "a Patient without an id",
            code: "LIMEN-DATA-007",
            lines: [#"{"resourceType":"Patient","birthDate":"1960-01-01"}"#]
        ),
    ]

    @Test("A fault is named and counted, and the other patients are scored", arguments: samples)
    func faults(sample: Sample) throws {
        let data = try BatchData()
        defer { data.remove() }
        let sound = BatchData.population(20)
        let lines = Array(sound.prefix(60)) + sample.lines + Array(sound.dropFirst(60))
        let path = try data.write("all.ndjson", lines)
        let run = try LiveGateway.run(
            BatchProgramTests.options + ["--in", path, "--out", data.path("r.csv")]
        )
        #expect(run.exitCode == 1, "\(run.error)")
        let faults = try data.text("r.csv.errors.ndjson").split(separator: "\n").map {
            try JSONDocument(parsing: String($0)).root
        }
        #expect(faults.count == sample.count)
        let bytes = Array(try data.text("all.ndjson").utf8)
        for fault in faults {
            #expect(fault["code"]?.stringValue == sample.code)
            #expect(fault["file"]?.stringValue == path)
            #expect(fault["accepted"]?.stringValue?.isEmpty == false)
            let line = try #require(fault["line"]?.integerValue)
            #expect((61...60 + sample.lines.count).contains(line))
            // The byte it names lies on the line that it names.
            let offset = try #require(fault["offset"]?.integerValue)
            #expect(bytes.prefix(offset).count { $0 == UInt8(ascii: "\n") } == line - 1)
        }
        #expect(!(try data.text("r.csv.errors.ndjson")).contains("secret"))
        #expect(!run.error.contains("secret"))
        let rows = try data.text("r.csv").split(separator: "\r\n").dropFirst()
        #expect(rows.count == sample.patientCount)
        #expect(rows.count { $0.contains(",computed,") } == 18)
        if let outcome = sample.outcome {
            let row = try #require(rows.first { $0.hasPrefix("Patient/p99,") })
            #expect(row.hasPrefix("Patient/p99,news2,\(outcome),,"))
        }
        let counts = try JSONDocument(parsing: try data.text("r.csv.manifest.json")).root["counts"]
        #expect(counts?["errors"]?.integerValue == sample.count)
        #expect(counts?["patients"]?.integerValue == sample.patientCount)
    }

    @Test("A repeated resource, a repeated Patient and a unit in doubt end no run with a finding")
    func repeated() throws {
        let data = try BatchData()
        defer { data.remove() }
        let wrong = BatchData.vital("p1", "8310-5", "98.6", "F")
            .replacing("p1-8310-5", with: "p1-fahrenheit")
        let path = try data.write(
            "all.ndjson",
            BatchData.population(5) + BatchData.population(5) + [wrong]
        )
        let run = try LiveGateway.run(
            BatchProgramTests.options + ["--in", path, "--out", data.path("r.csv")]
        )
        #expect(run.exitCode == 0, "\(run.error)")
        let counts = try JSONDocument(parsing: try data.text("r.csv.manifest.json")).root["counts"]
        #expect(counts?["patients"]?.integerValue == 5)
        // A temperature in a unit that nobody can tell leaves that patient without a score.
        #expect(counts?["computed"]?.integerValue == 4)
        #expect(counts?["incomplete"]?.integerValue == 1)
        #expect(counts?["repeatedPatients"]?.integerValue == 5)
        #expect(counts?["errors"]?.integerValue == 0)
        let text = try data.text("r.csv.errors.ndjson")
        #expect(text.contains(#""code":"unit-unknown""#) || text.contains(#""code":"unit-inco"#))
        #expect(text.contains(#""path":"valueQuantity"#))
        #expect(!text.contains("98.6"))
    }

    @Test("Files that are empty or cannot be read are named, and the others are read")
    func files() throws {
        let data = try BatchData()
        defer { data.remove() }
        let sound = try data.write("sound.ndjson", BatchData.population(5))
        let empty = try data.write("empty.ndjson", [])
        // It can be opened, and every read of its first byte fails.
        let run = try LiveGateway.run(
            BatchProgramTests.options
                + ["--in", empty, "/proc/self/mem", sound, "--out", data.path("r.csv")]
        )
        #expect(run.exitCode == 1, "\(run.error)")
        let text = try data.text("r.csv.errors.ndjson")
        #expect(text.contains(#""file":"\#(empty)","line":1,"offset":0,"code":"LIMEN-DATA-002""#))
        #expect(text.contains(#""file":"/proc/self/mem","line":1,"code":"LIMEN-DATA-001""#))
        #expect(text.split(separator: "\n").count == 2)
        #expect(try data.text("r.csv").split(separator: "\r\n").count == 6)
    }

    @Test("Standard input that ends half-way is named, and what came before it is scored")
    func cutInput() throws {
        let lines = BatchData.population(3).joined(separator: "\n")
        let run = try LiveGateway.run(
            BatchProgramTests.options + ["--in", "-"],
            input: String(lines.dropLast(20))
        )
        #expect(run.exitCode == 1)
        #expect(run.error.contains("1 errors"), "\(run.error)")
        #expect(run.error.contains("LIMEN-DATA-003"))
        #expect(run.output.split(separator: "\r\n").count == 4)
    }

    @Test("A line of 200 MB is named and takes no memory to speak of")
    func longLine() throws {
        let data = try BatchData()
        defer { data.remove() }
        let path = try data.write("all.ndjson", BatchData.population(5))
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seekToEnd()
        let piece = Data(repeating: UInt8(ascii: "x"), count: 1 << 20)
        for _ in 0..<200 { try handle.write(contentsOf: piece) }
        try handle.write(contentsOf: Data(("\n" + BatchData.patient("p5") + "\n").utf8))
        try handle.close()
        let run = try LiveGateway.run(
            BatchProgramTests.options + ["--in", path, "--out", data.path("r.csv")]
        )
        #expect(run.exitCode == 1, "\(run.error)")
        #expect(try data.text("r.csv.errors.ndjson").contains("LIMEN-DATA-004"))
        #expect(try data.text("r.csv").split(separator: "\r\n").count == 7)
        let manifest = try JSONDocument(parsing: try data.text("r.csv.manifest.json")).root
        let peak = try #require(manifest["run"]?["residentBytesPeak"]?.integerValue)
        // The limit of a text is 64 MB; a buffer that grows to it may be copied once. A sanitizer
        // keeps for a while what is given back.
        #expect(peak < 256 << 20 || LiveGateway.isWatched)
    }

    @Test(
        "A command line that cannot be right is refused with its exit code",
        arguments: [
            (["--shard", "0/3"], 2, "--shard takes i/n"), (["--shard", "4/3"], 2, "--shard"),
            (["--reason", " "], 2, "--reason"), (["--format", "xml"], 2, "csv or ndjson"),
            (["--resume"], 2, "--out"), (["--at", "yesterday"], 2, "--at"),
            (["--jobs", "0"], 2, "--jobs"), (["--profile", "news2"], 2, "twice"),
            (["--profile", "news3"], 2, "did you mean news2"),
            (["--tenant", "A B"], 2, "--tenant"),
            (["--tenant", "nobody"], 3, "no key of the tenant"),
            (["--no-audit"], 2, "does not take --no-audit"),
            (["absent.ndjson"], 3, "there is no file"),
            (["--out", "/dev/full"], 3, "regular file"),
        ]
    )
    func commandLine(more: [String], exitCode: Int, part: String) throws {
        let data = try BatchData()
        defer { data.remove() }
        let path = try data.write("all.ndjson", BatchData.population(1))
        let run = try LiveGateway.run(BatchProgramTests.line(["--in", path] + more))
        #expect(run.exitCode == Int32(exitCode), "\(run.error)")
        #expect(run.error.contains(part), "\(run.error)")
        #expect(run.output.isEmpty)
    }

    @Test("Results that are there are not written over")
    func thereAlready() throws {
        let data = try BatchData()
        defer { data.remove() }
        let path = try data.write("all.ndjson", BatchData.population(2))
        let options = BatchProgramTests.options + ["--in", path, "--out", data.path("r.csv")]
        #expect(try LiveGateway.run(options).exitCode == 0)
        let before = try data.text("r.csv")
        for more in [[], ["--resume"]] {
            let run = try LiveGateway.run(options + more)
            #expect(run.exitCode == 3)
            #expect(run.error.contains("is there already"), "\(run.error)")
        }
        #expect(try data.text("r.csv") == before)
    }
}
