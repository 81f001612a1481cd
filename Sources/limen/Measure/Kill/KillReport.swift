import Ledger

/// What a run of the kill drill came to, over all of its trails.
struct KillReport {
    private(set) var tallies: [KillDrill.Fault: KillDrill.Tally] = [:]
    private var trails = Trails()
    let seed: Int

    /// What the verifier says of the whole trails in the end.
    private struct Trails {
        var count = 0
        var findingCount = 0
        var rowCount = 0
        var logCount = 0
        var areClean = true
        /// Files that name a patient or hold a key, of all trails.
        var exposures: [String] = []
    }

    /// Begins with nothing.
    init(seed: Int) { self.seed = seed }

    /// This and the cycles of one more trail.
    func with(
        _ tallies: [KillDrill.Fault: KillDrill.Tally],
        trail: LedgerReport,
        exposures: [String]
    ) -> KillReport {
        var sum = self
        sum.tallies.merge(tallies, uniquingKeysWith: +)
        sum.trails.count += 1
        sum.trails.findingCount += trail.findingCount
        sum.trails.rowCount += trail.rowCount
        sum.trails.logCount += trail.logCount
        sum.trails.areClean = sum.trails.areClean && Self.isWhole(trail)
        sum.trails.exposures += exposures
        return sum
    }

    /// Whether a trail is as it was written, and was signed and copied: without that a verifier could
    /// see no cut at its end.
    static func isWhole(_ trail: LedgerReport) -> Bool {
        trail.isClean && trail.rowCount > 0 && trail.checkpointCount > 0 && trail.outsideCount > 0
    }

    /// How many cycles there were.
    var cycleCount: Int { sum.cycleCount }

    /// What came of all cycles.
    var sum: KillDrill.Tally { tallies.values.reduce(KillDrill.Tally(), +) }

    /// Whether nothing that was acknowledged is lost or doubled, and the trails are whole; and whether
    /// the run has tried it at all.
    var isGood: Bool {
        let sum = sum
        // Each fault has its turn in four cycles.
        let wereTried = tallies.count == min(sum.cycleCount, KillDrill.Fault.allCases.count)
        return sum.lostCount == 0 && sum.doubledCount == 0 && sum.findingCount == 0
            && sum.leftCount == 0 && sum.answeredCount > 0 && sum.silentCount == 0 && wereTried
            && trails.areClean && trails.exposures.isEmpty
    }

    /// The report as lines.
    var text: String {
        let sum = sum
        var text = "\(sum.cycleCount) cycles under load (seed \(seed))\n"
        for fault in KillDrill.Fault.allCases {
            guard let tally = tallies[fault] else { continue }
            text += Self.padded(fault.rawValue) + "\(tally.cycleCount) cycles, "
            text += "\(tally.answeredCount) answered, \(tally.refusedCount) refused, "
            text += "\(tally.lostCount) lost, \(tally.doubledCount) doubled"
            text += tally.cutCount > 0 ? ", \(tally.cutCount) cuts\n" : "\n"
        }
        let lines = [
            ("answered", sum.answeredCount), ("answered without a row", sum.lostCount),
            ("rows more than once", sum.doubledCount), ("refused", sum.refusedCount),
            ("cycles without answers", sum.silentCount), ("left in the spool", sum.leftCount),
            ("findings after cycles", sum.findingCount),
            ("trails", trails.count), ("findings in the end", trails.findingCount),
            ("rows in the end", trails.rowCount), ("logs in the end", trails.logCount),
            ("files with a marker", trails.exposures.count),
        ]
        for (name, count) in lines { text += Self.padded(name) + "\(count)\n" }
        for path in trails.exposures { text += "  \(path)\n" }
        text +=
            isGood
            ? "nothing that was answered is lost or doubled, and the trails are whole\n"
            : "this run does not show it\n"
        return text
    }

    private static func padded(_ name: String) -> String {
        name + String(repeating: " ", count: max(1, 24 - name.count))
    }
}
