import COpenSSL

/// What is said to OpenSSL before anything else is asked of it.
package enum CryptoStart {
    /// Keeps OpenSSL from freeing its tables when the process ends.
    ///
    /// It would do so while other threads still close connections, and the process would abort
    /// instead of ending. What is freed at the end of a process is of no use to anybody
    /// (OPENSSL_init_crypto(3), OPENSSL_INIT_NO_ATEXIT). Only the first call of a process counts,
    /// so whatever may be the first to ask something of OpenSSL says this before.
    package static func begin() { _ = isReady }

    private static let isReady: Bool = {
        let answer = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
        precondition(answer == 1, "OpenSSL could not be made ready")
        return true
    }()
}
