package import Audit
package import Basics
import Crypto
package import PostgreSQL

/// What changes keys in the database: erasure, legal holds, new wrappings, policies.
///
/// Each deed is one function of the database, which checks it again; the login of whoever does it
/// may call those of its group and read no row.
package struct KeyStore: ~Copyable {
    private let connection: Connection

    /// One key of a patient, and whether it may go.
    package struct PlannedKey: Sendable, Equatable {
        /// Why a key goes or stays.
        package enum State: String, Sendable, CaseIterable {
            /// It may go.
            case free
            /// A legal hold keeps it.
            case held
            /// The policy keeps it.
            case kept
            /// Rows may still be sealed with it: it is younger than five minutes.
            case inUse = "in-use"
        }

        /// The key.
        package let keyID: UUIDBytes
        /// The month of its rows, such as `2026-11-01`.
        package let month: String
        /// Whether it may go.
        package let state: State
        /// From which day on the policy lets it go.
        package let freeOn: String
    }

    /// Connects as an eraser, a rewrapper or the retention role.
    package static func open(_ settings: ConnectionSettings) throws(AuditStoreError) -> KeyStore {
        do throws(PostgreSQLError) {
            return KeyStore(connection: try Connection.open(settings))
        } catch {
            throw AuditStoreError(error)
        }
    }

    private init(connection: consuming Connection) {
        self.connection = connection
    }

    // MARK: Erasure

    /// What an erasure of some subjects would do, without doing it.
    package func plan(
        tenant: String,
        subjects: [[UInt8]]
    ) throws(AuditStoreError) -> [PlannedKey] {
        var values = Parameters()
        values.add(text: tenant)
        values.add(arrayText: Self.texts(subjects))
        let rows = try query(
            """
            SELECT key_id, month::text, state, free_on::text
            FROM audit.erasure_plan($1, $2::text::bytea[])
            """,
            values
        )
        return try Self.reading { () throws(PostgreSQLError) -> [PlannedKey] in
            var keys: [PlannedKey] = []
            for row in 0..<rows.rowCount {
                guard let id = try rows.uuid(row, 0), let month = try rows.text(row, 1),
                    let state = PlannedKey.State(rawValue: try rows.text(row, 2) ?? ""),
                    let freeOn = try rows.text(row, 3)
                else { throw PostgreSQLError(code: .unexpectedResult) }
                keys.append(
                    PlannedKey(keyID: id, month: month, state: state, freeOn: freeOn)
                )
            }
            return keys
        }
    }

    /// Destroys the keys of some subjects.
    ///
    /// - Parameters:
    ///   - tenant: the tenant.
    ///   - subjects: the patient's pseudonyms of all epochs, and the uuids of the patient's cards.
    ///   - eventID: the event that says so.
    ///   - reason: why, without patient data.
    ///   - isDueOnly: whether keys that must be kept are left, instead of refusing the whole.
    /// - Returns: how many keys were destroyed.
    /// - Throws: `legalHold`, `keptByPolicy` or `nothingToErase` when nothing was.
    package func erase(
        tenant: String,
        subjects: [[UInt8]],
        eventID: UUIDBytes,
        reason: String,
        isDueOnly: Bool
    ) throws(AuditStoreError) -> Int {
        var values = Parameters()
        values.add(text: tenant)
        values.add(arrayText: Self.texts(subjects))
        values.add(uuid: eventID)
        values.add(text: reason)
        values.add(bool: isDueOnly)
        let rows = try query(
            "SELECT audit.erase_keys($1, $2::text::bytea[], $3, $4, $5)",
            values
        )
        return try Self.number(rows)
    }

    // MARK: Legal holds

    /// Sets a hold on a patient, or on the whole tenant when there is no subject.
    package func setHold(
        tenant: String,
        holdID: UUIDBytes,
        subjects: [[UInt8]],
        reason: String,
        eventID: UUIDBytes
    ) throws(AuditStoreError) {
        var values = Parameters()
        values.add(text: tenant)
        values.add(uuid: holdID)
        values.add(arrayText: Self.texts(subjects))
        values.add(text: reason)
        values.add(uuid: eventID)
        _ = try query("SELECT audit.set_hold($1, $2, $3::text::bytea[], $4, $5)", values)
    }

    /// Lifts a hold.
    ///
    /// - Returns: `false` when there is none such that stands.
    package func liftHold(
        tenant: String,
        holdID: UUIDBytes,
        reason: String,
        eventID: UUIDBytes
    ) throws(AuditStoreError) -> Bool {
        var values = Parameters()
        values.add(text: tenant)
        values.add(uuid: holdID)
        values.add(text: reason)
        values.add(uuid: eventID)
        let rows = try query("SELECT audit.lift_hold($1, $2, $3, $4)", values)
        return try Self.reading { () throws(PostgreSQLError) -> Bool in
            try rows.bool(0, 0) ?? false
        }
    }

    // MARK: Policies and months

    /// Puts the policy of a tenant in force; for the retention role.
    package func setPolicy(
        tenant: String,
        policy: ErasurePolicy,
        eventID: UUIDBytes
    ) throws(AuditStoreError) {
        var values = Parameters()
        values.add(text: tenant)
        values.add(int32: Int32(clamping: policy.keepMonths))
        values.add(json: policy.document)
        values.add(bytes: policy.digest)
        values.add(uuid: eventID)
        _ = try query("SELECT audit.set_erasure_policy($1, $2, $3, $4, $5)", values)
    }

    /// The months that lie wholly before a day and are past six years, as `YYYY-MM-01`.
    package func months(before day: CivilDate) throws(AuditStoreError) -> [String] {
        var values = Parameters()
        values.add(text: day.text)
        let rows = try query("SELECT m::text FROM audit.months_before($1::text::date) m", values)
        return try Self.reading { () throws(PostgreSQLError) -> [String] in
            var months: [String] = []
            for row in 0..<rows.rowCount { months.append(try rows.text(row, 0) ?? "") }
            return months
        }
    }

    /// What the tables of a month hold.
    package func content(ofMonth month: String) throws(AuditStoreError) -> [MonthContent] {
        var values = Parameters()
        values.add(text: month)
        let rows = try query(
            "SELECT relation, row_count, leaf_digest FROM audit.month_content($1::text::date)",
            values
        )
        return try Self.reading { () throws(PostgreSQLError) -> [MonthContent] in
            var content: [MonthContent] = []
            for row in 0..<rows.rowCount {
                content.append(
                    MonthContent(
                        relation: try rows.text(row, 0) ?? "",
                        rowCount: try rows.integer(row, 1) ?? 0,
                        leafDigest: rows.bytes(row, 2)
                    )
                )
            }
            return content
        }
    }

    /// Drops a month with its keys, and leaves a tombstone.
    ///
    /// - Throws: `legalHold` when a hold keeps a row of it.
    package func dropMonth(
        _ month: String,
        eventID: UUIDBytes,
        reason: String
    ) throws(AuditStoreError) {
        var values = Parameters()
        values.add(text: month)
        values.add(uuid: eventID)
        values.add(text: reason)
        _ = try query("SELECT audit.drop_month($1::text::date, $2, $3)", values)
    }

    // MARK: Wrappings

    /// Keys that are not yet wrapped under a key of the tenant, at most a thousand.
    package func keysToRewrap(
        tenant: String,
        current: String
    ) throws(AuditStoreError) -> [WrappedKey] {
        var values = Parameters()
        values.add(text: tenant)
        values.add(text: current)
        let rows = try query(
            """
            SELECT key_id, subject, month - date '1970-01-01', wrapping_key, wrapped, created_at
            FROM audit.keys_to_rewrap($1, $2, 1000)
            """,
            values
        )
        return try Self.reading { () throws(PostgreSQLError) -> [WrappedKey] in
            var keys: [WrappedKey] = []
            for row in 0..<rows.rowCount {
                guard let id = try rows.uuid(row, 0), let subject = rows.bytes(row, 1),
                    let days = try rows.integer(row, 2), let name = try rows.text(row, 3),
                    let wrapped = rows.bytes(row, 4), let createdAt = try rows.instant(row, 5)
                else { throw PostgreSQLError(code: .unexpectedResult) }
                keys.append(
                    WrappedKey(
                        tenant: tenant,
                        keyID: id,
                        subject: subject,
                        month: CivilDate(daysSinceEpoch: days),
                        wrappingKey: name,
                        wrapped: wrapped,
                        createdAt: createdAt
                    )
                )
            }
            return keys
        }
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

    // MARK: Steps

    private func query(
        _ statement: StaticString,
        _ values: Parameters
    ) throws(AuditStoreError) -> QueryResult {
        do throws(PostgreSQLError) {
            return try connection.execute(statement, values)
        } catch {
            throw AuditStoreError(error)
        }
    }

    private static func reading<Value>(
        _ body: () throws(PostgreSQLError) -> Value
    ) throws(AuditStoreError) -> Value {
        do throws(PostgreSQLError) {
            return try body()
        } catch {
            throw AuditStoreError(error)
        }
    }

    private static func number(_ rows: borrowing QueryResult) throws(AuditStoreError) -> Int {
        do throws(PostgreSQLError) {
            guard let number = try rows.integer(0, 0) else {
                throw PostgreSQLError(code: .unexpectedResult)
            }
            return number
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Bytes as PostgreSQL reads them from text.
    private static func texts(_ all: [[UInt8]]) -> [String] {
        all.map { "\\x" + Hexadecimal.text($0) }
    }
}
