import Foundation
import HTTPClient
import HTTPMessages
import JSON
import Support
import Testing

/// Two gateways of one database, with a version of NEWS2 on trial that refuses everybody.
@Suite("A canary over HTTP", .enabled(if: LiveGateway.isPresent, LiveGateway.absence))
struct CanaryOverHTTPTests {
    @Test("A canary that starts to refuse is taken back by itself, on every gateway, with its row")
    func rollback() throws {
        let folder =
            FileManager.default.temporaryDirectory.path + "/limen-canary-"
            + UUID().uuidString.prefix(8)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Self.furnish(folder)
        let environment = ["LIMEN_HOME": folder, "LIMEN_STATE": folder + "/state"]
        let first = try Self.start(
            ["up", "--listen", "127.0.0.1:0", "--state", folder + "/state"],
            environment
        ).process
        defer {
            Self.stop(first)
            _ = try? LiveGateway.run(["down", "--wipe"], environment: environment)
        }
        let url = try Self.text(folder + "/state/url")
        let second = try Self.second(folder, environment)
        defer { Self.stop(second.process) }
        let urls = [url, second.url]

        let key = try Self.text(folder + "/state/demo-client.key")
        var number = 0
        var kind = ""
        // Both gateways count; neither alone has enough at first.
        while kind != "automatic-rollback", number < 4_000 {
            for _ in 0..<40 {
                number += 1
                let url = urls[number % 2]
                #expect(try Self.send(number, to: url, key).status == 200)
            }
            let run = try LiveGateway.run(
                ["model", "status", "news2", "--json"],
                environment: environment
            )
            let status = try JSONDocument(parsing: run.output).root.elements.first { _ in true }
            kind = status?["history"]?.elements.first { _ in true }?["change"]?.stringValue ?? ""
        }
        #expect(kind == "automatic-rollback")

        // The row tells when and why, with the figures.
        let list = try LiveGateway.run(
            [
                "audit", "list", "--kind", "model-change", "--tenant", "system", "--json",
                "--limit", "1",
            ],
            environment: environment
        )
        let row = try JSONDocument(parsing: String(list.output.prefix { $0 != "\n" })).root
        #expect(row["reasonCode"]?.stringValue == "automatic-rollback")
        let event = try #require(row["eventId"]?.stringValue)
        let shown = try LiveGateway.run(
            ["audit", "show", event, "--tenant", "system", "--json"],
            environment: environment
        )
        let result = try JSONDocument(parsing: shown.output).root["result"]
        #expect(result?["reason"]?.stringValue?.hasPrefix("refusal rate of the canary") == true)
        let evidence = result?["evidence"]
        let cases = try #require(evidence?["canary"]?["cases"]?.integerValue)
        #expect(cases >= 30)
        #expect(evidence?["canary"]?["events"]?.integerValue == cases)

        // Both agree within a second or so: from then on live answers everybody.
        var refused = 1
        var rounds = 0
        while refused > 0, rounds < 200 {
            rounds += 1
            refused = 0
            for patient in 0..<20 {
                for url in urls {
                    let answer = try Self.send(patient, to: url, key)
                    if !answer.body.contains(Self.resultText) { refused += 1 }
                }
            }
        }
        #expect(refused == 0)
        let canary = try LiveGateway.run(
            ["audit", "list", "--arm", "canary", "--json", "--limit", "1000"],
            environment: environment
        )
        let rows = canary.output.split(separator: "\n").count
        #expect(rows >= cases)
        // All on record is in the counts, and the other way round.
        let status = try LiveGateway.run(["model", "status", "news2"], environment: environment)
        #expect(status.exitCode == 1)
        #expect(status.output.contains("canary-ended"))
    }

    /// What a card with a result says.
    private static let resultText = "high risk"

    /// Home with a second version of NEWS2 that looks back one minute only.
    private static func furnish(_ folder: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["Profiles", "Hooks", "Migrations"] {
            try files.copyItem(
                atPath: Shared.checkout.appendingPathComponent(name).path,
                toPath: folder + "/" + name
            )
        }
        try files.copyItem(
            atPath: folder + "/Profiles/news2",
            toPath: folder + "/Profiles/news2-2.0.0"
        )
        try edit(folder + "/Profiles/news2-2.0.0/profile.json") {
            $0.replacing("\"within\": \"PT12H\"", with: "\"within\": \"PT1M\"")
        }
        try edit(folder + "/Hooks/news2.json") {
            $0.replacing(
                "\"profile\": \"news2\",",
                with: "\"profile\": \"news2\", \"canary\": { \"profile\": \"news2-2.0.0\", "
                    + "\"share\": 0.4, \"salt\": \"test\" },"
            )
        }
    }

