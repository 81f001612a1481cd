import Audit
import AuditStore
import Basics
import Crypto
import Foundation
import JSON
import Ledger
import PostgreSQL
import Spool
import Testing
import Vault

/// The bytes that are left of a patient who was erased: in no file of the server, the spool or an
/// export.
@Suite(
    "Erased bytes",
    .serialized,
    .enabled(if: PrivateCluster.isPresent, "\(PrivateCluster.absence)")
)
struct ErasedBytesTests {
    /// What is known of the patient: nothing of it stands anywhere else on the machine.
    private static let markers = [
        "Zqmarka Nkwetiharu", "ZQMRN-0081775-X4", "37.184620710077",
    ]

    /// Options of a server that does not write over old segments of its log but removes them, and
    /// that logs every statement.
    private static let options = [
        "wal_recycle=off", "min_wal_size=32MB", "wal_keep_size=0", "log_statement=all",
        "autovacuum=off",
    ]

    private let folder =
        FileManager.default.temporaryDirectory.path + "/limen-erased-"
        + UUID().uuidString.prefix(8)

    @Test("After an erasure no file holds the patient or a destroyed key, and the trail verifies")
    func nowhere() async throws {
        try FileManager.default.createDirectory(
            atPath: folder + "/exports",
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cluster = try PrivateCluster(options: Self.options)
        let database = try TestDatabase(server: cluster.settings)
        let ring = KeyRing([TenantKeys.generate(tenant: "anna", name: "k1")])
        let patient = RandomBytes.make(count: 32)
        let (spool, sink) = try open(database, ring)
        var events: [AuditRecord] = []
        for number in 0..<6 {
            // The second half goes by way of the spool.
            if number == 3 {
                try await Patience.wait { spool.spool.isDrained }
                cluster.kill()
            }
            let record = Self.decision(patient)
            try await sink.append(record)
            events.append(record)
        }
        #expect(spool.spool.status(now: Records.now).rowCount == 3)
        try cluster.restart()
        try await Patience.wait { spool.spool.isDrained }
        let first = try #require(events.first)
        var feedback = Records.feedback(on: first.cardIDs, at: first.startedAt)
        feedback.feedback[0].userComment = Self.markers.joined(separator: " ")
        try await sink.append(feedback)
        try await Patience.wait { spool.spool.isDrained }
        sink.close()
        spool.spool.close()
        func query(hasKeys: Bool = true) throws -> AuditQuery {
            try AuditQuery.open(
                database.login("auditor_anna"),
                opener: RecordOpener(hasKeys ? ring : KeyRing())
            )
        }
        try export(query(), "before")
        try database.script("ANALYZE; CHECKPOINT;")
        let copy = try #require(try LedgerStoreTests.sign(database))
        // The control: until now whoever has the keys reads all of it, and the search finds keys.
        let shown = try #require(try query().show(first.eventID))
        let text = String(decoding: shown.record.inputs ?? [], as: UTF8.self)
        for marker in Self.markers { #expect(text.contains(marker)) }
        let keys = try database.column("SELECT encode(wrapped, 'hex') FROM audit.data_key")
            .compactMap(Hexadecimal.bytes)
        #expect(keys.count >= 3, "of the patient and of two cards")
        let search = FileSearch(texts: Self.markers, keys: keys)
        let places = [cluster.folder, folder]
        let before = try search.files(in: places)
        #expect(before.withText == [])
        #expect(before.withKey.contains { $0.contains("/base/") })
        #expect(before.withKey.contains { $0.contains("/pg_wal/") })
        try search.expectItFinds(in: folder + "/control")

        let facts = try query().erasureFacts(tenant: "anna", pseudonyms: [patient])
        let count = try KeyStore.open(database.login("eraser_anna")).erase(
            tenant: "anna",
            subjects: [patient] + facts.cardIDs.map(\.bytes),
            eventID: .version4(),
            reason: "request 33",
            isDueOnly: false
        )
        #expect(count == keys.count)
        // Deleting and VACUUM leave bytes in free space and in the log of before; what follows does
        // not (limen.docc, Vault).
        try database.script("VACUUM FULL audit.data_key")
        for _ in 0..<2 { try database.script("SELECT pg_switch_wal(); CHECKPOINT;") }
        try export(query(), "after")
        let after = try search.files(in: places)
        #expect(after.withText == [])
        #expect(after.withKey == [])
        // What is compressed in the files is plain in a dump.
        let dump = try cluster.dump(database.name)
        for marker in Self.markers { #expect(!dump.contains(marker)) }
        for key in keys { #expect(!dump.contains(Hexadecimal.text(key))) }
        #expect(try query().show(first.eventID)?.sealing == .erased)
        let report = try LedgerStoreTests.verify(database, [copy])
        #expect(report.findings == [])
        #expect(report.rowCount == 7)
    }

    private func open(
        _ database: TestDatabase,
        _ ring: KeyRing
    ) throws -> (AuditSpool, PostgreSQLAuditSink) {
        let key = try #require(SpoolKey(secret: [UInt8](repeating: 5, count: 32)))
        let identity = SpoolIdentity(installation: UUIDBytes(high: 6, low: 6), key: key)
        let spool = AuditSpool(
            try Spool.open(
                folder: folder + "/spool",
                SpoolConfiguration(identity: identity, session: .version4())
            )
        )
        var timing = AuditSinkTiming()
        timing.graceMilliseconds = 500
        timing.appendMilliseconds = 60_000
        let sink = try PostgreSQLAuditSink.open(
            database.login("limen_writer"),
            sealer: RecordSealer(
                ring,
                now: { Records.now.advanced(byMicroseconds: -3_600_000_000) }
            ),
            migrations: TestDatabase.migrations,
            identity: TestDatabase.identity,
            spool: spool,
            writerCount: 1,
            timing: timing
        )
        return (spool, sink)
    }

    /// A decision of long ago that is all about the patient.
    private static func decision(_ patient: [UInt8]) -> AuditRecord {
        let moment = Records.now.advanced(byMicroseconds: -80 * 31 * 86_400_000_000)
        var record = Records.full("anna", at: moment)
        record.patientPseudonym = patient
        record.pseudonymEpoch = 1
        record.patientReference = "Patient/" + markers[1]
        record.userReference = "Practitioner/" + markers[1]
        record.encounterReference = "Encounter/" + markers[1]
        let all = markers.map { "\"\($0)\"" }.joined(separator: ",")
        record.inputs = Array("[\(all)]".utf8)
        record.rejections = record.inputs
        record.result = record.inputs
        record.cards = record.inputs
        return record
    }

    /// Writes what the command writes: rows as CSV and as FHIR, without their documents.
    private func export(_ query: borrowing AuditQuery, _ name: String) throws {
        var bytes: [UInt8] = []
        for event in try query.list(AuditFilter()).events {
            bytes += AuditCSV.line(event)
            var writer = JSONWriter()
            FHIRAuditEvent.write(event, serverName: "test", to: &writer)
            bytes += writer.bytes + [UInt8(ascii: "\n")]
        }
        try #require(!bytes.isEmpty)
        try Data(bytes).write(to: URL(filePath: folder + "/exports/" + name))
    }
}
