import HTTPMessages

/// Header fields that go on every response, errors included.
extension HookGateway {
    /// Adds the security fields, and those for browsers of listed origins.
    func addHeaders(to response: inout HTTPResponse, _ request: HTTPRequest, _ route: Route) {
        response.fields.append("Cache-Control", "no-store")
        response.fields.append("X-Content-Type-Options", "nosniff")
        response.fields.append("Content-Security-Policy", "default-src 'none'")
        response.fields.append("Referrer-Policy", "no-referrer")
        // A receipt: who keeps it can tell later whether the trail was cut off behind it.
        if let checkpoint = configuration.auditCheckpoint?() {
            response.fields.append("limen-audit-checkpoint", checkpoint)
        }
        guard route.isShared else { return }
        // The answer differs by origin, so no cache may give it to another one.
        response.fields.append("Vary", "Origin")
        guard let origin = request.fields["origin"], isAllowed(origin) else { return }
        response.fields.append("Access-Control-Allow-Origin", origin)
        response.fields.append("Access-Control-Expose-Headers", "Retry-After, WWW-Authenticate")
    }

    /// Says what a route answers, or all of them together (RFC 9110 section 9.3.7).
    ///
    /// A browser of a listed origin learns also what it may send.
    func options(_ request: HTTPRequest, _ route: Route) -> HTTPResponse {
        var response = HTTPResponse(status: 204)
        let methods = route == .unknown ? ["GET", "HEAD", "POST", "OPTIONS"] : route.methods
        response.fields.append("Allow", methods.joined(separator: ", "))
        guard route.isShared else { return response }
        guard let origin = request.fields["origin"], isAllowed(origin) else { return response }
        response.fields.append("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
        response.fields.append(
            "Access-Control-Allow-Headers",
            "Content-Type, Authorization, X-API-Key, traceparent, tracestate"
        )
        response.fields.append("Access-Control-Max-Age", "600")
        return response
    }

    /// Whether an origin is listed for a client that may call; `null` and `*` never are.
    private func isAllowed(_ origin: String) -> Bool {
        catalogue.clients.allows(origin: origin)
    }
}
