import Crypto
import Foundation
import HTTPMessages
import HTTPServer
import Posix
import Support
import Testing

/// The shipped `Deploy/nginx.conf` in front of a server, with HTTP/2 outside.
@Suite(
    "nginx in front",
    .serialized,
    .enabled(if: TLSFixture.hasNginx, "nginx and curl are not installed")
)
struct NginxTests {
    /// A running nginx and what clients of it say.
    private struct Front {
        let process: Process
        let port: Int
        let fixture: TLSFixture

        static func start(_ backend: TestServer, _ fixture: TLSFixture) async throws -> Front {
            let port = try freePort()
            var text = try String(
                contentsOf: Shared.checkout.appendingPathComponent("Deploy/nginx.conf"),
                encoding: .utf8
            )
            // Only addresses and the places of files are other ones than in the shipped file.
            let changes = [
                ("127.0.0.1:8080", "127.0.0.1:\(backend.server.localPort)"),
                ("0.0.0.0:8443", "127.0.0.1:\(port)"),
                ("/etc/limen/tls/fullchain.pem", fixture.path("server.pem")),
                ("/etc/limen/tls/key.pem", fixture.path("server.key")),
                ("pid nginx.pid", "pid \(fixture.path("nginx.pid"))"),
            ]
            for (old, new) in changes {
                try #require(text.contains(old), "the shipped file has no \(old)")
                text = text.replacingOccurrences(of: old, with: new)
            }
            try fixture.write("nginx.conf", Array(text.utf8))
            try fixture.write("server.pem", fixture.server.certificate)
            try fixture.write("server.key", fixture.server.key)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/sbin/nginx")
            process.arguments = ["-c", fixture.path("nginx.conf"), "-g", "daemon off;"]
            process.standardError = FileHandle.nullDevice
            try process.run()
            let front = Front(process: process, port: port, fixture: fixture)
            do {
                // curl waits for the port itself.
                let said = try await front.curl(
                    "--retry 40 --retry-connrefused --retry-delay 1",
                    "/up"
                )
                try #require(said.hasSuffix("|200|2"), "\(said)")
            } catch {
                front.stop()
                throw error
            }
            return front
        }

        private static func freePort() throws -> Int {
            let address = SocketAddress(host: "127.0.0.1", port: 0)
            return try Socket.listen(address, backlog: 1).localAddress().port
        }

        /// Asks by HTTP/2; answers the body, the status and the version.
        func curl(_ arguments: String, _ path: String) async throws -> String {
            let command =
                "timeout 60 curl -sS --http2 --path-as-is --cacert authority.pem "
                + "-w '|%{http_code}|%{http_version}' \(arguments) "
                + "'https://localhost:\(port)\(path)' 2>&1"
            let folder = fixture.folder
            return try await OwnThread.run {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/bin/sh")
                process.currentDirectoryURL = folder
                process.arguments = ["-c", command]
                let pipe = Pipe()
                process.standardOutput = pipe
                try process.run()
                let data = pipe.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                return String(decoding: data, as: UTF8.self)
            }
        }

        func stop() {
            process.terminate()
            process.waitUntilExit()
        }
    }

    @Test("passes answers, addresses and refusals through, by HTTP/2 and within our limits")
    func passing() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let server = try TestServer.serving { request in
            let told = ["x-forwarded-for", "x-forwarded-client-cert"].map {
                request.fields.values($0).joined(separator: ",")
            }
            let text = "\(request.method) \(request.path) \(request.body.count) \(told)"
            return HTTPResponse(status: 200, body: Array(text.utf8))
        }
        let front = try await Front.start(server, fixture)
        defer { front.stop() }
        // Who calls is said by nginx alone, whatever the client writes.
        let spoofed = try await front.curl(
            "-H 'X-Forwarded-For: 10.9.8.7' -H 'X-Forwarded-Client-Cert: Hash=00'",
            "/a?b=1"
        )
        #expect(spoofed == #"GET /a 0 ["127.0.0.1", ""]|200|2"#)
        try fixture.write("body", [UInt8](repeating: 0x20, count: 300_000))
        let posted = try await front.curl("--data-binary @body", "/p")
        #expect(posted == #"POST /p 300000 ["127.0.0.1", ""]|200|2"#)
        // What can be read in two ways goes on as it came, and is refused here.
        for path in ["/a/../b", "/a%2Fb"] {
            let refused = try await front.curl("", path)
            #expect(refused.hasSuffix("|400|2"), "\(path) \(refused)")
        }
        #expect(server.log.counts.refused.contains(RequestRejection.targetDotSegment.rawValue))
        #expect(
            server.log.counts.refused.contains(RequestRejection.targetEncodedDelimiter.rawValue)
        )
        let fields = (0..<120).map { "-H 'X-\($0): 1'" }.joined(separator: " ")
        let many = try await front.curl(fields, "/f")
        #expect(many.hasSuffix("|431|2"), "\(many)")
        try fixture.write("large", [UInt8](repeating: 0x20, count: (16 << 20) + 1))
        let large = try await front.curl("--data-binary @large -o /dev/null", "/l")
        #expect(large.hasSuffix("|413|2"), "\(large)")
        #expect(
            server.log.counts.paths.allSatisfy { ["/up", "/a", "/p"].contains($0) }
        )
        // A client that would speak it, or it would be the client that refuses.
        let old = try await front.curl(
            "--tlsv1.0 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0",
            "/t"
        )
        #expect(old.contains("alert protocol version"), "\(old)")
        #expect(old.contains("|000|"), "\(old)")
        await server.server.drain(withinMilliseconds: 10_000)
    }
}
