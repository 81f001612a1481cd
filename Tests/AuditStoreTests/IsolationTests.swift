import Audit
import Basics
import Crypto
import Ledger
import PostgreSQL
import Testing

@testable import AuditStore

/// A database whose transactions go on seeing the state of their beginning, unless they say otherwise.
@Suite("Another default isolation", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct IsolationTests {
    private static func database(_ level: String, isMigrated: Bool = true) throws -> TestDatabase {
        let database = try TestDatabase(isMigrated: isMigrated)
        try database.script(
            "ALTER DATABASE \(database.name) SET default_transaction_isolation = '\(level)'"
        )
        return database
    }

    /// What a login of ours sees as the isolation of its transactions.
    private static func level(_ connection: borrowing Connection) throws -> String? {
        try connection.execute("SHOW transaction_isolation").text(0, 0)
    }

    @Test("Reads are recorded and rows written, signed and verified", arguments: levels)
    func everyday(level: String) async throws {
        let database = try Self.database(level)
        let sink = try database.sink(writers: 1)
        let decision = Records.full()
        try await sink.append(decision)
        sink.close()
        let query = try database.query()
        #expect(try query.show(decision.eventID) != nil)
        let now = Records.now
        let read = ReadNote("list", reason: "a look").record(
            .auditRead,
            tenant: "anna",
            client: "auditor_anna",
            eventID: .version7(at: now),
            now: now
        )
        try query.record(read)
        #expect(try query.show(read.eventID)?.record.kind == .auditRead)
        let copy = try #require(try LedgerStoreTests.sign(database))
        #expect(try LedgerStoreTests.verify(database, [copy]).findings == [])
    }

    @Test("The gateway records a read for its caller", arguments: levels)
    func gateway(level: String) throws {
        let database = try Self.database(level)
        var query = try AuditQuery.openForGateway(database.login("limen_audit_api"))
        let found = try query.perform(as: "anna") { query throws(AuditStoreError) in
            let seen: String?
            do throws(PostgreSQLError) {
                seen = try query.execute("SHOW transaction_isolation").text(0, 0)
            } catch {
                throw AuditStoreError(error)
            }
            return seen
        }
        #expect(found == "read committed")
    }

    @Test("A month is dropped, and keys are destroyed", arguments: levels)
    func lifecycle(level: String) async throws {
        let database = try Self.database(level)
        try database.script(
            """
            SET ROLE limen_owner;
            SELECT audit.add_month('event', '2015-03-01'), audit.add_month('card', '2015-03-01'),
                audit.add_month('feedback', '2015-03-01');
            """
        )
        let store = try KeyStore.open(database.login("limen_retention"))
        try store.dropMonth("2015-03-01", eventID: .version4(), reason: "due")
        #expect(try database.count("SELECT count(*) FROM audit.dropped_month") == 3)
    }

    @Test("Migrations are applied, and tenants made", arguments: levels)
    func migrations(level: String) throws {
        let database = try Self.database(level, isMigrated: false)
        try Migrator.open(database.administrator, files: TestDatabase.migrations).apply()
        try Provisioning.open(database.administrator).createTenant("anna", title: "anna")
        try Maintenance.ensureMonths(database.login("limen_maintenance"))
        #expect(try Self.level(Connection.open(database.administrator)) == level)
        #expect(try Self.level(Connection.openForTrail(database.administrator)) == "read committed")
    }

    private static let levels = ["repeatable read", "serializable"]
}
