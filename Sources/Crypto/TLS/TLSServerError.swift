/// Why a server cannot take the certificates it is given.
package enum TLSServerError: String, Error, Sendable, CaseIterable {
    /// The file of the certificate holds none.
    case certificateMalformed = "tls-certificate"
    /// The file of the key holds none, or one with a pass phrase.
    case keyMalformed = "tls-key"
    /// The key is not that of the certificate, or too weak.
    case keyMismatch = "tls-key-mismatch"
    /// The file of the clients' authorities holds none, or something that is none.
    case authorityMalformed = "tls-client-authority"
    /// OpenSSL could not be set up.
    case unusable = "tls-unusable"
}
