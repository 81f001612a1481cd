import Crypto
import HTTPMessages
import JOSE

/// Keys whose private halves everybody can read, so that a signature by them proves nothing.
enum KnownPublicKeys {
    /// The issuer of the public sandbox, whose private keys stand in its repository
    /// (github.com/cds-hooks/sandbox, folder keys).
    static let sandboxIssuer = "https://sandbox.cds-hooks.org"
    private static let sandboxHost = WebURL.Host.name("sandbox.cds-hooks.org")

    /// The x coordinates of the sandbox's keys, on P-384 and on P-256.
    private static let coordinates = [
        "dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB",
        "QWI9fI8TcNtdikhVs_M1N_Szb7BOj19etvIKfrQMa9k",
    ]

    /// Whether a client could be called by anybody.
    static func isOpen(_ client: Client) -> Bool {
        guard let token = client.token else { return false }
        if token.issuer == sandboxIssuer { return true }
        switch token.keys {
        case .address(let address):
            // One host can be written in several ways, and gives the same keys at every port.
            return (try? WebURL(parsing: address))?.origin.host == sandboxHost
        case .set(let keys):
            return keys.keys.values.contains(where: isOpen)
        }
    }

    /// Whether everybody can sign with a key.
    static func isOpen(_ key: JSONWebKey) -> Bool {
        guard case .ellipticCurve(_, let x, _) = key.publicKey.material else { return false }
        return coordinates.contains(Base64URL.text(x))
    }
}
