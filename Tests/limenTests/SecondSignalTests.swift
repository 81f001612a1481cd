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

    /// Whether a process handles both signals by now, as the kernel says (proc(5)).
    private func handlesSignals(_ process: Process) throws -> Bool {
        let path = "/proc/\(process.processIdentifier)/status"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let caught = lines.first { $0.hasPrefix("SigCgt:") }?.split(separator: "\t").last ?? ""
        let wanted = UInt64(1) << UInt64(SIGINT - 1) | UInt64(1) << UInt64(SIGTERM - 1)
        return (UInt64(caught, radix: 16) ?? 0) & wanted == wanted
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
        // The interim answer shows that the head was read: from now on a body is waited for.
        let head =
            "POST /cds-services/news2 HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
            + "Expect: 100-continue\r\nAuthorization: Bearer a.b\r\n\r\n"
        try client.write(Array(head.utf8))
        let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        #expect(try client.receiveBytes(count: interim.count) == interim)
        try wait { try handlesSignals(gateway) }
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
