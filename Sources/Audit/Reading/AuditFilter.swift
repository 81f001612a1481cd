package import Basics

/// Which events to list; what is `nil` does not narrow.
///
/// Each member is compared for equality with one column, and the times with the moment of the
/// event: only such comparisons go below row security to an index (they are leak-proof).
package struct AuditFilter: Sendable, Equatable {
    /// What names a model: the hash of its document, or the profile that it is used by.
    package enum Model: Sendable, Equatable {
        /// SHA-256 of the model's document in hexadecimal.
        case digest(String)
        /// The name of the profile, which is that of its folder.
        case profile(String)
    }

    /// The tenant; `nil` means all that the auditor may read.
    package var tenant: String?
    /// The kind of event.
    package var kind: AuditRecord.Kind?
    /// What came of it.
    package var outcome: AuditRecord.Outcome?
    /// The client that called, or the login of the auditor that read.
    package var client: String?
    /// The service id.
    package var service: String?
    /// What computed.
    package var model: Model?
    /// Which version of the model decided.
    package var arm: AuditRecord.Arm?
    /// The stable code of a refusal or error.
    package var reasonCode: String?
    /// The keyed pseudonyms of the patient, one for each epoch of the tenant's keys; none when the
    /// patient does not matter.
    package var patientPseudonyms: [[UInt8]] = []
    /// The keyed pseudonyms of the user, one for each epoch; none when the user does not matter.
    package var userPseudonyms: [[UInt8]] = []
    /// Whether only events are wanted that name no patient; for what may be about any of them.
    package var namesNoPatient = false
    /// The `hookInstance` of the call.
    package var hookInstance: UUIDBytes?
    /// The W3C trace id.
    package var traceID: [UInt8]?
    /// The event itself.
    package var eventID: UUIDBytes?
    /// The event that led to those that are asked for.
    package var causedBy: UUIDBytes?
    /// A card: the events that showed it, and those that brought feedback on it.
    package var cardID: UUIDBytes?
    /// The first moment, included.
    package var from: Instant?
    /// The last moment, excluded.
    package var to: Instant?
    /// How many events to give at most; held between 1 and `Limits.auditListRowsMax`.
    package var limit = 50
    /// Where the page before ended, as it was given out.
    package var cursor: AuditCursor?
    /// The epoch of the last of the patient's keyed pseudonyms, as the row of the read has it; it
    /// narrows nothing.
    package var patientEpoch: Int?
    /// The one of the patient's pseudonyms that was given as such; it narrows nothing.
    ///
    /// What looks like a pseudonym may be the id of a patient: it is written down only once the
    /// trail is known to have it as a pseudonym.
    package var patientGiven: [UInt8]?
    /// Whether the trail has the given one as a pseudonym.
    package var isGivenKnown = false

    /// Makes a filter that does not narrow.
    package init() {}

    /// The limit within its bounds.
    package var boundedLimit: Int { min(max(limit, 1), Limits.auditListRowsMax) }

    /// Under which pseudonym the row of the read names the patient, and of which epoch that is, when
    /// it is known; `nil` when there is none that may be written down.
    package var named: (pseudonym: [UInt8], epoch: Int?)? {
        if let patientGiven, isGivenKnown { return (patientGiven, nil) }
        guard let newest = patientPseudonyms.last, newest != patientGiven else { return nil }
        return (newest, patientEpoch)
    }

    /// The names of what narrows, as the record of a read names them; never a value.
    package var names: [String] {
        var names: [String] = []
        if kind != nil { names.append("kind") }
        if outcome != nil { names.append("outcome") }
        if client != nil { names.append("client") }
        if service != nil { names.append("service") }
        if model != nil { names.append("model") }
        if arm != nil { names.append("arm") }
        if reasonCode != nil { names.append("code") }
        if !patientPseudonyms.isEmpty { names.append("patient") }
        if !userPseudonyms.isEmpty { names.append("user") }
        if hookInstance != nil { names.append("hook-instance") }
        if traceID != nil { names.append("trace-id") }
        if eventID != nil { names.append("event") }
        if causedBy != nil { names.append("caused-by") }
        if cardID != nil { names.append("card") }
        if from != nil { names.append("from") }
        if to != nil { names.append("to") }
        return names
    }
}
