import Ledger

/// What came of a tamper campaign, as one table: a line for each kind.
struct TamperSummary {
    /// The trials with one change.
    let one: TamperCampaign.Outcome
    /// The trials with two.
    let two: TamperCampaign.Outcome
    /// How many trails were verified that nobody had touched.
    let cleanCount: Int
    /// How many of them were called damaged.
    let alarmCount: Int

    /// The table.
    ///
    /// A pair is named under both of its kinds, and counts once in the sums.
    var text: String {
        var text = ""
        text +=
            Self.line(["one:", "tried", "found", "named", "places"], ["two:", "tried", "named"])
            + "kind\n"
        for kind in Tampering.Kind.allCases {
            let single = one.kinds[kind] ?? TamperCampaign.Tally()
            let pair = two.pairs(with: kind)
            text +=
                Self.line(
                    ["", single.tried, single.found, single.named, single.places.count]
                        .map { "\($0)" },
                    ["", pair.tried, pair.named].map { "\($0)" }
                ) + kind.rawValue + "\n"
        }
        let named = one.kinds.values.map(\.named).reduce(0, +)
        let pairsNamed = two.pairs.values.map(\.named).reduce(0, +)
        text +=
            Self.line(
                ["", one.count, one.count - one.missed, named, 0].map { "\($0)" },
                ["", two.count, pairsNamed].map { "\($0)" }
            ) + "all\n\n"
        text += "one change: \(one.count) trials, \(one.missed) missed, "
        text += "\(one.misnamed) with another row named first\n"
        text += "two changes: \(two.count) trials, \(two.missed) missed, "
        text += "\(two.misnamed) with another row named first; \(pairs)\n"
        for failure in one.failures + two.failures { text += "  " + failure + "\n" }
        return text + "untouched: \(cleanCount) trails, \(alarmCount) called damaged\n"
    }

    /// How many of the pairs that can be were tried, and how often the rarest.
    private var pairs: String {
        let kinds = Tampering.Kind.allCases
        let whole: Set<Tampering.Kind> = [.rollBack, .fork]
        let possible = kinds.count * (kinds.count - whole.count)
        let fewest = two.pairs.values.map(\.tried).min() ?? 0
        return
            "\(two.pairs.count) of \(possible) ordered pairs of kinds, each \(fewest) times or more"
    }

    private static func line(_ one: [String], _ two: [String]) -> String {
        (one + two).map { word in
            String(repeating: " ", count: max(1, 8 - word.count)) + word
        }.joined() + "  "
    }
}
