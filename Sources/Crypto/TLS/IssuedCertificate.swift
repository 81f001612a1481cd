import COpenSSL

/// A certificate with its key, made here: for a first try and for tests, not for a hospital.
package struct IssuedCertificate: Sendable {
    /// The certificate as PEM.
    package let certificate: [UInt8]
    /// The key as PEM.
    package let key: [UInt8]

    /// What a certificate may be used for.
    package enum Purpose: String, Sendable {
        /// To answer as a server.
        case server = "serverAuth"
        /// To call as a client.
        case client = "clientAuth"
    }

    /// A clock that is somewhat behind takes what was just made.
    package static let beginSeconds = -300

    /// Takes a certificate and a key that were made before.
    package init(certificate: [UInt8], key: [UInt8]) {
        self.certificate = certificate
        self.key = key
    }

    /// Makes an authority that signs certificates; `nil` when OpenSSL cannot.
    package static func authority(commonName: String, days: Int) -> IssuedCertificate? {
        CryptoStart.begin()
        guard let key = unsafe KeyHandle(adopting: limen_generate_ec("P-256")) else { return nil }
        let made = unsafe limen_tls_issue(
            key.pointer,
            commonName,
            nil,
            nil,
            Self.beginSeconds,
            Int32(clamping: days),
            nil,
            nil
        )
        return unsafe finished(made, key)
    }

    /// Makes a certificate that this authority signs.
    ///
    /// - Parameters:
    ///   - commonName: the name in the subject.
    ///   - names: the alternative names as OpenSSL writes them: `DNS:localhost,IP:127.0.0.1`.
    ///   - purpose: what it may be used for.
    ///   - days: how long it is valid; one that is over already when negative.
    ///   - beginSeconds: from when on it is valid, in seconds from now.
    ///   - curve: what its key is on.
    /// - Returns: the certificate; `nil` when it cannot be made.
    package func issue(
        commonName: String,
        names: String,
        purpose: Purpose,
        days: Int,
        beginSeconds: Int = Self.beginSeconds,
        curve: EllipticCurve = .p256
    ) -> IssuedCertificate? {
        defer { ERR_clear_error() }
        guard let key = unsafe KeyHandle(adopting: limen_generate_ec(curve.rawValue)),
            let ownKey = Self.readKey(self.key),
            let own = unsafe Self.readCertificate(certificate)
        else { return nil }
        defer { unsafe X509_free(own) }
        let made = unsafe limen_tls_issue(
            key.pointer,
            commonName,
            names,
            purpose.rawValue,
            beginSeconds,
            Int32(clamping: days),
            own,
            ownKey.pointer
        )
        return unsafe Self.finished(made, key)
    }

    /// For how many seconds from now on it can be used: it is a certificate with its key, signed by
    /// an authority, or by itself without one, and not expired; `nil` when it cannot.
    package func secondsUsable(signedBy authority: IssuedCertificate? = nil) -> Int? {
        defer { ERR_clear_error() }
        guard let key = Self.readKey(key), let own = unsafe Self.readCertificate(certificate)
        else { return nil }
        defer { unsafe X509_free(own) }
        var issuer: OpaquePointer?
        if let authority {
            unsafe issuer = unsafe Self.readCertificate(authority.certificate)
            guard unsafe issuer != nil else { return nil }
        }
        defer { unsafe X509_free(issuer) }
        guard unsafe limen_tls_is_sound(own, key.pointer, issuer) == 1 else { return nil }
        let seconds = unsafe limen_tls_seconds_left(own)
        return seconds > 0 ? seconds : nil
    }

    private static func readKey(_ pem: [UInt8]) -> KeyHandle? {
        unsafe read(pem) { unsafe PEM_read_bio_PrivateKey($0, nil, limen_tls_no_phrase, nil) }
            .flatMap { unsafe KeyHandle(adopting: $0) }
    }

    private static func readCertificate(_ pem: [UInt8]) -> OpaquePointer? {
        unsafe read(pem) { unsafe PEM_read_bio_X509($0, nil, limen_tls_no_phrase, nil) }
    }

    private static func read(
        _ pem: [UInt8],
        _ body: (OpaquePointer) -> OpaquePointer?
    ) -> OpaquePointer? {
        unsafe pem.withUnsafeBytes { bytes in
            let input = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count))
            guard let input = unsafe input else { return nil }
            defer { unsafe BIO_free(input) }
            return unsafe body(input)
        }
    }

    /// Writes a certificate and its key as PEM, and frees the certificate.
    private static func finished(
        _ made: OpaquePointer?,
        _ key: KeyHandle
    ) -> IssuedCertificate? {
        defer { ERR_clear_error() }
        guard let made = unsafe made else { return nil }
        defer { unsafe X509_free(made) }
        let certificate = unsafe text { unsafe PEM_write_bio_X509($0, made) }
        let keyText = unsafe text {
            unsafe PEM_write_bio_PrivateKey($0, key.pointer, nil, nil, 0, nil, nil)
        }
        guard let certificate, let keyText else { return nil }
        return IssuedCertificate(certificate: certificate, key: keyText)
    }

    private static func text(_ write: (OpaquePointer) -> Int32) -> [UInt8]? {
        guard let buffer = unsafe BIO_new(BIO_s_mem()) else { return nil }
        defer { unsafe BIO_free(buffer) }
        guard unsafe write(buffer) == 1 else { return nil }
        var start: UnsafeMutablePointer<UInt8>?
        let count = unsafe limen_tls_bytes(buffer, &start)
        guard count > 0, let start = unsafe start else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}
