import Basics
import Testing

@testable import JOSE

@Suite("ReplayGuard")
struct ReplayGuardTests {
    static func use(_ number: Int, until seconds: Int64 = 100) -> TokenUse {
        TokenUse(
            tenant: "ward",
            issuerDigest: [1],
            tokenIDDigest: [UInt8(number >> 8), UInt8(number & 255)],
            forgottenAt: Instant(microseconds: seconds * 1_000_000)
        )
    }

    static let start = Instant(microseconds: 0)

    @Test("A use counts once, whatever its expiry")
    func once() async throws {
        let replays = ReplayGuard(ledger: MemoryLedger())
        try await replays.claim(Self.use(1), now: Self.start)
        await #expect(throws: TokenRejection.replayed) {
            try await replays.claim(Self.use(1), now: Self.start)
        }
        await #expect(throws: TokenRejection.replayed) {
            try await replays.claim(Self.use(1, until: 200), now: Self.start)
        }
        try await replays.claim(Self.use(2), now: Self.start)
    }

    @Test(
        "Without its ledger every token is refused, and may come again when it is back",
        arguments: [
            TokenLedgerError.Code.unavailable, .overloaded, .timeout, .refused,
        ]
    )
    func ledgerAway(_ code: TokenLedgerError.Code) async throws {
        let ledger = MemoryLedger()
        let replays = ReplayGuard(ledger: ledger)
        ledger.fail(with: TokenLedgerError(code))
        await #expect(throws: TokenRejection.ledgerUnavailable) {
            try await replays.claim(Self.use(1), now: Self.start)
        }
        ledger.fail(with: nil)
        try await replays.claim(Self.use(1), now: Self.start)
    }

    @Test("A second process with the same ledger refuses what the first has let in")
    func shared() async throws {
        let ledger = MemoryLedger()
        try await ReplayGuard(ledger: ledger).claim(Self.use(1), now: Self.start)
        await #expect(throws: TokenRejection.replayed) {
            try await ReplayGuard(ledger: ledger).claim(Self.use(1), now: Self.start)
        }
    }

    @Test("A full memory forgets what has expired and leaves the rest to the ledger")
    func bounded() async throws {
        let ledger = MemoryLedger()
        let replays = ReplayGuard(ledger: ledger, entriesMax: 10)
        for number in 0..<20 { try await replays.claim(Self.use(number), now: Self.start) }
        for number in 0..<20 {
            await #expect(throws: TokenRejection.replayed) {
                try await replays.claim(Self.use(number), now: Self.start)
            }
        }
        var cache = ReplayCache(entriesMax: 10)
        for number in 0..<20 {
            let isFirst = cache.insert(Self.use(number), now: Self.start)
            #expect(isFirst)
        }
        #expect(cache.count == 10)
        let later = Instant(microseconds: 100_000_000)
        let isFirst = cache.insert(Self.use(50, until: 300), now: later)
        #expect(isFirst)
        #expect(cache.count == 1)
    }
}
