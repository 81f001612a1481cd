import Crypto
import Foundation
import HTTPMessages
import HTTPServer
import Support
import Testing

/// What OpenSSL's own client can and cannot agree on with the server.
@Suite(
    "TLS with openssl s_client",
    // Each starts a program: side by side they would keep the machine from the other tests.
    .serialized,
    .enabled(if: TLSFixture.hasOpenSSL, "openssl is not installed")
)
struct TLSMatrixTests {
    /// A client and how it must end: served, or refused with this alert.
    struct Case: Sendable, CustomTestStringConvertible {
        let arguments: String
        var alert: String?
        var key = ServerKey.p256

        var testDescription: String { "\(arguments) (\(key.rawValue))" }
    }

    /// What the certificate of the listener is of; hospitals' authorities mostly issue RSA.
    enum ServerKey: String {
        case p256 = "P-256"
        case p384 = "P-384"
        case rsa = "RSA"

        /// How OpenSSL is asked for one.
        var arguments: String {
            switch self {
            case .p256: "ec -pkeyopt ec_paramgen_curve:P-256"
            case .p384: "ec -pkeyopt ec_paramgen_curve:P-384"
            case .rsa: "rsa:2048"
            }
        }
    }

    static let cases: [Case] = [
        // Versions.
        Case(arguments: "-tls1_3"),
        Case(arguments: "-tls1_2"),
        Case(arguments: "-tls1_1 -cipher ALL@SECLEVEL=0", alert: "protocol version"),
        Case(arguments: "-tls1 -cipher ALL@SECLEVEL=0", alert: "protocol version"),
        // Suites of TLS 1.3 (RFC 8446, section B.4).
        Case(arguments: "-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256"),
        Case(arguments: "-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384"),
        Case(arguments: "-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256"),
        Case(
            arguments: "-tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256",
            alert: "handshake failure"
        ),
        Case(
            arguments: "-tls1_3 -ciphersuites TLS_AES_128_CCM_8_SHA256",
            alert: "handshake failure"
        ),
        // Suites of TLS 1.2: forward secrecy and authenticated encryption only.
        Case(arguments: "-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256"),
        Case(arguments: "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384"),
        Case(arguments: "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305"),
        refused("ECDHE-ECDSA-AES128-SHA"),
        refused("ECDHE-ECDSA-AES256-SHA384"),
        refused("ECDHE-ECDSA-AES128-CCM"),
        refused("ECDHE-ECDSA-CAMELLIA128-SHA256"),
        refused("ECDHE-ECDSA-NULL-SHA"),
        refused("ECDHE-RSA-AES128-GCM-SHA256"),
        refused("DHE-RSA-AES128-GCM-SHA256"),
        refused("AES128-GCM-SHA256"),
        refused("AES256-SHA"),
        refused("NULL-SHA256"),
        refused("AECDH-AES128-SHA"),
        refused("ADH-AES128-GCM-SHA256"),
        refused("PSK-AES128-GCM-SHA256", "-psk 0a0b0c0d"),
        refused("ECDHE-PSK-CHACHA20-POLY1305", "-psk 0a0b0c0d"),
        // Groups.
        Case(arguments: "-tls1_3 -groups X25519"),
        Case(arguments: "-tls1_3 -groups P-256"),
        Case(arguments: "-tls1_2 -groups X25519:P-256"),
        Case(arguments: "-tls1_3 -groups P-384"),
        Case(arguments: "-tls1_3 -groups P-521"),
        Case(arguments: "-tls1_3 -groups X448", alert: "handshake failure"),
        Case(arguments: "-tls1_3 -groups ffdhe2048", alert: "handshake failure"),
        Case(arguments: "-tls1_2 -groups P-256:P-384:P-521"),
        // The curve of the listener's certificate must be among them (RFC 8422, section 5.1).
        Case(arguments: "-tls1_2 -groups P-521", alert: "handshake failure"),
        Case(arguments: "-tls1_2 -groups X448", alert: "handshake failure"),
        // Signatures.
        Case(arguments: "-tls1_2 -sigalgs ECDSA+SHA256"),
        Case(arguments: "-tls1_2 -sigalgs ECDSA+SHA1 -cipher ALL@SECLEVEL=0", alert: "handshake"),
        Case(arguments: "-tls1_3 -sigalgs RSA-PSS+SHA256", alert: "handshake failure"),
        // Protocols (RFC 7301, section 3.2).
        Case(arguments: "-alpn http/1.1"),
        Case(arguments: "-alpn h2,http/1.1"),
        Case(arguments: "-tls1_2 -alpn h2,http/1.1"),
        Case(arguments: "-alpn h2", alert: "no application protocol"),
        Case(arguments: "-tls1_2 -alpn h2,smtp", alert: "no application protocol"),
        Case(arguments: "-alpn http/1.0", alert: "no application protocol"),
        // Names are not looked at: there is one certificate.
        Case(arguments: "-servername gateway.example"),
        // Certificates of other keys.
        Case(arguments: "-tls1_3", key: .rsa),
        Case(arguments: "-tls1_3 -sigalgs RSA-PSS+SHA256", key: .rsa),
        Case(
            arguments: "-tls1_3 -sigalgs ECDSA+SHA256",
            alert: "handshake failure",
            key: .rsa
        ),
        Case(arguments: "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256", key: .rsa),
        Case(arguments: "-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384", key: .rsa),
        Case(arguments: "-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305", key: .rsa),
        Case(arguments: "-tls1_2 -sigalgs RSA+SHA256", key: .rsa),
        Case(
            arguments: "-tls1_2 -sigalgs RSA+SHA1 -cipher ALL@SECLEVEL=0",
            alert: "handshake",
            key: .rsa
        ),
        refused("ECDHE-ECDSA-AES128-GCM-SHA256", of: .rsa),
        refused("ECDHE-RSA-AES128-SHA", of: .rsa),
        refused("ECDHE-RSA-AES256-SHA384", of: .rsa),
        refused("ECDHE-RSA-NULL-SHA", of: .rsa),
        refused("DHE-RSA-AES128-GCM-SHA256", of: .rsa),
        refused("AES128-GCM-SHA256", of: .rsa),
        refused("AES256-SHA", of: .rsa),
        refused("NULL-SHA256", of: .rsa),
        Case(arguments: "-tls1_3", key: .p384),
        Case(arguments: "-tls1_2", key: .p384),
    ]

