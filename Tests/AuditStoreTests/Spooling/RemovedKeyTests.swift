import Audit
import AuditStore
import Basics
import Crypto
import Posix
import Spool
import Testing
import Vault

/// A gateway that nobody has told of a new wrapping key, and that starts while the database is away.
@Suite(
    "Rows of a spool under a wrapping key that is over",
    .serialized,
    .enabled(if: PrivateCluster.isPresent, "\(PrivateCluster.absence)")
)
struct RemovedKeyTests {
    private static func open(
        _ scene: SpoolScene,
        _ spool: AuditSpool,
        _ ring: KeyRing
    ) throws -> PostgreSQLAuditSink {
        try PostgreSQLAuditSink.open(
            scene.database.login("limen_writer"),
            sealer: RecordSealer(ring),
            migrations: TestDatabase.migrations,
            identity: TestDatabase.identity,
            spool: spool,
            writerCount: 1,
            timing: SpoolScene.timing
        )
    }

    private static func decision(_ tenant: String) -> AuditRecord {
        var record = Records.full(tenant)
        record.patientReference = "Patient/1"
        return record
    }

    private static func refused(_ scene: SpoolScene) -> [RefusedEntry] {
        scene.events.all.compactMap { event in
            if case .held(let entry) = event { entry } else { nil }
        }
    }

    @Test("Under one with a successor they land, and are wrapped under it like all others")
    func superseded() async throws {
        let scene = try SpoolScene()
        let spool = try scene.spool()
        let old = TenantKeys.generate(tenant: "anna", name: "k1")
        try scene.database.script(
            "INSERT INTO audit.superseded_wrapping_key (tenant, wrapping_key) VALUES ('anna', 'k1')"
        )
        scene.cluster.kill()
        let sink = try Self.open(scene, spool, KeyRing([old]))
        let record = Self.decision("anna")
        try await sink.append(record)
        try scene.cluster.restart()
        try await Patience.wait { spool.spool.isDrained }
        sink.close()
        #expect(try scene.stored() == [record.eventID])
        #expect(Self.refused(scene).isEmpty)
        var keys = old
        try keys.rotateWrapping(name: "k2")
        let store = try KeyStore.open(scene.database.login("rewrapper_anna"))
        let opener = RecordOpener(KeyRing([keys]))
        let changes = try store.keysToRewrap(tenant: "anna", current: "k2").compactMap {
            stored -> (old: WrappedKey, new: WrappedKey)? in
            guard case .open(let key) = opener.open(stored.key) else { return nil }
            return (stored.key, key.rewrapped(under: keys.currentWrapping))
        }
        #expect(try store.rewrap(tenant: "anna", changes) == 1)
        #expect(try store.keysToRewrap(tenant: "anna", current: "k2").isEmpty)
        spool.spool.close()
    }

    @Test(
        "Under one that was removed they are held whole, named with what to do, and hold up nobody"
    )
    func removed() async throws {
        let scene = try SpoolScene()
        let spool = try scene.spool()
        let old = TenantKeys.generate(tenant: "anna", name: "k1")
        let ring = KeyRing([old, TenantKeys.generate(tenant: "berta", name: "k1")])
        try KeyStore.open(scene.database.login("rewrapper_anna")).retire(
            tenant: "anna",
            wrappingKey: "k1",
            gone: [],
            eventID: .version4()
        )
        scene.cluster.kill()
        let sink = try Self.open(scene, spool, ring)
        try await sink.append(Self.decision("anna"))
        try scene.cluster.restart()
        try await Patience.wait {
            spool.spool.isDrained && spool.spool.status(now: Clock.now()).heldEntryCount == 1
        }
        let entry = try #require(Self.refused(scene).first)
        #expect(entry.sqlState == "LV005")
        for word in ["wrapping key that was removed", "keep it and this folder", "SIGHUP"] {
            #expect(entry.sentence.contains(word))
        }
        // The row is there, whole: with the old file it can be opened.
        #expect(spool.spool.status(now: Clock.now()).rowCount == 1)
        #expect(spool.spool.status(now: Clock.now()).findings.isEmpty)
        // Live, nothing is taken that nobody could open, and everybody else is served.
        await #expect(throws: AuditError(code: .refused, sqlState: "LV005")) {
            try await sink.append(Self.decision("anna"))
        }
        let other = Self.decision("berta")
        try await sink.append(other)
        // The file of now: what comes is sealed under its key and lands.
        var keys = old
        try keys.rotateWrapping(name: "k2")
        ring.replace(by: [keys] + ring.all.filter { $0.tenant != "anna" })
        let next = Self.decision("anna")
        try await sink.append(next)
        try await Patience.wait { spool.spool.isDrained }
        sink.close()
        #expect(try Set(scene.stored()) == [other.eventID, next.eventID])
        #expect(spool.spool.status(now: Clock.now()).heldEntryCount == 1)
        spool.spool.close()
    }
}
