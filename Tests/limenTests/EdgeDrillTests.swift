import Crypto
import Foundation
import HTTPMessages
import HTTPServer
import Support
import Testing

@testable import limen

/// The drills of the HTTP edge, shortly and against a server of the test's own.
@Suite("Drills of the edge", .serialized)
struct EdgeDrillTests {
    /// Runs a drill against a server that answers everything.
    private func run(
        _ arguments: [String],
        _ configuration: HTTPServerConfiguration = HTTPServerConfiguration(port: 0),
        environment: [String: String] = [:]
    ) async throws -> BuiltProgram.Result {
        let server = try HTTPServer.start(configuration) { request in
            HTTPResponse(status: 200, body: Array(request.path.utf8))
        }
        let scheme = configuration.security == nil ? "http" : "https"
        let url = "\(scheme)://127.0.0.1:\(server.localPort)"
        let process = String(ProcessInfo.processInfo.processIdentifier)
        let result = try BuiltProgram.run(
            ["drill"] + arguments + ["--url", url, "--process", process],
            home: Shared.checkout,
            environment: environment
        )
        await server.drain(withinMilliseconds: 5_000)
        return result
    }

    @Test("slow holds its connections open beside good clients")
    func slow() async throws {
        let result = try await run(["slow", "--connections", "32", "--seconds", "1"])
        // How quick a good client is, is not for the suite to say.
        #expect([0, 1].contains(result.exitCode), "\(result.error)")
        #expect(result.output.contains("came                    32, of whom"), "\(result.output)")
        #expect(result.output.contains("server among them "))
        #expect(result.output.contains("its work among them "))
        #expect(result.output.contains(", 0 for another reason\n"), "\(result.output)")
        // What the process of the tests itself holds is not judged.
        #expect(!result.output.contains(" not known\nserver"), "\(result.output)")
        #expect(!result.output.contains("afterwards       not known"), "\(result.output)")
    }

    /// Runs the slow drill against a server of a configuration of the test's own.
    private func slow(
        _ configuration: HTTPServerConfiguration
    ) async throws -> BuiltProgram.Result {
        let server = try HTTPServer.start(configuration) { request in
            HTTPResponse(status: request.method == "POST" ? 401 : 200)
        }
        let url = "http://127.0.0.1:\(server.localPort)"
        let process = String(ProcessInfo.processInfo.processIdentifier)
        let result = try BuiltProgram.run(
            ["drill", "slow", "--connections", "8", "--seconds", "1", "--url", url]
                + ["--process", process],
            home: Shared.checkout
        )
        await server.drain(withinMilliseconds: 5_000)
        return result
    }

    @Test("slow finds that bodies are refused before they are slow")
    func refusedBodies() async throws {
        var configuration = HTTPServerConfiguration(port: 0)
        configuration.judge = { head, _ in head.method == "POST" ? .answer : .read(bytesMax: 100) }
        let result = try await slow(configuration)
        #expect(result.exitCode == 1, "\(result.output)\(result.error)")
        #expect(!result.output.contains(", 0 for another reason"), "\(result.output)")
        #expect(result.output.contains("finding: not all were slow clients"), "\(result.output)")
    }

    @Test("slow does not begin when readers would be refused")
    func refusedReaders() async throws {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-key-\(UUID().uuidString)")
        try Data("nobody.knows-it\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let server = try HTTPServer.start(HTTPServerConfiguration(port: 0)) { request in
            HTTPResponse(status: request.method == "POST" ? 401 : 200)
        }
        let result = try BuiltProgram.run(
            ["drill", "slow", "--connections", "8", "--seconds", "1", "--url"]
                + ["http://127.0.0.1:\(server.localPort)", "--key-file", file.path],
            home: Shared.checkout
        )
        #expect(result.exitCode == 4, "\(result.output)")
        #expect(result.error.contains("refuses what readers ask for with 401"), "\(result.error)")
        await server.drain(withinMilliseconds: 5_000)
    }

    @Test("slow counts who is thrown out for being slow, which is no finding")
    func slowBodies() async throws {
        var configuration = HTTPServerConfiguration(port: 0)
        configuration.connection.bodyMilliseconds = 300
        let result = try await slow(configuration)
        #expect(result.output.contains(", 0 for another reason\n"), "\(result.output)")
        #expect(!result.output.contains("     0 too slow"), "\(result.output)")
        #expect(!result.output.contains("finding: not all were slow clients"))
    }

    @Test("flood wants every answer right")
    func flood() async throws {
        let result = try await run(["flood", "--connections", "20", "--seconds", "1"])
        #expect(result.exitCode == 0, "\(result.output)\(result.error)")
        #expect(result.output.contains("every answer was right"))
        #expect(result.output.contains("lost connections        0\n"))
    }

    @Test("garbage finds a server that lives and never fails")
    func garbage() async throws {
        let result = try await run(["garbage", "--count", "300", "--seed", "7"])
        #expect(result.exitCode == 0, "\(result.output)\(result.error)")
        #expect(result.output.contains("failures                0\n"))
        #expect(result.output.contains("400: "))
    }

    @Test("soak answers rightly, and says that a second is too short for a slope")
    func soak() async throws {
        let result = try await run(["soak", "--seconds", "1", "--rate", "5"])
        #expect(result.exitCode == 0, "\(result.output)\(result.error)")
        #expect(result.output.contains("600 s at least are needed for a slope"))
    }

    @Test("soak does not pass when the load that was asked for was not reached")
    func soakBelowItsLoad() async throws {
        // Eight connections that wait for each answer never come near it.
        let result = try await run(["soak", "--seconds", "1", "--rate", "1000000"])
        #expect(result.exitCode == 1, "\(result.output)\(result.error)")
        #expect(result.output.contains("fewer than nine tenths of 1000000 answers"))
    }

