import COpenSSL

/// One TLS connection of a client, without its socket: bytes of the peer go in, bytes for the
/// peer come out.
///
///     let session = try TLSSession(trust, expecting: .name("fhir.example.org"))
///     while try !session.handshake() { send(session.takeOutput()); session.received(receive()) }
///
/// Not thread-safe: it belongs to the loop of its connection.
@safe
package final class TLSSession {
    /// Whom the certificate must be for.
    package enum Peer: Sendable, Equatable {
        /// A DNS name, which is also asked for (SNI, RFC 6066 section 3).
        case name(String)
        /// An address.
        case address(String)
    }

    /// What reading came to.
    package enum Reading: Equatable, Sendable {
        /// So many bytes were written into the buffer.
        case bytes(Int)
        /// More must be received first.
        case needsInput
        /// The peer has said that it sends no more.
        case closed
    }

    private let session: OpaquePointer
    private let input: OpaquePointer
    private let output: OpaquePointer
    // Keeps the context alive and tells pooled connections of different trust apart.
    private let trust: TLSTrust

    /// Begins a session.
    package init(_ trust: TLSTrust, expecting peer: Peer) throws(TLSError) {
        self.trust = trust
        let session = unsafe try trust.makeSession()
        var input: OpaquePointer?
        var output: OpaquePointer?
        let isExpected: Bool
        switch peer {
        case .name(let name): isExpected = unsafe limen_tls_expect_name(session, name) == 1
        case .address(let text): isExpected = unsafe limen_tls_expect_address(session, text) == 1
        }
        guard isExpected, unsafe limen_tls_attach(session, &input, &output) == 1,
            let input = unsafe input, let output = unsafe output
        else {
            unsafe SSL_free(session)
            throw .protocolFailure
        }
        unsafe self.session = session
        unsafe self.input = input
        unsafe self.output = output
    }

    deinit {
        unsafe SSL_free(session)
    }

    /// Goes on with the handshake; `true` when it is over.
    ///
    /// - Throws: `TLSError` when the peer is not whom it should be; `takeOutput` then still has
    ///   the alert for it.
    package func handshake() throws(TLSError) -> Bool {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(session)
        if result == 1 { return true }
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return false
        default:
            ERR_clear_error()
            throw unsafe Self.verdict(SSL_get_verify_result(session))
        }
    }

    /// Whether the handshake is over.
    package var isEstablished: Bool { unsafe SSL_is_init_finished(session) == 1 }

    /// Takes bytes that came from the peer.
    package func received(_ bytes: ArraySlice<UInt8>) {
        guard !bytes.isEmpty else { return }
        let count = unsafe bytes.withUnsafeBytes { source in
            unsafe BIO_write(input, source.baseAddress, Int32(source.count))
        }
        precondition(Int(count) == bytes.count, "a memory buffer takes everything")
    }

    /// The bytes that must go to the peer.
    package func takeOutput() -> [UInt8] {
        let waiting = unsafe BIO_ctrl_pending(output)
        guard waiting > 0 else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: waiting) { buffer, count in
            let read = unsafe BIO_read(output, buffer.baseAddress, Int32(buffer.count))
            precondition(Int(read) == waiting, "a memory buffer gives everything")
            count = waiting
        }
    }

    /// Encrypts bytes of ours; what comes of them is in `takeOutput`.
    package func write(_ bytes: [UInt8]) throws(TLSError) {
        var offset = 0
        while offset < bytes.count {
            ERR_clear_error()
            let written = unsafe bytes.withUnsafeBytes { source in
                unsafe SSL_write(
                    session,
                    source.baseAddress?.advanced(by: offset),
                    Int32(clamping: source.count - offset)
                )
            }
            guard written > 0 else {
                ERR_clear_error()
                throw .protocolFailure
            }
            offset += Int(written)
        }
    }

    /// Renews our keys and asks the peer to renew its own (RFC 8446 section 4.6.3); for tests.
    package func updateKeys() -> Bool {
        ERR_clear_error()
        guard unsafe SSL_key_update(session, SSL_KEY_UPDATE_REQUESTED) == 1 else { return false }
        return unsafe SSL_do_handshake(session) == 1
    }

    /// Decrypts into an array, over what it holds; it keeps its size.
    package func read(into bytes: inout [UInt8]) throws(TLSError) -> Reading {
        precondition(!bytes.isEmpty, "no room to read into")
        ERR_clear_error()
        let count = unsafe bytes.withUnsafeMutableBytes { target in
            unsafe SSL_read(session, target.baseAddress, Int32(clamping: target.count))
        }
        if count > 0 { return .bytes(Int(count)) }
        switch unsafe SSL_get_error(session, count) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needsInput
        case SSL_ERROR_ZERO_RETURN: return .closed
        default:
            ERR_clear_error()
            throw .protocolFailure
        }
    }

    /// Says to the peer that we send no more; it goes out with `takeOutput`.
    package func close() {
        ERR_clear_error()
        _ = unsafe SSL_shutdown(session)
        ERR_clear_error()
    }

    private static func verdict(_ code: Int) -> TLSError {
        switch Int32(truncatingIfNeeded: code) {
        case X509_V_OK: .protocolFailure
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID: .expired
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .wrongName
        default: .untrusted
        }
    }
}
