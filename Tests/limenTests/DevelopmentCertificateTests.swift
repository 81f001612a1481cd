import Crypto
import Foundation
import Support
import Synchronization
import Testing

@testable import limen

/// The certificates of `limen up --tls`, in state folders of the tests' own.
@Suite("The development certificate")
struct DevelopmentCertificateTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("limen-development-\(UUID().uuidString)")

    private final class Notes: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    private func make(_ state: StateFolder) throws -> [String] {
        let notes = Notes()
        _ = try DevelopmentCertificate.make(in: state) { notes.add($0) }
        return notes.all
    }

    private func pem(_ state: StateFolder, _ name: String) throws -> String {
        try #require(try state.text("tls/" + name))
    }

    private func put(
        _ certificate: IssuedCertificate,
        _ name: String,
        _ state: StateFolder
    ) throws {
        try state.write("tls/\(name).pem", String(decoding: certificate.certificate, as: UTF8.self))
        try state.write("tls/\(name).key", String(decoding: certificate.key, as: UTF8.self))
    }

    private func mode(_ state: StateFolder, _ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(
            atPath: state.file("tls/" + name)
        )
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test("is made once and kept")
    func kept() throws {
        let state = try StateFolder.make(folder.path)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try make(state).isEmpty)
        let authority = try pem(state, "authority.pem")
        let server = try pem(state, "server.pem")
        #expect(try make(state).isEmpty)
        #expect(try pem(state, "authority.pem") == authority)
        #expect(try pem(state, "server.pem") == server)
    }

    @Test(
        "is renewed with its authority when that expires within 30 days, or has expired",
        arguments: [-1, 1, 29]
    )
    func authority(days: Int) throws {
        let state = try StateFolder.make(folder.path)
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try make(state)
        let old = try #require(IssuedCertificate.authority(commonName: "Old", days: days))
        try put(old, "authority", state)
        let notes = try make(state)
        #expect(notes.count == 2)
        #expect(notes[0].contains("the development authority was renewed, for 825 days"))
        #expect(notes[0].contains(DevelopmentCertificate.authorityPath(state)))
        let made = try pem(state, "authority.pem")
        #expect(Array(made.utf8) != old.certificate)
        #expect(try Array(pem(state, "authority.key").utf8) != old.key)
        #expect(try mode(state, "authority.key") == 0o600)
        #expect(try mode(state, "server.key") == 0o600)
        try check(state)
        #expect(try make(state).isEmpty)
    }

    @Test("keeps an authority that is valid for longer", arguments: [31, 800])
    func longer(days: Int) throws {
        let state = try StateFolder.make(folder.path)
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try make(state)
        let old = try #require(IssuedCertificate.authority(commonName: "Old", days: days))
        try put(old, "authority", state)
        // Only the server's certificate is of another authority, and made anew.
        let notes = try make(state)
        #expect(notes == ["the development certificate was renewed, for 90 days"])
        #expect(try Array(pem(state, "authority.pem").utf8) == old.certificate)
        try check(state)
    }

    @Test("is renewed alone when it expires before its authority, also while it is served")
    func served() throws {
        let state = try StateFolder.make(folder.path)
        defer { try? FileManager.default.removeItem(at: folder) }
        let notes = Notes()
        let security = try DevelopmentCertificate.make(in: state) { notes.add($0) }
        let authority = IssuedCertificate(
            certificate: Array(try pem(state, "authority.pem").utf8),
            key: Array(try pem(state, "authority.key").utf8)
        )
        let old = authority.issue(
            commonName: "localhost",
            names: "DNS:localhost",
            purpose: .server,
            days: 29
        )
        try put(try #require(old), "server", state)
        // As SIGHUP does; a reload that is refused stops here and changes nothing.
        let server = try pem(state, "server.pem")
        let loaded = try security.load()
        #expect(notes.all.isEmpty)
        #expect(try pem(state, "server.pem") == server)
        #expect(try Array(pem(state, "authority.pem").utf8) == authority.certificate)
        try loaded.keep()
        #expect(notes.all == ["the development certificate was renewed, for 90 days"])
        try check(state)
    }

    @Test("is not put on the disk, nor is its authority, by a reload that is refused")
    func refused() throws {
        let state = try StateFolder.make(folder.path)
        defer { try? FileManager.default.removeItem(at: folder) }
        let notes = Notes()
        let security = try DevelopmentCertificate.make(in: state) { notes.add($0) }
        let old = try #require(IssuedCertificate.authority(commonName: "Old", days: 1))
        try put(old, "authority", state)
        let names = ["authority.pem", "authority.key", "server.pem", "server.key"]
        let before = try names.map { try pem(state, $0) }
        for _ in 0..<2 { _ = try security.load() }
        #expect(try names.map { try pem(state, $0) } == before)
        #expect(notes.all.isEmpty)
        try security.load().keep()
        let after = try names.map { try pem(state, $0) }
        #expect(zip(before, after).allSatisfy { $0 != $1 })
        #expect(notes.all.count == 2)
        try check(state)
    }

    @Test("is made anew when a file is cut, or keys and certificates are not of one another")
    func damaged() throws {
        let state = try StateFolder.make(folder.path)
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try make(state)
        try state.write("tls/authority.pem", String(try pem(state, "authority.pem").dropLast(80)))
        #expect(try make(state).count == 2)
        try check(state)
        let other = try #require(IssuedCertificate.authority(commonName: "Other", days: 800))
        try state.write("tls/authority.key", String(decoding: other.key, as: UTF8.self))
        #expect(try make(state).count == 2)
        try check(state)
    }

    /// The server's certificate is one of the authority, and both can be served.
    private func check(_ state: StateFolder) throws {
        func read(_ name: String) throws -> IssuedCertificate {
            IssuedCertificate(
                certificate: Array(try pem(state, name + ".pem").utf8),
                key: Array(try pem(state, name + ".key").utf8)
            )
        }
        let authority = try read("authority")
        let left = try #require(try read("server").secondsUsable(signedBy: authority))
        #expect(left > 30 * 86_400)
        #expect(try #require(authority.secondsUsable()) > 30 * 86_400)
    }
}
