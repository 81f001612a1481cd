import Crypto
import Foundation
import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Support
import Testing

/// Certificates of an authority made for one test, in a folder of its own, for a server on a free
/// port and for OpenSSL's own client.
struct TLSFixture {
    let authority: IssuedCertificate
    let server: IssuedCertificate
    let folder: URL

    static let names = "DNS:localhost,IP:127.0.0.1"

    init() throws {
        authority = try #require(.authority(commonName: "Test authority", days: 2))
        server = try #require(
            authority.issue(
                commonName: "localhost",
                names: Self.names,
                purpose: .server,
                days: 1
            )
        )
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try write("authority.pem", authority.certificate)
    }

    /// Removes the folder.
    func remove() { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: folder.appendingPathComponent(name))
    }

    /// A certificate of a client, and its files NAME.pem and NAME.key.
    @discardableResult
    func client(
        _ name: String,
        by issuer: IssuedCertificate? = nil,
        purpose: IssuedCertificate.Purpose = .client,
        days: Int = 1,
        curve: EllipticCurve = .p256
    ) throws -> IssuedCertificate {
        let made = try #require(
            (issuer ?? authority).issue(
                commonName: name,
                names: "DNS:\(name).test,URI:spiffe://test/\(name)",
                purpose: purpose,
                days: days,
                curve: curve
            )
        )
        try write(name + ".pem", made.certificate)
        try write(name + ".key", made.key)
        return made
    }

    /// What a server is secured with.
    func context(requiresCertificate: Bool? = nil) throws -> TLSServerContext {
        var parts = TLSServerContext.Parts(chain: server.certificate, key: server.key)
        if let requiresCertificate {
            parts.clientAuthorities = authority.certificate
            parts.requiresCertificate = requiresCertificate
        }
        return try TLSServerContext.make(parts)
    }

    /// What a server is secured with whose certificate is of another kind of key, named as
    /// `openssl req -newkey` is asked for it.
    func context(of kind: String) async throws -> TLSServerContext {
        let said = try await ShellCommand.run(
            "openssl req -x509 -newkey \(kind) -nodes -subj /CN=localhost -days 1 "
                + "-addext subjectAltName=\(Self.names) -keyout other.key -out other.pem 2>&1",
            in: folder
        )
        guard let chain = FileManager.default.contents(atPath: path("other.pem")),
            let key = FileManager.default.contents(atPath: path("other.key"))
        else {
            Issue.record("openssl made no certificate: \(said)")
            return try context()
        }
        return try TLSServerContext.make(.init(chain: Array(chain), key: Array(key)))
    }

    var trust: TLSTrust {
        get throws { try TLSTrust.bundle(authority.certificate) }
    }

    /// A session that is established with a client, and the client, without a socket.
    func established(
        _ context: TLSServerContext,
        _ exchange: TLSExchange
    ) throws -> (server: TLSServerSession, client: TLSSession) {
        let server = try TLSServerSession(context, exchange)
        let client = try TLSSession(try trust, expecting: .name("localhost"))
        var plain = [UInt8](repeating: 0, count: 200_000)
        while !server.isEstablished {
            _ = try client.handshake()
            let bytes = client.takeOutput()
            _ = try server.receive(bytes, bytes.count, into: &plain)
            var answer: [UInt8] = []
            exchange.takeOutput(into: &answer)
            client.received(answer[...])
        }
        return (server, client)
    }

    /// Runs OpenSSL's client and answers all that it said.
    ///
    /// - Parameters:
    ///   - arguments: those besides the address and the authority.
    ///   - port: where the server is.
    ///   - input: what the client sends; a good request when there is none.
    ///   - isQuiet: whether it says only what came back, and what went wrong.
    ///   - listensToCommands: whether lines such as `R` are commands; its input then has no end.
    /// - Returns: what it wrote to both of its outputs.
    /// - Throws: what Foundation throws when it cannot be run.
    func openssl(
        _ arguments: String,
        port: Int,
        input: String? = nil,
        isQuiet: Bool = true,
        listensToCommands: Bool = false
    ) async throws -> String {
        try write(
            "input",
            Array((input ?? "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").utf8)
        )
        let quiet = isQuiet ? "-quiet" : listensToCommands ? "" : "-ign_eof"
        let source =
            listensToCommands ? "mkfifo held; exec 3<>held; cat input >&3; " : "exec 3<input; "
        let command =
            source + "timeout 20 openssl s_client -connect 127.0.0.1:\(port) "
            + "-CAfile authority.pem \(quiet) \(arguments) <&3 2>&1"
        return try await ShellCommand.run(command, in: folder)
    }

    static let hasOpenSSL = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")
}
