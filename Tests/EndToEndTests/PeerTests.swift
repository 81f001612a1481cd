import Foundation
import Support
import Testing

/// What other authors' programs need; the suite installs nothing.
private enum PeerPrograms {
    static let areInstalled = FileManager.default.isExecutableFile(
        atPath: Shared.checkout.appendingPathComponent(".limen/peers/http-venv/bin/schemathesis")
            .path
    )
}

/// A short run of the clients of other authors, where they are installed.
@Suite(
    "Programs of other authors",
    .enabled(if: LiveGateway.isPresent, LiveGateway.absence),
    .enabled(if: PeerPrograms.areInstalled, "not installed: run Tests/Peers/run-http once")
)
struct PeerTests {
    @Test("get cards, and find the interface as it is described")
    func smoke() throws {
        let state = try #require(LiveGateway.state)
        let process = Process()
        process.executableURL = Shared.checkout.appendingPathComponent("Tests/Peers/run-http")
        process.arguments = [
            "--url", try LiveGateway.text("url"), "--key-file", state + "/demo-client.key",
            "--bundle", state + "/example-bundle.json", "--cases", "120",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        #expect(process.terminationStatus == 0, "\(text.suffix(2_000))")
        #expect(!text.contains("SKIPPED"), "\(text)")
    }
}
