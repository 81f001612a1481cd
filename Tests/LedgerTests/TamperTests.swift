import Audit
import Basics
import Testing

@testable import Ledger

@Suite("Tampering")
struct TamperTests {
    @Test("No trail that nobody touched is called damaged")
    func falseAlarms() {
        #expect(TamperCampaign(seed: 1).falseAlarms(25) == 0)
    }

    @Test("Every one of 400 changes is found, and the first bad row is named")
    func single() {
        let outcome = TamperCampaign(seed: 2).run(400, changes: 1)
        #expect(outcome.count == 400)
        #expect(outcome.missed == 0, "\(outcome.failures)")
        #expect(outcome.misnamed == 0, "\(outcome.failures)")
        #expect(outcome.kinds.count == Tampering.Kind.allCases.count)
        #expect(outcome.pairs.isEmpty)
    }

    @Test("What comes of a campaign is the same part by part, in any order")
    func parts() {
        let campaign = TamperCampaign(seed: 5)
        let whole = campaign.run(260, changes: 1)
        var outcome = campaign.run(part: 1, of: 260, changes: 1)
        #expect(outcome.count == 10)
        outcome.add(campaign.run(part: 0, of: 260, changes: 1))
        #expect(outcome == whole)
        #expect(whole.kinds.values.map(\.tried).reduce(0, +) == 260)
        #expect(whole.kinds.values.allSatisfy { $0.found == $0.tried && $0.named == $0.tried })
    }

    @Test("Every one of 100 double changes is found, and the first bad row is named")
    func double() {
        let outcome = TamperCampaign(seed: 3).run(100, changes: 2)
        #expect(outcome.count == 100)
        #expect(outcome.missed == 0, "\(outcome.failures)")
        #expect(outcome.misnamed == 0, "\(outcome.failures)")
        // A pair is one thing that is found or not; neither kind gets credit for the other.
        #expect(outcome.kinds.isEmpty)
        #expect(outcome.pairs.values.map(\.tried).reduce(0, +) == 100)
        #expect(outcome.pairs.values.map(\.found).reduce(0, +) == 100)
        #expect(outcome.pairs.keys.allSatisfy { !$0.second.isWhole })
    }

    @Test(
        "A change of each column of a row is found at its row",
        arguments: 0..<RowChanges.all.count
    )
    func everyColumn(number: Int) throws {
        let subject = try #require(TamperSubject(seed: 4, rowCount: 30))
        let change = RowChanges.all[number]
        var model = subject.model
        change.make(&model.logs[0].rows[17])
        #expect(model != subject.model, "\(change.column)")
        let report = TamperCampaign.verify(model, subject)
        #expect(report.firstBadRow?.sequence == 17, "\(change.column)")
        #expect(report.findingCount == 1, "\(change.column): \(report.findings)")
    }

    @Test("The table of changes has every column of a row")
    func columns() {
        let columns = Set(RowChanges.all.map { $0.column.filter { $0 != "_" } })
        var random = CampaignNumbers(1)
        let row = SampleRows.row(at: Instant(microseconds: 0), &random)
        for name in Mirror(reflecting: row).children.compactMap(\.label)
        where !["shownCards", "feedback"].contains(name) {
            #expect(columns.contains(name.lowercased()), "\(name)")
        }
    }

    static func damage(
        _ change: (inout LedgerModel, TamperSubject) -> Void
    ) throws -> [LedgerFinding.Damage] {
        let subject = try #require(TamperSubject(seed: 5, rowCount: 60))
        var model = subject.model
        change(&model, subject)
        return TamperCampaign.verify(model, subject).findings.map(\.damage)
    }

