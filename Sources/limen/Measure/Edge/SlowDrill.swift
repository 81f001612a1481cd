import HTTPClient
import Posix

/// `limen drill slow`: what thousands of slow connections cost a good client.
enum SlowDrill {
    /// The good client's connections.
    private static let goodConnectionCount = 4
    private static let residentBytesMax = 256 << 20

    /// Runs the drill; `false` when the good client suffers, or the server holds too much.
    static func run(_ target: EdgeTarget, _ parsed: Arguments) async throws(CommandError) -> Bool {
        let seconds = try parsed.integer("seconds", default: 10, in: 1...86_400)
        let count = try parsed.integer("connections", default: 2_000, in: 1...20_000)
        _ = try good(target, seconds: 1)
        let before = target.holdings
        let alone = try good(target, seconds: seconds)
        let crowd = SlowCrowd(target.address, count: count)
        try crowd.start()
        let deadline = Clock.monotonicMilliseconds() + 30_000
        while crowd.openCount < count, Clock.monotonicMilliseconds() < deadline {
            try? await Task.sleep(for: .milliseconds(20))
        }
        let openCount = crowd.openCount
        let crowded = try good(target, seconds: seconds)
        let during = target.holdings
        let reopenedCount = crowd.reopenedCount
        await crowd.end()
        let after = await settled(target, before)
        let isServed = crowded.errorCount == 0 && crowded.statusCounts.keys.allSatisfy { $0 == 200 }
        let (p99Alone, p99Crowded) = (
            alone.microseconds(atQuantile: 0.99), crowded.microseconds(atQuantile: 0.99)
        )
        let isQuick = p99Crowded <= 2 * p99Alone
        // What is not known is not shown.
        let isSmall = during.map { $0.residentBytes < residentBytesMax } ?? false
        // A keep-alive connection or two may still be closing.
        let hasNoLeak =
            after.flatMap { after in
                before.map { after.descriptorCount <= $0.descriptorCount + goodConnectionCount }
            } ?? false
        let isGood = isServed && isQuick && isSmall && hasNoLeak && openCount == count
        Terminal.writeOutput(
            """
            \(count) slow connections: heads, bodies and readers, a byte each half second
            open at once            \(openCount)
            thrown out and back     \(reopenedCount)
            good client alone       \(line(alone))
            good client among them  \(line(crowded))
            server before           \(before?.text ?? "not known")
            server among them       \(during?.text ?? "not known")
            server afterwards       \(after?.text ?? "not known")
            \(isGood ? "slow connections cost the others next to nothing" : "this run does not show it")

            """
        )
        return isGood
    }

    private static func good(
        _ target: EdgeTarget,
        seconds: Int
    ) throws(CommandError) -> LoadReport {
        try target.load(
            target.light,
            connections: goodConnectionCount,
            milliseconds: seconds * 1_000
        )
    }

    /// What the server holds when the crowd has gone: it may take a moment to see that.
    private static func settled(
        _ target: EdgeTarget,
        _ before: EdgeTarget.Holdings?
    ) async -> EdgeTarget.Holdings? {
        let deadline = Clock.monotonicMilliseconds() + 15_000
        while true {
            let now = target.holdings
            guard let now, let before, now.descriptorCount > before.descriptorCount,
                Clock.monotonicMilliseconds() < deadline
            else { return now }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private static func line(_ report: LoadReport) -> String {
        let quantiles = [0.5, 0.99].map { Int(report.microseconds(atQuantile: $0)) }
        return "p50 \(quantiles[0]) us, p99 \(quantiles[1]) us, \(report.requestCount) answers"
    }
}
