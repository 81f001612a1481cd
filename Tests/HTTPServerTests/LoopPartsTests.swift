import Basics
import HTTPMessages
import Posix
import Support
import Testing

@testable import HTTPServer

struct LoopPartsTests {
    @Test("connections go to the loop with the fewest, and places that become free are used")
    func census() {
        let census = ConnectionCensus(countMax: 6, perAddressMax: 5, loopCount: 3)
        for loop in [0, 1, 2, 0, 1] { #expect(census.open("a") == .taken(loop: loop)) }
        #expect(census.open("a") == .refused)
        #expect(census.open("b") == .taken(loop: 2))
        census.close("a", loop: 1)
        #expect(census.total == 5)
        #expect(census.open("b") == .taken(loop: 1))
    }

    @Test("above the limit a newcomer is counted in, and whoever has the most has to give way")
    func newcomers() {
        let census = ConnectionCensus(countMax: 5, perAddressMax: 4, loopCount: 2)
        for loop in [0, 1, 0] { #expect(census.open("a") == .taken(loop: loop)) }
        for loop in [1, 0] { #expect(census.open("b") == .taken(loop: loop)) }
        #expect(census.open("c") == .displacing(origins: ["a", "b", "c"], first: 0))
        #expect(census.total == 6)
        census.placed(loop: 0)
        census.close("a", loop: 0)
        #expect(census.total == 5)
        // One who would have three displaces nobody with fewer.
        #expect(census.open("b") == .displacing(origins: ["b"], first: 0))
        census.turnedAway("b")
        #expect(census.total == 5)
        census.close("c", loop: 0)
        #expect(census.open("c") == .taken(loop: 0))
    }

    @Test("so many newcomers wait for others to give way, and no more")
    func waitingNewcomers() {
        let census = ConnectionCensus(countMax: 1, perAddressMax: 1, loopCount: 1)
        #expect(census.open("a") == .taken(loop: 0))
        for number in 0..<Limits.httpNewcomerCountMax {
            guard case .displacing = census.open("b\(number)") else {
                Issue.record("\(number) is not let in")
                return
            }
        }
        #expect(census.open("c") == .refused)
        census.turnedAway("b0")
        guard case .displacing = census.open("c") else {
            Issue.record("a place that became free is not used")
            return
        }
    }

    @Test("who has the most is known whatever comes and goes")
    func addressCounts() {
        var counts = AddressCounts()
        var expected: [String: Int] = [:]
        var random = SplitMix(seed: 7)
        for _ in 0..<5_000 {
            let address = "a\(random.next() % 9)"
            if random.next() % 2 == 0 {
                counts.add(address)
                expected[address, default: 0] += 1
            } else if expected[address] ?? 0 > 0 {
                counts.remove(address)
                expected[address, default: 1] -= 1
            }
            let most = expected.values.max() ?? 0
            guard most > 0 else { continue }
            let found = counts.heaviest(from: 1, countMax: 9)
            let sorted = expected.values.filter { $0 > 0 }.sorted(by: >)
            #expect(found.map { expected[$0] ?? 0 } == sorted)
            let heavy = counts.heaviest(from: most, countMax: 1)
            #expect(heavy.count == 1)
            #expect(heavy.allSatisfy { expected[$0] == most && counts[$0] == most })
        }
    }

    @Test("of the connections of an origin the oldest silent one gives way, and those at work last")
    func originTable() {
        var table = OriginTable()
        func token(_ slot: Int) -> Poller.Token {
            Poller.Token(slot: UInt32(slot), generation: 0)
        }
        for slot in 0..<4 { table.add("a", token(slot)) }
        table.add("b", token(9))
        #expect(table.leaver(of: "nobody") { _ in .atOnce } == nil)
        #expect(table.leaver(of: "a") { $0.slot == 0 ? .never : .atOnce } == token(1))
        table.remove("a", token(1))
        // The one that was at work is behind the others now.
        #expect(table.leaver(of: "a") { _ in .atOnce } == token(2))
        #expect(table.leaver(of: "a") { $0.slot == 3 ? .atOnce : .inNeed } == token(3))
        table.remove("a", token(3))
        #expect(table.leaver(of: "a") { _ in .inNeed } == token(0))
        #expect(table.leaver(of: "a") { _ in .never } == nil)
        #expect(table.leaver(of: "b") { _ in .atOnce } == token(9))
    }

    @Test("behind those that are looked at for a leaver the next newcomer goes on")
    func manyAtWork() {
        var table = OriginTable()
        let count = 3 * Limits.httpLeaversLookedAtMax
        for slot in 0..<count {
            table.add("a", Poller.Token(slot: UInt32(slot), generation: 0))
        }
        let silent = UInt32(count - 1)
        for _ in 0..<2 {
            #expect(table.leaver(of: "a") { $0.slot == silent ? .atOnce : .never } == nil)
        }
        let found = table.leaver(of: "a") { $0.slot == silent ? .atOnce : .never }
        #expect(found?.slot == silent)
    }

    @Test("whoever waits for the end after it was given up does not wait at all")
    func givenUp() async {
        let census = ConnectionCensus(countMax: 1, perAddressMax: 1, loopCount: 1)
        #expect(await census.waitUntilEmpty())
        #expect(census.open("a") == .taken(loop: 0))
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
