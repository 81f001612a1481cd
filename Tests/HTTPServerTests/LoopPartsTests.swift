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
