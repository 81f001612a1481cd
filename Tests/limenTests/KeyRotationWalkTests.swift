import Foundation
import JSON
import Support
import Testing

/// The rotation of a tenant's wrapping key, as its keeper does it, beside a gateway that runs.
@Suite(
    "The walk of a key rotation",
    .enabled(if: BuiltProgram.isPresent, "no built program"),
    .enabled(if: ClusterPrograms.arePresent, "no PostgreSQL programs: install postgresql")
)
struct KeyRotationWalkTests {
    private let gateway = UpGateway(named: "walk")

    private var state: String { gateway.state }

    private func run(_ arguments: [String]) throws -> BuiltProgram.Result {
        try gateway.run(arguments)
    }

    private func keys(_ words: String...) throws -> BuiltProgram.Result {
        try run(["audit", "keys"] + words + ["--reason", "yearly"])
    }

    /// Fires a hook; answers the id of its row, and under which wrapping keys data keys lie.
    private func fire() throws -> String {
        let fired = try run([
            "hook", "fire", "news2", "--bundle", state + "/example-bundle.json",
        ])
        try #require(fired.exitCode == 0, "\(fired.error)")
        let list = try run(["audit", "list", "--kind", "decision", "--limit", "1", "--json"])
        let row = try #require(list.output.split(separator: "\n").first)
        return try #require(try JSONDocument(parsing: String(row)).root["eventId"]?.stringValue)
    }

    private func hasInputs(_ event: String) throws -> Bool {
        let shown = try run(["audit", "show", event, "--json", "--reason", "a walk"])
        return shown.exitCode == 0 && shown.output.contains("respiratoryRate")
    }

    @Test(
        "Rows of before stay readable, and the old key goes when the gateway has taken the new one"
    )
    func walk() throws {
        defer { gateway.remove() }
        try gateway.start()
        let before = try fire()
        let vault = state + "/secrets/tenant-demo.vault"
        let text = try String(contentsOfFile: vault, encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasSuffix(" current") })
        let old = String(line.split(separator: " ")[1])
        #expect(try keys("rotate").exitCode == 0)
        let early = try keys("remove", old)
        #expect(early.exitCode == 1)
        #expect(early.error.contains("SIGHUP"), "\(early.error)")
        #expect(early.error.contains("rewrap"), "\(early.error)")
        #expect(try keys("rewrap").exitCode == 0)
        #expect(try hasInputs(before))
        // The data keys are under the new one; the gateway would still wrap under the old one.
        let untold = try keys("remove", old)
        #expect(untold.exitCode == 1)
        #expect(!untold.error.contains("rewrap"), "\(untold.error)")
        try gateway.signal(SIGHUP)
        try UpGateway.wait { try keys("remove", old).exitCode == 0 }
        let after = try fire()
        #expect(after != before)
        #expect(try hasInputs(before))
        #expect(try hasInputs(after))
        let status = try run(["audit", "keys", "status"])
        #expect(status.exitCode == 0, "\(status.output)")
        #expect(!status.output.contains(old))
        gateway.stop()
        try oldFile(vault, line)
    }

    /// A copy of the old key file that comes back while the gateway is down seals nothing, and harms
    /// nothing: with the file of now in its place all is as before.
    private func oldFile(_ vault: String, _ line: Substring) throws {
        let now = try String(contentsOfFile: vault, encoding: .utf8)
        let old = now.replacing(" current", with: "") + line + "\n"
        try old.write(toFile: vault, atomically: false, encoding: .utf8)
        let log = state + "/walk.log"
        try gateway.start(log: log)
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        let told = lines.filter { $0.contains("LIMEN-VAULT-014") }
        #expect(!told.isEmpty, "\(lines)")
        for word in [#""limen.tenant":"demo""#, "limen audit keys rotate", "ERROR"] {
            #expect(told.allSatisfy { $0.contains(word) }, "\(told)")
        }
        let hook = ["hook", "fire", "news2", "--bundle", state + "/example-bundle.json"]
        let fired = try run(hook)
        #expect(fired.exitCode != 0, "\(fired.output)")
        try now.write(toFile: vault, atomically: false, encoding: .utf8)
        try gateway.signal(SIGHUP)
        try UpGateway.wait { try run(hook).exitCode == 0 }
    }
}
