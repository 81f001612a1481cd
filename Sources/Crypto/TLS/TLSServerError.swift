/// Why a server cannot take the certificates it is given.
package enum TLSServerError: String, Error, Sendable, CaseIterable {
    /// The file of the certificate holds none.
    case certificateMalformed = "tls-certificate"
    /// A certificate of that file is cut or damaged, and so none of them is taken.
    case certificateDamaged = "tls-certificate-damaged"
    /// A certificate of that file is too weak.
    case certificateUnfit = "tls-certificate-unfit"
    /// A certificate of that file was not issued by the one behind it.
    case certificateUnordered = "tls-certificate-unordered"
    /// The server's certificate is not valid yet.
    case certificateEarly = "tls-certificate-early"
    /// The server's certificate has expired.
    case certificateExpired = "tls-certificate-expired"
    /// The file of the key holds none, or one with a pass phrase.
    case keyMalformed = "tls-key"
    /// The key is not that of the certificate, or too weak.
    case keyMismatch = "tls-key-mismatch"
    /// The file of the clients' authorities holds none.
    case authorityMalformed = "tls-client-authority"
    /// An authority of that file is cut or damaged, and so none of them is trusted.
    case authorityDamaged = "tls-client-authority-damaged"
    /// OpenSSL could not be set up.
    case unusable = "tls-unusable"
}
