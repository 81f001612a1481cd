package import Audit
package import Basics

/// Opens sealed records for who has the keys of their tenants.
package final class RecordOpener: Sendable {
    /// The keys of the tenants.
    package let ring: KeyRing

    /// Takes the keys of the tenants.
    package init(_ ring: KeyRing) {
        self.ring = ring
    }

    /// What a stored key came to.
    package enum KeyState: Sendable {
        /// The key opens.
        case open(DataKey)
        /// We do not have the tenant's key that it is wrapped under.
        case sealed
        /// It was altered, or is in another's place.
        case damaged
    }

    /// Opens a stored key.
    package func open(_ wrapped: WrappedKey) -> KeyState {
        guard let keys = ring.keys(of: wrapped.tenant),
            let wrapping = keys.wrapping(named: wrapped.wrappingKey)
        else { return .sealed }
        guard let key = DataKey(opening: wrapped, with: wrapping) else { return .damaged }
        return .open(key)
    }

    /// Puts the opened parts of a record where they were before it was sealed.
    ///
    /// - Returns: The record, or `nil` when a part was altered or moved.
    package func open(_ sealed: SealedRecord, with key: DataKey) -> AuditRecord? {
        var record = sealed.record
        let place = Sealing.Place(tenant: record.tenant, eventID: record.eventID)
        for column in SealedColumn.allCases {
            guard let part = sealed[column] else { continue }
            guard
                let opened = Sealing.open(
                    part,
                    key: key.secret,
                    at: place,
                    column: column.rawValue
                )
            else { return nil }
            switch column {
            case .patient: record.patientReference = String(decoding: opened, as: UTF8.self)
            case .user: record.userReference = String(decoding: opened, as: UTF8.self)
            case .encounter: record.encounterReference = String(decoding: opened, as: UTF8.self)
            case .inputs: record.inputs = opened
            case .rejections: record.rejections = opened
            case .result: record.result = opened
            case .cards: record.cards = opened
            }
        }
        return record
    }

    /// Opens the comment of a feedback item; `nil` when it was altered or moved.
    package func open(
        _ comment: SealedComment,
        on cardID: UUIDBytes,
        tenant: String,
        eventID: UUIDBytes,
        with key: DataKey
    ) -> String? {
        let opened = Sealing.open(
            comment.text,
            key: key.secret,
            at: Sealing.Place(tenant: tenant, eventID: eventID),
            column: SealedColumn.comment(on: cardID)
        )
        return opened.map { String(decoding: $0, as: UTF8.self) }
    }
}
