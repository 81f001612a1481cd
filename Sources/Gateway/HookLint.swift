import CDSHooks
import ClinicalEngine

/// What is allowed in a hook document and should be looked at before it goes live.
package struct HookLint: Sendable {
    /// One thing to look at.
    package struct Finding: Sendable, Equatable {
        /// The id of the service.
        package let service: String
        /// The path in the document.
        package let path: String
        /// One sentence.
        package let sentence: String
    }

    /// What is found, in the order of the services.
    package let findings: [Finding]

    /// Looks at the services of a catalogue, or at one of them.
    package init(_ catalogue: Catalogue, service wanted: String? = nil) {
        var findings: [Finding] = []
        for service in catalogue.services where wanted == nil || service.hook.id == wanted {
            for (path, sentence) in Self.remarks(service) {
                let finding = Finding(service: service.hook.id, path: path, sentence: sentence)
                // A document that is offered for several hooks is looked at once.
                if !findings.contains(finding) { findings.append(finding) }
            }
        }
        self.findings = findings
    }

    /// How long after a showing nobody on a ward is sure to have seen it: a day, in seconds.
    private static let longSeconds = 86_400

    private static func remarks(_ service: LoadedService) -> [(path: String, sentence: String)] {
        guard let rule = service.hook.suppression else { return [] }
        var remarks: [(String, String)] = []
        if rule.includesCritical {
            remarks.append(
                (
                    "limen.suppress.critical",
                    "critical cards are told in short when they were shown before; who relies on"
                        + " seeing them each time will not"
                )
            )
        }
        if rule.withinSeconds > longSeconds {
            remarks.append(
                (
                    "limen.suppress.within",
                    "for more than a day; those on duty then may not be those who saw the card"
                )
            )
        }
        if rule.audience == .patient, rule.includesCritical {
            remarks.append(
                (
                    "limen.suppress.by",
                    "a critical card that one person saw is told in short to all others"
                )
            )
        }
        switch service.computation {
        case .interactions:
            if rule.worse != .anyChange || rule.tolerance > 0 {
                remarks.append(
                    ("limen.suppress.worse", "a check of interactions gives no number")
                )
            }
        case .profile(let profile):
            if profile.model.function != .regression, rule.worse != .anyChange {
                remarks.append(
                    (
                        "limen.suppress.worse",
                        "the model gives no number; every change of category or probability counts"
                    )
                )
            }
            if !rule.includesCritical, service.hook.cards.allSatisfy({ $0.indicator == .critical })
            {
                remarks.append(
                    ("limen.suppress", "every card is critical, so none is ever told in short")
                )
            }
        }
        return remarks
    }
}
