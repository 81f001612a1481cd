import Basics

extension MappingReport {
    /// One resource that was not used for an input, and why.
    package struct Rejection: Sendable, Equatable {
        /// The reason.
        package let reason: RejectionReason
        /// The input it might have served; `nil` when it came near none.
        package let input: String?
        private let words: Words

        private enum Words: Sendable {
            case told(resource: String, path: String, sentence: String, accepted: String)
            case pending(PendingRejection, ProfilePlan, now: Instant)
        }

        /// Makes a rejection.
        package init(
            reason: RejectionReason,
            input: String?,
            resource: String,
            path: String,
            sentence: String,
            accepted: String
        ) {
            self.reason = reason
            self.input = input
            words = .told(resource: resource, path: path, sentence: sentence, accepted: accepted)
        }

        init(pending: PendingRejection, plan: ProfilePlan, now: Instant) {
            reason = pending.finding.reason
            input = pending.rule.map { plan.inputs[plan.rules[$0].input].name }
            words = .pending(pending, plan, now: now)
        }

        /// The resource, such as `Observation/s1`.
        package var resource: String {
            switch words {
            case .told(let resource, _, _, _): resource
            case .pending(let pending, _, _): pending.resource.label(at: pending.resourceIndex)
            }
        }

        /// The offending element, such as `valueQuantity.code`.
        package var path: String {
            switch words {
            case .told(_, let path, _, _): path
            case .pending(let pending, _, _): pending.path
            }
        }

        /// One sentence without patient data, such as "the unit is unknown to UCUM".
        package var sentence: String {
            switch words {
            case .told(_, _, let sentence, _): sentence
            case .pending(let pending, _, _): pending.finding.sentence
            }
        }

        /// What would be accepted, such as "within >= PT15H".
        package var accepted: String {
            switch words {
            case .told(_, _, _, let accepted): return accepted
            case .pending(let pending, let plan, let now):
                let rule = pending.rule.map { plan.rules[$0] }
                let text = AcceptanceText(
                    rule: rule,
                    input: rule.map { plan.inputs[$0.input] },
                    now: now
                )
                return text.text(for: pending.finding, in: pending.resource)
            }
        }

        /// Whether both say the same.
        package static func == (left: Rejection, right: Rejection) -> Bool {
            left.reason == right.reason && left.input == right.input
                && left.resource == right.resource && left.path == right.path
                && left.sentence == right.sentence && left.accepted == right.accepted
        }
    }
}
