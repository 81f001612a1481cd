import Audit
import HTTPMessages
import Telemetry

/// The endpoints that read nothing and record nothing.
extension HookGateway {
    /// Answers discovery, health, metrics and the API description.
    func answerPlain(_ request: HTTPRequest, _ route: Route) -> HTTPResponse {
        let trace = TraceContext(request.fields["traceparent"])?.traceID
        guard route != .unknown else {
            return errorResponse(GatewayError(.unknownPath), request, route, traceID: trace)
        }
        guard route.methods.contains(request.method) else {
            return errorResponse(GatewayError(.methodNotAllowed), request, route, traceID: trace)
        }
        switch route {
        case .discovery:
            return Self.response("application/json; charset=utf-8", catalogue.discovery)
        case .livez:
            return Self.response("text/plain; charset=utf-8", Array("ok\n".utf8))
        case .readyz:
            return readiness(isVerbose: request.query.map(Self.isVerbose) ?? false)
        case .metrics:
            return Self.response(MetricsRegistry.mediaType, Array(metrics.registry.text.utf8))
        case .openAPI:
            return Self.response("application/json; charset=utf-8", OpenAPIDocument.json)
        case .hook, .feedback, .models, .model, .segments, .evaluation, .audit, .unknown:
            return errorResponse(GatewayError(.unknownPath), request, route, traceID: trace)
        }
    }

    private static func isVerbose(_ query: String) -> Bool {
        query.split(separator: "&").contains { $0 == "verbose" || $0.hasPrefix("verbose=") }
    }

    static func response(_ type: String, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(status: 200, fields: ["Content-Type": type], body: body)
    }

    /// Whether traffic may come: the answer is for machines in its status, for people in its text.
    private func readiness(isVerbose: Bool) -> HTTPResponse {
        var checks = [
            (name: "configuration", isReady: !catalogue.services.isEmpty),
            (name: "audit", isReady: audit.isWritable),
            (name: "accepting", isReady: !draining),
            (name: "versions", isReady: catalogue.plans.values.allSatisfy(\.isComplete)),
        ]
        checks += configuration.readinessChecks.map { (name: $0.name, isReady: $0.isReady()) }
        let isReady = checks.allSatisfy { $0.isReady }
        var text = ""
        for check in configuration.readinessChecks {
            // What is bridged is ready, and still to be seen.
            if let note = check.note() { text += "[!]\(check.name) \(note)\n" }
        }
        if isVerbose || !isReady {
            for check in checks {
                text += (check.isReady ? "[+]" : "[-]") + check.name
                text += check.isReady ? " ok\n" : " failed\n"
            }
        }
        text += isReady ? "ok\n" : "not ready\n"
        var response = Self.response("text/plain; charset=utf-8", Array(text.utf8))
        response.status = isReady ? 200 : 503
        return response
    }
}
