import Audit
import Basics
import PostgreSQL
import Vault

/// Opening what is sealed, with the keys of the tenants that the reader has.
extension AuditQuery {
    /// Puts the opened parts of some events in their place, or says why they are not there.
    func unseal(_ events: inout [StoredEvent]) throws(PostgreSQLError) {
        var wanted: [String: Set<UUIDBytes>] = [:]
        for event in events {
            guard let keyID = event.parts?.keyID else { continue }
            wanted[event.record.tenant, default: []].insert(keyID)
        }
        var keys: [String: [UUIDBytes: KeyFound]] = [:]
        for (tenant, ids) in wanted { keys[tenant] = try self.keys(ids, of: tenant) }
        for position in events.indices {
            guard let parts = events[position].parts else { continue }
            let found = keys[events[position].record.tenant]?[parts.keyID]
            unseal(&events[position], parts, with: found ?? .missing)
        }
    }

    private func unseal(_ event: inout StoredEvent, _ parts: SealedParts, with found: KeyFound) {
        switch found {
        case .open(let key):
            var sealed = SealedRecord(unsealed: event.record)
            sealed.patient = parts.patient
            sealed.user = parts.user
            sealed.encounter = parts.encounter
            sealed.inputs = parts.inputs
            sealed.rejections = parts.rejections
            sealed.result = parts.result
            sealed.cards = parts.cards
            guard let opened = opener.open(sealed, with: key) else {
                event.sealing = .unreadable
                return
            }
            event.record = opened
            event.parts = nil
            event.sealing = .opened
        case .sealed: event.sealing = .sealed
        case .damaged: event.sealing = .unreadable
        case .missing: event.sealing = .keyMissing
        case .erased(let erasure):
            event.sealing = .erased
            event.erasure = erasure
        }
    }

    /// Puts the opened comments of some feedback in their place, or says why they are not there.
    func unseal(
        _ feedback: inout [StoredFeedback],
        of tenant: String
    ) throws(PostgreSQLError) {
        let ids = Set(feedback.compactMap { $0.comment?.keyID })
        guard !ids.isEmpty else { return }
        let keys = try keys(ids, of: tenant)
        for position in feedback.indices {
            guard let comment = feedback[position].comment else { continue }
            switch keys[comment.keyID] ?? .missing {
            case .open(let key):
                let opened = opener.open(
                    comment,
                    on: feedback[position].feedback.cardID,
                    tenant: tenant,
                    eventID: feedback[position].eventID,
                    with: key
                )
                feedback[position].feedback.userComment = opened
                feedback[position].sealing = opened == nil ? .unreadable : .opened
                if opened != nil { feedback[position].comment = nil }
            case .sealed: feedback[position].sealing = .sealed
            case .damaged: feedback[position].sealing = .unreadable
            case .missing: feedback[position].sealing = .keyMissing
            case .erased(let erasure):
                feedback[position].sealing = .erased
                feedback[position].erasure = erasure
            }
        }
    }

    /// What became of a key.
    enum KeyFound {
        case open(DataKey)
        case sealed
        case damaged
        case erased(StoredEvent.Erasure)
        case missing
    }

    func keys(
        _ ids: Set<UUIDBytes>,
        of tenant: String
    ) throws(PostgreSQLError) -> [UUIDBytes: KeyFound] {
        var values = Parameters()
        values.add(text: tenant)
        values.add(uuids: Array(ids))
        let rows = try execute(Self.keyStatement, values)
        var found: [UUIDBytes: KeyFound] = [:]
        for row in 0..<rows.rowCount {
            guard let id = try rows.uuid(row, 0) else { continue }
            found[id] = try key(id, of: tenant, rows, row)
        }
        return found
    }

    private func key(
        _ id: UUIDBytes,
        of tenant: String,
        _ rows: borrowing QueryResult,
        _ row: Int
    ) throws(PostgreSQLError) -> KeyFound {
        if let event = try rows.uuid(row, 6), let moment = try rows.instant(row, 7) {
            return .erased(StoredEvent.Erasure(eventID: event, erasedAt: moment))
        }
        guard let subject = rows.bytes(row, 1), let days = try rows.integer(row, 2),
            let wrappingKey = try rows.text(row, 3), let wrapped = rows.bytes(row, 4),
            let createdAt = try rows.instant(row, 5)
        else { return .missing }
        let stored = WrappedKey(
            tenant: tenant,
            keyID: id,
            subject: subject,
            month: CivilDate(daysSinceEpoch: days),
            wrappingKey: wrappingKey,
            wrapped: wrapped,
            createdAt: createdAt
        )
        switch opener.open(stored) {
        case .open(let key): return .open(key)
        case .sealed: return .sealed
        case .damaged: return .damaged
        }
    }

    /// Keys by their ids, and the tombstones of those that were destroyed.
    private static let keyStatement: StaticString = """
        SELECT k.key_id, k.subject, k.month - date '1970-01-01', k.wrapping_key, k.wrapped,
               k.created_at, NULL::uuid, NULL::timestamptz
        FROM audit.data_key k WHERE k.tenant = $1 AND k.key_id = ANY ($2)
        UNION ALL
        SELECT x.key_id, NULL, NULL, NULL, NULL, NULL, x.event_id, x.erased_at
        FROM audit.erased_key x WHERE x.tenant = $1 AND x.key_id = ANY ($2)
        """
}
