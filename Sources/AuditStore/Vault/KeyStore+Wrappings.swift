package import Audit
package import Basics
import PostgreSQL

/// Wrapping keys: what lies under them, who uses them, and their end.
extension KeyStore {
    /// A gateway for which a wrapping key may not go yet.
    package struct KeyUser: Sendable, Equatable {
        /// Why it may not.
        package enum State: String, Sendable, CaseIterable {
            /// Rows wait in its spool, which may be sealed under the key.
            case spool
            /// It was not told of another key.
            case uses
            /// It ended under the key, and may have been started under it again since, while it could
            /// not reach the database.
            case ended
            /// It said nothing for a minute, and did not end in order.
            case silent
        }

        /// Who it is: a digest of the machine and the place of its signing key.
        package let place: [UInt8]
        /// Why the key may not go.
        package let state: State
        /// How many entries wait in its spool.
        package let spooledCount: Int
        /// When it said so.
        package let reportedAt: Instant
    }

    /// The gateways for which a wrapping key may not go yet.
    package func keyUsers(
        tenant: String,
        wrappingKey: String
    ) throws(AuditStoreError) -> [KeyUser] {
        var values = Parameters()
        values.add(text: tenant)
        values.add(text: wrappingKey)
        let rows = try query(
            "SELECT place, state, spooled, reported_at FROM audit.key_users($1, $2)",
            values
        )
        return try Self.reading { () throws(PostgreSQLError) -> [KeyUser] in
            var users: [KeyUser] = []
            for row in 0..<rows.rowCount {
                guard let place = rows.bytes(row, 0),
                    let state = KeyUser.State(rawValue: try rows.text(row, 1) ?? ""),
                    let count = try rows.integer(row, 2), let moment = try rows.instant(row, 3)
                else { throw PostgreSQLError(code: .unexpectedResult) }
                users.append(
                    KeyUser(place: place, state: state, spooledCount: count, reportedAt: moment)
                )
            }
            return users
        }
    }

    /// Says that a wrapping key is gone: nothing that is wrapped under it is taken any more.
    ///
    /// - Parameters:
    ///   - tenant: the tenant.
    ///   - wrappingKey: the key.
    ///   - gone: the places of gateways that will never come back.
    ///   - eventID: the event that says so.
    /// - Throws: `wrappingKeyInUse` while data keys lie under it or gateways may use it.
    package func retire(
        tenant: String,
        wrappingKey: String,
        gone: [[UInt8]] = [],
        eventID: UUIDBytes
    ) throws(AuditStoreError) {
        var values = Parameters()
        values.add(text: tenant)
        values.add(text: wrappingKey)
        values.add(arrayText: Self.texts(gone))
        values.add(uuid: eventID)
        _ = try query("SELECT audit.retire_wrapping_key($1, $2, $3::text::bytea[], $4)", values)
    }

    /// A key that is not yet wrapped under the current key of its tenant.
    package struct KeyToRewrap: Sendable, Equatable {
        /// The key as it is stored.
        package let key: WrappedKey
        /// Whether it seals the words of a review, and was added by an auditor.
        package let isNote: Bool
    }

    /// Keys behind one that are not yet wrapped under a key of the tenant, at most a thousand, in the
    /// order of their ids.
    package func keysToRewrap(
        tenant: String,
        current: String,
        behind: UUIDBytes = UUIDBytes(high: 0, low: 0)
    ) throws(AuditStoreError) -> [KeyToRewrap] {
        var values = Parameters()
        values.add(text: tenant)
        values.add(text: current)
        values.add(uuid: behind)
        let rows = try query(
            """
            SELECT key_id, subject, month - date '1970-01-01', wrapping_key, wrapped, created_at,
                   is_note
            FROM audit.keys_to_rewrap($1, $2, $3, 1000)
            """,
            values
        )
        return try Self.reading { () throws(PostgreSQLError) -> [KeyToRewrap] in
            var keys: [KeyToRewrap] = []
            for row in 0..<rows.rowCount {
                guard let id = try rows.uuid(row, 0), let subject = rows.bytes(row, 1),
                    let days = try rows.integer(row, 2), let name = try rows.text(row, 3),
                    let wrapped = rows.bytes(row, 4), let createdAt = try rows.instant(row, 5),
                    let isNote = try rows.bool(row, 6)
                else { throw PostgreSQLError(code: .unexpectedResult) }
                let key = WrappedKey(
                    tenant: tenant,
                    keyID: id,
                    subject: subject,
                    month: CivilDate(daysSinceEpoch: days),
                    wrappingKey: name,
                    wrapped: wrapped,
                    createdAt: createdAt
                )
                keys.append(KeyToRewrap(key: key, isNote: isNote))
            }
            return keys
        }
    }

    /// Gives up keys that do not open: they no longer keep the wrapping key that they name.
    ///
    /// - Returns: how many were not given up before.
    package func giveUp(
        tenant: String,
        _ keyIDs: [UUIDBytes],
        eventID: UUIDBytes
    ) throws(AuditStoreError) -> Int {
        var values = Parameters()
        values.add(text: tenant)
        values.add(uuids: keyIDs)
        values.add(uuid: eventID)
        return try Self.number(try query("SELECT audit.give_up_keys($1, $2, $3)", values))
    }

    /// Puts new wrappings in place of old ones, where these still stand.
    ///
    /// - Returns: how many were changed.
    package func rewrap(
        tenant: String,
        _ changes: [(old: WrappedKey, new: WrappedKey)]
    ) throws(AuditStoreError) -> Int {
        guard let name = changes.first?.new.wrappingKey else { return 0 }
        precondition(changes.allSatisfy { $0.new.wrappingKey == name }, "one new key at a time")
        var values = Parameters()
        values.add(text: tenant)
        values.add(uuids: changes.map(\.old.keyID))
        values.add(texts: changes.map(\.old.wrappingKey))
        values.add(text: name)
        values.add(arrayText: Self.texts(changes.map(\.new.wrapped)))
        let rows = try query(
            "SELECT audit.rewrap_keys($1, $2, $3, $4, $5::text::bytea[])",
            values
        )
        return try Self.number(rows)
    }
}
