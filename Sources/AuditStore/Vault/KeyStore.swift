import Audit
package import Basics
import Crypto
package import PostgreSQL

/// What changes keys in the database: erasure, legal holds, new wrappings, policies.
///
/// Each deed is one function of the database, which checks it again; the login of whoever does it
/// may call those of its group and read no row.
package struct KeyStore: ~Copyable {
    private let connection: Connection
    /// The process of the server that serves the connection.
    package let serverProcess: Int

    /// One key of a patient, and whether it may go.
    package struct PlannedKey: Sendable, Equatable {
        /// Why a key goes or stays.
        package enum State: String, Sendable, CaseIterable {
            /// It may go.
            case free
            /// A legal hold keeps it.
            case held
            /// A legal hold may be on it: it cannot be compared with these pseudonyms.
            case unclear
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
        /// Whether it seals the words of a review, which are left and never refuse an erasure.
        package let isNote: Bool
    }

    /// Connects as an eraser, a rewrapper or the retention role.
    package static func open(_ settings: ConnectionSettings) throws(AuditStoreError) -> KeyStore {
        do throws(PostgreSQLError) {
            let connection = try Connection.openForTrail(settings)
            let rows = try connection.execute("SELECT pg_catalog.pg_backend_pid()")
            guard let process = try rows.integer(0, 0) else {
                throw PostgreSQLError(code: .unexpectedResult)
            }
            return KeyStore(connection: connection, serverProcess: process)
        } catch {
            throw AuditStoreError(error)
        }
    }

    private init(connection: consuming Connection, serverProcess: Int) {
        self.connection = connection
        self.serverProcess = serverProcess
    }

    // MARK: Erasure

    /// What an erasure of some subjects would do, without doing it.
    ///
    /// Of which epochs the subjects are, and so which holds they must be compared with, the database
    /// knows by the rows.
    package func plan(
        tenant: String,
        subjects: [[UInt8]]
    ) throws(AuditStoreError) -> [PlannedKey] {
        var values = Parameters()
        values.add(text: tenant)
        values.add(arrayText: Self.texts(subjects))
        let rows = try query(
            """
            SELECT key_id, month::text, state, free_on::text, is_note
            FROM audit.erasure_plan($1, $2::text::bytea[])
            """,
            values
        )
        return try Self.reading { () throws(PostgreSQLError) -> [PlannedKey] in
            var keys: [PlannedKey] = []
            for row in 0..<rows.rowCount {
                guard let id = try rows.uuid(row, 0), let month = try rows.text(row, 1),
                    let state = PlannedKey.State(rawValue: try rows.text(row, 2) ?? ""),
                    let freeOn = try rows.text(row, 3), let isNote = try rows.bool(row, 4)
                else { throw PostgreSQLError(code: .unexpectedResult) }
                keys.append(
                    PlannedKey(
                        keyID: id,
                        month: month,
                        state: state,
                        freeOn: freeOn,
                        isNote: isNote
                    )
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
    ///   - shownEvents: the patient's events whose memory of shown cards is forgotten too.
    /// - Returns: how many keys were destroyed.
    /// - Throws: `legalHold`, `holdUnclear`, `keptByPolicy` or `nothingToErase` when nothing was.
    package func erase(
        tenant: String,
        subjects: [[UInt8]],
        eventID: UUIDBytes,
        reason: String,
        isDueOnly: Bool,
        shownEvents: [UUIDBytes] = []
    ) throws(AuditStoreError) -> Int {
        var values = Parameters()
        values.add(text: tenant)
        values.add(arrayText: Self.texts(subjects))
        values.add(uuid: eventID)
        values.add(text: reason)
        values.add(bool: isDueOnly)
        values.add(uuids: shownEvents)
        let rows = try query(
            "SELECT audit.erase_keys($1, $2::text::bytea[], $3, $4, $5, $6)",
            values
        )
        return try Self.number(rows)
    }

    // MARK: Legal holds

    /// Sets a hold on a patient, or on the whole tenant when there is no subject.
    ///
    /// The epochs are those of the subjects, in their order; zero stands for one that is not known.
    package func setHold(
        tenant: String,
        holdID: UUIDBytes,
        subjects: [[UInt8]],
        reason: String,
        eventID: UUIDBytes,
        epochs: [Int] = []
    ) throws(AuditStoreError) {
        var values = Parameters()
        values.add(text: tenant)
        values.add(uuid: holdID)
        values.add(arrayText: Self.texts(subjects))
        values.add(text: reason)
        values.add(uuid: eventID)
        values.add(arrayText: epochs.map(String.init))
        _ = try query(
            "SELECT audit.set_hold($1, $2, $3::text::bytea[], $4, $5, $6::text::int[])",
            values
        )
    }

    /// Says under which pseudonyms a patient's hold stands in further epochs.
    ///
    /// One of the subjects must be one that the hold stands under already.
    ///
    /// - Returns: how many epochs are new.
    package func followHold(
        tenant: String,
        holdID: UUIDBytes,
        subjects: [[UInt8]],
        epochs: [Int],
        eventID: UUIDBytes
    ) throws(AuditStoreError) -> Int {
        var values = Parameters()
        values.add(text: tenant)
        values.add(uuid: holdID)
        values.add(arrayText: Self.texts(subjects))
        values.add(arrayText: epochs.map(String.init))
        values.add(uuid: eventID)
        let rows = try query(
            "SELECT audit.follow_hold($1, $2, $3::text::bytea[], $4::text::int[], $5)",
            values
        )
        return try Self.number(rows)
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

    // MARK: Steps

    func query(
        _ statement: StaticString,
        _ values: Parameters
    ) throws(AuditStoreError) -> QueryResult {
        do throws(PostgreSQLError) {
            return try connection.execute(statement, values)
        } catch {
            throw AuditStoreError(error)
        }
    }

    static func reading<Value>(
        _ body: () throws(PostgreSQLError) -> Value
    ) throws(AuditStoreError) -> Value {
        do throws(PostgreSQLError) {
            return try body()
        } catch {
            throw AuditStoreError(error)
        }
    }

    static func number(_ rows: borrowing QueryResult) throws(AuditStoreError) -> Int {
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
    static func texts(_ all: [[UInt8]]) -> [String] {
        all.map { "\\x" + Hexadecimal.text($0) }
    }
}
