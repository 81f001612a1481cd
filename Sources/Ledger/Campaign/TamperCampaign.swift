/// Tampers with trails, one or two ways at a time, and counts what the verifier finds.
package struct TamperCampaign: Sendable {
    /// Two kinds, in the order in which they were done.
    package struct Pair: Hashable, Sendable {
        /// What was done first.
        package let first: Tampering.Kind
        /// What was done then.
        package let second: Tampering.Kind
    }

    /// What came of one kind, or of one pair.
    package struct Tally: Sendable, Equatable {
        /// How often it was tried.
        package var tried = 0
        /// How often that was found.
        package var found = 0
        /// How often the first bad row was named, or, where only the tree was touched, no wrong one.
        package var named = 0
        /// The columns that were edited, or the points at which or the ways in which it was done.
        package var places: Set<String> = []

        /// Counts from nothing, or from these.
        package init(tried: Int = 0, found: Int = 0, named: Int = 0, places: Set<String> = []) {
            self.tried = tried
            self.found = found
            self.named = named
            self.places = places
        }

        func adding(_ other: Tally) -> Tally {
            Tally(
                tried: tried + other.tried,
                found: found + other.found,
                named: named + other.named,
                places: places.union(other.places)
            )
        }
    }

    /// What came of it.
    package struct Outcome: Sendable, Equatable {
        /// What came of each kind, done alone.
        package var kinds: [Tampering.Kind: Tally] = [:]
        /// What came of each pair of kinds: that one of the two was found is nothing; the first row
        /// that either has touched must be named.
        package var pairs: [Pair: Tally] = [:]
        /// How many trials there were.
        package var count = 0
        /// Trials that were not found.
        package var missed = 0
        /// Trials of which another row was named than the first bad one.
        package var misnamed = 0
        /// How often each class of damage was named first.
        package var classes: [LedgerFinding.Damage: Int] = [:]
        /// The first trials that went wrong, as numbers of trials with their kinds.
        package var failures: [String] = []

        /// An outcome of no trial.
        package init() {}

        /// Adds what came of other trials.
        package mutating func add(_ other: Outcome) {
            kinds.merge(other.kinds) { $0.adding($1) }
            pairs.merge(other.pairs) { $0.adding($1) }
            count += other.count
            missed += other.missed
            misnamed += other.misnamed
            classes.merge(other.classes, uniquingKeysWith: +)
            failures = Array((failures + other.failures).sorted().prefix(20))
        }

        /// What came of the pairs that a kind is in; each pair counts once.
        package func pairs(with kind: Tampering.Kind) -> Tally {
            pairs.reduce(into: Tally()) { total, pair in
                guard pair.key.first == kind || pair.key.second == kind else { return }
                total = total.adding(pair.value)
            }
        }
    }

    private let seed: UInt64

    /// Starts at a seed.
    package init(seed: UInt64) {
        self.seed = seed
    }

    /// How many trials share a trail: sizes of batches and places of checkpoints differ from one
    /// trail to the next.
    package static let partTrialCount = 250

    /// Tampers so often, with one change or with two.
    package func run(_ count: Int, changes: Int) -> Outcome {
        var outcome = Outcome()
        var part = 0
        while part * Self.partTrialCount < count {
            outcome.add(run(part: part, of: count, changes: changes))
            part += 1
        }
        return outcome
    }

    /// The trials of one part, which need nothing of another: many can run at once, and what comes
    /// of them is the same in any order.
    package func run(part: Int, of count: Int, changes: Int) -> Outcome {
        var outcome = Outcome()
        let first = part * Self.partTrialCount
        var random = CampaignNumbers(
            seed &* 1_000_003 &+ UInt64(changes) &* 7_919 &+ UInt64(part)
        )
        guard let subject = TamperSubject(seed: seed &+ UInt64(first)) else { return outcome }
        for trial in first..<min(count, first + Self.partTrialCount) {
            attempt(subject, trial, changes, &random, &outcome)
        }
        return outcome
    }

    /// Verifies trails that nobody has touched, and answers how many were called damaged, or could
    /// not be made to be verified.
    package func falseAlarms(_ count: Int) -> Int { falseAlarms(in: 0..<count) }

    /// The same for some of the trails.
    package func falseAlarms(in trials: Range<Int>) -> Int {
        var alarms = 0
        for trial in trials {
            guard
                let subject = TamperSubject(
                    seed: seed &+ UInt64(trial),
                    rowCount: 1 + trial * 7 % 200
                )
            else {
                alarms += 1
                continue
            }
            if !Self.verify(subject.model, subject).isClean { alarms += 1 }
        }
        return alarms
    }

    /// Verifies a model with what is known outside of it.
    package static func verify(_ model: LedgerModel, _ subject: TamperSubject) -> LedgerReport {
        var verifier = LedgerVerifier(
            ModelSource(model.joined),
            knowledge: .init(keys: [subject.key], now: subject.now),
            outside: OutsideCheckpoints(subject.outside)
        )
        return verifier.run()
    }

    private func attempt(
        _ subject: TamperSubject,
        _ trial: Int,
        _ changes: Int,
        _ random: inout CampaignNumbers,
        _ outcome: inout Outcome
    ) {
        var model = subject.model
        var done: [Tampering] = []
        for _ in 0..<100 where done.count < changes || model == subject.model {
            if done.count == changes || model.logs.isEmpty {
                // The second change undid the first, or nothing is left to change.
                model = subject.model
                done = []
            }
            let kinds = Tampering.Kind.allCases
            let kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
            // After one of these the rest would be lost or written anew.
            if !done.isEmpty, kind.isWhole { continue }
            let before = model
            guard let tampering = subject.tamper(kind, &model, &random) else { continue }
            // Rows without cards lose none: what changes nothing is no change.
            guard model != before else { continue }
            done.append(tampering)
        }
        guard done.count == changes else { return }
        outcome.count += 1
        let report = Self.verify(model, subject)
        if let first = report.findings.first { outcome.classes[first.damage, default: 0] += 1 }
        let truth = TamperTruth(done, model, subject)
        let isNamed = truth.allows(report.firstBadRow?.sequence)
        let tally = Tally(
            tried: 1,
            found: report.isClean || changes > 1 && !isNamed ? 0 : 1,
            named: !report.isClean && isNamed ? 1 : 0,
            places: changes == 1 ? Set(done.map(\.place)) : []
        )
        if changes == 1 {
            outcome.kinds[done[0].kind] = (outcome.kinds[done[0].kind] ?? Tally()).adding(tally)
        } else {
            let pair = Pair(first: done[0].kind, second: done[1].kind)
            outcome.pairs[pair] = (outcome.pairs[pair] ?? Tally()).adding(tally)
        }
        if report.isClean { outcome.missed += 1 } else if !isNamed { outcome.misnamed += 1 }
        guard report.isClean || !isNamed, outcome.failures.count < 20 else { return }
        let kinds = done.map { "\($0.kind.rawValue) (\($0.place))" }
        let first = truth.touched.map { String($0) } ?? "none"
        let named = report.firstBadRow?.sequence.map { String($0) } ?? "none"
        outcome.failures.append(
            "trial \(trial): " + kinds.joined(separator: ", then ")
                + ": row \(first) is the first, named was \(named)"
        )
    }
}

extension LedgerModel {
    /// The model with the place of each batch looked up in the tree as it is now.
    package var joined: LedgerModel {
        var places: [RowName: UInt64] = [:]
        for stored in entries {
            guard let entry = try? TreeEntry(canonical: stored.entry),
                case .batch(let batch) = entry
            else { continue }
            places[RowName(logID: batch.logID, sequence: batch.firstSequence)] = stored.position
        }
        var joined = self
        for log in joined.logs.indices {
            let id = joined.logs[log].genesis.genesis.logID
            for batch in joined.logs[log].batches.indices {
                let first = joined.logs[log].batches[batch].firstSequence
                joined.logs[log].batches[batch].position =
                    places[RowName(logID: id, sequence: first)]
            }
        }
        return joined
    }
}
