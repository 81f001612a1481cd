/// Why a request is refused before any handler sees it.
///
/// After each of these the bytes that follow cannot be trusted to begin a request, so the
/// connection is closed behind the answer (RFC 9112 section 9.6 and 11).
package enum RequestRejection: String, Error, Sendable, CaseIterable {
    /// A control byte, NUL or DEL where text belongs (RFC 9110 section 5.5).
    case controlByte = "LIMEN-HTTP-001"
    /// A carriage return that no line feed follows (RFC 9112 section 2.2).
    case bareCarriageReturn = "LIMEN-HTTP-002"
    /// A line feed without its carriage return; RFC 9112 section 2.2 allows us to be lax, which
    /// is how two servers come to disagree about a message.
    case bareLineFeed = "LIMEN-HTTP-003"
    /// A request line that is not method, target, version with single blanks.
    case requestLineMalformed = "LIMEN-HTTP-004"
    /// A method that nobody here knows (RFC 9110 section 9.1).
    case methodUnknown = "LIMEN-HTTP-005"
    /// CONNECT asks for a tunnel, which is never made (RFC 9110 section 9.3.6).
    case methodRefused = "LIMEN-HTTP-006"
    /// A version other than 1.0 and 1.1 (RFC 9110 section 15.6.6).
    case versionUnsupported = "LIMEN-HTTP-007"
    /// A target that is no origin-form, absolute-form or `*` (RFC 9112 section 3.2).
    case targetMalformed = "LIMEN-HTTP-008"
    /// A path with `.` or `..` segments, in clear or encoded.
    case targetDotSegment = "LIMEN-HTTP-009"
    /// A path with an encoded slash, backslash or control byte.
    case targetEncodedDelimiter = "LIMEN-HTTP-010"
    /// A request line above its limit.
    case requestLineTooLong = "LIMEN-HTTP-011"
    /// A field line that is not name, colon, value (RFC 9112 section 5).
    case fieldMalformed = "LIMEN-HTTP-012"
    /// A folded field line (RFC 9112 section 5.2).
    case fieldFolded = "LIMEN-HTTP-013"
    /// A field line above its limit.
    case fieldTooLong = "LIMEN-HTTP-014"
    /// More field lines than allowed.
    case fieldsTooMany = "LIMEN-HTTP-015"
    /// A head above its limit.
    case headTooLong = "LIMEN-HTTP-016"
    /// No Host in a request of version 1.1 (RFC 9112 section 3.2).
    case hostMissing = "LIMEN-HTTP-017"
    /// More than one Host.
    case hostRepeated = "LIMEN-HTTP-018"
    /// A Host that is no host and port.
    case hostMalformed = "LIMEN-HTTP-019"
    /// A target whose authority is not the Host.
    case hostMismatch = "LIMEN-HTTP-020"
    /// Content-Length together with Transfer-Encoding (RFC 9112 section 6.3).
    case lengthAndCoding = "LIMEN-HTTP-021"
    /// A Content-Length that is no decimal number.
    case lengthMalformed = "LIMEN-HTTP-022"
    /// More than one Content-Length, even when they agree.
    case lengthRepeated = "LIMEN-HTTP-023"
    /// A transfer coding before `chunked`, which nobody here takes off (RFC 9112 section 6.1).
    case codingUnsupported = "LIMEN-HTTP-024"
    /// More than one Transfer-Encoding.
    case codingRepeated = "LIMEN-HTTP-025"
    /// Transfer-Encoding in a request of version 1.0 (RFC 9112 section 6.1).
    case codingInOldVersion = "LIMEN-HTTP-026"
    /// A Connection field that names a framing field as hop-by-hop (RFC 9110 section 7.6.1).
    case connectionNamesFraming = "LIMEN-HTTP-027"
    /// An expectation other than `100-continue` (RFC 9110 section 10.1.1).
    case expectationFailed = "LIMEN-HTTP-028"
    /// A body above its limit.
    case bodyTooLarge = "LIMEN-HTTP-029"
    /// A chunk that is not framed as RFC 9112 section 7.1 says.
    case chunkMalformed = "LIMEN-HTTP-030"
    /// A chunk extension above its limit.
    case chunkExtensionTooLong = "LIMEN-HTTP-031"
    /// A trailer section above its limits.
    case trailerTooLong = "LIMEN-HTTP-032"
    /// A head that did not come in time.
    case headTimeout = "LIMEN-HTTP-033"
    /// A body that did not come in time.
    case bodyTimeout = "LIMEN-HTTP-034"
    /// A body that comes slower than the least rate.
    case bodyTooSlow = "LIMEN-HTTP-035"
    /// A handler that did not answer in time.
    case handlerTimeout = "LIMEN-HTTP-036"
    /// More connections than allowed, in all or from one address.
    case connectionsTooMany = "LIMEN-HTTP-037"
    /// A request that as a whole took too long, though none of its parts did.
    case requestTimeout = "LIMEN-HTTP-039"
    /// More handshakes under way than allowed.
    case handshakesTooMany = "LIMEN-HTTP-040"
    /// A handshake that failed, or did not end in time.
    case handshakeFailed = "LIMEN-HTTP-041"
    /// More bytes of unfinished requests than there is room for; this is the largest one of the
    /// address with the most.
    case roomTooSmall = "LIMEN-HTTP-042"
    /// More updates of keys on one connection than anybody needs.
    case keyUpdatesTooMany = "LIMEN-HTTP-043"
    /// A Transfer-Encoding that does not end in its only `chunked`, so that nobody can tell where
    /// the body ends (RFC 9112 section 6.3).
    case codingNotChunked = "LIMEN-HTTP-044"
    /// A request in clear on a connection that awaits TLS.
    case clearText = "LIMEN-HTTP-045"

    /// The status of the answer.
    package var status: Int {
        switch self {
        case .methodUnknown, .methodRefused, .codingUnsupported: 501
        case .versionUnsupported: 505
        case .requestLineTooLong: 414
        case .fieldTooLong, .fieldsTooMany, .headTooLong, .trailerTooLong: 431
        case .bodyTooLarge: 413
        case .expectationFailed: 417
        case .headTimeout, .bodyTimeout, .bodyTooSlow, .requestTimeout: 408
        case .handlerTimeout, .connectionsTooMany, .handshakesTooMany, .roomTooSmall: 503
        case .controlByte, .bareCarriageReturn, .bareLineFeed, .requestLineMalformed,
            .targetMalformed, .targetDotSegment, .targetEncodedDelimiter, .fieldMalformed,
            .fieldFolded, .hostMissing, .hostRepeated, .hostMalformed, .hostMismatch,
            .lengthAndCoding, .lengthMalformed, .lengthRepeated, .codingRepeated,
            .codingNotChunked, .codingInOldVersion, .connectionNamesFraming, .chunkMalformed,
            .chunkExtensionTooLong, .handshakeFailed, .keyUpdatesTooMany,
            .clearText:
            400
        }
    }
}
