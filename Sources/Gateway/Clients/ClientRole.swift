/// What a person or a program is here for.
///
/// People and programs are registered alike: each has a document, and credentials of its own.
package enum ClientRole: String, Sendable, CaseIterable {
    /// A system that clinicians work with: it calls hooks and gives feedback.
    case clinicianSystem = "clinician-system"
    /// Who maps a hospital's data: may try everything, and sees how the gateway fares.
    case interfaceEngineer = "interface-engineer"
    /// Who reads the audit trail, and nothing else.
    case auditor
    /// Who runs the service; the audit trail is not theirs to read.
    case administrator
    /// A program that collects metrics.
    case metricsReader = "metrics-reader"

    /// What it may do.
    package var scopes: Set<ClientScope> {
        switch self {
        case .clinicianSystem: [.callHooks, .sendFeedback, .readModels, .evaluateModels]
        case .interfaceEngineer:
            [.callHooks, .sendFeedback, .readModels, .evaluateModels, .readMetrics]
        case .auditor: [.readAudit]
        case .administrator: [.readModels, .readMetrics, .changeConfiguration]
        case .metricsReader: [.readMetrics]
        }
    }
}

/// One thing that a role allows; each guarded route asks for one.
package enum ClientScope: String, Sendable, CaseIterable {
    case callHooks = "hooks.call"
    case sendFeedback = "feedback.send"
    case readModels = "models.read"
    case evaluateModels = "models.evaluate"
    case readMetrics = "metrics.read"
    case readAudit = "audit.read"
    case changeConfiguration = "configuration.change"
}
