import Audit
import Basics
import Testing

@testable import Ledger

/// Months that were dropped, and what is left of them.
@Suite("Tombstones")
struct TombstoneTests {
    typealias Stone = TreeEntry.Tombstone

    /// November 2025, in which the rows are written, and the end of its six years.
    static let start = Instant(microseconds: 1_763_700_000_000_000)
    static let over = Instant(microseconds: 1_963_700_000_000_000)

    /// A trail of twelve rows of which the first eight were dropped with their month.
    ///
    /// The first closure makes the tombstone from the one that is right; `nil` leaves none.
    static func dropped(
        at moment: Instant = over,
        now: Instant? = nil,
        _ change: (TreeEntry.Content) -> TreeEntry.Content? = { $0 },
        _ tamper: (inout LedgerModel) -> Void = { _ in },
        stone: (Stone) -> Stone = { $0 }
    ) throws -> LedgerReport {
        let signer = try #require(NoteSigner(name: "k", seed: [UInt8](repeating: 1, count: 32)))
        var random = CampaignNumbers(3)
        var writer = LedgerModelWriter(signer: signer, at: start)
        let log = writer.open(&random)
        writer.write(4, to: log, &random)
        writer.write(4, to: log, &random)
        writer.setClock(over)
        writer.write(4, to: log, &random)
        let rows = writer.model.logs[log].rows
        let logID = writer.model.logs[log].genesis.genesis.logID
        var digest = MonthDigest()
        for row in rows.prefix(8) {
            digest.add(try #require(MerkleHash(row.leafHash)), logID, row.sequence)
        }
        let content = TreeEntry.Content(
            rowCount: 8,
            leafDigest: digest.finish(),
            places: [.init(logID: logID, first: 0, last: 7)]
        )
        if let content = change(content) {
            writer.append(
                .tombstone(
                    stone(
                        Stone(
                            month: 202_511,
                            relation: "event_202511",
                            at: moment,
                            content: content
                        )
                    )
                )
            )
        }
        writer.checkpoint()
        var model = writer.model
        model.logs[0].rows.removeFirst(8)
        model.relations = ["event_203203"]
        tamper(&model)
        var verifier = LedgerVerifier(
            ModelSource(model.joined),
            knowledge: .init(keys: [signer.key], now: now)
        )
        return verifier.run()
    }

    @Test("A tombstone of a time that has not come excuses no rows")
    func future() throws {
        let isOver = try Self.dropped(now: Self.over.advanced(byMicroseconds: 1_000_000))
        #expect(isOver.findings == [])
        let isAhead = try Self.dropped(now: Self.start)
        #expect(isAhead.findings.contains { $0.damage == .deleted }, "\(isAhead.findings)")
        #expect(isAhead.findings.contains { $0.text.contains("has not come") })
    }

    @Test("A tombstone whose month is not that of its table excuses nothing, named rows or not")
    func otherTable() throws {
        for isWhole in [false, true] {
            let report = try Self.dropped(stone: { stone in
                Stone(
                    month: 201_503,
                    relation: stone.relation,
                    at: stone.at,
                    content: isWhole ? nil : stone.content
                )
            })
            #expect(report.droppedRowCount == 0)
            #expect(report.findings.contains { $0.text.contains("names another month") })
            #expect(report.firstBadRow?.sequence == 0)
        }
    }

    @Test("A tombstone that is refused excuses no row, whether it names its rows or not")
    func refused() throws {
        let early = Self.start.advanced(byMicroseconds: 86_400_000_000)
        for isWhole in [false, true] {
            let report = try Self.dropped(stone: { stone in
                Stone(
                    month: stone.month,
                    relation: stone.relation,
                    at: early,
                    content: isWhole ? nil : stone.content
                )
            })
            #expect(report.droppedRowCount == 0)
            #expect(report.firstBadRow?.sequence == 0)
            #expect(report.findings.contains { $0.text.contains("rows 0 to 7 are missing") })
        }
    }

    @Test("A tombstone that no checkpoint holds excuses rows for some minutes, and says so")
    func unsigned() throws {
        for (minutes, isExcused) in [(1, true), (6, false)] {
            let now = Self.over.advanced(byMicroseconds: Int64(minutes) * 60_000_000)
            let report = try Self.dropped(now: now) { _ in
                nil
            } _: { model in
                let row = model.logs[0].genesis.genesis.logID
                let leaves = model.logs[0].batches.prefix(2).flatMap { batch in
                    MerkleHash.list(batch.leafHashes) ?? []
                }
                var digest = MonthDigest()
                for (number, leaf) in leaves.enumerated() { digest.add(leaf, row, Int64(number)) }
                model.droppedMonths = [
                    Stone(
                        month: 202_511,
                        relation: "event_202511",
                        at: Self.over,
                        content: .init(
                            rowCount: 8,
                            leafDigest: digest.finish(),
                            places: [.init(logID: row, first: 0, last: 7)]
                        )
                    )
                ]
            }
            #expect(report.isClean == isExcused, "\(report.findings)")
            #expect(report.notes.contains { $0.contains("is not signed yet") } == isExcused)
            #expect(report.firstBadRow?.sequence == (isExcused ? nil : 0))
        }
    }

    @Test("A month that was dropped with its tombstone is no damage")
    func right() throws {
        let report = try Self.dropped()
        #expect(report.findings == [])
        #expect(report.droppedRowCount == 8)
    }

    @Test("A table that was dropped without a tombstone is named with its rows")
    func none() throws {
        let report = try Self.dropped { _ in nil }
        #expect(report.findings.map(\.damage) == [.deleted])
        #expect(report.findings.first?.text.contains("event_202511") == true)
        #expect(report.firstBadRow?.sequence == 0)
        #expect(report.droppedRowCount == 0)
    }

    @Test("A count that is not that of the batches is named, with the first row of the month")
    func count() throws {
        for count in [7, 9, 0] as [Int64] {
            let report = try Self.dropped {
                .init(rowCount: count, leafDigest: $0.leafDigest, places: $0.places)
            }
            #expect(report.findings.map(\.damage) == [.edited], "\(count)")
            #expect(report.firstBadRow?.sequence == 0)
        }
    }

    @Test("A digest that is not that of the batches is named")
    func digest() throws {
        let report = try Self.dropped {
            .init(
                rowCount: $0.rowCount,
                leafDigest: [UInt8](repeating: 0, count: 32),
                places: $0.places
            )
        }
        #expect(report.findings.map(\.damage) == [.edited])
    }

    @Test("Rows that no tombstone names are missing, though their month has one")
    func fewerPlaces() throws {
        let report = try Self.dropped { content in
            let place = content.places[0]
            return .init(
                rowCount: 8,
                leafDigest: content.leafDigest,
                places: [.init(logID: place.logID, first: 0, last: 5)]
            )
        }
        #expect(report.findings.map(\.damage) == [.deleted, .edited])
        #expect(report.findings.first?.row?.sequence == 6)
        #expect(report.droppedRowCount == 6)
    }

    @Test("A tombstone does not excuse rows that were written long after its month")
    func laterRows() throws {
        let report = try Self.dropped(
            { content in
                let place = content.places[0]
                return .init(
                    rowCount: 12,
                    leafDigest: content.leafDigest,
                    places: [.init(logID: place.logID, first: 0, last: 11)]
                )
            },
            { $0.logs[0].rows = [] }
        )
        #expect(report.droppedRowCount == 8)
        #expect(report.findings.contains { $0.row?.sequence == 8 })
    }

    @Test("A month that was dropped before its time is named")
    func early() throws {
        let report = try Self.dropped(at: Self.start.advanced(byMicroseconds: 86_400_000_000))
        #expect(report.findings.first?.damage == .deleted)
        #expect(report.findings.first?.row?.sequence == 0)
    }

    @Test("A row that its tombstone says was dropped does not stand there again")
    func back() throws {
        let report = try Self.dropped {
            $0
        } _: { model in
            // The same history, with one of the dropped rows left in place.
            let signer = NoteSigner(name: "k", seed: [UInt8](repeating: 1, count: 32))
            var random = CampaignNumbers(3)
            guard let signer else { return }
            var writer = LedgerModelWriter(signer: signer, at: Self.start)
            writer.write(4, to: writer.open(&random), &random)
            model.logs[0].rows.insert(writer.model.logs[0].rows[2], at: 0)
            model.relations?.insert("event_202511")
        }
        #expect(report.findings.map(\.damage) == [.inserted])
        #expect(report.firstBadRow?.sequence == 2)
    }

    @Test("What the database says of a dropped month is held against the tree")
    func records() throws {
        #expect(
            try Self.dropped {
                $0
            } _: {
                $0.droppedMonths = []
            }.findings.map(\.damage)
                == [.deleted]
        )
        let other = Stone(month: 202_511, relation: "event_202511", at: Self.over)
        #expect(
            try Self.dropped {
                $0
            } _: {
                $0.droppedMonths = [other]
            }.findings.map(\.damage)
                == [.edited]
        )
    }

    @Test("A tombstone from before they named their rows excuses the rows of its month")
    func olderForm() throws {
        let signer = try #require(NoteSigner(name: "k", seed: [UInt8](repeating: 1, count: 32)))
        var random = CampaignNumbers(3)
        var writer = LedgerModelWriter(signer: signer, at: Self.start)
        writer.write(4, to: writer.open(&random), &random)
        writer.append(.tombstone(Stone(month: 202_511, relation: "event_202511", at: Self.over)))
        writer.checkpoint()
        var model = writer.model
        model.logs[0].rows = []
        var verifier = LedgerVerifier(
            ModelSource(model.joined),
            knowledge: .init(keys: [signer.key])
        )
        let report = verifier.run()
        #expect(report.findings == [])
        #expect(report.droppedRowCount == 4)
    }

    @Test("Places come from 32 bytes each, and from nothing else")
    func places() throws {
        let bytes =
            [UInt8](repeating: 0, count: 15) + [9] + [UInt8](repeating: 0, count: 7) + [3]
            + [UInt8](repeating: 0, count: 7) + [5]
        #expect(
            TreeEntry.Places.list(bytes)
                == [.init(logID: UUIDBytes(high: 0, low: 9), first: 3, last: 5)]
        )
        #expect(TreeEntry.Places.list([]) == [])
        #expect(TreeEntry.Places.list(Array(bytes.dropLast())) == nil)
        var backwards = bytes
        backwards[31] = 2
        #expect(TreeEntry.Places.list(backwards) == nil)
        backwards[24] = 0x80
        #expect(TreeEntry.Places.list(backwards) == nil)
    }
}
