import Audit
import AuditStore
import Basics
import Crypto
import JSON
import Posix
import Vault

/// Puts the holds on patients under the pseudonyms of every epoch whose key is there.
///
/// A pseudonym of one epoch does not tell that of another. The patient's reference does, which is
/// sealed in the patient's rows, the row that set the hold among them.
struct HoldFollowing {
    let access: VaultAccess
    /// The keys whose epochs the holds are to stand in.
    let keys: TenantKeys
    let reason: String

    /// Follows what can be followed.
    ///
    /// - Returns: The holds that could not be: no row of their patient opens.
    func run() async throws(CommandError) -> [UUIDBytes] {
        let epochs = keys.pseudonyms.map(\.epoch)
        let query = try access.audit.open()
        let holds: [AuditQuery.PatientHold]
        do {
            holds = try query.patientHolds(tenant: access.tenant)
        } catch {
            throw StoreSentence.commandError(error)
        }
        let open = holds.filter { !$0.epochs.isSuperset(of: epochs) }
        guard !open.isEmpty, !epochs.isEmpty else { return [] }
        var note = ReadNote("hold-follow", reason: reason)
        note.rowCount = open.count
        try access.audit.record(note, on: query)
        var left: [UUIDBytes] = []
        var followed: [UUIDBytes] = []
        let event = UUIDBytes.version7(at: Clock.now())
        let store = try access.store(.eraser)
        for hold in open {
            guard let (known, pseudonyms) = try pseudonyms(of: hold, query) else {
                left.append(hold.holdID)
                continue
            }
            do throws(AuditStoreError) {
                _ = try store.followHold(
                    tenant: access.tenant,
                    holdID: hold.holdID,
                    subjects: [known] + pseudonyms,
                    epochs: [0] + epochs,
                    eventID: event
                )
            } catch {
                throw StoreSentence.commandError(error)
            }
            followed.append(hold.holdID)
        }
        let names = followed
        if !names.isEmpty {
            try await access.record(.legalHold, event, flags: ["follow"]) {
                $0.member("holds", names.map(\.text).joined(separator: ","))
                $0.member("epochs", epochs.map(String.init).joined(separator: ","))
                $0.member("reason", reason)
            }
        }
        return left
    }

    /// A pseudonym of a hold's patient with those of every epoch; `nil` when no row tells who it is.
    ///
    /// The key that seals a row is bound to the row's pseudonym, so what opens belongs together.
    private func pseudonyms(
        of hold: AuditQuery.PatientHold,
        _ query: borrowing AuditQuery
    ) throws(CommandError) -> (known: [UInt8], all: [[UInt8]])? {
        var filter = AuditFilter()
        filter.tenant = access.tenant
        filter.limit = Self.rowsMax
        for subject in hold.subjects {
            filter.patientPseudonyms = [subject]
            let page: AuditPage
            do {
                page = try query.list(filter, hasDocuments: true)
            } catch {
                throw StoreSentence.commandError(error)
            }
            let reference = page.events.lazy.compactMap(\.record.patientReference).first
            guard let reference else { continue }
            return (subject, keys.pseudonyms.map { $0.key.authenticate(reference) })
        }
        return nil
    }

    /// How many rows of a patient are looked at.
    private static let rowsMax = 100

    /// What to say of holds that could not be followed.
    static func sentence(_ holds: [UUIDBytes]) -> String {
        "the legal holds \(holds.map(\.text).joined(separator: ", ")) do not stand in every epoch, and "
            + "no row tells whom they are on; set them again with --patient, then lift these"
    }
}
