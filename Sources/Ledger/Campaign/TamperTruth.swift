import Basics

/// What is known of a trail that was tampered with: which row a verifier must name first.
struct TamperTruth {
    /// The first row, batch or beginning of a log that is not as it was; `nil` when only the tree
    /// was touched.
    let touched: Int64?
    private let lowest: Int64?
    private let spokenOf: Set<Int64>

    /// Compares what came of some changes with the trail as it was written.
    init(_ done: [Tampering], _ model: LedgerModel, _ subject: TamperSubject) {
        let whole = done.first { $0.kind.isWhole }
        let isTold = whole.map { Self.isTold($0, model, subject) } ?? true
        let state = whole?.kind == .rollBack || !isTold ? whole?.state : nil
        var touched = model.firstDifference(from: state ?? subject.model)
        if whole?.kind == .rollBack {
            // What an older state lacks first is the row behind its last one.
            let end = (state?.logs.first?.batches.last?.lastSequence).map { $0 + 1 } ?? 0
            touched = min(touched ?? end, end)
        }
        self.touched = touched
        // A fork that begins between two copies from outside is told at the first batch between them.
        lowest = done.compactMap(\.forkFloor).min()
        var spokenOf = Set(done.flatMap(\.spokenOf))
        if touched == nil, let end = subject.model.logs.first?.batches.last?.lastSequence {
            // A tree that was cut lacks its end, and nothing before it.
            spokenOf.insert(end + 1)
        }
        if !Self.provesTombstone(model, subject) {
            // Rows that were dropped by right are missing when nothing proves that any more.
            spokenOf.insert(0)
        }
        self.spokenOf = spokenOf
    }

    /// Whether a row is the right one to be named first.
    ///
    /// Damage to the tree need not name a row; what is named for it is a row that a leaf speaks of.
    func allows(_ named: Int64?) -> Bool {
        guard let touched else { return named.map { spokenOf.contains($0) } ?? true }
        guard let named else { return false }
        if (min(lowest ?? touched, touched)...touched).contains(named) { return true }
        return named < touched && spokenOf.contains(named)
    }

    /// Whether the tree still reaches the copy that tells a fork.
    ///
    /// Who has the key and cuts off what that copy knows leaves a history that nobody can tell from
    /// the first one: what is found is the cut.
    private static func isTold(
        _ tampering: Tampering,
        _ model: LedgerModel,
        _ subject: TamperSubject
    ) -> Bool {
        guard let leaf = tampering.forkedLeaf,
            let copy = subject.outside.first(where: { $0.size > leaf })
        else { return true }
        let reached = zip(model.entries, 0...).prefix { $0.position == $1 }.count
        return UInt64(reached) >= copy.size
    }

    /// Whether the tombstone of the trail, if it has one, is still below a checkpoint.
    private static func provesTombstone(_ model: LedgerModel, _ subject: TamperSubject) -> Bool {
        guard let position = subject.tombstonePosition else { return true }
        // A state from before it has the rows themselves.
        if model.logs.first?.rows.first?.sequence == 0 { return true }
        guard model.droppedMonths == subject.model.droppedMonths else { return false }
        return subject.model.checkpoints.contains { checkpoint in
            let size = Int(clamping: checkpoint.size)
            return size > position && model.checkpoints.contains(checkpoint)
                && model.entries.prefix(size) == subject.model.entries.prefix(size)
        }
    }
}

extension LedgerModel {
    /// The first number at which rows, batches or the beginning of the log are not those of another
    /// model; `nil` when they are all the same.
    func firstDifference(from other: LedgerModel) -> Int64? {
        guard let mine = logs.first, let theirs = other.logs.first else {
            return logs.isEmpty && other.logs.isEmpty ? nil : 0
        }
        if mine.genesis != theirs.genesis { return 0 }
        let row = Self.firstDifference(mine.rows, theirs.rows, by: \.sequence)
        let batch = Self.firstDifference(mine.batches, theirs.batches, by: \.firstSequence)
        return [row, batch].compactMap { $0 }.min()
    }

    /// The first number at which two lists differ, each taken in the order of its numbers.
    private static func firstDifference<Element: Equatable>(
        _ mine: [Element],
        _ theirs: [Element],
        by number: (Element) -> Int64
    ) -> Int64? {
        let (one, other) = (ordered(mine, by: number), ordered(theirs, by: number))
        for (left, right) in zip(one, other) where number(left) != number(right) || left != right {
            return min(number(left), number(right))
        }
        if one.count == other.count { return nil }
        let longer = one.count > other.count ? one : other
        return number(longer[min(one.count, other.count)])
    }

    private static func ordered<Element>(
        _ elements: [Element],
        by number: (Element) -> Int64
    ) -> [Element] {
        let isOrdered = zip(elements, elements.dropFirst()).allSatisfy { number($0) <= number($1) }
        return isOrdered ? elements : elements.sorted { number($0) < number($1) }
    }
}
