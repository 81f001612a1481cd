import Basics

/// Problem details (RFC 9457) for what the server refuses itself.
package enum ProblemResponse {
    /// Makes the response of a status and a code; neither carries input.
    package static func make(status: Int, code: String) -> HTTPResponse {
        let title = StatusText.phrase(status)
        let detail = RequestRejection(rawValue: code)?.sentence ?? title
        let body =
            "{\"type\":\"about:blank\",\"title\":\"\(title)\",\"status\":\(status),"
            + "\"detail\":\"\(detail)\",\"code\":\"\(code)\"}\n"
        var fields: HTTPFields = [
            "Content-Type": "application/problem+json",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'",
            "Referrer-Policy": "no-referrer",
        ]
        // RFC 9110, section 10.2.3: whoever is turned away for our sake learns when to come again.
        if status == 503 { fields.append("Retry-After", String(Limits.retryAfterSeconds)) }
        return HTTPResponse(
            status: status,
            fields: fields,
            body: Array(body.utf8),
            closesConnection: true
        )
    }
}
