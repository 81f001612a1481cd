import Basics
import Synchronization
import Testing

@testable import JOSE

@Suite("KeyStore")
struct KeyStoreTests {
    static let old = TokenSigner.generate(.es384, keyID: "k-1")
    static let new = TokenSigner.generate(.es384, keyID: "k-2")
    static let start = Instant(microseconds: 1_795_300_000_000_000)

    static func at(_ seconds: Int) -> Instant {
        start.advanced(byMicroseconds: Int64(seconds) * 1_000_000)
    }

    /// A source that gives what it is told to.
    final class ScriptedSource: KeySource {
        private let answers: Mutex<[Result<[UInt8], KeySourceError>]>
        private let asked = Mutex(0)

        init(_ answers: [Result<[UInt8], KeySourceError>]) { self.answers = Mutex(answers) }

        var count: Int { asked.withLock { $0 } }

        func load() async throws(KeySourceError) -> [UInt8] {
            asked.withLock { $0 += 1 }
            return try answers.withLock { $0.removeFirst() }.get()
        }
    }

    @Test("Keys rotate without a gap: the old key counts until the overlap ends")
    func rotation() throws {
        let store = KeyStore(KeySet([Self.old.publicKey]), now: Self.start)
        #expect(try store.keys(at: Self.at(10)).keys.keys.sorted() == ["k-1"])
        // The issuer announces the new key beside the old one, then withdraws the old one.
        #expect(store.replace(KeySet([Self.old.publicKey, Self.new.publicKey]), now: Self.at(20)))
        #expect(try store.keys(at: Self.at(20)).keys.keys.sorted() == ["k-1", "k-2"])
        #expect(store.replace(KeySet([Self.new.publicKey]), now: Self.at(30)))
        #expect(try store.keys(at: Self.at(30)).keys.keys.sorted() == ["k-1", "k-2"])
        #expect(try store.keys(at: Self.at(30 + 329)).keys.keys.sorted() == ["k-1", "k-2"])
        #expect(try store.keys(at: Self.at(30 + 330)).keys.keys.sorted() == ["k-2"])
        #expect(!store.replace(KeySet([Self.new.publicKey]), now: Self.at(400)))
    }

    @Test("Each key that is left out has its own while, however fast the sets follow")
    func fastRotation() throws {
        let third = TokenSigner.generate(.es384, keyID: "k-3")
        let store = KeyStore(KeySet([Self.old.publicKey]), now: Self.start)
        store.replace(KeySet([Self.new.publicKey]), now: Self.at(10))
        store.replace(KeySet([third.publicKey]), now: Self.at(60))
        #expect(try store.keys(at: Self.at(61)).keys.keys.sorted() == ["k-1", "k-2", "k-3"])
        #expect(try store.keys(at: Self.at(339)).keys.keys.sorted() == ["k-1", "k-2", "k-3"])
        #expect(try store.keys(at: Self.at(340)).keys.keys.sorted() == ["k-2", "k-3"])
        #expect(try store.keys(at: Self.at(390)).keys.keys.sorted() == ["k-3"])
        // A key that comes back is current again, and has its while when it goes once more.
        store.replace(KeySet([Self.old.publicKey]), now: Self.at(400))
        store.replace(KeySet([third.publicKey]), now: Self.at(500))
        #expect(try store.keys(at: Self.at(829)).keys.keys.sorted() == ["k-1", "k-3"])
        #expect(try store.keys(at: Self.at(830)).keys.keys.sorted() == ["k-3"])
    }

    @Test("A key with the name of an old one takes its place at once")
    func sameName() throws {
        let store = KeyStore(KeySet([Self.old.publicKey]), now: Self.start)
        let successor = TokenSigner.generate(.es384, keyID: "k-1")
        store.replace(KeySet([successor.publicKey]), now: Self.at(1))
        let keys = try store.keys(at: Self.at(2))
        let token = Self.old.sign(header: Self.old.header, payload: Array("{}".utf8))
        #expect(Vectors.rejection(token, keys) == .signature)
    }

    @Test("A key that is lost is put out of use at once, whoever brings the new set")
    func withdrawn() async throws {
        let store = KeyStore(KeySet([Self.old.publicKey]), now: Self.start)
        store.overlap(seconds: nil)
        store.replace(KeySet([Self.new.publicKey]), now: Self.at(1))
        #expect(try store.keys(at: Self.at(1)).keys.keys.sorted() == ["k-2"])
        let source = ScriptedSource([.success(KeySet([Self.old.publicKey]).json)])
        #expect(await store.refresh(from: source, now: { Self.at(2) }) == .replaced)
        #expect(try store.keys(at: Self.at(2)).keys.keys.sorted() == ["k-1"])
    }

    @Test("A key that is found to be lost while it overlaps is out of use from then on")
    func withdrawnLater() throws {
        let store = KeyStore(KeySet([Self.old.publicKey]), now: Self.start)
        store.replace(KeySet([Self.new.publicKey]), now: Self.at(1))
        #expect(try store.keys(at: Self.at(2)).keys.keys.sorted() == ["k-1", "k-2"])
        store.overlap(seconds: nil)
        #expect(try store.keys(at: Self.at(3)).keys.keys.sorted() == ["k-2"])
        #expect(!store.replace(KeySet([Self.new.publicKey]), now: Self.at(4)))
        #expect(try store.keys(at: Self.at(4)).keys.keys.sorted() == ["k-2"])
    }

