import Basics
import Crypto
import Foundation
import HTTPMessages
import JSON
import Posix
import Support
import Testing

/// The commands as their users run them.
@Suite(
    "The command line",
    .enabled(if: LiveGateway.isPresent, LiveGateway.absence)
)
struct CommandLineTests {
    @Test("hook fire prints the card, every input with its source, and the rejected by reason")
    func hookFire() throws {
        let bundle = try #require(LiveGateway.state) + "/example-bundle.json"
        let run = try LiveGateway.run(["hook", "fire", "news2", "--bundle", bundle])
        #expect(run.exitCode == 0, "\(run.error)")
        for part in [
            "CRITICAL", "NEWS2 11", "Observation/temperature", "101.3 [degF] -> 38.5",
            "rejected", "stale 1", "status 1", "superseded 1",
        ] {
            #expect(run.output.contains(part), "\(part) is missing in: \(run.output)")
        }
    }

    @Test("hook fire reads standard input, prints JSON, and prints a curl command")
    func hookFireForms() throws {
        let text = try LiveGateway.text("example-bundle.json")
        let json = try LiveGateway.run(
            ["hook", "fire", "qsofa", "--bundle", "-", "--json"],
            input: text
        )
        #expect(json.exitCode == 0)
        #expect(try JSONDocument(parsing: json.output).root["cards"]?.kind == .array)
        let curl = try LiveGateway.run(
            ["hook", "fire", "qsofa", "--bundle", "-", "--curl"],
            input: text
        )
        #expect(curl.output.hasPrefix("curl "))
        #expect(!curl.output.contains(try LiveGateway.text("demo-client.key")))
    }

    @Test("hook fire --context sends the context of a file, for hooks that no bundle makes")
    func hookFireContext() throws {
        let bundle = try #require(LiveGateway.state) + "/example-bundle.json"
        func fire(_ context: String?, _ more: String...) throws -> LiveGateway.Run {
            var words = ["hook", "fire", "news2", "--bundle", bundle] + more
            let path =
                FileManager.default.temporaryDirectory.path + "/limen-context-"
                + UUID().uuidString.prefix(8)
            defer { try? FileManager.default.removeItem(atPath: path) }
            if let context {
                try Data(context.utf8).write(to: URL(filePath: path))
                words += ["--context", path]
            }
            return try LiveGateway.run(words)
        }
        let patient = try #require(
            try JSONDocument(parsing: LiveGateway.text("example-bundle.json")).root["entry"]?
                .elements.compactMap { $0["resource"] }
                .first { $0["resourceType"]?.isString("Patient") ?? false }?["id"]?.stringValue
        )
        let context = #"{"userId":"Practitioner/of-a-file","patientId":"\#(patient)"}"#
        let run = try fire(context)
        #expect(run.exitCode == 0 && run.output.contains("NEWS2 11"), "\(run.error)")
        let curl = try fire(context, "--curl")
        #expect(curl.output.contains("Practitioner/of-a-file"))
        #expect(try !fire(nil, "--curl").output.contains("Practitioner/of-a-file"))
        // What the hook does not take is the gateway's to refuse, by place and without a quotation.
        let bad = try fire(#"{"userId":["nobody's"],"patientId":"\#(patient)"}"#)
        #expect(bad.exitCode == 1 && bad.output.contains("/context/userId"), "\(bad.output)")
        #expect(!bad.output.contains("nobody's"))
        for (text, sentence) in [
            ("{", "the context is not JSON"), ("[1]", "the context is no JSON object"),
        ] {
            let refused = try fire(text)
            #expect(refused.exitCode == 3 && refused.error.contains(sentence), "\(refused.error)")
        }
        let absent = try LiveGateway.run([
            "hook", "fire", "news2", "--bundle", bundle, "--context", "absent.json",
        ])
        #expect(absent.exitCode == 3 && absent.error.contains("there is no file"))
    }

