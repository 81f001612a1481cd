import Audit
import AuditStore
import Basics
import Gateway
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
    /// The saved review whose words it is about, instead of a patient.
    var reviewID: UUIDBytes?
    /// The patient by reference, as far as that and keys are known.
    var patient: VaultAccess.Patient?

    /// The subjects of the keys.
    var subjects: [[UInt8]] {
        pseudonyms + facts.cardIDs.map(\.bytes) + (reviewID.map { [$0.bytes] } ?? [])
    }

    /// The words of a review that are sealed under a key of their own.
    static func review(_ text: String) throws(CommandError) -> ErasureScope {
        guard let id = UUIDBytes(text: text) else {
            throw CommandError(
                .usage,
                "a review is named by its UUID, as limen audit review list shows it"
            )
        }
        var scope = ErasureScope(
            pseudonyms: [],
            epochs: [],
            isMissingEpochs: false,
            facts: AuditQuery.ErasureFacts()
        )
        scope.reviewID = id
        return scope
    }

    /// Looks a patient up; the look is on record before anything is said.
    static func find(
        _ patient: String,
        _ access: VaultAccess,
        _ parsed: Arguments
    ) throws(CommandError) -> ErasureScope {
        let reader = AuditFilterReader(arguments: parsed, access: access.audit)
        let name = try reader.definitePatient(patient)
        var asked = AuditFilter()
        try reader.ask(for: name, in: &asked)
        let pseudonyms = asked.patientPseudonyms
        let query = try access.audit.open()
        let facts: AuditQuery.ErasureFacts
        do {
            facts = try query.erasureFacts(tenant: access.tenant, pseudonyms: pseudonyms)
        } catch {
            throw StoreSentence.commandError(error)
        }
        var note = ReadNote("erasure", reason: parsed.value("reason"))
        note.filter = try access.audit.settled(asked, on: query)
        note.rowCount = facts.sealedRowCount + facts.plainRowCount
        try access.audit.record(note, on: query)
        var known = access.audit.vault?.pseudonyms.map(\.epoch) ?? [1]
        if known.isEmpty { known = [1] }
        // A pseudonym that was given as such is of one epoch, which its rows say.
        let isGiven = name.reference == nil
        let epochs = isGiven ? [facts.epochs.count == 1 ? facts.epochs.first ?? 0 : 0] : known
        var scope = ErasureScope(
            pseudonyms: pseudonyms,
            epochs: epochs,
            isMissingEpochs: isGiven || Set(epochs).count < (epochs.max() ?? 1),
            facts: facts
        )
        if let reference = name.reference, let pseudonym = pseudonyms.last,
            let epoch = epochs.last
        {
            scope.patient = VaultAccess.Patient(
                reference: reference,
                pseudonym: pseudonym,
                epoch: epoch
            )
        }
        return scope
    }
}
