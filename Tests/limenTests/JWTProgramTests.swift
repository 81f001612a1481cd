import Foundation
import Support
import Testing

/// `limen jwt` as an integration engineer runs it.
@Suite(
    "limen jwt",
    .enabled(if: BuiltProgram.isPresent, "the program is not built: swift build")
)
struct JWTProgramTests {
    private static let issuer = "https://ehr.example/"
    private static let audience = "https://limen.example/cds-services/news2"

    /// A folder with a key pair and a token, which is at most seconds old.
    private static func withToken(
        _ body: (_ folder: URL, _ token: String, _ run: ([String]) throws -> BuiltProgram.Result)
            throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-jwt-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = { try BuiltProgram.run($0, home: folder) }
        let made = try run(["jwt", "key", "trial-1", "--out", "trial.json"])
        #expect(made.exitCode == 0, "\(made.error)")
        try Data(made.output.utf8).write(to: folder.appendingPathComponent("trial.jwks.json"))
        let signed = try run([
            "jwt", "sign", "--key", "trial.json", "--issuer", issuer, "--audience", audience,
        ])
        #expect(signed.exitCode == 0, "\(signed.error)")
        let token = signed.output.trimmingCharacters(in: .newlines)
        try body(folder, token, run)
    }

    private static let known = [
        "--jwks", "trial.jwks.json", "--issuer", issuer, "--audience", audience,
    ]

    @Test("a token that is sound passes every check, and its signature is not shown")
    func accepted() throws {
        try Self.withToken { _, token, run in
            let result = try run(["jwt", "explain", token] + Self.known)
            #expect(result.exitCode == 0, "\(result.output)")
            #expect(result.output.contains("accepted, unless it was used before"))
            #expect(result.output.contains(#""kid":"trial-1""#))
            let signature = try #require(token.split(separator: ".").last)
            #expect(!result.output.contains(signature))
            #expect(!result.output.contains("FAIL"))
        }
    }

    @Test("a token is read from standard input as it is copied from a header")
    func standardInput() throws {
        try Self.withToken { folder, token, _ in
            let result = try BuiltProgram.run(
                ["jwt", "explain", "-", "--json"] + Self.known,
                home: folder,
                input: "Authorization: Bearer \(token)\n"
            )
            #expect(result.exitCode == 0)
            let value = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
            let object = try #require(value as? [String: Any])
            #expect(object["accepted"] as? Bool == true)
            let checks = try #require(object["checks"] as? [[String: Any]])
            #expect(checks.allSatisfy { $0["verdict"] as? String == "passed" })
            #expect(checks.count == 18)
        }
    }

    @Test("each check that fails is shown with what would be accepted")
    func refused() throws {
        try Self.withToken { _, token, run in
            let other = try run(
                ["jwt", "explain", token, "--at", "2031-01-01T00:00:00Z"]
                    + ["--jwks", "trial.jwks.json", "--issuer", "https://other.example"]
                    + ["--audience", "https://limen.example/cds-services/qsofa"]
            )
            #expect(other.exitCode == 1)
            for reason in ["[token-issuer]", "[token-audience]", "[token-expired]"] {
                #expect(other.output.contains(reason))
            }
            #expect(other.output.contains("accepted: after 2030-12-31T23:59:30Z"))
            #expect(other.output.contains("refused: iss is missing or not the registered issuer"))
        }
    }

    @Test("without any knowledge checks stay open, and an unsigned token is refused all the same")
    func open() throws {
        try Self.withToken { _, token, run in
            let result = try run(["jwt", "explain", token])
            #expect(result.exitCode == 0)
            #expect(result.output.contains("open: nothing speaks against it"))
            let unsigned = try run(["jwt", "explain", "eyJhbGciOiJub25lIn0.e30."])
            #expect(unsigned.exitCode == 1)
            #expect(unsigned.output.contains("[token-algorithm-none]"))
            #expect(try run(["jwt", "explain", "a.b"]).output.contains("[token-not-compact]"))
        }
    }

    @Test("a key is not overwritten, and only its owner reads it")
    func keys() throws {
        try Self.withToken { folder, _, run in
            #expect(try run(["jwt", "key", "trial-2", "--out", "trial.json"]).exitCode == 3)
            let path = folder.appendingPathComponent("trial.json").path
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            for name in ["RS384", "ES256", "EdDSA", "PS512"] {
                let made = try run(["jwt", "key", "k", "--algorithm", name, "--out", name])
                #expect(made.exitCode == 0)
                let signed = try run([
                    "jwt", "sign", "--key", name, "--issuer", "i", "--audience", "a",
                ])
                #expect(signed.exitCode == 0, "\(name)")
            }
            #expect(
                try run(["jwt", "key", "k", "--algorithm", "HS256", "--out", "x"]).exitCode == 2
            )
        }
    }

    @Test("a published secret is named as the fault it is")
    func secretInSet() throws {
        try Self.withToken { folder, token, run in
            let key = try String(
                contentsOf: folder.appendingPathComponent("trial.json"),
                encoding: .utf8
            )
            try Data("{\"keys\":[\(key)]}".utf8).write(
                to: folder.appendingPathComponent("trial.jwks.json")
            )
            let result = try run(["jwt", "explain", token] + Self.known)
            #expect(result.exitCode == 3)
            #expect(result.error.contains("LIMEN-JOSE-006"))
        }
    }
}
