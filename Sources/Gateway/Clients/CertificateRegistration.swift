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
    /// One of the names or URIs of the certificate must be one of these, as they are compared; `nil`
    /// for any.
    package let names: [String]?
    /// Whether the certificate is enough; otherwise a key or a token must come with it.
    package let isEnough: Bool

    init(fingerprint: String?, subject: String?, names: [String]?, isEnough: Bool) {
        self.fingerprint = fingerprint
        self.subject = subject
        self.names = names?.map(Self.comparable)
        self.isEnough = isEnough
    }

    /// A DNS name without regard to case (RFC 4343); a URI, which has a colon, as it stands.
    static func comparable(_ name: String) -> String {
        guard !name.utf8.contains(UInt8(ascii: ":")) else { return name }
        // Only the letters of ASCII: other texts may hold letters that become such in lower case.
        let bytes = name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return String(decoding: bytes, as: UTF8.self)
    }
}
