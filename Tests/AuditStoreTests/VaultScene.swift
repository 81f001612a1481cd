import Audit
import AuditStore
import Basics
import Crypto
import PostgreSQL
import Vault

/// A scene: a database, a sealer whose data keys are old, and a patient of long ago.
struct VaultScene {
    let database: TestDatabase
    let ring: KeyRing
    let sink: PostgreSQLAuditSink
    let patient: [UInt8]
    let name = "Ngozi-Adeyemi-\(UUIDBytes.version4().text)"

    init(madeAgo seconds: Int64 = 3_600) throws {
        database = try TestDatabase()
        ring = KeyRing(
            ["anna", "berta"].map { TenantKeys.generate(tenant: $0, name: "k1") }
        )
        patient = RandomBytes.make(count: 32)
        sink = try PostgreSQLAuditSink.open(
            database.login("limen_writer"),
            sealer: RecordSealer(
                ring,
                now: { Records.now.advanced(byMicroseconds: -seconds * 1_000_000) }
            ),
            migrations: TestDatabase.migrations,
            identity: TestDatabase.identity,
            writerCount: 1,
            timing: .patient
        )
    }

    /// A decision of so many months ago.
    func decision(_ tenant: String = "anna", monthsAgo months: Int = 0) -> AuditRecord {
        let moment = Records.now.advanced(
            byMicroseconds: -Int64(months) * 31 * 86_400_000_000
        )
        var record = Records.full(tenant, at: moment)
        record.patientPseudonym = patient
        record.patientReference = "Patient/" + name
        record.userReference = "Practitioner/" + name
        record.encounterReference = "Encounter/" + name
        record.inputs = Array(#"[{"value":"\#(name)"}]"#.utf8)
        record.rejections = record.inputs
        record.result = record.inputs
        record.cards = record.inputs
        return record
    }

    func query(_ tenant: String = "anna", hasKeys: Bool = true) throws -> AuditQuery {
        try AuditQuery.open(
            database.login("auditor_" + tenant),
            opener: RecordOpener(hasKeys ? ring : KeyRing())
        )
    }

    func eraser(_ tenant: String = "anna") throws -> KeyStore {
        try KeyStore.open(database.login("eraser_" + tenant))
    }

    /// How many rows of a table hold a text anywhere.
    func textCount() throws -> Int {
        try database.count(
            """
            SELECT count(*) FROM (
                SELECT e::text AS t FROM audit.event e UNION ALL
                SELECT f::text FROM audit.feedback f UNION ALL
                SELECT c::text FROM audit.card c UNION ALL
                SELECT k::text FROM audit.data_key k) all_rows
            WHERE t LIKE '%Ngozi%'
            """
        )
    }

    /// Another process of the same tenant, whose keys were made before the erasure.
    func late() throws -> PostgreSQLAuditSink {
        try PostgreSQLAuditSink.open(
            database.login("limen_writer"),
            sealer: RecordSealer(
                ring,
                now: { Records.now.advanced(byMicroseconds: -3_600_000_000) }
            ),
            migrations: TestDatabase.migrations,
            identity: TestDatabase.identity,
            writerCount: 1,
            timing: .patient
        )
    }
}
