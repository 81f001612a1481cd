/// Why a TLS connection was not made, or did not last.
package enum TLSError: String, Error, Sendable, CaseIterable {
    /// The file of certificates holds none, or something that is none.
    case bundleMalformed = "tls-bundle"
    /// The machine has no list of trusted certificates.
    case noTrust = "tls-no-trust"
    /// The chain of the certificate leads to nobody who is trusted.
    case untrusted = "tls-untrusted"
    /// The certificate is not valid yet, or no longer.
    case expired = "tls-expired"
    /// The certificate is for another name.
    case wrongName = "tls-name"
    /// The peer speaks no TLS 1.2 or 1.3, or broke its rules.
    case protocolFailure = "tls-protocol"
    /// A request for HTTP came where a handshake was awaited; nothing was said to the client.
    case clearText = "tls-clear-text"
    /// The connection ended without the peer saying so: what came may be cut off.
    case truncated = "tls-truncated"
}
