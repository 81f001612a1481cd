import Audit
package import Basics

/// A trail of which everything is known, to be tampered with.
///
/// It has one of three shapes: all of its rows in one month; in three months; or in months of which
/// the first was dropped with its tombstone, the second is old enough to be dropped, and the others
/// are of today.
package struct TamperSubject: Sendable {
    /// The trail as it was written.
    package let model: LedgerModel
    /// Its checkpoints outside.
    package let outside: [Checkpoint]
    /// Its state at each checkpoint, for putting an older one in force.
    package let earlier: [LedgerModel]
    /// The public key.
    package let key: NoteKey
    /// The moment at which it is verified.
    package let now: Instant
    let signer: NoteSigner
    private let seed: UInt64
    private let rowCount: Int

    /// How a trail lies in time.
    private enum Shape: Int, CaseIterable {
        case oneMonth
        case threeMonths
        case dropped
    }

    /// Writes a trail of so many rows in one log.
    package init?(seed: UInt64, rowCount: Int = 200) {
        let signerSeed = [UInt8](repeating: UInt8(truncatingIfNeeded: seed), count: 32)
        guard let signer = NoteSigner(name: "campaign", seed: signerSeed) else { return nil }
        self.signer = signer
        self.seed = seed
        self.rowCount = rowCount
        key = signer.key
        var states: [LedgerModel] = []
        let writer = Self.write(signer, seed, rowCount, forkedAt: nil) { states.append($0) }
        model = writer.model
        outside = writer.outside
        earlier = states
        now = writer.now.advanced(byMicroseconds: 3_600_000_000)
    }

    /// The same trail with other rows from a batch on, all of it signed with the key.
    func twin(forkedAt number: Int) -> LedgerModel {
        Self.write(signer, seed, rowCount, forkedAt: number) { _ in }.model
    }

    /// The place of the tombstone in the tree.
    package var tombstonePosition: Int? {
        model.entries.firstIndex { stored in
            guard let entry = try? TreeEntry(canonical: stored.entry) else { return false }
            return switch entry {
            case .tombstone: true
            case .genesis, .batch, .heartbeat, .key, .keyBegun, .adoptionComplete, .restored: false
            }
        }
    }

    /// Writes the trail; a fork has other rows from a batch on.
    private static func write(
        _ signer: NoteSigner,
        _ seed: UInt64,
        _ rowCount: Int,
        forkedAt fork: Int?,
        _ checkpointed: (LedgerModel) -> Void
    ) -> LedgerModelWriter {
        let shape = Shape(rawValue: Int(seed % UInt64(Shape.allCases.count))) ?? .oneMonth
        var random = CampaignNumbers(seed)
        var times = times(shape)[...]
        var writer = LedgerModelWriter(signer: signer, at: times.removeFirst())
        let log = writer.open(&random)
        // What was dropped is beside the rows that the trail has.
        let droppedCount = shape == .dropped ? min(20, rowCount) : 0
        var written = -droppedCount
        var number = 0
        while written < rowCount {
            let end = written < 0 ? 0 : rowCount
            let count = min(Int.random(in: 1...14, using: &random), end - written)
            if number == fork {
                var other = CampaignNumbers(seed &+ 1_000_003)
                writer.write(count, to: log, &other)
                // The numbers go on as they did, so that what follows is alike.
                var skipped = writer
                skipped.write(count, to: log, &random)
            } else {
                writer.write(count, to: log, &random)
            }
            written += count
            number += 1
            if number.isMultiple(of: 3) || written == rowCount {
                writer.checkpoint()
                checkpointed(writer.model)
            }
            // The next month begins at each third of the rows, and behind those that are dropped.
            let isThird = written >= rowCount * (3 - times.count) / 3
            guard written == 0 || written > 0 && isThird, written < rowCount, !times.isEmpty
            else { continue }
            writer.setClock(times.removeFirst())
            if shape == .dropped, times.count == 1 { writer.drop("event_201811", from: log) }
        }
        return writer
    }

    /// The moments at which the rows of each month begin.
    private static func times(_ shape: Shape) -> [Instant] {
        let dates: [(Int, Int)] =
            switch shape {
            case .oneMonth: [(2025, 11)]
            case .threeMonths: [(2025, 9), (2025, 10), (2025, 12)]
            case .dropped: [(2018, 11), (2018, 12), (2025, 11), (2025, 12)]
            }
        return dates.compactMap { year, month in
            CivilDate(year: year, month: month, day: 21).map {
                Instant(microseconds: Int64($0.daysSinceEpoch) * 86_400_000_000)
            }
        }
    }
}
