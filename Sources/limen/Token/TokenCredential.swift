import Basics
import Crypto
import Gateway
import JOSE
import Posix

/// What the command line calls a gateway with when it plays a registered client: a key of that
/// client, with which it signs a token for each call, as an EHR does.
struct TokenCredential: Sendable {
    let signer: TokenSigner
    let issuer: String
    let tenant: String?
    /// The URL under which clients know the gateway.
    let publicURL: String

    /// The credential that the options name; `nil` when they name none.
    static func choose(
        _ parsed: Arguments,
        url: String,
        state folder: String
    ) throws(CommandError) -> TokenCredential? {
        guard let name = parsed.value("as") else {
            guard parsed.value("signing-key") == nil else {
                throw CommandError(.usage, "say with --as CLIENT whose key it is")
            }
            return nil
        }
        guard let path = parsed.value("signing-key") else {
            return try SigningClient.open(
                name,
                state: folder,
                publicURL: parsed.value("public-url") ?? url
            )
        }
        let client = try TokenKnowledge.client(name, parsed, Clock.now())
        return TokenCredential(
            signer: try SigningKey.read(path),
            issuer: client.token.issuer,
            tenant: client.token.tenantClaim,
            publicURL: parsed.value("public-url") ?? url
        )
    }

    /// The field of a call to a path; each call has a token of its own, since each is used once.
    func authorization(path: String) -> String {
        "Bearer "
            + signer.sign(
                TokenClaims(
                    issuer: issuer,
                    audiences: [publicURL + path],
                    issuedAt: Clock.now(),
                    tokenID: UUIDBytes.version4().text,
                    tenant: tenant
                )
            )
    }
}