    @Test("a segment that a user was shown is told in short to them, and in full to another")
    func suppressedSegment() throws {
        let patient = "segment-\(RandomBytes.number())"
        func call(_ user: String, systolic: String = "128") throws -> (card: JSONValue, id: String)
        {
            let instance = UUID().uuidString.lowercased()
            let response = try LiveGateway.post(
                "segments",
                SegmentCall(patient: patient, user: user, instance: instance, systolic: systolic)
                    .text
            )
            #expect(response.status == 200)
            let cards = try JSONDocument(parsing: response.body).root["cards"]
            return (try #require(cards?.elements.first { _ in true }), instance)
        }
        let first = try call("Practitioner/one")
        let summary = try #require(first.card["summary"]?.stringValue)
        #expect(summary.hasPrefix("Segment"), "\(summary)")
        // What was shown is asked for in a tenth of a second; a database that is slower than that
        // has the card shown in full.
        func isShort(_ card: JSONValue) -> Bool {
            card["summary"]?.stringValue?.hasSuffix(" ago: " + summary) == true
        }
        var again = try call("Practitioner/one")
        for _ in 0..<20 where !isShort(again.card) { again = try call("Practitioner/one") }
        #expect(isShort(again.card))
        #expect(try call("Practitioner/two").card["summary"]?.stringValue == summary)
        let row = try #require(try LiveGateway.rows(hookInstance: again.id).first)
        #expect(row["flags"]?.elements.contains { $0.isString("suppressed") } == true)
    }

    @Test("hook fire --at evaluates as of a moment, and the row says so")
    func replay() throws {
        let text = try LiveGateway.text("example-bundle.json")
        let at = Clock.now().advanced(byMicroseconds: -40 * 86_400_000_000).text
        let run = try LiveGateway.run(
            ["hook", "fire", "news2", "--bundle", "-", "--at", at],
            input: text
        )
        #expect(run.exitCode == 0)
        #expect(run.output.contains("future"))
        #expect(!run.output.contains("low risk"))
        let list = try LiveGateway.run(
            ["audit", "list", "--json", "--service", "news2", "--limit", "1000"]
        )
        #expect(list.output.contains(#""replayedAt":"# + "\"" + at.prefix(19)))
    }

    @Test("audit list names nobody; audit show, with a reason and the key, names the patient")
    func audit() throws {
        let patient = ChartedPatient()
        let response = try LiveGateway.post("news2", patient.body)
        #expect(response.status == 200)
        let rows = try LiveGateway.rows(hookInstance: patient.hookInstance)
        #expect(rows.count == 1)
        let event = try #require(rows.first?["eventId"]?.stringValue)
        let show = try LiveGateway.run(["audit", "show", event, "--reason", "a test"])
        #expect(show.exitCode == 0)
        #expect(show.output.contains("cards"))
        #expect(show.output.contains("Patient/p1"))
        let list = try LiveGateway.run([
            "audit", "list", "--json", "--hook-instance",
            patient.hookInstance,
        ])
        #expect(!list.output.contains("Patient/p1"))
        let reason = ["--reason", "a test"]
        let byPatient = try LiveGateway.run(
            ["audit", "list", "--json", "--patient", "p1"] + reason
        )
        #expect(byPatient.output.contains(event))
        #expect(!byPatient.output.contains("Patient/p1"))
        let other = try LiveGateway.run(["audit", "list", "--patient", "nobody"] + reason)
        #expect(other.output == "no rows\n")
    }

    @Test("feedback is joined to the card that it answers")
    func feedback() throws {
        let patient = ChartedPatient()
        let response = try LiveGateway.post("news2", patient.body)
        let card = try #require(
            try JSONDocument(parsing: response.body).root["cards"]?.elements.first { _ in true }
        )
        let uuid = try #require(card["uuid"]?.stringValue)
        let body = """
            {"feedback":[{"card":"\(uuid)","outcome":"overridden",\
            "overrideReason":{"reason":{"system":"urn:x","code":"seen"}},\
            "outcomeTimestamp":"2026-05-04T10:00:00Z"}]}
            """
        let answer = try LiveGateway.post("news2/feedback", body)
        #expect(answer.status == 200)
        let event = try LiveGateway.rows(hookInstance: patient.hookInstance).first?["eventId"]
        let show = try LiveGateway.run([
            "audit", "show", "--json", event?.stringValue ?? "", "--reason", "a test",
        ])
        let answers = try JSONDocument(parsing: show.output).root["answers"]
        let outcome = answers?.elements.first { _ in true }?["outcome"]?.stringValue
        #expect(outcome == "overridden")
    }

    @Test("a repeated hookInstance gives the same card ids")
    func repeated() throws {
        let body = ChartedPatient().body
        let ids = try (1...2).map { _ in
            let response = try LiveGateway.post("news2", body)
            return try JSONDocument(parsing: response.body).root["cards"]?.elements
                .compactMap { $0["uuid"]?.stringValue }
        }
        #expect(ids[0] == ids[1])
        #expect(ids[0]?.isEmpty == false)
    }

    @Test(
        "what is wrong is said in one sentence with its exit code",
        arguments: [
            (["frobnicate"], 2, "limen help"), (["hok"], 2, "did you mean hook"),
            (["hook", "fire", "news2"], 2, "--bundle"),
            (["hook", "fire", "news2", "--bundel", "x"], 2, "did you mean --bundle"),
            (["hook", "fire", "nothing", "--bundle", "-"], 2, "news2, qsofa"),
            (["hook", "fire", "news2", "--bundle", "absent.json"], 3, "there is no file"),
            (
                ["hook", "fire", "news2", "--bundle", "-", "--url", "http://127.0.0.1:1"], 4,
                "limen up"
            ),
            (["audit", "list", "--outcome", "x"], 2, "takes one of"),
            (["audit", "list", "--patient", "p1"], 2, "--reason TEXT"),
            (["audit", "show", "00000000-0000-4000-8000-000000000000"], 1, "no such event"),
            (["up", "--listen", "nowhere"], 2, "HOST:PORT"),
        ]
    )
    func faults(arguments: [String], exitCode: Int, part: String) throws {
        let run = try LiveGateway.run(arguments)
        #expect(run.exitCode == Int32(exitCode), "\(run.error)")
        #expect(run.error.contains(part), "\(run.error)")
        #expect(run.output.isEmpty)
    }

