import Audit
import Basics
import HTTPMessages
import JOSE
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

    /// What becomes of clients that sign tokens.
    private enum TokenStanding {
        case fine
        case someAreRefused
        case nobodyGetsIn
    }

    /// A line of `/readyz` that always stands there when it is so.
    private static let tokensAway =
        "[!]tokens the store of used tokens is away: clients that sign tokens get 503\n"

    /// What the store of used tokens being away means for the clients there are.
    ///
    /// Whoever has an API key or a certificate is still answered, so traffic goes elsewhere only
    /// when there is no such client.
    private var tokenStanding: TokenStanding {
        guard !configuration.tokenLedger.isAvailable else { return .fine }
        let clients = catalogue.clients.clients.values.filter(\.isActive)
        guard clients.contains(where: { $0.token != nil }) else { return .fine }
        return clients.contains { !$0.apiKeys.isEmpty || $0.certificate?.isEnough ?? false }
            ? .someAreRefused : .nobodyGetsIn
    }

    /// Why a check failed, where its name does not say it.
    private static func reason(_ check: String) -> String {
        check == "accepting" ? ": draining, the service is about to stop" : ""
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
        let tokens = tokenStanding
        checks.append((name: "tokens", isReady: tokens != .nobodyGetsIn))
        let isReady = checks.allSatisfy { $0.isReady }
        var text = tokens == .someAreRefused ? Self.tokensAway : ""
        var noted: Set<String> = []
        for check in configuration.readinessChecks {
            // What is bridged is ready, and still to be seen.
            guard let note = check.note() else { continue }
            text += "[!]\(check.name) \(note)\n"
            noted.insert(check.name)
        }
        if isVerbose || !isReady {
            for check in checks where !check.isReady || !noted.contains(check.name) {
                text += (check.isReady ? "[+]" : "[-]") + check.name
                text += check.isReady ? " ok\n" : " failed" + Self.reason(check.name) + "\n"
            }
        }
        text += isReady ? "ok\n" : "not ready\n"
        var response = Self.response("text/plain; charset=utf-8", Array(text.utf8))
        if !isReady {
            response.status = 503
            response.fields.append("Retry-After", String(Limits.retryAfterSeconds))
        }
        return response
    }
}
