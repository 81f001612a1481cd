/// What an event is in the terms of FHIR's `AuditEvent`.
struct FHIREventKind {
    /// The type of the event.
    let type: FHIRCode
    /// What kind of that type.
    let subtypes: [FHIRCode]
    /// C, R, U, D or E (FHIR R4, audit-event-action).
    let action: String
    /// What the data entity was to the event.
    let role: FHIRCode
    /// Why it happened, where that is known of all events of the kind.
    let purpose: FHIRCode?
    /// 0 success, 4 minor, 8 serious, 12 major failure (FHIR R4, audit-event-outcome).
    let outcome: String

    /// Reads an event.
    init(_ record: AuditRecord) {
        outcome = Self.outcome(record)
        let own = FHIRCode(FHIRAuditEvent.base + "codes/audit-subtype", record.kind.rawValue)
        switch record.kind {
        case .decision:
            let invoke = FHIRCode(FHIRAuditEvent.base + "codes/audit-subtype", "cds-invoke")
            (type, subtypes, action) = (.rest, [invoke], "E")
            (role, purpose) = (.report, .treatment)
        case .feedback:
            (type, subtypes, action) = (.rest, [own], "C")
            (role, purpose) = (.report, .treatment)
        case .rejectedRequest:
            (type, subtypes, action) = (.rest, [own], "E")
            (role, purpose) = (.job, nil)
        case .evaluation:
            (type, subtypes, action) = (.rest, [own], "E")
            (role, purpose) = (.report, nil)
        case .fetch:
            let search = FHIRCode("http://hl7.org/fhir/restful-interaction", "search", "search")
            (type, subtypes, action) = (.rest, [search], "R")
            (role, purpose) = (.domainResource, .treatment)
        case .authenticationFailure:
            type = FHIRCode(FHIRCode.dicom, "110114", "User Authentication")
            subtypes = [FHIRCode(FHIRCode.dicom, "110122", "Login"), own]
            (action, role, purpose) = ("E", .securityResource, nil)
        case .start, .stop:
            type = FHIRCode(FHIRCode.dicom, "110100", "Application Activity")
            subtypes = [
                record.kind == .start
                    ? FHIRCode(FHIRCode.dicom, "110120", "Application Start")
                    : FHIRCode(FHIRCode.dicom, "110121", "Application Stop")
            ]
            (action, role, purpose) = ("E", .job, nil)
        case .configurationChange where Self.isAboutReaders(record):
            type = FHIRCode(FHIRCode.dicom, "110113", "Security Alert")
            // PS3.16, DCM 110137: who may do what was changed.
            subtypes = [FHIRCode(FHIRCode.dicom, "110137"), own]
            (action, role, purpose) = ("U", .securityResource, nil)
        case .configurationChange, .modelChange, .keyChange:
            type = FHIRCode(FHIRCode.dicom, "110100", "Application Activity")
            (subtypes, action, role, purpose) = ([own], "U", .securityResource, nil)
        case .auditRead, .auditReview:
            type = FHIRCode(FHIRCode.dicom, "110101", "Audit Log Used")
            (subtypes, action, role, purpose) = ([own], "R", .securityResource, .compliance)
        case .auditExport:
            type = FHIRCode(FHIRCode.dicom, "110106", "Export")
            (subtypes, action, role, purpose) = ([own], "R", .securityResource, .compliance)
        case .erasure, .retention, .legalHold:
            let deed = Self.deed(record)
            (type, action) = (deed.type, deed.action)
            subtypes = [
                own,
                FHIRCode(FHIRAuditEvent.base + "codes/audit-subtype", Self.stage(record)),
            ]
            role = .securityResource
            purpose = record.kind == .legalHold ? .compliance : nil
        }
    }

    private static func isAboutReaders(_ record: AuditRecord) -> Bool {
        record.reasonCode == "reader-added" || record.reasonCode == "reader-removed"
    }

    /// What was done to records, by the codes of ISO 21089; an order alone has done nothing to them,
    /// and neither has a policy.
    private static func deed(_ record: AuditRecord) -> (type: FHIRCode, action: String) {
        let order = FHIRCode(FHIRCode.dicom, "110100", "Application Activity")
        guard DeedStage(record) != .ordered else { return (order, "E") }
        if record.kind == .legalHold {
            return record.flags.contains("lift")
                ? (.unhold, "U") : (.hold, "U")
        }
        let isPolicy = record.kind == .retention && record.flags.contains("policy")
        return isPolicy ? (order, "U") : (.destroy, "D")
    }

    /// How far a deed came, as a code of ours.
    private static func stage(_ record: AuditRecord) -> String {
        switch DeedStage(record) {
        case .ordered: "ordered"
        case .done: "done"
        case .refused: "refused"
        }
    }

    /// A refusal that was right is no failure of ours: only what was asked for was not given.
    private static func outcome(_ record: AuditRecord) -> String {
        switch record.outcome {
        case .cards, .noCards, .done: "0"
        case .incomplete, .refused, .rejected: record.kind == .authenticationFailure ? "8" : "4"
        case .failed: record.status >= 500 ? "12" : "8"
        }
    }
}
