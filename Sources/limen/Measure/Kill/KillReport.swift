import Ledger

/// What a run of the kill drill came to.
struct KillReport {
    let tallies: [KillDrill.Fault: KillDrill.Tally]
    /// What the verifier says of the whole trail in the end.
    let trail: LedgerReport
    let seed: Int

    private var sum: KillDrill.Tally { tallies.values.reduce(KillDrill.Tally(), +) }

    /// Whether nothing that was acknowledged is lost or doubled, and the trail is whole; and whether
    /// the run has tried it at all.
    var isGood: Bool {
        let sum = sum
        let wasCut = tallies[.reply].map { $0.cutCount > 0 } ?? true
        return sum.lostCount == 0 && sum.doubledCount == 0 && sum.findingCount == 0
            && sum.leftCount == 0 && sum.answeredCount > 0 && sum.silentCount == 0 && wasCut
            && trail.isClean
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
            ("findings in the end", trail.findingCount), ("rows in the end", trail.rowCount),
            ("logs in the end", trail.logCount),
        ]
        for (name, count) in lines { text += Self.padded(name) + "\(count)\n" }
        text +=
            isGood
            ? "nothing that was answered is lost or doubled, and the trail is whole\n"
            : "this run does not show it\n"
        return text
    }

    private static func padded(_ name: String) -> String {
        name + String(repeating: " ", count: max(1, 24 - name.count))
    }
}
