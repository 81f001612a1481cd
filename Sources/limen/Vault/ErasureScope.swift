import Audit
import AuditStore
import Basics
import Vault

/// Whose keys an erasure or a hold is about: a patient's in every epoch, and those of the cards.
struct ErasureScope {
    /// The pseudonyms of the patient.
    let pseudonyms: [[UInt8]]
    /// The epochs that they are of.
    let epochs: [Int]
    /// Whether there was an epoch whose key is not here.
    let isMissingEpochs: Bool
    /// What there is of the patient.
    let facts: AuditQuery.ErasureFacts

    /// The subjects of the keys.
    var subjects: [[UInt8]] { pseudonyms + facts.cardIDs.map(\.bytes) }

    /// Looks a patient up; the look is on record before anything is said.
    static func find(
        _ patient: String,
        _ access: VaultAccess,
        _ parsed: Arguments
    ) throws(CommandError) -> ErasureScope {
        let reader = AuditFilterReader(arguments: parsed, access: access.audit)
        let pseudonyms = try reader.pseudonyms(ofPatient: patient)
        let epochs = access.audit.vault?.pseudonyms.map(\.epoch) ?? [1]
        let query = try access.audit.open()
        let facts: AuditQuery.ErasureFacts
        do {
            facts = try query.erasureFacts(tenant: access.tenant, pseudonyms: pseudonyms)
        } catch {
            throw StoreSentence.commandError(error)
        }
        var note = ReadNote("erasure", reason: parsed.value("reason"))
        note.filter.patientPseudonyms = pseudonyms
        note.rowCount = facts.sealedRowCount + facts.plainRowCount
        try access.audit.record(note, on: query)
        let last = epochs.max() ?? 1
        return ErasureScope(
            pseudonyms: pseudonyms,
            epochs: epochs,
            isMissingEpochs: !epochs.isEmpty && Set(epochs).count < last,
            facts: facts
        )
    }
}
