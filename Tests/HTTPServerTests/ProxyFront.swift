import Crypto
import Foundation
import HTTPClient
import HTTPServer
import Posix
import Support
import Testing

/// A shipped configuration of a proxy, running in front of a server of a test, and what clients of
/// it say.
///
/// Only addresses and the places of files are other ones than in the shipped file.
struct ProxyFront {
    /// A proxy whose configuration is shipped.
    enum Kind {
        case nginx
        case envoy

        /// Its program; empty when it is not installed.
        var program: String { programs.first(where: ProxyFront.isProgram) ?? "" }

        /// Whether it and a client for it are installed.
        var isPresent: Bool { !program.isEmpty && ProxyFront.isProgram("/usr/bin/curl") }

        /// Where its program is looked for.
        private var programs: [String] {
            switch self {
            case .nginx: ["/usr/sbin/nginx"]
            case .envoy:
                // Debian has none: `Tests/Peers/run-proxies` installs one in the checkout.
                [ProcessInfo.processInfo.environment["LIMEN_ENVOY"] ?? ""]
                    + ["/usr/bin/envoy", "/usr/local/bin/envoy"]
                    + [Shared.checkout.appendingPathComponent(".limen/peers/envoy").path]
            }
        }

        /// The shipped file.
        fileprivate var file: String {
            switch self {
            case .nginx: "nginx.conf"
            case .envoy: "envoy.yaml"
            }
        }

        fileprivate func arguments(_ file: String) -> [String] {
            switch self {
            case .nginx: ["-c", file, "-g", "daemon off;"]
            // Without the shared memory that a second proxy on the machine would meet.
            case .envoy: ["-c", file, "--use-dynamic-base-id", "--log-level", "error"]
            }
        }

        /// What the shipped file says, and what it says in a test.
        fileprivate func changes(
            backend: Int,
            port: Int,
            _ fixture: TLSFixture
        ) -> [(shipped: String, here: String)] {
            switch self {
            case .nginx:
                [
                    ("127.0.0.1:8080", "127.0.0.1:\(backend)"),
                    ("0.0.0.0:8443", "127.0.0.1:\(port)"),
                    ("/etc/limen/tls/fullchain.pem", fixture.path("server.pem")),
                    ("/etc/limen/tls/key.pem", fixture.path("server.key")),
                    ("pid nginx.pid", "pid \(fixture.path("nginx.pid"))"),
                ]
            case .envoy:
                [
                    ("port_value: 8080", "port_value: \(backend)"),
                    (
                        "address: 0.0.0.0, port_value: 8443",
                        "address: 127.0.0.1, port_value: \(port)"
                    ),
                    ("/etc/limen/tls/fullchain.pem", fixture.path("server.pem")),
                    ("/etc/limen/tls/key.pem", fixture.path("server.key")),
                    ("/etc/limen/tls/client-ca.pem", fixture.path("authority.pem")),
                ]
            }
        }
    }

    private let kind: Kind
    private let process: Process
    private let port: Int
    private let fixture: TLSFixture

    /// Starts it before a server.
    ///
    /// - Parameters:
    ///   - kind: which proxy.
    ///   - backend: the server it passes requests on to.
    ///   - fixture: the certificates, and the folder for its files.
    ///   - more: what else the shipped file says, and what it says in this test.
    /// - Returns: the proxy, which answers.
    /// - Throws: an issue of the test when it does not start.
    static func start(
        _ kind: Kind,
        _ backend: TestServer,
        _ fixture: TLSFixture,
        changing more: [(shipped: String, here: String)] = []
    ) async throws -> ProxyFront {
        let port = try freePort()
        var text = try String(
            contentsOf: Shared.checkout.appendingPathComponent("Deploy/" + kind.file),
            encoding: .utf8
        )
        let changes = kind.changes(backend: Int(backend.server.localPort), port: port, fixture)
        for (shipped, here) in changes + more {
            try #require(text.contains(shipped), "the shipped file has no \(shipped)")
            text = text.replacingOccurrences(of: shipped, with: here)
        }
        try fixture.write(kind.file, Array(text.utf8))
        try fixture.write("server.pem", fixture.server.certificate)
        try fixture.write("server.key", fixture.server.key)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: kind.program)
        process.arguments = kind.arguments(fixture.path(kind.file))
        process.standardError = FileHandle.nullDevice
        try process.run()
        let front = ProxyFront(kind: kind, process: process, port: port, fixture: fixture)
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

    private static func isProgram(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: path)
    }

    private static func freePort() throws -> Int {
        let address = SocketAddress(host: "127.0.0.1", port: 0)
        return try Socket.listen(address, backlog: 1).localAddress().port
    }

    /// Connects and says nothing.
    func connect() throws -> HTTPClient {
        try HTTPClient.connect(SocketAddress(host: "127.0.0.1", port: port))
    }

    /// Asks by HTTP/2; answers the body, the status and the version.
    func curl(_ arguments: String, _ path: String) async throws -> String {
        let command =
            "timeout 60 curl -sS --http2 --path-as-is --cacert authority.pem "
            + "-w '|%{http_code}|%{http_version}' \(arguments) "
            + "'https://localhost:\(port)\(path)' 2>&1"
        return try await ShellCommand.run(command, in: fixture.folder)
    }

    /// Ends it.
    func stop() {
        switch kind {
        // Its workers go with it.
        case .nginx: process.terminate()
        // A child of a test has SIGTERM blocked, and envoy leaves it so.
        case .envoy: kill(process.processIdentifier, SIGKILL)
        }
        process.waitUntilExit()
    }
}
