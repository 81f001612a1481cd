package import Crypto
package import Posix

/// Why a request of our own client got no response.
package enum HTTPClientError: Error, Equatable, Sendable {
    /// The text is no `http://` address with an IP address or `localhost`.
    case addressMalformed
    /// Nobody listens there.
    case connectionRefused
    /// The server is not who it should be, or TLS failed otherwise.
    case notSecured(TLSError)
    /// The time was over.
    case timedOut
    /// The connection ended before the response did.
    case connectionLost
    /// What came back is no HTTP/1.1 response, or larger than allowed.
    case responseMalformed
    /// Something else that the kernel refused.
    case system(SystemError)

    /// The error for one of the kernel's.
    init(_ error: SystemError) {
        if error == .connectionRefused {
            self = .connectionRefused
        } else if error == .connectionReset || error == .brokenPipe {
            self = .connectionLost
        } else if error == .timedOut {
            self = .timedOut
        } else {
            self = .system(error)
        }
    }
}
