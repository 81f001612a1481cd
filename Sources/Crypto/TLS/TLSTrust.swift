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

    /// Trusts the certificates of a PEM file and no others: all of them, or none.
    package static func bundle(_ pem: [UInt8]) throws(TLSError) -> TLSTrust {
        let trust = unsafe TLSTrust(try makeContext())
        guard let store = unsafe SSL_CTX_get_cert_store(trust.context) else { throw .noTrust }
        let list: CertificateList
        do {
            list = try CertificateList.read(pem)
        } catch {
            throw .bundleMalformed
        }
        let isAdded = unsafe list.all { certificate, _ in
            unsafe X509_STORE_add_cert(store, certificate) == 1
        }
        ERR_clear_error()
        guard isAdded, list.count > 0 else { throw .bundleMalformed }
        return trust
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
