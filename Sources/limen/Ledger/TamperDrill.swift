import Ledger
import Posix

/// `limen drill tamper`: trails of 200 rows, tampered with in every way, and what the verifier finds.
enum TamperDrill {
    /// Runs the campaign; exit code 1 when anything was missed, misnamed, or a false alarm.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, values: ["count", "double", "clean", "seed"])
        guard parsed.words == ["tamper"] else {
            throw CommandError(
                .usage,
                "say limen drill tamper [--count N] [--double N] [--clean N]"
            )
        }
        let count = try parsed.integer("count", default: 100_000, in: 0...100_000_000)
        let double = try parsed.integer("double", default: 10_000, in: 0...100_000_000)
        let clean = try parsed.integer("clean", default: 1_000, in: 0...1_000_000)
        let seed = try parsed.integer("seed", default: 1, in: 0...Int.max)
        let campaign = TamperCampaign(seed: UInt64(seed))
        let one = campaign.run(count, changes: 1)
        let two = campaign.run(double, changes: 2)
        let alarms = campaign.falseAlarms(clean)
        Terminal.writeOutput(text("one change", one) + text("two changes", two))
        Terminal.writeOutput("clean trails: \(clean), false alarms: \(alarms)\n")
        let isGood =
            one.missed + one.misnamed + two.missed + two.misnamed + alarms == 0
            && one.count == count && two.count == double
        return isGood ? .ok : .findings
    }

    private static func text(_ title: String, _ outcome: TamperCampaign.Outcome) -> String {
        var text =
            "\(title): \(outcome.count) trials, \(outcome.missed) missed, "
            + "\(outcome.misnamed) with another row named first\n"
        for kind in Tampering.Kind.allCases {
            text += "  \(outcome.tried[kind] ?? 0)  \(kind.rawValue)\n"
        }
        for failure in outcome.failures { text += "  " + failure + "\n" }
        return text
    }
}
