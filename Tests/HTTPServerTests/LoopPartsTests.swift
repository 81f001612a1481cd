import Posix
import Testing

@testable import HTTPServer

struct LoopPartsTests {
    @Test("connections go to the loop with the fewest, and places that become free are used")
    func census() {
        let census = ConnectionCensus(countMax: 6, perAddressMax: 5, loopCount: 3)
        #expect((0..<5).map { _ in census.open("a") } == [0, 1, 2, 0, 1])
        #expect(census.open("a") == nil)
        #expect(census.open("b") == 2)
        #expect(census.open("b") == nil)
        census.close("a", loop: 1)
        #expect(census.total == 5)
        #expect(census.open("b") == 1)
    }

    @Test("whoever waits for the end after it was given up does not wait at all")
    func givenUp() async {
        let census = ConnectionCensus(countMax: 1, perAddressMax: 1, loopCount: 1)
        #expect(await census.waitUntilEmpty())
        #expect(census.open("a") == 0)
        census.giveUp()
        #expect(await census.waitUntilEmpty() == false)
        census.orphanBegan()
        census.close("a", loop: 0)
        #expect(await census.waitUntilEmpty() == false)
        census.orphanEnded()
        #expect(await census.waitUntilEmpty())
    }

    @Test("a handshake gives way to another: the oldest one of whoever has the most")
    func handshakes() {
        var table = HandshakeTable(countMax: 5, perOriginMax: 3)
        func token(_ slot: UInt32) -> Poller.Token { Poller.Token(slot: slot, generation: 0) }
        #expect(table.begin("bad", token(1)) == nil)
        #expect(table.begin("good", token(2)) == nil)
        #expect(table.begin("bad", token(3)) == nil)
        #expect(table.begin("bad", token(4)) == nil)
        // Its share is used up, though there is a place left.
        #expect(table.count == 4)
        #expect(table.begin("bad", token(5)) == token(1))
        #expect(table.begin("other", token(6)) == nil)
        // All places are taken: of those with three, not of the newcomers with one.
        #expect(table.begin("third", token(7)) == token(3))
        #expect(table.count == 5)
        // Two have the most, counting the newcomer: the one whose oldest is older.
        #expect(table.begin("good", token(8)) == token(2))
        table.end("bad", token(4))
        table.end("bad", token(4))
        table.end("nobody", token(9))
        #expect(table.count == 4)
        #expect(table.begin("good", token(9)) == nil)
        // One each of bad, other and third, two of good.
        #expect(table.begin("fifth", token(10)) == token(8))
        table.end("bad", token(5))
        table.end("other", token(6))
        table.end("third", token(7))
        table.end("good", token(9))
        table.end("fifth", token(10))
        #expect(table.count == 0)
        #expect(table.begin("bad", token(11)) == nil)
    }

    @Test("who floods with handshakes displaces nobody but himself")
    func flood() {
        var table = HandshakeTable(countMax: 100, perOriginMax: 50)
        func token(_ slot: Int) -> Poller.Token {
            Poller.Token(slot: UInt32(slot), generation: 0)
        }
        for slot in 0..<49 { #expect(table.begin("a\(slot)", token(slot)) == nil) }
        var displaced: Set<UInt32> = []
        for slot in 100..<1_000 {
            if let leaver = table.begin(slot % 2 == 0 ? "x" : "y", token(slot)) {
                displaced.insert(leaver.slot)
            }
        }
        #expect(displaced.allSatisfy { $0 >= 100 })
        #expect(table.count == 100)
    }

    @Test("slots expire at their time, once, and not before")
    func deadlines() {
        var table = DeadlineTable()
        for _ in 0..<3 { table.append() }
        #expect(table.expired(at: 1_000).isEmpty)
        table.set(0, 100)
        table.set(1, 50)
        table.set(2, 100)
        table.set(1, 200)
        #expect(table.expired(at: 99).isEmpty)
        #expect(table.expired(at: 100) == [0, 2])
        #expect(table.expired(at: 199).isEmpty)
        table.set(0, 150)
        #expect(table.expired(at: 200) == [0, 1])
        #expect(table.expired(at: .max - 1).isEmpty)
    }
}