    private static func refused(
        _ cipher: String,
        _ rest: String = "",
        of key: ServerKey = .p256
    ) -> Case {
        Case(
            arguments: "-tls1_2 -cipher \(cipher)@SECLEVEL=0 \(rest)",
            alert: "handshake failure",
            key: key
        )
    }

    @Test("each version, suite, group and protocol comes out as the table says", arguments: cases)
    func matrix(_ item: Case) async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context =
            item.key == .p256
            ? try fixture.context() : try await fixture.context(of: item.key.arguments)
        let server = try TestServer.start { $0.security = context }
        let said = try await fixture.openssl(item.arguments, port: server.server.localPort)
        if let alert = item.alert {
            #expect(!said.contains("HTTP/1.1"), "\(said)")
            #expect(said.contains(alert), "\(said)")
            #expect(server.log.counts.paths.isEmpty)
            #expect(server.log.counts.refused == [RequestRejection.handshakeFailed.rawValue])
        } else {
            #expect(said.contains("HTTP/1.1 200 OK"), "\(said)")
            #expect(server.log.counts.paths == ["/"])
        }
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    /// A client's certificate and how the connection must end.
    struct ClientCase: Sendable, CustomTestStringConvertible {
        let name: String
        let arguments: String
        var alert: String?
        /// Whose certificate the server is shown, where the client is let in.
        var subject = "good"

        var testDescription: String { name }
    }

    static let clientCases: [ClientCase] = ["-tls1_3", "-tls1_2"].flatMap { version in
        [
            ClientCase(name: "good", arguments: "-cert good.pem -key good.key"),
            ClientCase(
                name: "good, P-384",
                arguments: "-cert p384.pem -key p384.key",
                subject: "p384"
            ),
            ClientCase(
                name: "good, P-521",
                arguments: "-cert p521.pem -key p521.key",
                subject: "p521"
            ),
            ClientCase(
                name: "none",
                arguments: "",
                alert: version == "-tls1_3" ? "certificate required" : "handshake failure"
            ),
            ClientCase(
                name: "of another authority",
                arguments: "-cert foreign.pem -key foreign.key",
                alert: "unknown ca"
            ),
            ClientCase(
                name: "expired",
                arguments: "-cert expired.pem -key expired.key",
                alert: "certificate expired"
            ),
            ClientCase(
                name: "of a server",
                arguments: "-cert server.pem -key server.key",
                alert: "unsupported certificate"
            ),
            ClientCase(
                name: "of an authority, itself",
                arguments: "-cert selfmade.pem -key selfmade.key",
                alert: "unknown ca"
            ),
            ClientCase(
                name: "with a chain too long",
                arguments: "-cert good.pem -key good.key -cert_chain long.pem",
                alert: "alert"
            ),
        ].map {
            ClientCase(
                name: "\($0.name) \(version)",
                arguments: "\(version) \($0.arguments)",
                alert: $0.alert,
                subject: $0.subject
            )
        }
    }

