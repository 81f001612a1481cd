/// The certificate that the peer of a TLS connection has shown; its chain was verified.
///
/// A reference, as every request of a connection carries the same one.
package final class PeerCertificate: Sendable {
    /// SHA-256 of the certificate in hexadecimal.
    package let fingerprint: String
    /// The subject as RFC 4514 writes it, such as `CN=ward-ehr,O=Hospital A`.
    package let subject: String
    /// The DNS names and URIs.
    package let names: [String]

    /// Takes what the certificate says.
    package init(fingerprint: String, subject: String, names: [String]) {
        self.fingerprint = fingerprint
        self.subject = subject
        self.names = names
    }
}