    private static func edit(_ path: String, _ change: (String) -> String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = change(text)
        try #require(changed != text)
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Starts a gateway and waits until it says that it serves.
    private static func start(
        _ arguments: [String],
        _ environment: [String: String],
        until word: String = "127.0.0.1:",
        from isError: Bool = false
    ) throws -> (process: Process, seen: String) {
        let process = Process()
        process.executableURL = URL(filePath: LiveGateway.program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = isError ? FileHandle.nullDevice : output
        process.standardError = isError ? output : FileHandle.nullDevice
        try process.run()
        var seen = ""
        while !seen.contains(word) || !seen.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            try #require(!data.isEmpty, "the gateway ended: \(seen)")
            seen += String(decoding: data, as: UTF8.self)
        }
        // What it says later must go somewhere, or it would wait for a reader.
        output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
        return (process, seen)
    }

    /// The second gateway, as a site runs it: `limen serve` with logins of its own.
    private static func second(
        _ folder: String,
        _ environment: [String: String]
    ) throws -> (process: Process, url: String) {
        let state = folder + "/state"
        let keys = folder + "/keys"
        try FileManager.default.createDirectory(
            atPath: keys,
            withIntermediateDirectories: true
        )
        for (name, file) in [("demo", "tenant-demo"), ("system", "tenant-system")] {
            for kind in [".key", ".vault"] {
                try FileManager.default.copyItem(
                    atPath: state + "/secrets/" + file + kind,
                    toPath: keys + "/" + name + kind
                )
            }
        }
        let socket = try text(state + "/cluster") + "/socket"
        let writer = try text(state + "/secrets/limen_writer.password")
        let reader = try text(state + "/secrets/limen_gateway.password")
        var variables = environment
        variables["PGHOST"] = socket
        variables["PGDATABASE"] = "limen"
        variables["PGUSER"] = "limen_writer"
        variables["PGPASSWORD"] = writer
        variables["LIMEN_STATE_DATABASE"] =
            "host=\(socket) dbname=limen user=limen_gateway password=\(reader)"
        var signing = environment
        signing["LIMEN_LEDGER"] = keys + "/.ledger"
        let begun = try LiveGateway.run(
            ["audit", "signer", "new", "--unvouched", "--reason", "a second gateway"],
            environment: signing
        )
        try #require(begun.exitCode == 0, "\(begun.error)")
        let started = try start(
            [
                "serve", "--listen", "127.0.0.1:0", "--clients", state + "/clients",
                "--keys", keys,
            ],
            variables,
            until: "listening on http",
            from: true
        )
        let address = try #require(started.seen.firstMatch(of: #/listening on (http\S+)/#))
        return (started.process, String(address.output.1))
    }

    private static func stop(_ process: Process) {
        process.terminate()
        process.waitUntilExit()
    }

    /// Asks for NEWS2 of a patient with a full set of an hour ago.
    private static func send(
        _ number: Int,
        to url: String,
        _ key: String
    ) throws -> (status: Int, body: String) {
        let patient = "p\(number % 200)"
        var charted = ChartedPatient()
        charted.measure("9279-1", "30", "/min")
        charted.measure("59408-5", "88", "%")
        charted.measure("8480-6", "85", "mm[Hg]")
        charted.measure("8867-4", "140", "/min")
        charted.measure("8310-5", "39.5", "Cel")
        charted.state("722742002")
        charted.consciousness("A")
        let body = charted.body.replacing("Patient/p1\"", with: "Patient/\(patient)\"")
            .replacing("\"p1\"", with: "\"\(patient)\"")
        var fields = HTTPFields()
        fields.append("Content-Type", "application/json")
        fields.append("Authorization", "Bearer " + key)
        let response = try HTTPClient.send(
            url: url + "/cds-services/news2",
            method: "POST",
            fields: fields,
            body: Array(body.utf8)
        )
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }
}
