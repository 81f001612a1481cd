import Audit
import AuditStore
import Basics
import Crypto
import Synchronization
import PostgreSQL
import Testing
import Vault

/// The end of a wrapping key: what keeps it from going, and what is refused once it has gone.
@Suite("End of a wrapping key", .enabled(if: TestDatabase.isPresent, "\(TestDatabase.absence)"))
struct KeyRemovalTests {
    private static func code(_ body: () throws -> Void) -> AuditStoreError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? AuditStoreError)?.code
        }
    }

    /// What a gateway of the test says.
    private final class Facts: Sendable {
        private let state = Mutex(("k1", 0))

        var report: KeyReporter.Report {
            let (name, count) = state.withLock { $0 }
            let use = WrappingUse(tenant: "anna", used: name, current: name, old: [])
            return KeyReporter.Report(keys: [use], spooledCount: count)
        }

        func set(_ name: String, _ count: Int) { state.withLock { $0 = (name, count) } }
    }

    @Test("A key stays while a gateway uses it, has rows in its spool, or is silent")
    func users() async throws {
        let database = try TestDatabase()
        let facts = Facts()
        let place = RandomBytes.make(count: 32)
        let reporter = try KeyReporter(
            database.login("limen_gateway"),
            place: place,
            report: { facts.report }
        )
        let store = try KeyStore.open(database.login("rewrapper_anna"))
        func states() throws -> [KeyStore.KeyUser.State] {
            try store.keyUsers(tenant: "anna", wrappingKey: "k1").map(\.state)
        }
        func retire(gone: [[UInt8]] = []) -> AuditStoreError.Code? {
            Self.code {
                try store.retire(
                    tenant: "anna",
                    wrappingKey: "k1",
                    gone: gone,
                    eventID: .version4()
                )
            }
        }
        try await Patience.wait { try states() == [.uses] }
        #expect(retire() == .wrappingKeyInUse)
        facts.set("k2", 3)
        reporter.reportSoon()
        try await Patience.wait { try states() == [.spool] }
        #expect(retire() == .wrappingKeyInUse)
        facts.set("k2", 0)
        reporter.reportSoon()
        try await Patience.wait { try states().isEmpty }
        // Whoever was killed says nothing more.
        facts.set("k1", 0)
        reporter.stop()
        // It may have been started under the key again while it could not reach the database.
        #expect(try states() == [.ended])
        #expect(retire() == .wrappingKeyInUse)
        try database.script(
            """
            UPDATE audit.key_report SET is_ended = false, wrapping_key = 'k2',
                reported_at = now() - interval '2 minutes'
            """
        )
        #expect(try states() == [.silent])
        #expect(retire() == .wrappingKeyInUse)
        #expect(retire(gone: [RandomBytes.make(count: 32)]) == .wrappingKeyInUse)
        #expect(retire(gone: [place]) == nil)
        let foreign = try KeyStore.open(database.login("rewrapper_berta"))
        #expect(
            Self.code { _ = try foreign.keyUsers(tenant: "anna", wrappingKey: "k1") } == .database
        )
    }

    @Test("A key that every gateway has left wraps nothing more: no note, no key that lay there")
    func superseded() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let (first, second) = (RandomBytes.make(count: 32), RandomBytes.make(count: 32))
        let gateway = try Connection.open(scene.database.login("limen_gateway"))
        func report(_ place: [UInt8], _ name: String, old: [String] = []) throws -> [String] {
            try KeyReportTests.report(place, name, old: old, on: gateway)
        }
        #expect(try report(first, "k1").isEmpty)
        #expect(try report(second, "k1").isEmpty)
        #expect(
            try report(first, "k2", old: ["k1"]).isEmpty,
            "the other gateway still uses it"
        )
        var review = ReviewTests.review(.reads, around: Records.now)
        review.title = ReviewWords("early")
        try scene.query().add(review)
        try await scene.sink.append(scene.decision())
        #expect(try report(second, "k2", old: ["k1"]) == ["k1"])
        #expect(try report(RandomBytes.make(count: 32), "k1") == ["k1"], "a late one is told")
        var late = ReviewTests.review(.reads, around: Records.now)
        late.title = ReviewWords("late")
        #expect(Self.code { try scene.query().add(late) } == .wrappingKeySuperseded)
        // Rows that a gateway has acknowledged land all the same.
        var spooled = scene.decision()
        spooled.patientPseudonym = RandomBytes.make(count: 32)
        try await scene.sink.append(spooled)
        var keys = try #require(scene.ring.keys(of: "anna"))
        try keys.rotateWrapping(name: "k2")
        let store = try KeyStore.open(scene.database.login("rewrapper_anna"))
        let stored = try store.keysToRewrap(tenant: "anna", current: "k2").map(\.key)
        #expect(stored.count == 3)
        let opener = RecordOpener(KeyRing([keys]))
        let changes = stored.compactMap { old -> (old: WrappedKey, new: WrappedKey)? in
            guard case .open(let key) = opener.open(old) else { return nil }
            return (old, key.rewrapped(under: keys.currentWrapping))
        }
        #expect(try store.rewrap(tenant: "anna", changes) == 3)
        #expect(
            Self.code { _ = try store.rewrap(tenant: "anna", changes.map { ($0.new, $0.old) }) }
                == .wrappingKeySuperseded
        )
    }

    @Test(
        "What is sealed under a key that has gone is refused, so no card leaves that nobody can read"
    )
    func late() async throws {
        let scene = try VaultScene()
        defer { scene.sink.close() }
        let store = try KeyStore.open(scene.database.login("rewrapper_anna"))
        func retire() -> AuditStoreError.Code? {
            Self.code {
                try store.retire(tenant: "anna", wrappingKey: "k1", eventID: .version4())
            }
        }
        let record = scene.decision()
        try await scene.sink.append(record)
        #expect(retire() == .wrappingKeyInUse, "a data key lies under it")
        var keys = try #require(scene.ring.keys(of: "anna"))
        try keys.rotateWrapping(name: "k2")
        let stored = try store.keysToRewrap(tenant: "anna", current: "k2")
        let opener = RecordOpener(KeyRing([keys]))
        let changes = stored.compactMap { old -> (old: WrappedKey, new: WrappedKey)? in
            guard case .open(let key) = opener.open(old.key) else { return nil }
            return (old.key, key.rewrapped(under: keys.currentWrapping))
        }
        #expect(try store.rewrap(tenant: "anna", changes) == 1)
        #expect(retire() == nil)
        // The gateway was not told, and has a key for a patient whom it has not seen yet.
        var next = scene.decision()
        next.patientPseudonym = RandomBytes.make(count: 32)
        await #expect(throws: AuditError(code: .refused, sqlState: "LV005")) {
            try await scene.sink.append(next)
        }
        #expect(try scene.database.count("SELECT count(*) FROM audit.event") == 1)
        // Nor does anything go back under it.
        #expect(
            Self.code { _ = try store.rewrap(tenant: "anna", changes.map { ($0.new, $0.old) }) }
                == .wrappingKeyRemoved
        )
        // Told, it goes on, and reads what was before.
        scene.ring.replace(by: [keys])
        try await scene.sink.append(next)
        for id in [record.eventID, next.eventID] {
            #expect(try scene.query().show(id)?.sealing == .opened)
        }
    }
}
