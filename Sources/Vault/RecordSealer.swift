package import Audit
package import Basics
import Posix
import Synchronization

/// Seals what names a patient or speaks of one before a record is stored.
///
/// A row of a patient is sealed under a key of that patient and month; a comment under a key of the
/// card it is about; a row that has documents but no patient under a key that is nobody's, which
/// goes with its month.
package final class RecordSealer: Sendable {
    private let ring: KeyRing
    private let book: DataKeyBook
    private let now: @Sendable () -> Instant
    /// The data keys that were sent and are not known to be durable.
    private let unsettled = Mutex<[UUIDBytes: Unsettled]>([:])

    private struct Unsettled {
        let name: KeyRing.WrappingName
        let sentNanoseconds: Int64
    }

    /// Takes the keys of the tenants, and the clock that says when a data key was made.
    package init(_ ring: KeyRing, now: @escaping @Sendable () -> Instant = { Clock.now() }) {
        self.ring = ring
        self.now = now
        book = DataKeyBook()
    }

    /// Seals a record.
    ///
    /// - Throws: `VaultError` with `keysMissing` when there is something to seal and the tenant has
    ///   no keys; then the record must not be stored.
    package func seal(_ record: AuditRecord) throws(VaultError) -> SealedRecord {
        let parts = Self.parts(of: record)
        let comments = record.feedback.indices.filter { record.feedback[$0].userComment != nil }
        var plain = record
        plain.inputs = nil
        plain.rejections = nil
        plain.result = nil
        plain.cards = nil
        plain.patientReference = nil
        plain.userReference = nil
        plain.encounterReference = nil
        var sealed = SealedRecord(unsealed: plain)
        guard !parts.isEmpty || !comments.isEmpty else { return sealed }
        let keys = try ring.sealingKeys(of: record.tenant)
        let place = Sealing.Place(tenant: record.tenant, eventID: record.eventID)
        if !parts.isEmpty {
            let subject = record.patientPseudonym ?? []
            let key = take(subject, uses: parts.count, for: record, keys, &sealed)
            sealed.keyID = key.wrapped.keyID
            for (column, plaintext) in parts {
                let part = Sealing.seal(
                    plaintext,
                    key: key.secret,
                    at: place,
                    column: column.rawValue
                )
                sealed[column] = part
            }
        }
        for item in comments {
            let feedback = record.feedback[item]
            let key = take(feedback.cardID.bytes, uses: 1, for: record, keys, &sealed)
            sealed.comments[item] = SealedComment(
                keyID: key.wrapped.keyID,
                text: Sealing.seal(
                    Array((feedback.userComment ?? "").utf8),
                    key: key.secret,
                    at: place,
                    column: SealedColumn.comment(on: feedback.cardID)
                )
            )
            sealed.record.feedback[item].userComment = nil
        }
        return sealed
    }

    /// The keys that were sent with a record are durable.
    package func settle(_ keys: [WrappedKey]) {
        guard !keys.isEmpty else { return }
        for key in keys { book.settle(key) }
        unsettled.withLock { unsettled in
            for key in keys { unsettled[key.keyID] = nil }
        }
    }

    /// Which wrapping keys are used and held, by tenant: all of one moment.
    ///
    /// A key that data keys on their way lie under is used, whatever the key file says: rows wait for
    /// the database, or for the spool. What nobody has heard of for `Limits.dataKeyTransitSeconds`
    /// is on no way any more.
    package func wrappingUses() -> [WrappingUse] {
        let now = Clock.monotonicNanoseconds()
        let limit = Int64(Limits.dataKeyTransitSeconds) * 1_000_000_000
        return unsettled.withLock { unsettled in
            unsettled = unsettled.filter { now - $0.value.sentNanoseconds < limit }
            let sent = Set(unsettled.values.map(\.name)).sorted()
            return ring.all.map { keys in
                let current = keys.currentWrapping.name
                let leaving = sent.last { $0.tenant == keys.tenant && $0.name != current }
                return WrappingUse(
                    tenant: keys.tenant,
                    used: leaving?.name ?? current,
                    current: current,
                    old: keys.wrapping.map(\.name).filter { $0 != current }
                )
            }
        }
    }

    private func take(
        _ subject: [UInt8],
        uses: Int,
        for record: AuditRecord,
        _ keys: TenantKeys,
        _ sealed: inout SealedRecord
    ) -> DataKey {
        let taken = book.key(
            .init(
                tenant: record.tenant,
                subject: subject,
                month: Self.month(of: record.startedAt)
            ),
            uses: uses,
            under: keys.currentWrapping,
            createdAt: now(),
            now: Clock.monotonicNanoseconds()
        )
        if !taken.isSettled,
            !sealed.newKeys.contains(where: { $0.keyID == taken.key.wrapped.keyID })
        {
            sealed.newKeys.append(taken.key.wrapped)
            let key = taken.key.wrapped
            unsettled.withLock { unsettled in
                unsettled[key.keyID] = Unsettled(
                    name: KeyRing.WrappingName(tenant: key.tenant, name: key.wrappingKey),
                    sentNanoseconds: Clock.monotonicNanoseconds()
                )
            }
        }
        return taken.key
    }

    /// What is to be sealed, by column.
    private static func parts(of record: AuditRecord) -> [(SealedColumn, [UInt8])] {
        let all: [(SealedColumn, [UInt8]?)] = [
            (.patient, record.patientReference.map { Array($0.utf8) }),
            (.user, record.userReference.map { Array($0.utf8) }),
            (.encounter, record.encounterReference.map { Array($0.utf8) }),
            (.inputs, record.inputs),
            (.rejections, record.rejections),
            (.result, record.result),
            (.cards, record.cards),
        ]
        return all.compactMap { column, bytes in bytes.map { (column, $0) } }
    }

    /// The first day of the month of a moment, in UTC as the partitions have it.
    static func month(of moment: Instant) -> CivilDate {
        let date = moment.date
        return CivilDate(year: date.year, month: date.month, day: 1) ?? date
    }
}

extension SealedRecord {
    /// The sealed part of a column.
    package subscript(column: SealedColumn) -> [UInt8]? {
        get {
            switch column {
            case .patient: patient
            case .user: user
            case .encounter: encounter
            case .inputs: inputs
            case .rejections: rejections
            case .result: result
            case .cards: cards
            }
        }
        set {
            switch column {
            case .patient: patient = newValue
            case .user: user = newValue
            case .encounter: encounter = newValue
            case .inputs: inputs = newValue
            case .rejections: rejections = newValue
            case .result: result = newValue
            case .cards: cards = newValue
            }
        }
    }
}
