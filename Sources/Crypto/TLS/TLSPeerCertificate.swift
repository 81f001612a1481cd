import Basics
import COpenSSL

/// What a client's certificate says of it.
package struct TLSPeerCertificate: Equatable, Sendable {
    /// SHA-256 of the certificate in hexadecimal.
    package let fingerprint: String
    /// The subject as RFC 4514 writes it.
    package let subject: String
    /// The DNS names and URIs.
    package let names: [String]

    /// Reads a certificate of OpenSSL; `nil` when it cannot be read.
    init?(reading certificate: OpaquePointer) {
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 32
        let isDigested = unsafe digest.withUnsafeMutableBufferPointer { buffer in
            unsafe X509_digest(certificate, EVP_sha256(), buffer.baseAddress, &count)
        }
        guard isDigested == 1, count == 32 else { return nil }
        let subject = unsafe Self.text { unsafe limen_tls_write_subject($0, certificate) }
        let names = unsafe Self.text {
            unsafe limen_tls_write_names($0, certificate, Int32(Limits.tlsNamesMax))
        }
        guard let subject, let names else { return nil }
        fingerprint = Hexadecimal.text(digest)
        self.subject = subject
        self.names = names.split(separator: "\n").map(String.init)
    }

    /// What a call writes into a buffer.
    private static func text(_ write: (OpaquePointer) -> Int32) -> String? {
        guard let buffer = unsafe BIO_new(BIO_s_mem()) else { return nil }
        defer { unsafe BIO_free(buffer) }
        guard unsafe write(buffer) == 1 else { return nil }
        var start: UnsafeMutablePointer<UInt8>?
        let count = unsafe limen_tls_bytes(buffer, &start)
        guard count > 0, let start = unsafe start else { return "" }
        return unsafe String(
            decoding: UnsafeBufferPointer(start: start, count: count),
            as: UTF8.self
        )
    }
}