    @Test("Who is in a hurry has the source read at once, after a read that is under way too")
    func hurry() {
        var schedule = RefreshSchedule(intervalSeconds: 600)
        schedule.began(Self.start)
        schedule.attempted(Self.start, succeeded: true)
        #expect(!schedule.isDue(Self.at(1)))
        schedule.hurry()
        #expect(schedule.isDue(Self.at(1)))
        schedule.began(Self.at(1))
        schedule.hurry()
        #expect(!schedule.isDue(Self.at(2)), "one read at a time")
        schedule.attempted(Self.at(2), succeeded: true)
        #expect(schedule.isDue(Self.at(2)), "it may have read what was there before")
        schedule.began(Self.at(3))
        schedule.attempted(Self.at(3), succeeded: true)
        #expect(!schedule.isDue(Self.at(602)))
        #expect(schedule.isDue(Self.at(603)))
    }

    @Test("A set with a key that everybody can sign with is refused, and the old keys stay")
    func openKey() async throws {
        let store = KeyStore(
            KeySet([Self.old.publicKey]),
            now: Self.start,
            isOpen: { $0.keyID == "k-2" }
        )
        let source = ScriptedSource([
            .success(KeySet([Self.old.publicKey, Self.new.publicKey]).json)
        ])
        let outcome = await store.refresh(from: source, now: { Self.at(60) })
        #expect(outcome == .refused(KeySetError(.openKey)))
        #expect(try store.keys(at: Self.at(60)).keys.keys.sorted() == ["k-1"])
    }

    @Test("Keys that nobody has confirmed for too long are not believed")
    func stale() throws {
        let store = KeyStore(KeySet([Self.old.publicKey]), now: Self.start, ageSecondsMax: 100)
        #expect(try store.keys(at: Self.at(100)).keys.count == 1)
        #expect(throws: TokenRejection.keysUnavailable) { try store.keys(at: Self.at(101)) }
        #expect(throws: TokenRejection.keysUnavailable) {
            try KeyStore(nil, now: Self.start).keys(at: Self.start)
        }
    }

    @Test("A refresh that fails leaves the old keys in force")
    func failedRefresh() async throws {
        let store = KeyStore(KeySet([Self.old.publicKey]), now: Self.start)
        let source = ScriptedSource([
            .failure(.timeout), .success([]), .success(Array("{\"keys\":[]}".utf8)),
            .success(KeySet([Self.old.publicKey]).json),
            .success(KeySet([Self.new.publicKey]).json),
        ])
        let expected: [KeyStore.Outcome] = [
            .unreachable(.timeout), .refused(KeySetError(.notJSON)),
            .refused(KeySetError(.noUsableKey)), .unchanged, .replaced,
        ]
        for outcome in expected {
            #expect(await store.refresh(from: source, now: { Self.at(60) }) == outcome)
            #expect(try store.keys(at: Self.at(60)).keys["k-1"] != nil)
        }
    }

    @Test("A missed key id brings one refresh, not before a minute, and none again for itself")
    func missedKeyIDs() async {
        let store = KeyStore(KeySet([Self.old.publicKey]), now: Self.start, refreshSeconds: 600)
        #expect(!store.isRefreshDue(at: Self.at(599)))
        #expect(store.isRefreshDue(at: Self.at(600)))
        store.missed(keyID: "k-2", now: Self.at(10))
        #expect(!store.isRefreshDue(at: Self.at(59)))
        #expect(store.isRefreshDue(at: Self.at(60)))
        let source = ScriptedSource([.success(KeySet([Self.old.publicKey]).json)])
        #expect(await store.refresh(from: source, now: { Self.at(60) }) == .unchanged)
        store.missed(keyID: "k-2", now: Self.at(70))
        #expect(!store.isRefreshDue(at: Self.at(659)))
        #expect(store.isRefreshDue(at: Self.at(660)))
    }

    @Test("A flood of unknown key ids brings a refresh a minute at most and fills no memory")
    func flood() {
        var schedule = RefreshSchedule(intervalSeconds: 600)
        schedule.attempted(Self.start, succeeded: true)
        var refreshes = 0
        for step in 0..<6_000 {
            let now = Self.start.advanced(byMicroseconds: Int64(step) * 100_000)
            schedule.missed("forged-\(step)", now)
            if schedule.isDue(now) {
                schedule.began(now)
                schedule.attempted(now, succeeded: true)
                refreshes += 1
            }
        }
        #expect(refreshes >= 1)
        #expect(refreshes <= 10)
    }

    @Test("A source that fails is tried again after one, two and four minutes, then at leisure")
    func backOff() {
        var schedule = RefreshSchedule(intervalSeconds: 600)
        var now = Self.start
        for minutes in [1, 2, 4, 8, 10, 10] {
            schedule.began(now)
            #expect(!schedule.isDue(now), "one read at a time")
            schedule.attempted(now, succeeded: false)
            let seconds = Int64(minutes * 60)
            #expect(!schedule.isDue(now.advanced(byMicroseconds: seconds * 1_000_000 - 1)))
            now = now.advanced(byMicroseconds: seconds * 1_000_000)
            #expect(schedule.isDue(now))
        }
    }
}
