import Basics
import Testing
import Vault

@testable import limen

@Suite("How the signing of the trail stands")
struct LedgerStandingTests {
    @Test("One turn that was lost is not worth a word, half a minute without a signature is")
    func ages() {
        let standing = LedgerStanding()
        #expect(standing.note(at: 0) == nil)
        standing.fails("forked", at: 1_000)
        let limit = Int64(Limits.ledgerFailureMillisecondsMax)
        #expect(standing.note(at: 1_000 + limit - 1) == nil)
        let note = standing.note(at: 1_000 + limit)
        #expect(note == "has not signed the audit trail for \(limit / 1_000) s (forked)")
    }

    @Test("A failure that goes on keeps its beginning and takes the last reason")
    func goesOn() {
        let standing = LedgerStanding()
        let limit = Int64(Limits.ledgerFailureMillisecondsMax)
        standing.fails("first", at: 0)
        standing.fails("second", at: limit)
        #expect(standing.note(at: limit + 5_000)?.contains("\((limit + 5_000) / 1_000) s") == true)
        #expect(standing.note(at: limit + 5_000)?.contains("(second)") == true)
    }

    @Test("A signature ends it, and the next failure begins anew")
    func ends() {
        let standing = LedgerStanding()
        let limit = Int64(Limits.ledgerFailureMillisecondsMax)
        standing.fails("first", at: 0)
        standing.works()
        #expect(standing.note(at: limit) == nil)
        standing.fails("again", at: limit)
        #expect(standing.note(at: limit + 1) == nil)
        #expect(standing.note(at: 2 * limit)?.contains("(again)") == true)
    }
}

@Suite("What limen audit keys status says of lost keys")
struct LostKeyStatusTests {
    @Test(
        "A key that is gone without a record is no clean state, in words and as JSON",
        arguments: [0, 3]
    )
    func lost(count: Int) {
        let keys = TenantKeys.generate(tenant: "demo", name: "k1")
        let status = KeyStatus(keys: keys, counts: [], lostCount: count)
        #expect(status.isClean == (count == 0))
        #expect(status.text.contains("KEYS ARE GONE of \(count) rows") == (count > 0))
        #expect(status.json.contains(#""rowsOfLostKeys":\#(count)"#))
        #expect(status.json.contains(#""isClean":\#(count == 0)"#))
    }
}

@Suite("What limen audit keys status says of keys that do not open")
struct DamagedKeyStatusTests {
    @Test("An overwritten key is no clean state, and is named by its id alone")
    func damaged() {
        let keys = TenantKeys.generate(tenant: "demo", name: "k1")
        let ids = (0..<12).map { UUIDBytes(high: 1, low: UInt64($0)) }
        let status = KeyStatus(keys: keys, counts: [], lostCount: 0, damaged: ids)
        #expect(!status.isClean)
        #expect(status.text.contains("KEYS DO NOT OPEN: 12 data keys"))
        #expect(status.text.contains(ids[0].text) && status.text.contains(" and more"))
        #expect(!status.text.contains(ids[11].text))
        #expect(status.json.contains(#""keysNotOpening":12"#))
        #expect(status.json.contains(#""isClean":false"#))
    }
}

@Suite("What is said of segments that are gone")
struct LostSegmentTests {
    @Test("Only what is gone is told on readyz")
    func note() {
        #expect(SpoolService.note(lostSegmentCount: 0) == nil)
        #expect(SpoolService.note(lostSegmentCount: 2)?.contains("lost 2 segments") == true)
    }
}
