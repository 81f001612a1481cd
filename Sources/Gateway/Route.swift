import Basics
import HTTPMessages

/// Where a request goes.
enum Route: Sendable, Equatable {
    case discovery
    case hook(serviceID: String)
    case feedback(serviceID: String)
    case models
    case model(id: String)
    case segments(modelID: String)
    case evaluation(modelID: String)
    case audit(AuditRoute)
    case livez
    case readyz
    case metrics
    case openAPI
    case unknown

    /// Finds the route of a path; one slash at its end is tolerated.
    init(path: String) {
        var path = path[...]
        if path.count > 1, path.hasSuffix("/") { path.removeLast() }
        switch path {
        case "/cds-services": self = .discovery
        case "/models": self = .models
        case "/livez", "/healthz": self = .livez
        case "/readyz": self = .readyz
        case "/metrics": self = .metrics
        case "/openapi.json": self = .openAPI
        default: self = Self.service(path)
        }
    }

    private static func service(_ path: Substring) -> Route {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0].isEmpty, !parts[2].isEmpty else { return .unknown }
        if parts[1] == "audit" {
            return AuditRoute(parts.dropFirst(2)).map { .audit($0) } ?? .unknown
        }
        if parts[1] == "models" { return model(String(parts[2]), parts.dropFirst(3)) }
        guard parts[1] == "cds-services" else { return .unknown }
        if parts.count == 3 { return .hook(serviceID: String(parts[2])) }
        if parts.count == 4, parts[3] == "feedback" {
            return .feedback(serviceID: String(parts[2]))
        }
        return .unknown
    }

    private static func model(_ id: String, _ rest: ArraySlice<Substring>) -> Route {
        switch rest {
        case []: .model(id: id)
        case ["segments"]: .segments(modelID: id)
        case ["evaluate"]: .evaluation(modelID: id)
        default: .unknown
        }
    }

    /// The template of the route, for metrics and logs; never the path that was asked for.
    var template: String {
        switch self {
        case .discovery: "/cds-services"
        case .hook: "/cds-services/{id}"
        case .feedback: "/cds-services/{id}/feedback"
        case .models: "/models"
        case .model: "/models/{id}"
        case .segments: "/models/{id}/segments"
        case .evaluation: "/models/{id}/evaluate"
        case .audit(let part): part.template
        case .livez: "/livez"
        case .readyz: "/readyz"
        case .metrics: "/metrics"
        case .openAPI: "/openapi.json"
        case .unknown: "other"
        }
    }

    /// The methods it answers.
    var methods: [String] {
        switch self {
        case .hook, .feedback, .evaluation: ["POST", "OPTIONS"]
        case .audit(let part): part.methods
        case .discovery, .models, .model, .segments, .livez, .readyz, .metrics, .openAPI:
            ["GET", "HEAD", "OPTIONS"]
        case .unknown: []
        }
    }

    /// The largest body it takes, in bytes.
    var bodyBytesMax: Int {
        switch self {
        case .audit: Limits.auditQuestionBytesMax
        case .hook, .feedback, .evaluation: Limits.hookBodyBytesMax
        case .discovery, .models, .model, .segments, .livez, .readyz, .metrics, .openAPI, .unknown:
            0
        }
    }

    /// Whether browsers may call it from another origin.
    var isShared: Bool {
        switch self {
        case .discovery, .hook, .feedback: true
        case .models, .model, .segments, .evaluation, .audit, .livez, .readyz, .metrics, .openAPI,
            .unknown:
            false
        }
    }

    /// Whether errors are OperationOutcomes.
    var isCDS: Bool { isShared }
}
