/// The stages of a hook call, as the audit row and the metrics name them.
enum Stage: String, Sendable, CaseIterable {
    case authenticate
    case parse
    case prefetch
    case map
    case evaluate
    case card
    case check
    case audit
}
