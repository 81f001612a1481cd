package import Telemetry

/// The metrics of the gateway.
package struct GatewayMetrics: Sendable {
    /// The registry, for `/metrics`.
    package let registry: MetricsRegistry
    let requests: Counter
    let requestDuration: Histogram
    let stageDuration: Histogram
    let cards: Counter
    let outcomes: Counter
    let evaluations: Counter
    let missingInputs: Counter
    let fetches: Counter
    let rejections: Counter
    let feedback: Counter
    let auditFailures: Counter
    let authenticationFailures: Counter
    let arms: Counter
    let shadowsLeftOut: Counter
    let rateLimited: Counter
    let suppressed: Counter
    let repeatsUnknown: Counter
    let lateAnswers: Counter

    /// Registers the metrics.
    package init(_ registry: MetricsRegistry) {
        self.registry = registry
        requests = registry.counter(
            "limen_http_requests_total",
            help: "Requests by route, method and status.",
            labels: ["route", "method", "code"]
        )
        requestDuration = registry.histogram(
            "limen_http_request_duration_seconds",
            help: "Time from a complete request to its response, by route.",
            labels: ["route"]
        )
        stageDuration = registry.histogram(
            "limen_hook_duration_seconds",
            help: "Time of each stage of a hook call.",
            labels: ["service", "stage"]
        )
        cards = registry.counter(
            "limen_cards_total",
            help: "Cards by service, indicator and mode.",
            labels: ["service", "indicator", "mode"]
        )
        outcomes = registry.counter(
            "limen_decisions_total",
            help: "Hook calls by service and outcome.",
            labels: ["service", "outcome"]
        )
        fetches = registry.counter(
            "limen_prefetch_fetches_total",
            help: "Prefetch keys that were fetched, by what came of it.",
            labels: ["service", "key", "code"]
        )
        evaluations = registry.counter(
            "limen_evaluations_total",
            help: "Rows of named inputs that were evaluated, by model and outcome.",
            labels: ["model", "outcome"]
        )
        missingInputs = registry.counter(
            "limen_input_missing_total",
            help: "Inputs that had no value, by profile, input and reason.",
            labels: ["profile", "input", "reason"]
        )
        rejections = registry.counter(
            "limen_resource_rejected_total",
            help: "Resources that were not used, by profile and reason.",
            labels: ["profile", "reason"]
        )
        feedback = registry.counter(
            "limen_feedback_total",
            help: "Feedback items by service and outcome.",
            labels: ["service", "outcome"]
        )
        auditFailures = registry.counter(
            "limen_audit_write_failures_total",
            help: "Audit records that are not known to be durable, by error.",
            labels: ["error"]
        )
        arms = registry.counter(
            "limen_arm_decisions_total",
            help: "Decisions by service, arm, version and outcome.",
            labels: ["service", "arm", "profile", "outcome"]
        )
        shadowsLeftOut = registry.counter(
            "limen_shadow_left_out_total",
            help: "Shadow computations left out because too many were under way.",
            labels: ["service", "profile"]
        )
        authenticationFailures = registry.counter(
            "limen_authentication_failures_total",
            help: "Callers that were not let in, by reason.",
            labels: ["reason"]
        )
        suppressed = registry.counter(
            "limen_cards_suppressed_total",
            help: "Cards told in short because they were shown before, by service and indicator.",
            labels: ["service", "indicator"]
        )
        repeatsUnknown = registry.counter(
            "limen_suppression_unknown_total",
            help: "Answers shown in full because what was shown before could not be read.",
            labels: ["service", "error"]
        )
        lateAnswers = registry.counter(
            "limen_answers_late_total",
            help: "Answers whose audit row was durable only behind their deadline.",
            labels: ["service"]
        )
        rateLimited = registry.counter(
            "limen_rate_limited_total",
            help: "Requests that were refused because there were too many, by limit.",
            labels: ["limit"]
        )
    }
}
