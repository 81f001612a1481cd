import Crypto

extension TLSError {
    /// What to say of a server at a URL with which no TLS connection was made.
    func sentence(_ url: String) -> String {
        switch self {
        case .untrusted:
            "the certificate of \(url) is not trusted; name its authority with LIMEN_CA"
        case .expired: "the certificate of \(url) is not valid yet, or no longer"
        case .wrongName: "the certificate of \(url) is for another name or address"
        case .bundleMalformed, .noTrust:
            "nobody is trusted; name the authority of \(url) with LIMEN_CA"
        case .protocolFailure, .clearText, .truncated:
            "no TLS 1.2 or 1.3 is spoken at \(url), or its handshake did not come to an end"
        }
    }
}
