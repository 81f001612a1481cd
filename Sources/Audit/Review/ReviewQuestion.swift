/// The questions that a review can ask of the trail, ready made.
///
/// 45 CFR 164.308(a)(1)(ii)(D) asks for regular review of records of activity; 164.312(b) for
/// mechanisms that record and examine. Each question is a sentence that an officer can put under a
/// report, and finds events of the tenant that is reviewed. What happens before a caller is known is
/// of the tenant `system`, and is reviewed there.
package enum ReviewQuestion: String, Sendable, CaseIterable {
    case refusedLogins = "refused-logins"
    case rejectedRequests = "rejected-requests"
    case patientMismatch = "patient-mismatch"
    case failures
    case incomplete
    case replays
    case erasures
    case exports
    case reads
    case readsWithoutReason = "reads-without-reason"
    case outOfHours = "out-of-hours"
    case unfinishedExports = "unfinished-exports"
    case withoutFeedback = "without-feedback"
    case configurationChanges = "configuration-changes"
    case defaultPartition = "default-partition"

    /// The gateway's code for data about another patient.
    private static let mismatchCode = "LIMEN-GATE-011"

    /// What is asked, in one sentence.
    package var sentence: String {
        switch self {
        case .refusedLogins: "Who was not let in, and why?"
        case .rejectedRequests: "Which requests were rejected, and why?"
        case .patientMismatch:
            "Which calls held data about another patient than the one in context?"
        case .failures: "Where did the gateway fail, so that nothing was shown?"
        case .incomplete: "Which decisions could not be computed for lack of data?"
        case .replays: "Which answers were asked for as of another moment than the present?"
        case .erasures: "What was erased, held, dropped or rekeyed?"
        case .exports: "Who took parts of the trail away?"
        case .reads: "Who read the trail?"
        case .readsWithoutReason: "Who read the trail without saying why?"
        case .outOfHours: "Who read or exported outside of working hours?"
        case .unfinishedExports: "Which exports began and did not end?"
        case .withoutFeedback: "Which cards were shown and never answered?"
        case .configurationChanges: "What was changed in configuration and models?"
        case .defaultPartition: "Which rows lie outside of the months that retention reaches?"
        }
    }

    /// What the findings are counted by.
    package var grouping: String {
        switch self {
        case .refusedLogins: "reason"
        case .rejectedRequests, .failures: "code"
        case .patientMismatch, .exports, .reads, .outOfHours, .unfinishedExports, .replays: "client"
        case .readsWithoutReason: "client"
        case .incomplete: "service"
        case .withoutFeedback: "card"
        case .erasures, .configurationChanges, .defaultPartition: "kind"
        }
    }

    /// The lists of events that hold what is looked for; what is not asked of events has none.
    package var filters: [AuditFilter] {
        func with(_ change: (inout AuditFilter) -> Void) -> AuditFilter {
            var filter = AuditFilter()
            change(&filter)
            return filter
        }
        func ofKinds(_ kinds: AuditRecord.Kind...) -> [AuditFilter] {
            kinds.map { kind in with { $0.kind = kind } }
        }
        switch self {
        case .refusedLogins: return ofKinds(.authenticationFailure)
        case .rejectedRequests: return ofKinds(.rejectedRequest)
        case .patientMismatch: return [with { $0.reasonCode = Self.mismatchCode }]
        case .failures: return [with { $0.outcome = .failed }]
        case .incomplete: return [with { $0.outcome = .incomplete }]
        case .replays: return ofKinds(.decision, .evaluation)
        case .erasures: return ofKinds(.erasure, .legalHold, .retention, .keyChange)
        case .exports, .unfinishedExports: return ofKinds(.auditExport)
        case .reads, .readsWithoutReason: return ofKinds(.auditRead)
        case .outOfHours: return ofKinds(.auditRead, .auditExport)
        case .configurationChanges: return ofKinds(.configurationChange, .modelChange)
        case .withoutFeedback: return []
        case .defaultPartition: return [AuditFilter()]
        }
    }

    /// Whether an event of those lists is what is looked for.
    package func finds(_ event: StoredEvent, _ hours: WorkingHours) -> Bool {
        let record = event.record
        switch self {
        case .replays: return record.replayedAt != nil
        case .readsWithoutReason: return EventFacts(record).reason == nil
        case .outOfHours: return !hours.contains(record.startedAt)
        case .exports: return record.flags.contains(ExportMark.begun)
        case .refusedLogins, .rejectedRequests, .patientMismatch, .failures, .incomplete,
            .erasures, .reads, .unfinishedExports, .withoutFeedback, .configurationChanges,
            .defaultPartition:
            return true
        }
    }

    /// The group that an event is counted in.
    package func group(of event: StoredEvent) -> String {
        let record = event.record
        switch self {
        case .refusedLogins: return record.flags.first ?? "no reason"
        case .rejectedRequests, .failures: return record.reasonCode ?? "no code"
        case .patientMismatch, .exports, .reads, .outOfHours, .unfinishedExports, .replays,
            .readsWithoutReason:
            return record.client ?? "not known"
        case .incomplete: return record.service ?? "no service"
        case .withoutFeedback: return record.service ?? "no service"
        case .erasures, .configurationChanges, .defaultPartition: return record.kind.rawValue
        }
    }
}

/// The flags of the two events of an export.
package enum ExportMark {
    /// It was begun: nothing has left yet.
    package static let begun = "export-begun"
    /// It has ended, with its count and its hash.
    package static let complete = "export-complete"
}
