import Basics
import COpenSSL

/// Who a server is to its clients, and whom of them it lets in (RFC 9325).
///
/// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption; `http/1.1` by ALPN; sessions
/// are resumed by tickets of this context alone, without early data. A reload is a new context,
/// and so has new ticket keys.
@safe
package final class TLSServerContext: Sendable {
    // Set up before it is handed out and only read afterwards; OpenSSL counts its users atomically.
    private nonisolated(unsafe) let context: OpaquePointer

    /// What a server shows and asks for.
    package struct Parts: Sendable {
        /// The certificate, and behind it the chain to its authority, as PEM.
        package var chain: [UInt8]
        /// The key, as PEM without a pass phrase.
        package var key: [UInt8]
        /// The authorities of the clients' certificates, as PEM; nobody is asked without.
        package var clientAuthorities: [UInt8]?
        /// Whether a client without a certificate is refused.
        package var requiresCertificate = false

        /// Takes the parts.
        package init(chain: [UInt8], key: [UInt8]) {
            self.chain = chain
            self.key = key
        }
    }

    private init(_ context: OpaquePointer) {
        unsafe self.context = context
    }

    deinit {
        unsafe SSL_CTX_free(context)
    }

    /// Sets a context up.
    ///
    /// - Throws: `TLSServerError` that says which part is at fault.
    package static func make(_ parts: Parts) throws(TLSServerError) -> TLSServerContext {
        CryptoStart.begin()
        defer { ERR_clear_error() }
        guard let raw = unsafe SSL_CTX_new(TLS_server_method()) else { throw .unusable }
        let made = unsafe TLSServerContext(raw)
        let isPrepared = unsafe limen_tls_server_prepare(
            raw,
            Limits.tlsSessionSeconds,
            Limits.tlsClientChainBytesMax
        )
        guard isPrepared == 1 else { throw .unusable }
        try identify(made, parts)
        if let authorities = parts.clientAuthorities {
            try made.ask(authorities, isRequired: parts.requiresCertificate)
        }
        return made
    }

    /// When the first certificate of a chain ends, in seconds since 1970.
    ///
    /// - Returns: the moment; `nil` for what is no chain that can be served.
    package static func endSeconds(ofChain pem: [UInt8]) -> Int? {
        guard let list = try? CertificateList.read(pem) else { return nil }
        return list.endSeconds
    }

    /// Gives a context its certificate, the chain behind it and the key.
    private static func identify(
        _ made: TLSServerContext,
        _ parts: Parts
    ) throws(TLSServerError) {
        let chain: CertificateList
        do {
            chain = try CertificateList.read(parts.chain)
        } catch {
            throw .certificateDamaged
        }
        guard chain.count > 0 else { throw .certificateMalformed }
        let isShown = unsafe chain.all { certificate, place in
            unsafe limen_tls_server_show(made.context, certificate, place == 0 ? 1 : 0) == 1
        }
        guard isShown else { throw .certificateUnfit }
        // What clients would refuse is not served, and does not take the place of what they take.
        guard chain.isChain else { throw .certificateUnordered }
        guard chain.timeStanding >= 0 else { throw .certificateEarly }
        guard chain.timeStanding == 0 else { throw .certificateExpired }
        let fault = unsafe parts.key.withUnsafeBytes { key in
            unsafe limen_tls_server_key(made.context, key.baseAddress, Int32(clamping: key.count))
        }
        switch fault {
        case 0: return
        case 2: throw .keyMalformed
        default: throw .keyMismatch
        }
    }

    /// Asks clients for a certificate of one of these authorities.
    private func ask(_ authorities: [UInt8], isRequired: Bool) throws(TLSServerError) {
        let list: CertificateList
        do {
            list = try CertificateList.read(authorities)
        } catch {
            throw .authorityDamaged
        }
        guard list.count > 0 else { throw .authorityMalformed }
        let isTrusted = unsafe list.all { authority, _ in
            unsafe limen_tls_server_trust(context, authority) == 1
        }
        guard isTrusted else { throw .authorityDamaged }
        let isAsked = unsafe authorities.withUnsafeBytes {
            unsafe limen_tls_server_ask(
                context,
                $0.baseAddress,
                Int32(clamping: $0.count),
                isRequired ? 1 : 0,
                Int32(Limits.tlsChainDepthMax)
            )
        }
        guard isAsked == 1 else { throw .unusable }
    }

    /// Begins a session.
    func makeSession() throws(TLSError) -> OpaquePointer {
        guard let session = unsafe SSL_new(context) else { throw .protocolFailure }
        return unsafe session
    }
}
