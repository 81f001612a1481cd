/// How the certificate of a client is known, as the proxy that ends TLS reports it.
///
///     { "sha256": "<hex of the certificate>", "subject": "CN=ward-ehr,O=Hospital A",
///       "names": [ "ward-ehr.example" ], "alone": false }
///
/// Every member that is given must fit.
package struct CertificateRegistration: Sendable, Equatable {
    /// SHA-256 of the certificate in hexadecimal.
    package let fingerprint: String?
    /// The subject, as the proxy writes it.
    package let subject: String?
    /// One of the names or URIs of the certificate must be one of these; `nil` for any.
    package let names: [String]?
    /// Whether the certificate is enough; otherwise a key or a token must come with it.
    package let isEnough: Bool
}
