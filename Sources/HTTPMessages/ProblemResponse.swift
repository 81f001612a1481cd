/// Problem details (RFC 9457) for what the server refuses itself.
package enum ProblemResponse {
    /// Makes the response of a status and a code; neither carries input.
    package static func make(status: Int, code: String) -> HTTPResponse {
        let title = StatusText.phrase(status)
        let body =
            "{\"type\":\"about:blank\",\"title\":\"\(title)\",\"status\":\(status),"
            + "\"code\":\"\(code)\"}\n"
        return HTTPResponse(
            status: status,
            fields: ["Content-Type": "application/problem+json"],
            body: Array(body.utf8),
            closesConnection: true
        )
    }
}
