import Foundation
import JSON
import Testing

/// A tenant and its auditor, as who deploys makes them and a compliance officer uses them.
@Suite("limen tenant and auditor", .enabled(if: LiveGateway.isPresent, LiveGateway.absence))
struct DeskTests {
    private let tenant = "desk-" + UUID().uuidString.prefix(8).lowercased()
    private let login = "desk_" + UUID().uuidString.prefix(8).lowercased()
    private let password = "battery staple 7"

    /// What lets a program in as a login.
    private func place(_ user: String, _ password: String) throws -> [String: String] {
        [
            "PGHOST": try LiveGateway.text("cluster") + "/socket", "PGPORT": "5432",
            "PGDATABASE": "limen", "PGUSER": user, "PGPASSWORD": password,
        ]
    }

    /// Runs a statement through psql, the SQL client that everybody has.
    private func psql(
        _ statement: String,
        _ user: String,
        _ password: String
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["psql", "-X", "-A", "-t", "-q", "-c", statement]
        process.environment = ProcessInfo.processInfo.environment.merging(
            try place(user, password)
        ) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        return (process.terminationStatus, text.trimmingCharacters(in: .newlines))
    }

    /// What the doctor has against something, by name.
    private func weaknesses(_ name: String) throws -> [String] {
        let run = try LiveGateway.run(["doctor", "--json"])
        let findings = try JSONDocument(parsing: run.output).root["findings"]
        return try #require(findings).elements.compactMap { $0["object"]?.stringValue }
            .filter { $0.contains(name) }
    }

    @Test("A doctor that may not see the migrations proves nothing, and names the login that may")
    func unseen() throws {
        for (login, exitCode) in [("limen_health", 0), ("limen_writer", 4)] as [(String, Int32)] {
            let environment = try place(login, LiveGateway.text("secrets/\(login).password"))
            let found = try LiveGateway.run(["doctor", "--json"], environment: environment)
            let findings = try JSONDocument(parsing: found.output).root["findings"]
            let codes = try #require(findings).elements.compactMap { $0["code"]?.stringValue }
            let run = try LiveGateway.run(
                ["doctor"] + codes.flatMap { ["--accept", $0] },
                environment: environment
            )
            #expect(run.exitCode == exitCode, "\(login): \(run.output) \(run.error)")
            #expect(run.error.contains("log in as limen_health") == (exitCode == 4))
        }
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require((attributes[.posixPermissions] as? NSNumber)?.intValue)
    }

    @Test("A new tenant's auditor reads that tenant in psql and limen audit, until removed")
    func walk() throws {
        let keys = FileManager.default.temporaryDirectory.path + "/limen-" + tenant
        defer { try? FileManager.default.removeItem(atPath: keys) }
        let made = try LiveGateway.run(["tenant", "new", tenant, "--keys", keys, "--title", "B"])
        #expect(made.exitCode == 0, "\(made.error)")
        for name in [".key", ".vault"] {
            #expect(try mode(keys + "/" + tenant + name) == 0o600)
        }
        #expect(try mode(keys) == 0o700)
        let first = try Data(contentsOf: URL(filePath: keys + "/\(tenant).vault"))
        let again = try LiveGateway.run(["tenant", "new", tenant, "--keys", keys, "--json"])
        #expect(again.exitCode == 0, "\(again.error)")
        #expect(try JSONDocument(parsing: again.output).root["made"]?.boolValue == false)
        #expect(try Data(contentsOf: URL(filePath: keys + "/\(tenant).vault")) == first)

        let early = try LiveGateway.run(["auditor", "add", login, "--tenant", "no-such-tenant"])
        #expect(early.exitCode == 3)
        #expect(early.error.contains("no-such-tenant") && early.error.contains("tenant list"))
        let added = try LiveGateway.run(
            ["auditor", "add", login, "--tenant", tenant, "--password-file", "-"],
            input: password + "\n"
        )
        #expect(added.exitCode == 0, "\(added.error)")
        #expect(added.error.contains("hostssl  limen  \(login)  ADDRESS/32  scram-sha-256"))
        #expect(!(added.output + added.error).contains(password))
        let listed = try LiveGateway.run(["tenant", "list", "--keys", keys, "--json"])
        #expect(
            listed.output.split(separator: "\n").contains {
                $0.contains("\"\(tenant)\"") && $0.contains("\"readers\":[\"\(login)\"]")
                    && $0.contains("\"missingKeyFiles\":[]")
            },
            "\(listed.output)"
        )
        #expect(try weaknesses(login) == [])

        // The auditor's own read is the tenant's first row.
        let read = try LiveGateway.run(
            ["audit", "list", "--tenant", tenant, "--json"],
            environment: try place(login, password)
        )
        #expect(read.exitCode == 0, "\(read.error)")
        let other = try LiveGateway.run(["audit", "list", "--limit", "1"])
        #expect(other.exitCode == 0, "the demo tenant has a row as well")
        let statement = "SELECT DISTINCT tenant FROM audit.event"
        #expect(try psql(statement, login, password).output == tenant)

        let narrowed = try LiveGateway.run(["auditor", "remove", login, "--tenant", tenant])
        #expect(narrowed.exitCode == 0, "\(narrowed.error)")
        #expect(try psql(statement, login, password) == (0, ""))
        let twice = try LiveGateway.run(["auditor", "remove", login, "--tenant", tenant])
        #expect(twice.exitCode == 1)
        let removed = try LiveGateway.run(["auditor", "remove", login])
        #expect(removed.exitCode == 0, "\(removed.error)")
        #expect(removed.output.contains("dropped"))
        #expect(try psql(statement, login, password).status == 2)
        #expect(try weaknesses(login) == [])

        let superuser = try LiveGateway.text("secrets/superuser.password")
        let changes = try psql(
            """
            SELECT reason_code FROM audit.event WHERE tenant = 'system'
                AND '\(login)' = details->>'login' ORDER BY started_at
            """,
            "postgres",
            superuser
        )
        #expect(
            changes.output == """
                login-made
                login-password
                reader-added
                reader-removed
                login-locked
                login-dropped
                """
        )
    }

    @Test("Keys of a tenant that a gateway seals with are not made a second time")
    func otherKeys() throws {
        let keys = FileManager.default.temporaryDirectory.path + "/limen-keys-" + tenant
        defer { try? FileManager.default.removeItem(atPath: keys) }
        let run = try LiveGateway.run(["tenant", "new", "demo", "--keys", keys])
        #expect(run.exitCode == 3)
        #expect(run.error.contains("must be a copy"))
        let left = (try? FileManager.default.contentsOfDirectory(atPath: keys)) ?? []
        #expect(left.filter { !$0.hasSuffix(".lock") } == [])
    }

    @Test("A login without the rights is told whose they are")
    func rights() throws {
        let writer = try LiveGateway.text("secrets/limen_writer.password")
        let run = try LiveGateway.run(
            ["auditor", "add", login, "--tenant", "demo"],
            environment: try place("limen_writer", writer)
        )
        #expect(run.exitCode == 3)
        #expect(run.error.contains("limen_migrator or a superuser"), "\(run.error)")
        let migrator = try LiveGateway.text("secrets/limen_migrator.password")
        let unmade = try LiveGateway.run(
            ["auditor", "add", login, "--tenant", "demo"],
            environment: try place("limen_migrator", migrator)
        )
        #expect(unmade.exitCode == 3)
        #expect(unmade.error.contains("superuser"), "\(unmade.error)")
    }
}