    @Test("Each kind of damage is called by its name")
    func names() throws {
        #expect(
            try Self.damage { model, _ in model.logs[0].rows[9].row?.client = "x" } == [.edited]
        )
        #expect(try Self.damage { model, _ in model.logs[0].rows.remove(at: 9) } == [.deleted])
        #expect(try Self.damage { model, _ in model.logs[0].rows.removeLast(9) } == [.truncated])
        #expect(
            try Self.damage { model, _ in
                model.logs[0].rows.append(model.logs[0].rows[9])
            } == [.inserted]
        )
        #expect(
            try Self.damage { model, _ in
                let batch = model.logs[0].batches.first { $0.lastSequence > $0.firstSequence }
                let first = Int(batch?.firstSequence ?? 0)
                model.logs[0].rows[first].sequence += 1
                model.logs[0].rows[first + 1].sequence -= 1
            } == [.reordered, .reordered]
        )
        #expect(
            try Self.damage { model, _ in
                let old = model.logs[0].rows[9].row?.tenant
                model.logs[0].rows[9].row?.tenant = old == "anna" ? "berta" : "anna"
            } == [.moved]
        )
        #expect(try Self.damage { model, subject in model = subject.earlier[0] } == [.rolledBack])
        #expect(
            try Self.damage { model, _ in model.logs[0].rows[9].relation = "event_197001" }
                == [.misplaced]
        )
        #expect(
            try Self.damage { model, subject in
                var random = CampaignNumbers(9)
                _ = subject.tamper(.fork, &model, &random)
            } == [.forked]
        )
    }

    @Test("A key that nobody vouched for is named, and one that was handed on is not")
    func keys() throws {
        let old = try #require(NoteSigner(name: "k", seed: [UInt8](repeating: 1, count: 32)))
        let new = try #require(NoteSigner(name: "k", seed: [UInt8](repeating: 2, count: 32)))
        for isVouched in [true, false] {
            var random = CampaignNumbers(3)
            let start = Instant(microseconds: 1_763_700_000_000_000)
            var writer = LedgerModelWriter(signer: old, at: start)
            writer.write(3, to: writer.open(&random), &random)
            if isVouched {
                writer.append(
                    .key(TreeEntry.Rotation(from: old, to: new.key.bytes, at: start))
                )
            }
            writer.checkpoint()
            writer.change(to: new)
            writer.write(3, to: writer.open(&random), &random)
            writer.checkpoint()
            var verifier = LedgerVerifier(
                ModelSource(writer.model.joined),
                knowledge: .init(keys: [old.key]),
                outside: OutsideCheckpoints(writer.outside)
            )
            let found = Set(verifier.run().findings.map(\.damage))
            #expect(found.contains(.unknownKey) == !isVouched)
            #expect(isVouched ? found.isEmpty : true)
        }
    }

    @Test("Two programs with one key in two places at once are told, and one after another are not")
    func sharedKey() throws {
        let signer = try #require(NoteSigner(name: "k", seed: [UInt8](repeating: 1, count: 32)))
        for isAtOnce in [true, false] {
            var random = CampaignNumbers(3)
            var writer = LedgerModelWriter(
                signer: signer,
                at: Instant(microseconds: 1_763_700_000_000_000)
            )
            let first = writer.open(&random, place: 1)
            writer.write(2, to: first, &random)
            let second = writer.open(&random, place: 2)
            writer.write(2, to: second, &random)
            if isAtOnce { writer.write(2, to: first, &random) }
            writer.checkpoint()
            var verifier = LedgerVerifier(
                ModelSource(writer.model.joined),
                knowledge: .init(keys: [signer.key])
            )
            #expect(verifier.run().findings.map(\.damage) == (isAtOnce ? [.sharedKey] : []))
        }
    }

    @Test("A clock that was set back is told, with the row before which it was")
    func clock() throws {
        let signer = try #require(NoteSigner(name: "k", seed: [UInt8](repeating: 1, count: 32)))
        var random = CampaignNumbers(3)
        let start = Instant(microseconds: 1_763_700_000_000_000)
        var writer = LedgerModelWriter(signer: signer, at: start)
        let log = writer.open(&random)
        writer.write(4, to: log, &random)
        writer.setClock(start.advanced(byMicroseconds: -3_600_000_000))
        writer.write(4, to: log, &random)
        writer.setClock(start.advanced(byMicroseconds: 60_000_000))
        writer.checkpoint()
        var verifier = LedgerVerifier(
            ModelSource(writer.model.joined),
            knowledge: .init(keys: [signer.key])
        )
        let report = verifier.run()
        #expect(Set(report.findings.map(\.damage)) == [.clockSteppedBack])
        #expect(report.firstBadRow?.sequence == 4)
    }

    @Test("A log must go on to the row that the next one names")
    func previousLog() throws {
        let signer = try #require(NoteSigner(name: "k", seed: [UInt8](repeating: 1, count: 32)))
        var random = CampaignNumbers(3)
        var writer = LedgerModelWriter(
            signer: signer,
            at: Instant(microseconds: 1_763_700_000_000_000)
        )
        let first = writer.open(&random)
        writer.write(2, to: first, &random)
        writer.write(3, to: first, &random)
        let second = writer.open(&random, previous: writer.end(of: first))
        writer.write(1, to: second, &random)
        func report(_ model: LedgerModel) -> LedgerReport {
            var verifier = LedgerVerifier(
                ModelSource(model.joined),
                knowledge: .init(keys: [signer.key])
            )
            return verifier.run()
        }
        #expect(report(writer.model).isClean)
        // Before any checkpoint: the last batch of the first log with its rows and its leaf.
        var cut = writer.model
        cut.logs[first].batches.removeLast()
        cut.logs[first].rows.removeLast(3)
        cut.entries = []
        let found = report(cut)
        #expect(found.findings.map(\.damage) == [.truncated])
        #expect(found.firstBadRow?.sequence == 2)
    }

    @Test("Rows that belong to nothing are named")
    func strays() throws {
        for kind in StrayRow.Kind.allCases {
            let found = try Self.damage { model, _ in
                let name = RowName(logID: nil, sequence: nil, tenant: "anna")
                model.strays = [StrayRow(kind: kind, name: name)]
            }
            #expect(found == [kind == .batch ? .deleted : .inserted])
        }
    }

    /// Reads a model as a database is read from a moment on: the tree whole, and no earlier batch.
    private final class SourceSince: LedgerSource {
        private let source: ModelSource
        private let moment: Instant

        init(_ model: LedgerModel, since moment: Instant) {
            source = ModelSource(model)
            self.moment = moment
        }

        func nextEntry() -> StoredEntry? { source.nextEntry() }
        func nextCheckpoint() -> StoredCheckpoint? { source.nextCheckpoint() }
        func nextLog() -> SignedGenesis? { source.nextLog() }
        func nextRow() -> StoredRow? { source.nextRow() }
        func nextStray() -> StrayRow? { source.nextStray() }
        func nextWaiting() -> WaitingRow? { source.nextWaiting() }
        func lostKeys() -> LostKeys? { source.lostKeys() }
        func tenants() -> [String] { source.tenants() }
        func droppedMonths() -> [TreeEntry.Tombstone] { source.droppedMonths() }
        func relations() -> Set<String>? { source.relations() }

        func nextBatch() -> StoredBatch? {
            while let batch = source.nextBatch() {
                if batch.recordedAt >= moment { return batch }
            }
            return nil
        }
    }

    @Test("Reading from a moment on finds what lies behind it, and calls nothing else damaged")
    func since() throws {
        let subject = try #require(TamperSubject(seed: 6, rowCount: 80))
        let batch = subject.model.logs[0].batches[5]
        func report(_ model: LedgerModel) -> LedgerReport {
            var verifier = LedgerVerifier(
                SourceSince(model.joined, since: batch.recordedAt),
                knowledge: .init(keys: [subject.key], since: batch.recordedAt)
            )
            return verifier.run()
        }
        #expect(report(subject.model).findings == [])
        var model = subject.model
        // What lies before the moment is not read.
        model.logs[0].rows[0].row?.client = "x"
        #expect(report(model).findings == [])
        model.logs[0].rows[Int(batch.firstSequence)].row?.client = "x"
        let found = report(model)
        #expect(found.findings.map(\.damage) == [.edited])
        #expect(found.firstBadRow?.sequence == batch.firstSequence)
    }
}
