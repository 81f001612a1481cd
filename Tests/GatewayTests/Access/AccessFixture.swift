import Audit
import Basics
import Crypto
import HTTPMessages
import JOSE
import JSON
import Support
import Testing

@testable import Gateway

/// A gateway with clients that sign tokens, and what signs for them.
struct AccessFixture {
    static let base = "https://limen.example"
    static let path = "/cds-services/news2"
    static let signer = TokenSigner.generate(.es384, keyID: "k1")
    static let rsa = TokenSigner.generate(.rs384, keyID: "r1")
    static let stranger = TokenSigner.generate(.es384, keyID: "k1")

    let gateway: GatewayFixture

    /// A client document with the given further members.
    static func client(
        _ id: String,
        tenant: String = "hospital-a",
        jwt: String? = nil,
        _ members: String = ""
    ) -> [UInt8] {
        var text = #"{"format":"limen-client/1","id":"\#(id)","tenant":"\#(tenant)""#
        if let jwt { text += #","jwt":{\#(jwt)}"# }
        if !members.isEmpty { text += "," + members }
        return Array((text + "}").utf8)
    }

    static func keys(_ signers: TokenSigner...) -> String {
        #""keys":{"inline":\#(keySet(signers))}"#
    }

    static func keySet(_ signers: [TokenSigner]) -> String {
        String(decoding: KeySet(signers.map(\.publicKey)).json, as: UTF8.self)
    }

    static func apiKey(_ id: String) -> (key: String, member: String) {
        let made = Client.makeKey(
            client: id,
            secret: [UInt8](repeating: 5, count: 32),
            salt: Array(id.utf8) + [UInt8](repeating: 6, count: 16)
        )
        return (made.key, #""apiKey":{"salt":"\#(made.salt)","sha256":"\#(made.sha256)"}"#)
    }

    init(
        _ files: [String: [UInt8]] = [:],
        isDevelopment: Bool = false,
        configure: (inout GatewayConfiguration) -> Void = { _ in }
    ) throws {
        var all = files
        if files.isEmpty {
            all["Hooks/clients/signer.json"] = Self.client(
                "signer",
                jwt: #""issuer":"https://ehr.example","# + Self.keys(Self.signer, Self.rsa)
            )
        }
        gateway = try GatewayFixture(extraFiles: all, isDevelopment: isDevelopment) {
            $0.publicURLs = [Self.base]
            configure(&$0)
        }
    }

    static func claims(
        _ id: String = "t1",
        issuer: String = "https://ehr.example",
        audience: String = base + path,
        secondsAgo: Int64 = 0,
        lifetime: Int = 300,
        tenant: String? = nil
    ) -> TokenClaims {
        TokenClaims(
            issuer: issuer,
            audiences: [audience],
            issuedAt: GatewayFixture.now.advanced(byMicroseconds: -secondsAgo * 1_000_000),
            lifetimeSeconds: lifetime,
            tokenID: id,
            tenant: tenant
        )
    }

    /// Posts a body that is sound, with a token.
    func post(
        _ token: String?,
        _ path: String = path,
        fields: [(String, String)] = [],
        peer: String = "127.0.0.1"
    ) async -> HTTPResponse {
        await gateway.post(
            path,
            path.hasSuffix("feedback")
                ? #"{"feedback":[{"card":"4e0a3a1e-3283-4575-ab82-028d55fe2719","outcome":"overridden","outcomeTimestamp":"2026-05-04T10:00:00Z"}]}"#
                : HookBody(observations: HookBody.vitals()).text,
            key: token,
            fields: fields,
            peer: peer
        )
    }

    var rows: [InMemoryAuditSink] { [gateway.sink] }

    /// The flags of the last row.
    var flags: [String] { gateway.sink.records.last?.flags ?? [] }
}
