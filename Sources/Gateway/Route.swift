import HTTPMessages

/// Where a request goes.
enum Route: Sendable, Equatable {
    case discovery
    case hook(serviceID: String)
    case feedback(serviceID: String)
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
        case "/livez", "/healthz": self = .livez
        case "/readyz": self = .readyz
        case "/metrics": self = .metrics
        case "/openapi.json": self = .openAPI
        default: self = Self.service(path)
        }
    }

    private static func service(_ path: Substring) -> Route {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0].isEmpty, parts[1] == "cds-services" else {
            return .unknown
        }
        guard !parts[2].isEmpty else { return .unknown }
        if parts.count == 3 { return .hook(serviceID: String(parts[2])) }
        if parts.count == 4, parts[3] == "feedback" {
            return .feedback(serviceID: String(parts[2]))
        }
        return .unknown
    }

    /// The template of the route, for metrics and logs; never the path that was asked for.
    var template: String {
        switch self {
        case .discovery: "/cds-services"
        case .hook: "/cds-services/{id}"
        case .feedback: "/cds-services/{id}/feedback"
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
        case .hook, .feedback: ["POST", "OPTIONS"]
        case .discovery: ["GET", "HEAD", "OPTIONS"]
        case .livez, .readyz, .metrics, .openAPI: ["GET", "HEAD"]
        case .unknown: []
        }
    }

    /// Whether browsers may call it from another origin.
    var isShared: Bool {
        switch self {
        case .discovery, .hook, .feedback: true
        case .livez, .readyz, .metrics, .openAPI, .unknown: false
        }
    }

    /// Whether errors are OperationOutcomes.
    var isCDS: Bool { isShared }
}
