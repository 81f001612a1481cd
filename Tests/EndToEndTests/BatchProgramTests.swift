import Basics
import Foundation
import JSON
import Posix
import Support
import Testing

/// `limen batch` as its users run it, with the audit trail of the running gateway.
@Suite("The batch command", .enabled(if: LiveGateway.isPresent, LiveGateway.absence), .serialized)
struct BatchProgramTests {
    /// The options of every run here.
    static let options = [
        "batch", "--profile", "news2", "--reason", "test", "--at", BatchData.moment,
    ]

    /// A command line with these options, but for those that are given otherwise.
    static func line(_ more: [String]) -> [String] {
        var line = ["batch", "--profile", "news2"]
        for (name, value) in [("--reason", "test"), ("--at", BatchData.moment)]
        where !more.contains(name) {
            line += [name, value]
        }
        return line + more
    }

    /// Lends a folder for data and results.
    private func withData(_ body: (BatchData) throws -> Void) throws {
        let data = try BatchData()
        defer { data.remove() }
        try body(data)
    }

    private func run(
        _ arguments: [String],
        input: String? = nil,
        environment: [String: String] = [:]
    ) throws -> LiveGateway.Run {
        try LiveGateway.run(Self.line(arguments), input: input, environment: environment)
    }

    /// The rows of a table as cells by column.
    private func rows(_ text: String) -> [[String: String]] {
        let lines = text.split(separator: "\r\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    }

    /// The lines of an error file.
    private func faults(_ data: BatchData, _ name: String = "r.csv") throws -> [JSONValue] {
        try data.text(name + ".errors.ndjson").split(separator: "\n").map {
            try JSONDocument(parsing: String($0)).root
        }
    }

    /// The manifest of a run.
    private func manifest(_ data: BatchData, _ name: String = "r.csv") throws -> JSONValue {
        try JSONDocument(parsing: try data.text(name + ".manifest.json")).root
    }

    /// The kinds of the audit rows of a job, by their trace id.
    private func auditRows(_ data: BatchData, _ name: String = "r.csv") throws -> [JSONValue] {
        let job = try #require(try manifest(data, name)["job"]?.stringValue)
        let run = try LiveGateway.run([
            "audit", "list", "--json", "--limit", "1000", "--trace-id",
            job.replacingOccurrences(of: "-", with: ""),
        ])
        #expect(run.exitCode == 0, "\(run.error)")
        return try run.output.split(separator: "\n").map {
            try JSONDocument(parsing: String($0)).root
        }
    }

    @Test("Each patient has one row with score, bounds and reasons, and one audit row")
    func whole() throws {
        try withData { data in
            let path = try data.write("all.ndjson", BatchData.population(40))
            let run = try run(["--in", path, "--out", data.path("r.csv"), "--explain"])
            #expect(run.exitCode == 0, "\(run.error)")
            #expect(run.output.isEmpty)
            let rows = rows(try data.text("r.csv"))
            #expect(rows.count == 40)
            #expect(Set(rows.compactMap { $0["patient"] }).count == 40)
            let one = try #require(rows.first { $0["patient"] == "Patient/p8" })
            // Respiration 16 and pulse 58: nothing scores.
            #expect(one["outcome"] == "computed")
            #expect(one["score"] == "0")
            #expect(one["evaluatedAt"] == BatchData.moment)
            #expect(one["respiratoryRate"] == "16")
            #expect(one["respiratoryRate.unit"] == "/min")
            #expect(one["respiratoryRate.origin"] == "Observation/p8-9279-1 valueQuantity")
            #expect(one["respiratoryRate.effective"] == "2026-05-04T09:30:00Z")
            let gap = try #require(rows.first { $0["patient"] == "Patient/p9" })
            #expect(gap["outcome"] == "incomplete")
            #expect(gap["score"] == "")
            #expect(gap["missing"] == "respiratoryRate")
            #expect(gap["reasons"] == "respiratoryRate:not-sent")
            #expect(gap["lower"] == "0")
            #expect(gap["upper"] == "3")
            let audit = try auditRows(data)
            #expect(audit.count == 40)
            #expect(audit.allSatisfy { $0["kind"]?.stringValue == "evaluation" })
            #expect(audit.count { $0["outcome"]?.stringValue == "done" } == 36)
            let counts = try manifest(data)["counts"]
            #expect(counts?["patients"]?.integerValue == 40)
            #expect(counts?["computed"]?.integerValue == 36)
            #expect(counts?["incomplete"]?.integerValue == 4)
            #expect(counts?["errors"]?.integerValue == 0)
            #expect(!data.has("r.csv.journal"))
            #expect(!data.has("r.csv.part"))
        }
    }

    @Test("Several profiles give a line each, as NDJSON with every input when that is asked for")
    func lines() throws {
        try withData { data in
            let path = try data.write("all.ndjson", BatchData.population(12))
            let run = try run([
                "--profile", "qsofa", "--in", path, "--format", "ndjson", "--explain",
            ])
            #expect(run.exitCode == 0, "\(run.error)")
            let lines = try run.output.split(separator: "\n").map {
                try JSONDocument(parsing: String($0)).root
            }
            #expect(lines.count == 24)
            for (first, second) in zip(lines, lines.dropFirst()).enumerated()
                .filter({ $0.offset.isMultiple(of: 2) }).map(\.element)
            {
                #expect(first["patient"]?.stringValue == second["patient"]?.stringValue)
                #expect(first["profile"]?.stringValue == "news2")
                #expect(second["profile"]?.stringValue == "qsofa")
            }
            for line in lines {
                let isComputed = line["outcome"]?.isString("computed") ?? false
                #expect((line["score"] != nil) == isComputed)
                #expect((line["lower"] != nil) != isComputed)
                let inputs = line["inputs"]?.elements.map { $0 } ?? []
                #expect(!inputs.isEmpty)
                #expect(inputs.allSatisfy { ($0["value"] == nil) || ($0["origin"] != nil) })
            }
        }
    }

    @Test("The score of a batch is that of a request with the same data")
    func sameAsRequest() throws {
        try withData { data in
            let resources = BatchData.resources("p1", respiration: 26, pulse: 135)
            let path = try data.write("p1.ndjson", resources)
            let batch = rows(try run(["--in", path]).output)
            #expect(batch.first?["score"] == "6")
            let bundle =
                #"{"resourceType":"Bundle","type":"collection","entry":["#
                + resources.map { "{\"resource\":\($0)}" }.joined(separator: ",") + "]}"
            let fired = try LiveGateway.run(
                ["hook", "fire", "news2", "--bundle", "-", "--at", BatchData.moment],
                input: bundle
            )
            #expect(fired.output.contains("NEWS2 6"), "\(fired.output)")
        }
    }

    @Test("The order of the lines, the files and the folders changes nothing")
    func order() throws {
        try withData { data in
            let lines = BatchData.population(30)
            let one = try data.write("one.ndjson", lines)
            _ = try data.write("two/b/x.ndjson", Array(lines.reversed().prefix(100)))
            _ = try data.write("two/a/y.ndjson", Array(lines.reversed().dropFirst(100)))
            let bundles = (0..<30).map { number in
                let id = "p\(number)"
                let own = lines.filter {
                    $0.contains("\"\(id)\"") || $0.contains("Patient/\(id)\"")
                }
                let entries = own.map { "{\"resource\":\($0)}" }.joined(separator: ",")
                return #"{"resourceType":"Bundle","type":"collection","entry":[\#(entries)]}"#
            }
            let third = try data.write("bundles.ndjson", bundles)
            for (name, input) in [("1", one), ("2", data.path("two")), ("3", third)] {
                let run = try run(["--in", input, "--out", data.path(name + ".csv")])
                #expect(run.exitCode == 0, "\(run.error)")
            }
            let standard = try run(["--in", "-"], input: lines.joined(separator: "\n"))
            #expect(try data.text("1.csv") == standard.output)
            #expect(try data.text("1.csv") == data.text("2.csv"))
            #expect(try data.text("1.csv") == data.text("3.csv"))
        }
    }

    @Test("The shards one after the other are the whole", arguments: ["csv", "ndjson"])
    func shards(format: String) throws {
        try withData { data in
            let path = try data.write("all.ndjson", BatchData.population(50))
            let more = ["--in", path, "--format", format]
            let whole = try run(more).output
            var joined = ""
            for number in 1...3 {
                var part = try run(more + ["--shard", "\(number)/3"]).output
                if format == "csv", number > 1, let end = part.range(of: "\r\n") {
                    part = String(part[end.upperBound...])
                }
                joined += part
            }
            #expect(joined == whole)
            #expect(whole.split(whereSeparator: \.isNewline).count == (format == "csv" ? 51 : 50))
        }
    }

    @Test("A run that is killed goes on, and its files are those of an undisturbed one")
    func killed() throws {
        try withData { data in
            let path = try data.write("all.ndjson", BatchData.population(900))
            let more = ["--in", path, "--checkpoint", "1"]
            let whole = try run(more + ["--out", data.path("whole.csv")])
            #expect(whole.exitCode == 0, "\(whole.error)")
            let killed = try killInTheMiddle(more + ["--out", data.path("r.csv")], data)
            try #require(killed, "the run ended before it could be killed")
            #expect(!data.has("r.csv"))
            // A crash may tear what was being written.
            for name in ["r.csv.part", "r.csv.errors.ndjson.part", "r.csv.journal"] {
                let handle = try FileHandle(forWritingTo: data.folder.appendingPathComponent(name))
                try handle.seekToEnd()
                try handle.write(contentsOf: Data("torn".utf8))
                try handle.close()
            }
            let refused = try run(more + ["--out", data.path("r.csv")])
            #expect(refused.exitCode == 3)
            #expect(refused.error.contains("--resume"))
            let rest = try run(more + ["--out", data.path("r.csv"), "--resume"])
            #expect(rest.exitCode == 0, "\(rest.error)")
            #expect(rest.error.contains("going on behind"))
            #expect(try data.text("r.csv") == data.text("whole.csv"))
            #expect(
                try data.text("r.csv.errors.ndjson") == data.text("whole.csv.errors.ndjson")
            )
            let (counts, wholeCounts) =
                (try manifest(data)["counts"], try manifest(data, "whole.csv")["counts"])
            #expect(counts?.rawBytes.elementsEqual(wholeCounts?.rawBytes ?? []) == true)
            let events = try auditRows(data).compactMap { $0["eventId"]?.stringValue }
            #expect(events.count == 900)
            #expect(Set(events).count == 900)
            // Rows that the killed run had written stand in its log, and no other names them.
            let verified = try LiveGateway.run(["audit", "verify"])
            #expect(verified.exitCode == 0, "\(verified.output) \(verified.error)")
        }
    }

    /// Starts a run and kills it at its fourth checkpoint; whether it was still running then.
    private func killInTheMiddle(_ arguments: [String], _ data: BatchData) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: LiveGateway.program)
        process.arguments = Self.options + arguments
        var variables = ProcessInfo.processInfo.environment
        variables["LIMEN_HOME"] = Shared.checkout.path
        variables["LIMEN_STATE"] = LiveGateway.state
        process.environment = variables
        process.standardError = FileHandle.nullDevice
        try process.run()
        let journal = data.path("r.csv.journal")
        while process.isRunning {
            let bytes = (try? File.read(path: journal, bytesMax: 1 << 24)) ?? []
            if bytes.count(where: { $0 == UInt8(ascii: "\n") }) >= 5 { break }
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
    }

