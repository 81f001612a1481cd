import Audit
import Basics
import Crypto
import Foundation
import Gateway
import HTTPClient
import HTTPMessages
import HTTPServer
import JSON
import Posix
import Telemetry
import Testing

@testable import limen

/// The certificate of a listener while it is served, with files of the tests' own.
@Suite("The certificate of the listener")
struct ListenerCertificateTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("limen-certificate-\(UUID().uuidString)")

    /// A certificate of an authority of its own, in the files of the listener.
    private func put(days: Int = 90) throws -> IssuedCertificate {
        let authority = try #require(IssuedCertificate.authority(commonName: "A", days: 400))
        let server = try #require(
            authority.issue(
                commonName: "localhost",
                names: "DNS:localhost,IP:127.0.0.1",
                purpose: .server,
                days: days
            )
        )
        try write("server.pem", server.certificate)
        try write("server.key", server.key)
        return authority
    }

    private func write(_ name: String, _ bytes: [UInt8]) throws {
        let url = folder.appendingPathComponent(name)
        try Data(bytes).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
    }

    private var files: ListenerSecurity {
        ListenerSecurity(
            certificate: folder.appendingPathComponent("server.pem").path,
            key: folder.appendingPathComponent("server.key").path
        )
    }

    private func certificate(at now: Instant) throws -> ListenerCertificate {
        ListenerCertificate(files) { now }
    }

    private func isServed(_ server: HTTPServer, _ authority: IssuedCertificate) throws -> Bool {
        var client = try HTTPClient.connect(.init(host: "127.0.0.1", port: server.localPort))
        do throws(HTTPClientError) {
            try client.secure(try trust(authority), "127.0.0.1")
            return try client.send(HTTPRequest(method: "GET", path: "/")).status == 200
        } catch {
            guard error == .notSecured(.untrusted) else { throw error }
            return false
        }
    }

    private func trust(_ authority: IssuedCertificate) throws(HTTPClientError) -> TLSTrust {
        do {
            return try TLSTrust.bundle(authority.certificate)
        } catch {
            throw .notSecured(.noTrust)
        }
    }

    private static let now = Clock.now()

    @Test("is another one behind a renewal, and stays when what lies there cannot be served")
    func renewal() async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try put()
        let certificate = try certificate(at: Self.now)
        var configuration = HTTPServerConfiguration(port: 0)
        configuration.security = try certificate.load()
        let server = try HTTPServer.start(configuration) { _ in HTTPResponse(status: 200) }
        #expect(try isServed(server, first))

        var said: [String] = []
        // The same files are served again, and that is no change.
        #expect(certificate.renew({ server.secure(with: $0) }, say: { said.append($0) }) == nil)
        #expect(said.isEmpty)
        #expect(try isServed(server, first))

        let second = try put()
        #expect(try isServed(server, first), "files alone change nothing")
        let renewed = certificate.renew({ server.secure(with: $0) }, say: { said.append($0) })
        #expect(try isServed(server, second))
        #expect(try !isServed(server, first))
        let change = try #require(renewed)
        #expect(change.outcome == .done)
        let details = try JSONDocument(parsing: change.details).root
        let pem = try Data(contentsOf: folder.appendingPathComponent("server.pem"))
        #expect(
            details["certificate"]?["sha256"]?.stringValue
                == Hexadecimal.text(Digest.sha256(Array(pem)))
        )
        let before = try #require(details["certificateBefore"]?["sha256"]?.stringValue)
        #expect(before != details["certificate"]?["sha256"]?.stringValue)
        #expect(said.count == 1)

        // A key that belongs to another one is not served, and goes on record.
        try write(
            "server.key",
            try #require(IssuedCertificate.authority(commonName: "B", days: 2)).key
        )
        let refused = certificate.renew({ server.secure(with: $0) }, say: { said.append($0) })
        #expect(refused?.outcome == .rejected)
        #expect(said.last?.hasPrefix("the old certificate stays in force; ") == true)
        #expect(try isServed(server, second))
        #expect(await server.drain(withinMilliseconds: 10_000))
    }

    @Test(
        "is named in readyz from 14 days before its end on, and clients are served all the while",
        arguments: [
            (0, nil), (75.5, nil), (76.5, "ends in 13 days"), (88.5, "ends in 1 day"),
            (89.5, "ends in less than a day"), (90.5, "has ended"),
        ] as [(Double, String?)]
    )
    func note(daysLater: Double, words: String?) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try put(days: 90)
        let later = Self.now.advanced(byMicroseconds: Int64(daysLater * 86_400) * 1_000_000)
        let certificate = try certificate(at: later)
        _ = try certificate.load()
        let check = certificate.check
        #expect(check.name == "certificate")
        #expect(check.isReady())
        guard let words else {
            #expect(check.note() == nil)
            return
        }
        let note = try #require(check.note())
        #expect(note.hasPrefix("the certificate of the listener \(words): "))
        #expect(note.contains("SIGHUP"))
    }

    @Test("is asked for again and again, until nobody watches")
    func watched() async throws {
        let certificate = try certificate(at: Self.now)
        let (renewals, renewed) = AsyncStream.makeStream(of: Void.self)
        let watching = Task {
            await certificate.watch(every: 0.001) { renewed.yield() }
            renewed.finish()
        }
        var count = 0
        // It ends, because the watch does when it is cancelled.
        for await _ in renewals {
            count += 1
            if count == 3 { watching.cancel() }
        }
        #expect(count >= 3)
        #expect(Limits.tlsTicketKeySeconds >= 2 * Limits.tlsSessionSeconds)
    }

    @Test("ends when the gauge says, which follows a renewal")
    func gauge() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let registry = MetricsRegistry()
        let certificate = try certificate(at: Self.now)
        certificate.register(in: registry)
        func value() throws -> Int {
            let name = "limen_tls_certificate_expiry_timestamp_seconds "
            let line = registry.text.split(separator: "\n").first { $0.hasPrefix(name) }
            return try #require(line.flatMap { Int($0.dropFirst(name.count)) })
        }
        let start = Int(Self.now.microseconds / 1_000_000)
        _ = try put(days: 20)
        _ = try certificate.load()
        // Made between the beginning of the suite and now.
        #expect((start..<start + 3_600).contains(try value() - 20 * 86_400))
        _ = try put(days: 200)
        #expect(certificate.renew({ _ in }, say: { _ in }) != nil)
        #expect((start..<start + 3_600).contains(try value() - 200 * 86_400))
    }
}
