import COpenSSL

/// Whom a client trusts: the roots of its certificate chains, and the rules of its sessions.
///
/// TLS 1.2 (RFC 5246) and 1.3 (RFC 8446); chain and name are always verified.
@safe
package final class TLSTrust: Sendable {
    // Set up in the initialiser and only read afterwards; OpenSSL counts its users atomically.
    private nonisolated(unsafe) let context: OpaquePointer

    private init(_ context: OpaquePointer) {
        unsafe self.context = context
    }

    deinit {
        unsafe SSL_CTX_free(context)
    }

    /// Trusts the authorities that this machine trusts.
    package static func system() throws(TLSError) -> TLSTrust {
        let trust = unsafe TLSTrust(try makeContext())
        guard unsafe SSL_CTX_set_default_verify_paths(trust.context) == 1 else { throw .noTrust }
        return trust
    }

    /// Trusts the certificates of a PEM file and no others.
    package static func bundle(_ pem: [UInt8]) throws(TLSError) -> TLSTrust {
        let trust = unsafe TLSTrust(try makeContext())
        guard let store = unsafe SSL_CTX_get_cert_store(trust.context) else { throw .noTrust }
        let count = unsafe pem.withUnsafeBytes { unsafe add($0, to: store) }
        // The end of the list is an error of the queue too; it must not be found by others.
        ERR_clear_error()
        guard let count, count > 0 else { throw .bundleMalformed }
        return trust
    }

    /// Adds the certificates of a PEM text; `nil` when one cannot be added.
    private static func add(_ pem: UnsafeRawBufferPointer, to store: OpaquePointer) -> Int? {
        let input = unsafe BIO_new_mem_buf(pem.baseAddress, Int32(clamping: pem.count))
        guard let input = unsafe input else { return nil }
        defer { unsafe BIO_free(input) }
        var count = 0
        while let certificate = unsafe PEM_read_bio_X509(input, nil, nil, nil) {
            defer { unsafe X509_free(certificate) }
            guard unsafe X509_STORE_add_cert(store, certificate) == 1 else { return nil }
            count += 1
        }
        return count
    }

    /// Begins a session.
    func makeSession() throws(TLSError) -> OpaquePointer {
        guard let session = unsafe SSL_new(context) else { throw .protocolFailure }
        return unsafe session
    }

    private static func makeContext() throws(TLSError) -> OpaquePointer {
        CryptoStart.begin()
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else { throw .protocolFailure }
        guard unsafe limen_tls_client_prepare(context) == 1 else {
            unsafe SSL_CTX_free(context)
            throw .protocolFailure
        }
        return unsafe context
    }
}
