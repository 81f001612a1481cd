import HTTPClient
import HTTPMessages
import Posix

/// `limen drill slow`: what thousands of slow connections cost a good client.
enum SlowDrill {
    private static let residentBytesMax = 256 << 20

    /// Runs the drill; `false` when the good client suffers, the server holds too much, or what
    /// came was not slow to it.
    static func run(_ target: EdgeTarget, _ parsed: Arguments) async throws(CommandError) -> Bool {
        let seconds = try parsed.integer("seconds", default: 10, in: 1...86_400)
        let count = try parsed.integer("connections", default: 2_000, in: 1...20_000)
        _ = try Good(target, milliseconds: 500)
        let answerBytes = try answerBytes(target)
        let before = target.holdings
        let alone = try Good(target, milliseconds: seconds * 1_000)
        let crowd = SlowCrowd(target, count: count)
        try crowd.start()
        let comeCount = await gathered(crowd, count)
        await calmed(target)
        crowd.watch()
        let crowded = try Good(target, milliseconds: seconds * 1_000)
        let during = target.holdings
        let leastCount = crowd.leastCount
        let thrown = (crowd.tooSlowCount, crowd.unreadCount, crowd.otherwiseCount)
        let cutOffCount = crowd.cutOffCount
        await crowd.end()
        let after = await settled(target, before)
        let isQuick = crowded.isQuick(beside: alone)
        // What is not known is not shown.
        let isSmall = during.map { $0.residentBytes < residentBytesMax } ?? false
        // A keep-alive connection or two may still be closing.
        let hasNoLeak =
            after.flatMap { after in
                before.map { after.descriptorCount <= $0.descriptorCount + Good.connectionCount }
            } ?? false
        // Who was thrown out takes a moment to come again.
        let isSlow = thrown.2 == 0 && comeCount == count && leastCount * 2 >= count
        let isGood = crowded.isServed && isQuick && isSmall && hasNoLeak && isSlow
        Terminal.writeOutput(
            """
            \(count) slow connections: \(target.security == nil ? "" : "handshakes, ")heads, bodies, \
            second halves of bodies and readers of answers of their own, a byte each half second
            came                    \(comeCount), of whom at least \(leastCount) were open at any time
            answer of a reader      \(answerBytes) bytes
            thrown out and back     \(thrown.0) too slow, \(thrown.1) that do not read, \
            \(thrown.2) for another reason\(target.security == nil ? "" : cutOffText(cutOffCount))
            /livez alone            \(alone.light.text)
            /livez among them       \(crowded.light.text)
            its work alone          \(alone.work.text)
            its work among them     \(crowded.work.text)
            server before           \(before?.text ?? "not known")
            server among them       \(during?.text ?? "not known")
            server afterwards       \(after?.text ?? "not known")

            """
        )
        for (isShown, finding) in [
            (isSlow, "not all were slow clients to this server, so others cost it nothing"),
            (crowded.isServed, "good clients were not served"),
            (isQuick, "p99 of a good client more than doubled"),
            (isSmall, "256 MB resident were not kept, or are not known"),
            (hasNoLeak, "descriptors were left open, or are not known"),
        ] where !isShown {
            Terminal.writeOutput("finding: \(finding)\n")
        }
        Terminal.writeOutput(
            isGood
                ? "slow connections cost the others next to nothing\n"
                : "this run does not show it\n"
        )
        return isGood
    }

    /// What good clients meet: one that costs the server next to nothing, and one whose calls are
    /// decided.
    private struct Good {
        /// The connections of each.
        static let connectionCount = 4
        let light: LoadReport
        let work: LoadReport

        init(_ target: EdgeTarget, milliseconds: Int) throws(CommandError) {
            light = try target.load(
                target.light,
                connections: Self.connectionCount,
                milliseconds: milliseconds
            )
            work = try target.load(
                target.work.bytes,
                connections: Self.connectionCount,
                milliseconds: milliseconds,
                vary: target.work.vary
            )
        }

        var isServed: Bool {
            [light, work].allSatisfy { report in
                report.errorCount == 0 && report.requestCount > 0
                    && report.statusCounts.keys.allSatisfy { $0 == 200 }
            }
        }

        /// Whether p99 has at most doubled.
        func isQuick(beside alone: Good) -> Bool {
            zip([light, work], [alone.light, alone.work]).allSatisfy { now, before in
                now.microseconds(atQuantile: 0.99) <= 2 * before.microseconds(atQuantile: 0.99)
            }
        }
    }

    /// How large the answer is that readers do not read.
    ///
    /// Who is refused has no answer of its own, and would make the drill an easy one.
    private static func answerBytes(_ target: EdgeTarget) throws(CommandError) -> Int {
        let response: HTTPResponse
        do {
            var bytes = target.slow.own.bytes
            target.slow.own.vary(&bytes, 0)
            var client = try target.client(timeoutMilliseconds: 30_000)
            try client.write(bytes)
            response = try client.receive()
        } catch {
            throw CommandError(.unavailable, "the server does not answer a reader")
        }
        guard response.status == 200 else {
            throw CommandError(
                .unavailable,
                "the server refuses what readers ask for with \(response.status); "
                    + "name the key of a client that it knows with --key-file"
            )
        }
        return response.body.count
    }

    private static func cutOffText(_ count: Int) -> String {
        "\nhandshakes ended        \(count)"
    }

    /// How many came, when all have been there or a minute has passed.
    private static func gathered(_ crowd: SlowCrowd, _ count: Int) async -> Int {
        let deadline = Clock.monotonicMilliseconds() + 60_000
        while true {
            let comeCount = crowd.comeCount
            if comeCount == count || Clock.monotonicMilliseconds() > deadline { return comeCount }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits until the server has made the answers that nobody reads, two minutes at most: that is
    /// work like any other, and not what slow clients cost.
    private static func calmed(_ target: EdgeTarget) async {
        guard target.slow.hasDecisions, let process = target.process else { return }
        let deadline = Clock.monotonicMilliseconds() + 120_000
        var before = ResourceUsage.processorMicroseconds(process: process)
        while Clock.monotonicMilliseconds() < deadline {
            let start = Clock.monotonicMilliseconds()
            try? await Task.sleep(for: .milliseconds(1_000))
            let now = ResourceUsage.processorMicroseconds(process: process)
            guard let now, let last = before else { return }
            // The drips of thousands take less than a quarter of a core.
            if (now - last) * 4 < (Clock.monotonicMilliseconds() - start) * 1_000 { return }
            before = now
        }
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
}

extension LoadReport {
    /// Latency and count, as a drill prints them.
    fileprivate var text: String {
        let quantiles = [0.5, 0.99].map { Int(microseconds(atQuantile: $0)) }
        return "p50 \(quantiles[0]) us, p99 \(quantiles[1]) us, \(requestCount) answers"
    }
}