    @Test("the request that up writes and prints a command for is answered with a score")
    func firstTry() throws {
        let answer = try LiveGateway.post("news2", try LiveGateway.text("example-request.json"))
        #expect(answer.status == 200)
        let body = String(decoding: answer.body, as: UTF8.self)
        #expect(body.contains(#""summary":"NEWS2 11: high risk"#), "\(body.prefix(200))")
    }

    @Test("up names a port in use, missing PostgreSQL programs and a half-made cluster")
    func upFaults() throws {
        let state = try #require(LiveGateway.state) + "-second"
        defer { try? Folder.removeAll(path: state) }
        let port = try LiveGateway.text("url").split(separator: ":").last.map(String.init) ?? ""
        let taken = try LiveGateway.run(["up", "--state", state, "--listen", "127.0.0.1:" + port])
        #expect(taken.exitCode == 4)
        #expect(taken.error.contains("port \(port) is in use"))
        let running = try LiveGateway.run(["up", "--listen", "127.0.0.1:0"])
        #expect(running.exitCode == 4)
        #expect(running.error.contains("running already"))
        let programs = try LiveGateway.run(
            ["up", "--state", state + "/x"],
            environment: ["LIMEN_POSTGRESQL_BIN": "/nowhere"]
        )
        #expect(programs.exitCode == 4)
        #expect(programs.error.contains("apt-get install"))
        let cluster = String(
            decoding: try File.read(path: state + "/cluster", bytesMax: 4_096),
            as: UTF8.self
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        try File.remove(path: cluster + "/initialised")
        let half = try LiveGateway.run(["up", "--state", state, "--listen", "127.0.0.1:0"])
        #expect(half.exitCode == 4)
        #expect(half.error.contains("half initialised"))
        let wiped = try LiveGateway.run(["down", "--wipe", "--state", state])
        #expect(wiped.exitCode == 0)
        #expect(!File.exists(path: cluster))
    }

    @Test(
        "a folder that is not ours is neither changed nor wiped",
        arguments: [
            ["down"], ["down", "--wipe"], ["up", "--listen", "127.0.0.1:0"],
            ["database", "start"], ["database", "stop"],
        ]
    )
    func foreignFolder(command: [String]) throws {
        let folder = try #require(LiveGateway.state) + "-foreign-\(RandomBytes.number())"
        defer { try? Folder.removeAll(path: folder) }
        try Folder.create(path: folder + "/sub")
        try File.writeAtomically(path: folder + "/sub/file", [1])
        let option = command.first == "database" ? "--directory" : "--state"
        let run = try LiveGateway.run(command + [option, folder])
        #expect(run.exitCode == 3, "\(run.error)")
        #expect(try Folder.names(path: folder) == ["sub"])
        #expect(File.exists(path: folder + "/sub/file"))
    }

    @Test("starts, stops and reads of the trail are rows of it")
    func lifecycle() throws {
        let reads = try LiveGateway.run(["audit", "list", "--json", "--kind", "audit-read"])
        #expect(reads.exitCode == 0)
        let system = try LiveGateway.run(
            ["audit", "list", "--json", "--tenant", "system", "--kind", "start"]
        )
        #expect(system.exitCode == 0, "\(system.error)")
        #expect(system.output.contains(#""kind":"start""#))
    }

    @Test("the bench measures the main job beside its parts, in its smoke mode")
    func bench() throws {
        let run = try LiveGateway.run(["bench", "--seconds", "1", "--connections", "4", "--json"])
        let rows = try JSONDocument(parsing: run.output).root
        let names = rows.elements.compactMap { $0["name"]?.stringValue }
        #expect(names.count == 8, "\(names)")
        for model in ["news2", "segments"] {
            #expect(names.count { $0.hasPrefix("evaluate \(model), ") } == 2, "\(names)")
        }
        // Watched by a sanitizer, the gateway keeps its deadlines by refusing, and some of what is
        // measured takes more than a second.
        if LiveGateway.isWatched { return }
        #expect(run.exitCode == 0, "\(run.error)")
        #expect(rows.elements.allSatisfy { $0["failed"]?.integerValue == 0 })
        #expect(rows.elements.allSatisfy { ($0["p50Microseconds"]?.integerValue ?? 0) > 0 })
    }
}