    @Test(
        "A run that rests on something else now is not continued, and what it is is said",
        arguments: [
            (["--shard", "1/2"], "--shard"), (["--format", "ndjson"], "--format"),
            (["--explain"], "--explain"), (["--at", "2026-05-04T11:00:00Z"], "--at"),
            (["--reason", "another"], "--reason"), (["--profile", "qsofa"], "the profile qsofa"),
            (["--errors", "/tmp/limen-other-errors"], "--errors"),
        ]
    )
    func changedOptions(more: [String], name: String) throws {
        try withData { data in
            let path = try data.write("all.ndjson", BatchData.population(300))
            let options = ["--in", path, "--checkpoint", "1", "--out", data.path("r.csv")]
            try #require(try killInTheMiddle(options, data))
            let before = try data.text("r.csv.part")
            let run = try run(options + more + ["--resume"])
            #expect(run.exitCode == 3)
            #expect(run.error.contains(name), "\(run.error)")
            #expect(try data.text("r.csv.part") == before)
        }
    }

    @Test("A run whose input or profile was replaced is not continued, and both are named")
    func changedFiles() throws {
        try withData { data in
            let path = try data.write("all.ndjson", BatchData.population(300))
            let options = ["--in", path, "--checkpoint", "1", "--out", data.path("r.csv")]
            try #require(try killInTheMiddle(options, data))
            _ = try data.write("all.ndjson", BatchData.population(301))
            let home = data.folder.appendingPathComponent("home")
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            for folder in ["Profiles", "Hooks", "Migrations"] {
                try FileManager.default.copyItem(
                    at: Shared.checkout.appendingPathComponent(folder),
                    to: home.appendingPathComponent(folder)
                )
            }
            let profile = home.appendingPathComponent("Profiles/news2/profile.json")
            let text = try String(contentsOf: profile, encoding: .utf8)
            try (text + "\n").write(to: profile, atomically: true, encoding: .utf8)
            let run = try run(options + ["--resume"], environment: ["LIMEN_HOME": home.path])
            #expect(run.exitCode == 3)
            #expect(run.error.contains("the input " + path), "\(run.error)")
            #expect(run.error.contains("the profile news2"), "\(run.error)")
            #expect(!run.error.contains("the model of news2"))
        }
    }

