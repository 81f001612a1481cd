import Foundation
import HTTPClient
import Posix
import Support
import Testing

/// A gateway that is asked twice to stop while a request is on its way.
@Suite(
    "A second signal",
    .enabled(if: BuiltProgram.isPresent, "no built program"),
    .enabled(if: ClusterPrograms.arePresent, "no PostgreSQL programs: install postgresql")
)
struct SecondSignalTests {
    private struct Late: Error {}

    private func wait(until condition: () throws -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: 120)
        while try !condition() {
            guard Date() < deadline else { throw Late() }
        }
    }

    @Test("cuts off what is open, and the gateway still ends in good order")
    func cutsOff() throws {
        let state = "/tmp/limen-signal-" + UUID().uuidString.prefix(8).lowercased()
        let gateway = BuiltProgram.process(
            ["up", "--listen", "127.0.0.1:0", "--state", state],
            home: Shared.checkout
        )
        gateway.standardOutput = FileHandle.nullDevice
        gateway.standardError = FileHandle.nullDevice
        try gateway.run()
        defer {
            gateway.terminate()
            gateway.waitUntilExit()
            _ = try? BuiltProgram.run(["down", "--wipe", "--state", state], home: Shared.checkout)
            try? FileManager.default.removeItem(atPath: state)
        }
        try wait { FileManager.default.fileExists(atPath: state + "/url") }
        let text = try String(contentsOfFile: state + "/url", encoding: .utf8)
        let url = try #require(URL(string: text.trimmingCharacters(in: .whitespacesAndNewlines)))
        var client = try HTTPClient.connect(
            SocketAddress(host: "127.0.0.1", port: try #require(url.port))
        )
        let head = "POST /cds-services/news2 HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"
        // An interim answer shows that the head was read: from now on a body is waited for.
        try client.write(Array((head.dropLast(2) + "Expect: 100-continue\r\n").utf8))
        try client.write(Array("Authorization: Bearer a.b\r\n\r\n".utf8))
        _ = try client.receiveBytes(count: "HTTP/1.1 100 Continue\r\n\r\n".utf8.count)
        // Two of a kind could become one.
        kill(gateway.processIdentifier, SIGINT)
        kill(gateway.processIdentifier, SIGTERM)
        // Without the second one there would be a 408 first.
        #expect(throws: HTTPClientError.connectionLost) { try client.receive() }
        gateway.waitUntilExit()
        #expect(gateway.terminationReason == .exit)
        #expect(gateway.terminationStatus == 0)
    }
}
