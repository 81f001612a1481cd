import Audit
import Basics
import Testing

@testable import Ledger

/// Leaves that say that a restored database is in force: what they excuse, and when nothing.
@Suite("Leaves of restored databases")
struct RestorationTests {
    typealias Restoration = TreeEntry.Restoration

    static let start = Instant(microseconds: 1_763_700_000_000_000)

    /// A trail that knew nine more rows and a further checkpoint, of which a leaf is all that is left.
    ///
    /// The closure makes the leaf from what was known, what was kept, and the key of the trail.
    static func restored(
        isSigned: Bool,
        _ leaf: (Checkpoint, Restoration.Kept, NoteSigner) -> Restoration
    ) throws -> LedgerReport {
        let signer = try #require(NoteSigner(name: "k", seed: [UInt8](repeating: 1, count: 32)))
        var random = CampaignNumbers(3)
        var writer = LedgerModelWriter(signer: signer, at: start)
        let log = writer.open(&random)
        writer.write(4, to: log, &random)
        writer.checkpoint()
        var lost = writer
        for _ in 0..<3 { lost.write(3, to: log, &random) }
        lost.checkpoint()
        let known = try #require(lost.outside.last)
        let kept = try #require(writer.outside.last)
        writer.append(.restored(leaf(known, .init(size: kept.size, root: kept.root), signer)))
        if isSigned { writer.checkpoint() }
        var verifier = LedgerVerifier(
            ModelSource(writer.model.joined),
            knowledge: .init(keys: [signer.key]),
            outside: OutsideCheckpoints(lost.outside + writer.outside.dropFirst())
        )
        return verifier.run()
    }

    @Test("What the holder of the key has signed for this place counts, below a checkpoint or not")
    func right() throws {
        for isSigned in [true, false] {
            let report = try Self.restored(isSigned: isSigned) { known, kept, signer in
                .init(losing: known, keeping: kept, by: signer, at: Self.start)
            }
            #expect(report.findings == [])
            #expect(report.restoredCopyCount == 1)
            #expect(report.notes.count == 1)
            #expect(report.notes.first?.contains("not signed") == false)
        }
    }

    @Test(
        "Below a signed checkpoint too, a leaf that the key has not signed for this place is forged",
        arguments: [true, false],
        0..<4
    )
    func forged(isSigned: Bool, way: Int) throws {
        let thief = try #require(NoteSigner(name: "k", seed: [UInt8](repeating: 9, count: 32)))
        let report = try Self.restored(isSigned: isSigned) { known, kept, signer in
            let right = Restoration(losing: known, keeping: kept, by: signer, at: Self.start)
            let other = Checkpoint(origin: "k", size: known.size + 1, root: known.root)
            return switch way {
            case 0: .init(losing: known, keeping: kept, by: thief, at: Self.start)
            case 1:
                .init(
                    losing: known,
                    keeping: .init(size: kept.size - 1, root: kept.root),
                    by: signer,
                    at: Self.start
                )
            case 2:
                .init(
                    losing: known,
                    keeping: .init(size: kept.size, root: known.root),
                    by: signer,
                    at: Self.start
                )
            default: .init(size: other.size, root: other.root, at: Self.start, seal: right.seal)
            }
        }
        #expect(Set(report.findings.map(\.damage)) == [.inserted, .rolledBack])
        #expect(report.restoredCopyCount == 0)
        #expect(report.notes == [])
        // The first row that was lost is named.
        #expect(report.firstBadRow?.sequence == 4)
    }

    @Test("A leaf of earlier versions, which is not signed, counts below a signed checkpoint only")
    func earlier() throws {
        for isSigned in [true, false] {
            let report = try Self.restored(isSigned: isSigned) { known, _, _ in
                .init(size: known.size, root: known.root, at: Self.start)
            }
            #expect(report.restoredCopyCount == (isSigned ? 1 : 0))
            #expect(
                report.findings.map(\.damage) == (isSigned ? [] : [.inserted, .rolledBack]),
                "\(report.findings)"
            )
            #expect(report.notes.first?.contains("not signed, as in earlier versions") == true)
        }
    }

    @Test("An unsigned leaf excuses no copy of a size that the tree has with other leaves")
    func otherRoot() throws {
        let signer = try #require(NoteSigner(name: "k", seed: [UInt8](repeating: 1, count: 32)))
        var random = CampaignNumbers(3)
        var writer = LedgerModelWriter(signer: signer, at: Self.start)
        let log = writer.open(&random)
        writer.write(4, to: log, &random)
        writer.checkpoint()
        var lost = writer
        lost.write(3, to: log, &random)
        lost.checkpoint()
        let known = try #require(lost.outside.last)
        writer.append(.restored(.init(size: known.size, root: known.root, at: Self.start)))
        // As many leaves as were known, though others.
        for _ in 0..<2 { writer.append(.adoptionComplete(at: Self.start)) }
        var verifier = LedgerVerifier(
            ModelSource(writer.model.joined),
            knowledge: .init(keys: [signer.key]),
            outside: OutsideCheckpoints(lost.outside)
        )
        let report = verifier.run()
        #expect(report.findings.map(\.damage) == [.inserted, .forked])
        #expect(report.restoredCopyCount == 0)
    }
}