    @Test(
        "A disk that fills ends the run with exit code 4, and it goes on when there is room",
        .disabled(
            if: LiveGateway.sanitizer == "thread",
            "the limit on files also meets the thread sanitizer, which then ends the program"
        )
    )
    func fullDisk() throws {
        try withData { data in
            let path = try data.write("all.ndjson", BatchData.population(400))
            let more = ["--in", path, "--checkpoint", "20"]
            let whole = try run(more + ["--out", data.path("whole.csv")])
            #expect(whole.exitCode == 0, "\(whole.error)")
            let limited = Process()
            limited.executableURL = URL(filePath: "/bin/sh")
            // A limit of some 16 KB for each file stands in for a disk that fills.
            limited.arguments = [
                "-c", #"ulimit -f 32; exec "$0" "$@""#, LiveGateway.program,
            ]
            limited.arguments? += Self.options + more + ["--out", data.path("r.csv")]
            var variables = ProcessInfo.processInfo.environment
            variables["LIMEN_HOME"] = Shared.checkout.path
            variables["LIMEN_STATE"] = LiveGateway.state
            limited.environment = variables
            let error = Pipe()
            limited.standardError = error
            try limited.run()
            let said = try error.fileHandleForReading.readToEnd() ?? Data()
            limited.waitUntilExit()
            #expect(limited.terminationReason == .exit)
            #expect(limited.terminationStatus == 4)
            #expect(String(decoding: said, as: UTF8.self).contains("--resume"))
            #expect(!data.has("r.csv"))
            let rest = try run(more + ["--out", data.path("r.csv"), "--resume"])
            #expect(rest.exitCode == 0, "\(rest.error)")
            #expect(try data.text("r.csv") == data.text("whole.csv"))
            #expect(try auditRows(data).count == 400)
        }
    }

