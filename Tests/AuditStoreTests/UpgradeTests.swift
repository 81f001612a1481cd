import Audit
import AuditStore
import Basics
import Foundation
import PostgreSQL
import Testing

/// Rows of every earlier version of the schema, written as the writer of that version did, are there
/// and readable after the upgrade.
@Suite("Upgrade", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct UpgradeTests {
    /// The versions that had a trail to write to.
    static let versions = Array(3..<TestDatabase.migrations.count)

    @Test("Rows of version k are kept by every later migration", arguments: versions)
    func upgrade(version: Int) async throws {
        let database = try TestDatabase(isMigrated: false)
        let files = TestDatabase.migrations
        try Migrator.open(database.administrator, files: Array(files.prefix(version))).apply()
        try Self.write(version, in: database)
        let before = try Self.rows(database)
        #expect(before.count == 6, "three moments, of which one has no month, twice")
        #expect(
            try Migrator.open(database.administrator, files: files).apply()
                == files.dropFirst(version).map(\.name)
        )
        #expect(try Self.rows(database) == before)
        #expect(try database.count("SELECT count(*) FROM audit.card") == 6)
        #expect(try database.count("SELECT count(*) FROM audit.feedback") == 6)
        // The auditor reads them through what the program has now.
        let provisioning = try Provisioning.open(database.administrator)
        try provisioning.createTenant("anna", title: "anna")
        try provisioning.createAuditor(login: "auditor_anna", tenant: "anna")
        let page = try AuditQuery.open(database.login("auditor_anna")).list(AuditFilter())
        #expect(page.events.count == 6)
        for event in page.events {
            let stored = try AuditQuery.open(database.login("auditor_anna"))
                .show(event.record.eventID)
            #expect(stored?.record.eventID == event.record.eventID)
            #expect(stored?.record.result == Array(#"{"score":7.10}"#.utf8))
        }
        // And the writer goes on beside them.
        let sink = try database.sink(writers: 1)
        defer { sink.close() }
        try await sink.append(Records.small())
        #expect(
            try database.count("SELECT count(*) FROM audit.event WHERE reason_code IS NULL") == 7
        )
        let report = try Doctor.examine(
            database.login("limen_health"),
            expectation: try DoctorTests.expectation.get(),
            migrations: files
        )
        // Rows of long ago lie in the default partition, which is said; all else is as if new.
        let weak = report.findings.filter {
            $0.object.hasPrefix("audit.") && $0.weakness != .partition
        }
        #expect(weak.map { "\($0.object): \($0.sentence)" } == [])
    }

    /// Writes with the columns that the version had, as its writer, fenced by its policies.
    private static func write(_ version: Int, in database: TestDatabase) throws {
        // Since 0019 a row of the gateway has its place in a log.
        let columns = version >= 19 ? ", log_id, seq, leaf_hash" : ""
        let places = version >= 19 ? ", gen_random_uuid(), 0, sha256('leaf')" : ""
        let connection = try Connection.open(database.administrator)
        try connection.runScript(
            """
            SET SESSION AUTHORIZATION limen_writer;
            BEGIN;
            SELECT set_config('limen.tenant', 'anna', true);
            INSERT INTO audit.event (tenant, started_at, event_id, kind, outcome, status, client,
                service, patient_pseudonym, artifacts, inputs, rejections, result, cards, card_ids,
                missing_inputs, flags\(version >= 5 ? ", arm" : "")\(columns))
            SELECT 'anna', moment, gen_random_uuid(), 'decision', 'cards', 200, 'ehr', 'news2',
                sha256('p'), '{"profile":{"name":"news2"}}', '[ {"value":7.10} ]', '{}',
                '{"score":7.10}', '[{"summary":"x"}]', ARRAY[gen_random_uuid()], '{a,b}',
                '{replay}'\(version >= 5 ? ", 'live'" : "")\(places)
            FROM unnest(ARRAY[now(), now() - interval '1 hour', '2001-01-01']) AS moment,
                generate_series(1, 2);
            COMMIT;
            RESET SESSION AUTHORIZATION;
            """
        )
        // The writer cannot read what it wrote: cards and feedback follow the rows as they are.
        try connection.runScript(
            """
            INSERT INTO audit.card (tenant, card_id, started_at, event_id)
            SELECT tenant, card_ids[1], started_at, event_id FROM audit.event;
            INSERT INTO audit.feedback (tenant, started_at, event_id, item, card_id, outcome,
                accepted_suggestions, user_comment)
            SELECT tenant, started_at, event_id, 0, card_ids[1], 'overridden', '{}', 'said no'
            FROM audit.event;
            """
        )
    }

    /// What was written, column by column, as text.
    private static func rows(_ database: TestDatabase) throws -> [String] {
        try database.column(
            """
            SELECT concat_ws('|', e.tenant, e.started_at, e.event_id, e.kind, e.outcome, e.status,
                e.client, e.service, encode(e.patient_pseudonym, 'hex'), e.artifacts, e.inputs,
                e.rejections, e.result, e.cards, e.card_ids, e.missing_inputs, e.flags,
                e.schema_version, e.recorded_at, f.user_comment, c.card_id)
            FROM audit.event e
            JOIN audit.feedback f USING (tenant, started_at, event_id)
            JOIN audit.card c USING (tenant, started_at, event_id)
            ORDER BY e.event_id
            """
        )
    }
}
