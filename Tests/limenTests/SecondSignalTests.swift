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
    @Test("cuts off what is open, and the gateway still ends in good order")
    func cutsOff() throws {
        let gateway = UpGateway(named: "signal")
        defer { gateway.remove() }
        try gateway.start()
        let url = try gateway.url()
        var client = try HTTPClient.connect(
            SocketAddress(host: "127.0.0.1", port: try #require(url.port))
        )
        // The interim answer shows that the head was read: from now on a body is waited for.
        let head =
            "POST /cds-services/news2 HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
            + "Expect: 100-continue\r\nAuthorization: Bearer a.b.c\r\n\r\n"
        try client.write(Array(head.utf8))
        let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        #expect(try client.receiveBytes(count: interim.count) == interim)
        // Two of a kind could become one.
        try gateway.signal(SIGINT, SIGTERM)
        // Without the second one there would be a 408 first.
        #expect(throws: HTTPClientError.connectionLost) { try client.receive() }
        #expect(gateway.exitCode() == 0)
    }

    @Test("is not needed while it starts: the first one stops the gateway and its PostgreSQL")
    func early() throws {
        let gateway = UpGateway(named: "early")
        defer { gateway.remove() }
        try gateway.launch()
        // Sent as soon as it is handled, which is before there is a PostgreSQL.
        try gateway.signal(SIGTERM)
        #expect(gateway.exitCode() == 0)
        let cluster = try String(contentsOfFile: gateway.state + "/cluster", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let files = FileManager.default
        #expect(files.fileExists(atPath: cluster + "/data/PG_VERSION"))
        #expect(!files.fileExists(atPath: cluster + "/data/postmaster.pid"))
    }
}
