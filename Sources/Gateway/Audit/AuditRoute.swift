/// The routes of the audit trail, for callers with the scope `audit.read`.
///
/// No identifier of a patient or user stands in a URL: URLs are logged by every proxy on the way.
enum AuditRoute: Sendable, Equatable {
    case events
    case search
    case event(id: String)
    case timeline
    case whoSaw
    case exports
    case reviews
    case review(id: String)
    case runs(review: String)
    case closing(review: String)

    /// Finds the route of the parts behind `/audit`; `nil` when there is none.
    init?(_ parts: ArraySlice<Substring>) {
        let parts = Array(parts)
        guard let first = parts.first, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        switch (first, parts.count) {
        case ("events", 1): self = .events
        case ("events", 2): self = parts[1] == "search" ? .search : .event(id: String(parts[1]))
        case ("patients", 2) where parts[1] == "timeline": self = .timeline
        case ("patients", 2) where parts[1] == "who-saw": self = .whoSaw
        case ("exports", 1): self = .exports
        case ("reviews", 1): self = .reviews
        case ("reviews", 2): self = .review(id: String(parts[1]))
        case ("reviews", 3) where parts[2] == "runs": self = .runs(review: String(parts[1]))
        case ("reviews", 3) where parts[2] == "closing": self = .closing(review: String(parts[1]))
        default: return nil
        }
    }

    /// The template, for metrics and logs.
    var template: String {
        switch self {
        case .events: "/audit/events"
        case .search: "/audit/events/search"
        case .event: "/audit/events/{id}"
        case .timeline: "/audit/patients/timeline"
        case .whoSaw: "/audit/patients/who-saw"
        case .exports: "/audit/exports"
        case .reviews: "/audit/reviews"
        case .review: "/audit/reviews/{id}"
        case .runs: "/audit/reviews/{id}/runs"
        case .closing: "/audit/reviews/{id}/closing"
        }
    }

    /// The path of this very request.
    var path: String {
        switch self {
        case .event(let id), .review(let id), .runs(let id), .closing(let id):
            template.replacing("{id}", with: id)
        case .events, .search, .timeline, .whoSaw, .exports, .reviews: template
        }
    }

    /// The methods it answers.
    var methods: [String] {
        switch self {
        case .events, .event, .review: ["GET", "HEAD", "OPTIONS"]
        case .search, .timeline, .whoSaw, .exports, .runs, .closing: ["POST", "OPTIONS"]
        case .reviews: ["GET", "HEAD", "POST", "OPTIONS"]
        }
    }
}
