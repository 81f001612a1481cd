import Crypto
import Foundation
import HTTPClient
import HTTPMessages
import JSON
import Support
import Testing

/// A renewal of the listener's certificate, as its keeper does it, beside a configuration that
/// cannot be loaded.
@Suite(
    "The walk of a certificate",
    .enabled(if: BuiltProgram.isPresent, "no built program"),
    .enabled(if: ClusterPrograms.arePresent, "no PostgreSQL programs: install postgresql")
)
struct CertificateWalkTests {
    private let state = "/tmp/limen-certificate-" + UUID().uuidString.prefix(8).lowercased()

    private struct Late: Error {}

    private func wait(until condition: () throws -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: 120)
        while try !condition() {
            guard Date() < deadline else { throw Late() }
        }
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: state + "/tls/" + name)))
    }

    private func put(_ certificate: IssuedCertificate, _ name: String) throws {
        try Data(certificate.certificate).write(to: URL(filePath: state + "/tls/\(name).pem"))
        try Data(certificate.key).write(to: URL(filePath: state + "/tls/\(name).key"))
    }

    /// What the gateway answers to a client that trusts an authority; `nil` when that client does
    /// not trust the certificate that is served.
    private func text(_ path: String, _ authority: [UInt8]) throws -> String? {
        let url = try String(contentsOfFile: state + "/url", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        do {
            let answer = try HTTPClient.send(
                url: url + path,
                method: "GET",
                trust: try TLSTrust.bundle(authority)
            )
            return String(decoding: answer.body, as: UTF8.self)
        } catch HTTPClientError.notSecured {
            return nil
        }
    }

    private func end(_ authority: [UInt8]) throws -> Int {
        let name = "limen_tls_certificate_expiry_timestamp_seconds "
        let metrics = try #require(try text("/metrics", authority))
        let line = metrics.split(separator: "\n").first { $0.hasPrefix(name) }
        return try #require(line.flatMap { Int($0.dropFirst(name.count)) })
    }

    @Test("The new one is served though a hook has a fault, and stands in the trail by itself")
    func walk() throws {
        try BuiltProgram.withHome { home in
            let gateway = BuiltProgram.process(
                ["up", "--tls", "--listen", "127.0.0.1:0", "--state", state],
                home: home
            )
            let log = home.appendingPathComponent("walk.log")
            _ = FileManager.default.createFile(atPath: log.path, contents: nil)
            gateway.standardOutput = FileHandle.nullDevice
            gateway.standardError = FileHandle(forWritingAtPath: log.path)
            try gateway.run()
            defer {
                gateway.terminate()
                gateway.waitUntilExit()
                _ = try? BuiltProgram.run(["down", "--wipe", "--state", state], home: home)
                try? FileManager.default.removeItem(atPath: state)
            }
            try wait { FileManager.default.fileExists(atPath: state + "/url") }
            let old = try bytes("authority.pem")
            #expect(try text("/livez", old) != nil)
            let oldEnd = try end(old)

            let authority = try #require(IssuedCertificate.authority(commonName: "B", days: 800))
            let issued = authority.issue(
                commonName: "localhost",
                names: "DNS:localhost,IP:127.0.0.1,IP:::1",
                purpose: .server,
                days: 60
            )
            try put(authority, "authority")
            try put(try #require(issued), "server")
            let hook = home.appendingPathComponent("Hooks/news2.json")
            try Data("{".utf8).write(to: hook)
            kill(gateway.processIdentifier, SIGHUP)
            try wait { try text("/livez", authority.certificate) != nil }
            #expect(try text("/livez", old) == nil)
            #expect(try end(authority.certificate) < oldEnd)
            try wait {
                try String(contentsOf: log, encoding: .utf8)
                    .contains("the old configuration stays in force")
            }
            let said = try String(contentsOf: log, encoding: .utf8)
            #expect(said.contains("the certificate of the listener was loaded anew; it ends "))
            #expect(!said.contains("the old certificate stays in force"))
            // One row for the certificate, and one for the configuration that was not taken.
            let list = try BuiltProgram.run(
                [
                    "audit", "list", "--tenant", "system", "--kind", "configuration-change",
                    "--json",
                    "--state", state,
                ],
                home: home
            )
            let rows = try list.output.split(separator: "\n").map {
                try JSONDocument(parsing: String($0)).root
            }.filter {
                // The others are of the database: who may read it since its beginning.
                $0["client"] == nil
            }
            let renewed = rows.filter { $0["details"]?["certificate"]?["sha256"] != nil }
            #expect(renewed.map { $0["outcome"]?.stringValue } == ["done"], "\(list.error)")
            let refused = rows.filter { $0["details"]?["refused"] != nil }
            #expect(refused.map { $0["outcome"]?.stringValue } == ["rejected"])
            #expect(rows.count == 2)
            let ready = try #require(try text("/readyz?verbose", authority.certificate))
            #expect(ready.contains("certificate"))
        }
    }
}
