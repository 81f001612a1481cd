/// Where the JWK Set of an issuer comes from: a file, or an allow-listed URL.
///
/// JOSE reads neither files nor networks; who does implements this. A source is configured by the
/// operator and never named by a token.
package protocol KeySource: Sendable {
    /// The document, at most `Limits.keySetBytesMax` bytes.
    func load() async throws(KeySourceError) -> [UInt8]
}

/// Why a source gave no document.
package enum KeySourceError: String, Error, Sendable, CaseIterable {
    case unreadable
    case tooLarge = "too-large"
    case notAllowed = "not-allowed"
    case badStatus = "bad-status"
    case timeout
    case unavailable
}