    @Test("a client is let in with a good certificate only", arguments: clientCases)
    func clients(_ item: ClientCase) async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let shown = [
            "good": try fixture.client("good"),
            "p384": try fixture.client("p384", curve: .p384),
            "p521": try fixture.client("p521", curve: .p521),
        ]
        try fixture.client("expired", days: -1)
        try fixture.client("server", purpose: .server)
        let other = try #require(IssuedCertificate.authority(commonName: "Other", days: 1))
        try fixture.client("foreign", by: other)
        try fixture.write("selfmade.pem", other.certificate)
        try fixture.write("selfmade.key", other.key)
        try fixture.write(
            "long.pem",
            (0..<60).flatMap { _ in fixture.authority.certificate }
        )
        let context = try fixture.context(requiresCertificate: true)
        let server = try TestServer.start({ $0.security = context }) { request in
            let shown = request.peerCertificate
            let text = [shown?.fingerprint ?? "", shown?.subject ?? ""] + (shown?.names ?? [])
            return HTTPResponse(status: 200, body: Array(text.joined(separator: "|").utf8))
        }
        let said = try await fixture.openssl(item.arguments, port: server.server.localPort)
        if let alert = item.alert {
            #expect(!said.contains("HTTP/1.1"), "\(said)")
            #expect(said.contains(alert), "\(said)")
            #expect(server.log.counts.paths.isEmpty)
        } else {
            let name = item.subject
            #expect(said.contains("|CN=\(name)|\(name).test|spiffe://test/\(name)"), "\(said)")
            let certificate = try #require(shown[name]).certificate
            let pem = String(decoding: certificate, as: UTF8.self)
            let base64 = pem.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
            let der = try #require(Data(base64Encoded: base64))
            let digest = Hexadecimal.text(Digest.sha256(Array(der)))
            #expect(said.contains(digest + "|"), "\(said)")
        }
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    /// What the cases say, as `Deploy/Edge.md` shows it.
    private static var table: String {
        func line(_ client: String, _ alert: String?) -> String {
            "| \(client) | \(alert.map { "refused: \($0)" } ?? "served") |"
        }
        let rows = cases.map { item in
            let words = item.arguments.split(separator: " ").joined(separator: " ")
            let key = item.key == .p256 ? "" : ", \(item.key.rawValue) certificate"
            return line("`\(words)`" + key, item.alert)
        }
        let shown = clientCases.map { item in
            let words = item.name.split(separator: " ")
            let kind = words.dropLast().joined(separator: " ")
            return line("certificate of the client: \(kind), `\(words.last ?? "")`", item.alert)
        }
        return (["| client | how it ends |", "|---|---|"] + rows + shown).joined(separator: "\n")
    }

    @Test("the table that operators read is that of the cases")
    func documented() throws {
        let manual = Shared.checkout.appendingPathComponent("Deploy/Edge.md")
        let text = try String(contentsOf: manual, encoding: .utf8)
        #expect(text.contains("\n\n\(Self.table)\n\n"), "it should be:\n\(Self.table)")
    }

    @Test("a listener that asks and does not require lets in who shows none, and no bad one")
    func optional() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        try fixture.client("expired", days: -1)
        let context = try fixture.context(requiresCertificate: false)
        let server = try TestServer.start({ $0.security = context }) { request in
            HTTPResponse(status: request.peerCertificate == nil ? 204 : 200)
        }
        let port = server.server.localPort
        let none = try await fixture.openssl("-tls1_3", port: port)
        #expect(none.contains("HTTP/1.1 204"))
        let bad = try await fixture.openssl("-cert expired.pem -key expired.key", port: port)
        #expect(bad.contains("certificate expired"))
        #expect(!bad.contains("HTTP/1.1"))
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test("a session is resumed by its ticket, without early data", arguments: ["1_2", "1_3"])
    func resumption(_ version: String) async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start { $0.security = context }
        let port = server.server.localPort
        let first = try await fixture.openssl(
            "-tls\(version) -sess_out session",
            port: port,
            isQuiet: false
        )
        #expect(first.contains("New, TLSv1"))
        #expect(first.contains("Compression: NONE"))
        if version == "1_3" { #expect(first.contains("Max Early Data: 0")) }
        let second = try await fixture.openssl(
            "-tls\(version) -sess_in session",
            port: port,
            isQuiet: false
        )
        #expect(second.contains("Reused, TLSv1"), "\(second)")
        #expect(second.contains("HTTP/1.1 200"))
        // Another context, such as that of a reload, has other keys.
        server.server.secure(with: try fixture.context())
        let third = try await fixture.openssl(
            "-tls\(version) -sess_in session",
            port: port,
            isQuiet: false
        )
        #expect(third.contains("New, TLSv1"))
        #expect(third.contains("HTTP/1.1 200"))
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }

    @Test("a client that wants to renegotiate is not followed")
    func renegotiation() async throws {
        let fixture = try TLSFixture()
        defer { fixture.remove() }
        let context = try fixture.context()
        let server = try TestServer.start {
            $0.security = context
            $0.connection.idleMilliseconds = 3_000
        }
        let said = try await fixture.openssl(
            "-tls1_2",
            port: server.server.localPort,
            input: "R\n",
            isQuiet: false,
            listensToCommands: true
        )
        #expect(said.contains("RENEGOTIATING"))
        #expect(said.contains("no renegotiation"), "\(said)")
        #expect(await server.server.drain(withinMilliseconds: 10_000))
    }
}
