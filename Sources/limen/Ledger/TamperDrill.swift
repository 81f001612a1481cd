import Ledger
import Posix

/// `limen drill tamper`: trails of 200 rows, tampered with in every way, and what the verifier finds.
///
/// Parts of the campaign run on as many threads as there are cores; what comes of them depends on
/// the seed alone.
enum TamperDrill {
    /// From how many trials on each kind must have been tried; chance may leave one out of fewer.
    private static let completeTrialCount = 10_000

    /// Runs the campaign; exit code 1 when anything was missed, misnamed, or a false alarm, and
    /// when a long campaign has not tried each kind.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "drill")
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
        let started = Clock.monotonicMilliseconds()
        let one = await outcome(of: campaign, count, changes: 1)
        let oneSeconds = (Clock.monotonicMilliseconds() - started) / 1_000
        let two = await outcome(of: campaign, double, changes: 2)
        let alarms = await falseAlarms(of: campaign, clean)
        let seconds = (Clock.monotonicMilliseconds() - started) / 1_000
        Terminal.writeOutput(
            TamperSummary(one: one, two: two, cleanCount: clean, alarmCount: alarms).text
                + "seed \(seed); \(seconds) s in all, \(oneSeconds) of them for one change\n"
        )
        let isComplete =
            count < completeTrialCount || one.kinds.count == Tampering.Kind.allCases.count
        let isGood =
            one.missed + one.misnamed + two.missed + two.misnamed + alarms == 0
            && one.count == count && two.count == double && isComplete
        return isGood ? .ok : .findings
    }

    private static func outcome(
        of campaign: TamperCampaign,
        _ count: Int,
        changes: Int
    ) async -> TamperCampaign.Outcome {
        let size = TamperCampaign.partTrialCount
        return await withTaskGroup(of: TamperCampaign.Outcome.self) { group in
            var total = TamperCampaign.Outcome()
            for part in 0..<((count + size - 1) / size) {
                // A few parts wait at a time, so that a long campaign takes no memory.
                if part >= 16, let done = await group.next() { total.add(done) }
                group.addTask { campaign.run(part: part, of: count, changes: changes) }
            }
            for await done in group { total.add(done) }
            return total
        }
    }

    private static func falseAlarms(of campaign: TamperCampaign, _ count: Int) async -> Int {
        await withTaskGroup(of: Int.self) { group in
            for first in stride(from: 0, to: count, by: 100) {
                group.addTask {
                    campaign.falseAlarms(in: first..<min(count, first + 100))
                }
            }
            return await group.reduce(0, +)
        }
    }
}
