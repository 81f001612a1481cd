import Crypto
import Foundation
import Testing

@testable import limen

/// What an operator reads when a file of the listener is at fault.
@Suite("The files of a listener")
struct ListenerSecurityTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("limen-listener-\(UUID().uuidString)")

    private func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let url = folder.appendingPathComponent(name)
        try Data(bytes).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
        return url.path
    }

    private func message(_ security: ListenerSecurity) -> String? {
        do throws(CommandError) {
            _ = try security.load()
            return nil
        } catch {
            return error.sentence
        }
    }

    @Test("are named with what they are for and what they take when they are cut")
    func cut() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let authority = try #require(IssuedCertificate.authority(commonName: "A", days: 2))
        let server = try #require(
            authority.issue(
                commonName: "localhost",
                names: "DNS:localhost",
                purpose: .server,
                days: 1
            )
        )
        var chain = server.certificate
        chain.append(contentsOf: authority.certificate)
        let whole = try write("whole.pem", chain)
        let cut = try write("cut.pem", Array(chain.dropLast(200)))
        let key = try write("server.key", server.key)
        var security = ListenerSecurity(certificate: whole, key: key)
        security.clientAuthority = whole
        #expect(message(security) == nil)
        security.clientAuthority = cut
        let ofClients = try #require(message(security))
        #expect(ofClients.contains("the clients' authorities (--client-ca), \(cut), is cut"))
        #expect(ofClients.contains("whole blocks from -----BEGIN CERTIFICATE-----"))
        let ofServer = try #require(message(ListenerSecurity(certificate: cut, key: key)))
        #expect(ofServer.contains("the server's certificate (--tls-certificate), \(cut), is cut"))
        #expect(ofServer.contains("whole blocks from -----BEGIN CERTIFICATE-----"))
        let empty = try write("empty.pem", [])
        let ofNone = try #require(message(ListenerSecurity(certificate: empty, key: key)))
        #expect(ofNone.contains("holds none"))
    }

    @Test("are named with what is wrong when clients would refuse them")
    func unserved() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let authority = try #require(IssuedCertificate.authority(commonName: "A", days: 2))
        let other = try #require(IssuedCertificate.authority(commonName: "A", days: 2))
        func sentence(days: Int, beginSeconds: Int, chain: [UInt8] = []) throws -> String? {
            let made = try #require(
                authority.issue(
                    commonName: "localhost",
                    names: "DNS:localhost",
                    purpose: .server,
                    days: days,
                    beginSeconds: beginSeconds
                )
            )
            let certificate = try write("server.pem", made.certificate + chain)
            let key = try write("server.key", made.key)
            return message(ListenerSecurity(certificate: certificate, key: key))
        }
        #expect(try sentence(days: 1, beginSeconds: -60, chain: authority.certificate) == nil)
        let unordered = try sentence(days: 1, beginSeconds: -60, chain: other.certificate)
        #expect(try #require(unordered).contains("not issued by the one behind it"))
        let expired = try sentence(days: -1, beginSeconds: -172_800)
        #expect(try #require(expired).contains("server.pem, begins with one that has expired"))
        let early = try sentence(days: 2, beginSeconds: 3_600)
        #expect(try #require(early).contains("is not valid yet"))
    }
}
