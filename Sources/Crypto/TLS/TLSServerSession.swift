import Basics
import COpenSSL

/// One TLS connection of a server, without its socket.
///
/// Not thread-safe: it belongs to the loop of its connection, with whose exchange it is made.
@safe
package final class TLSServerSession {
    /// What received bytes came to.
    package struct Received: Equatable, Sendable {
        /// How many bytes of the client's were decrypted.
        package var plainCount = 0
        /// The client has said that it sends no more.
        package var isEnded = false
    }

    private let session: OpaquePointer
    private let exchange: TLSExchange
    /// Whether the handshake is over.
    package private(set) var isEstablished = false
    /// How many more messages of a handshake may come.
    private var messagesLeft = Limits.httpKeyUpdateCountMax
    /// Whether more of them came, and the session is over.
    package private(set) var hasUpdatedTooOften = false

    /// Begins a session.
    package init(_ context: TLSServerContext, _ exchange: TLSExchange) throws(TLSError) {
        let session = unsafe try context.makeSession()
        guard let method = unsafe TLSExchange.method,
            unsafe limen_tls_server_attach(session, method, exchange.pointer) == 1
        else {
            unsafe SSL_free(session)
            throw .protocolFailure
        }
        unsafe self.session = session
        self.exchange = exchange
    }

    deinit {
        unsafe SSL_free(session)
    }

    /// Takes bytes that came from the client, all of them, and writes what it sent over the
    /// beginning of `plain`.
    ///
    /// - Throws: `TLSError` when the session is over; the exchange then still has the alert for
    ///   the client, if there is one.
    package func receive(
        _ bytes: [UInt8],
        _ count: Int,
        into plain: inout [UInt8]
    ) throws(TLSError) -> Received {
        precondition(plain.count >= Limits.tlsPlainBytesMax, "no room to decrypt into")
        return try exchange.lend(bytes, count) { () throws(TLSError) -> Received in
            ERR_clear_error()
            if !isEstablished {
                guard try handshake() else { return Received() }
            }
            exchange.countMessages(atMost: messagesLeft)
            defer { (messagesLeft, hasUpdatedTooOften) = exchange.endOfCount() }
            return try read(into: &plain)
        }
    }

    private func handshake() throws(TLSError) -> Bool {
        let result = unsafe SSL_do_handshake(session)
        guard result == 1 else {
            if unsafe SSL_get_error(session, result) == SSL_ERROR_WANT_READ { return false }
            let reason = ERR_GET_REASON(ERR_peek_error())
            ERR_clear_error()
            guard reason != SSL_R_HTTP_REQUEST else { throw .clearText }
            throw unsafe SSL_get_verify_result(session) == Int(X509_V_OK)
                ? .protocolFailure : .untrusted
        }
        guard unsafe limen_tls_is_peer_valid(session) == 1 else { throw .expired }
        isEstablished = true
        return true
    }

    private func read(into plain: inout [UInt8]) throws(TLSError) -> Received {
        var received = Received()
        while true {
            let offset = received.plainCount
            precondition(offset < plain.count, "more decrypted than was received")
            let count = unsafe plain.withUnsafeMutableBytes { target in
                unsafe SSL_read(
                    session,
                    target.baseAddress?.advanced(by: offset),
                    Int32(clamping: target.count - offset)
                )
            }
            if count > 0 {
                received.plainCount += Int(count)
                continue
            }
            switch unsafe SSL_get_error(session, count) {
            case SSL_ERROR_WANT_READ: return received
            case SSL_ERROR_ZERO_RETURN:
                received.isEnded = true
                return received
            default:
                ERR_clear_error()
                throw .protocolFailure
            }
        }
    }

    /// Encrypts bytes of ours; what comes of them is in the exchange.
    ///
    /// - Throws: `TLSError` when the session is over; nothing of the bytes is in the exchange then.
    package func write(_ bytes: ArraySlice<UInt8>) throws(TLSError) {
        exchange.clear()
        guard !bytes.isEmpty else { return }
        ERR_clear_error()
        let written = unsafe bytes.withUnsafeBytes { source in
            unsafe SSL_write(session, source.baseAddress, Int32(clamping: source.count))
        }
        guard Int(written) == bytes.count else {
            ERR_clear_error()
            // Some of it may be encrypted already.
            exchange.clear()
            throw .protocolFailure
        }
    }

    /// Says to the client that we send no more.
    package func close() {
        exchange.clear()
        guard isEstablished else { return }
        ERR_clear_error()
        _ = unsafe SSL_shutdown(session)
        ERR_clear_error()
    }

    /// Whether the session was resumed.
    package var isResumed: Bool { unsafe SSL_session_reused(session) == 1 }

    /// The certificate that the client has shown and that was found good.
    package func peerCertificate() -> TLSPeerCertificate? {
        guard isEstablished, let raw = unsafe SSL_get0_peer_certificate(session) else { return nil }
        return unsafe TLSPeerCertificate(reading: raw)
    }
}