    @Test("Standard output that takes no more ends the run with exit code 4")
    func fullOutput() throws {
        try withData { data in
            let path = try data.write("all.ndjson", BatchData.population(20))
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = [
                "-c", #"exec "$0" "$@" > /dev/full"#, LiveGateway.program,
            ]
            process.arguments? += Self.options + ["--in", path]
            var variables = ProcessInfo.processInfo.environment
            variables["LIMEN_HOME"] = Shared.checkout.path
            variables["LIMEN_STATE"] = LiveGateway.state
            process.environment = variables
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 4)
        }
    }

    @Test("Without an audit trail nothing is computed and nothing leaves")
    func noTrail() throws {
        try withData { data in
            let path = try data.write("all.ndjson", BatchData.population(10))
            let keys = data.folder.appendingPathComponent("keys")
            try FileManager.default.createDirectory(at: keys, withIntermediateDirectories: true)
            let key = keys.appendingPathComponent("ward.key")
            try Data(repeating: 7, count: 32).write(to: key)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600],
                ofItemAtPath: key.path
            )
            let made = try LiveGateway.run([
                "audit", "keys", "new", "--tenant", "ward", "--keys", keys.path,
            ])
            #expect(made.exitCode == 0, "\(made.error)")
            let run = try run(
                [
                    "--in", path, "--out", data.path("r.csv"), "--keys", keys.path, "--tenant",
                    "ward",
                ],
                environment: ["PGHOST": data.folder.path, "PGUSER": "limen_writer"]
            )
            #expect(run.exitCode == 4, "\(run.error)")
            #expect(!data.has("r.csv"))
            #expect(!data.has("r.csv.part"))
        }
    }
}
