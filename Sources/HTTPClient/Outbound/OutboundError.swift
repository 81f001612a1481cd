package import Crypto

/// Why a request to another server has no response.
package enum OutboundError: Error, Equatable, Sendable {
    /// The name has no address, or too many.
    case nameUnresolved
    /// An address of the name is not one to connect to.
    case addressForbidden
    /// The URL is none, or at an origin that is not allowed.
    case originForbidden
    /// A document was answered with another status than 200.
    case status(Int)
    /// Nobody listens there.
    case connectionRefused
    /// Too many requests wait for this server already.
    case busy
    /// The time was over.
    case timedOut
    /// The connection ended before the response did.
    case connectionLost
    /// What came back is no HTTP/1.1 response, or larger than allowed.
    case responseMalformed
    /// The response is compressed, which nobody asked for.
    case contentCoded
    /// TLS failed.
    case tls(TLSError)

    /// A stable word for metrics and audit rows.
    package var code: String {
        switch self {
        case .nameUnresolved: "name-unresolved"
        case .addressForbidden: "address-forbidden"
        case .originForbidden: "origin-forbidden"
        case .status: "status"
        case .connectionRefused: "connection-refused"
        case .busy: "busy"
        case .timedOut: "timed-out"
        case .connectionLost: "connection-lost"
        case .responseMalformed: "response-malformed"
        case .contentCoded: "content-coded"
        case .tls(let error): error.rawValue
        }
    }
}