    /// Runs a drill against a server behind TLS.
    private func runSecured(
        _ arguments: [String],
        knowingAuthority: Bool = true
    ) async throws -> BuiltProgram.Result {
        let authority = try #require(IssuedCertificate.authority(commonName: "Drills", days: 1))
        let issued = try #require(
            authority.issue(commonName: "x", names: "IP:127.0.0.1", purpose: .server, days: 1)
        )
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-authority-\(UUID().uuidString)")
        try Data(authority.certificate).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var configuration = HTTPServerConfiguration(port: 0)
        configuration.security = try TLSServerContext.make(
            .init(chain: issued.certificate, key: issued.key)
        )
        configuration.connection.handshakeMilliseconds = 3_000
        return try await run(
            arguments,
            configuration,
            environment: knowingAuthority ? ["LIMEN_CA": file.path] : [:]
        )
    }

    @Test("over TLS, slow drips handshakes as well")
    func slowOverTLS() async throws {
        let result = try await runSecured(["slow", "--connections", "40", "--seconds", "3"])
        #expect([0, 1].contains(result.exitCode), "\(result.error)")
        #expect(result.output.contains("slow connections: handshakes, heads"), "\(result.output)")
        #expect(result.output.contains("came                    40, of whom"), "\(result.output)")
        // Handshakes that take too long are ended; who is here to stay is not.
        #expect(result.output.contains("handshakes ended        "), "\(result.output)")
        #expect(!result.output.contains("handshakes ended        0\n"), "\(result.output)")
        #expect(result.output.contains(", 0 for another reason\n"), "\(result.output)")
        #expect(!result.output.contains("finding: not all were slow clients"))
    }

    @Test("over TLS, flood, soak and garbage want the same")
    func loadOverTLS() async throws {
        let flood = try await runSecured(["flood", "--connections", "20", "--seconds", "1"])
        #expect(flood.exitCode == 0, "\(flood.output)\(flood.error)")
        #expect(flood.output.contains("every answer was right"))
        let soak = try await runSecured(["soak", "--seconds", "1", "--rate", "5"])
        #expect(soak.exitCode == 0, "\(soak.output)\(soak.error)")
        let garbage = try await runSecured(["garbage", "--count", "300", "--seed", "7"])
        #expect(garbage.exitCode == 0, "\(garbage.output)\(garbage.error)")
        #expect(garbage.output.contains("said in clear           100, of"), "\(garbage.output)")
        #expect(!garbage.output.contains("told so 0\n"), "\(garbage.output)")
        #expect(garbage.output.contains("failures                0\n"))
    }

    @Test("a server whose certificate is not trusted is told, and how to trust it")
    func untrusted() async throws {
        let result = try await runSecured(["flood", "--seconds", "1"], knowingAuthority: false)
        #expect(result.exitCode == 4, "\(result.output)")
        #expect(
            result.error.contains("is not trusted; name its authority with LIMEN_CA"),
            "\(result.error)"
        )
        let both = try await runSecured(["flood", "--seconds", "1", "--tls"])
        #expect(both.exitCode == 2, "\(both.output)")
    }

    @Test("a server that speaks no TLS is not taken for one that does")
    func withoutTLS() async throws {
        let server = try HTTPServer.start(HTTPServerConfiguration(port: 0)) { _ in
            HTTPResponse(status: 200)
        }
        let result = try BuiltProgram.run(
            ["drill", "flood", "--seconds", "1", "--connections", "2"]
                + ["--url", "https://127.0.0.1:\(server.localPort)"],
            home: Shared.checkout
        )
        #expect(result.exitCode == 4, "\(result.output)")
        #expect(result.error.contains("no TLS 1.2 or 1.3 is spoken at"), "\(result.error)")
        await server.drain(withinMilliseconds: 5_000)
    }

    @Test("a drill finds a server that fails")
    func failing() async throws {
        let server = try HTTPServer.start(HTTPServerConfiguration(port: 0)) { _ in
            HTTPResponse(status: 500)
        }
        let url = "http://127.0.0.1:\(server.localPort)"
        for words in [
            ["flood", "--seconds", "1", "--connections", "2"], ["garbage", "--count", "60"],
        ] {
            let result = try BuiltProgram.run(
                ["drill"] + words + ["--url", url],
                home: Shared.checkout
            )
            #expect(result.exitCode == 1, "\(result.output)")
            #expect(result.output.contains("this run does not show it"))
        }
        await server.drain(withinMilliseconds: 5_000)
    }

    @Test("the slope of memory is that of the line through its samples")
    func slope() {
        let flat = (0..<5).map {
            MemorySlope.Sample(milliseconds: Int64($0) * 1_000, residentBytes: 1 << 20)
        }
        #expect(MemorySlope.megabytesPerHour(flat) == 0)
        let rising = (0..<4).map {
            MemorySlope.Sample(
                milliseconds: Int64($0) * 1_800_000,
                residentBytes: ($0 + 3) << 20
            )
        }
        #expect(MemorySlope.megabytesPerHour(rising) == 2)
        #expect(MemorySlope.megabytesPerHour(Array(flat.prefix(2))) == nil)
        let still = [MemorySlope.Sample](repeating: flat[0], count: 3)
        #expect(MemorySlope.megabytesPerHour(still) == nil)
    }

    @Test("a seed names a run of changed requests, and they are not all alike")
    func mutator() {
        var first = RequestMutator(seed: 5, base: [0x41])
        var second = RequestMutator(seed: 5, base: [0x41])
        let made = (0..<50).map { _ in first.next() }
        #expect(made == (0..<50).map { _ in second.next() })
        #expect(Set(made).count > 40)
        #expect(made.allSatisfy { !$0.isEmpty })
    }
}
