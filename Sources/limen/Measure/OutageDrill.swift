import Posix
import Spool

/// `limen drill outage`: PostgreSQL is stopped under load, and comes back.
///
/// Nobody may be refused, and when the database is back it holds every answered request once.
enum OutageDrill {
    private static let connectionCount = 8

    /// Runs the drill; exit code 1 when an answer or a row is missing or doubled.
    static func run(_ parsed: Arguments) async throws(CommandError) -> ExitCode {
        let seconds = try parsed.integer("seconds", default: 120, in: 1...86_400)
        let gateway = try ChildGateway()
        try gateway.removeWhenSignalled()
        do throws(CommandError) {
            let isGood = try await drill(gateway, seconds: seconds)
            try gateway.remove()
            return isGood ? .ok : .findings
        } catch {
            try? gateway.remove()
            throw error
        }
    }

    private static func drill(
        _ gateway: ChildGateway,
        seconds: Int
    ) async throws(CommandError) -> Bool {
        let address = try await gateway.start()
        let volley = Volley(
            address: address,
            request: try LoadRequest(
                prefetchBytes: 4_096,
                host: "127.0.0.1",
                key: try gateway.key(),
                now: Clock.now()
            )
        )
        try volley.start(connections: connectionCount)
        try? await Task.sleep(for: .seconds(1))
        let cluster = try Cluster.inState(gateway.state)
        let before = volley.answeredCount
        let memory = ResourceUsage.residentBytes(process: gateway.identifier) ?? 0
        try cluster.stop()
        try? await Task.sleep(for: .seconds(seconds))
        let during = volley.answeredCount - before
        let peak = ResourceUsage.residentBytesPeak(process: gateway.identifier) ?? 0
        let refused = volley.refusedCount
        let slowest = volley.slowestMilliseconds
        try cluster.start()
        try? await Task.sleep(for: .seconds(1))
        let rest = try await drain(gateway)
        // The load goes on until the spool is empty, or it would show less than it says.
        try gateway.end(.terminate)
        let answered = await volley.end()
        try cluster.start()
        let verdict = try KillDrill(gateway: gateway, seed: 0).verdict(answered)
        let isGood =
            verdict.missingCount == 0 && verdict.doubledCount == 0 && refused == 0 && during > 0
            && rest == 0
        Terminal.writeOutput(
            """
            PostgreSQL stopped for \(seconds) s under load, \(connectionCount) connections
            answered before         \(before)
            answered while away     \(during)
            refused while away      \(refused)
            slowest answer          \(slowest) ms
            resident before         \(memory >> 20) MB
            resident at most        \(peak >> 20) MB
            answered in all         \(answered.count)
            answered without a row  \(verdict.missingCount)
            rows more than once     \(verdict.doubledCount)
            entries left in spool   \(rest)
            \(isGood ? "no answer was lost, and every one has its row" : "this run does not show it")

            """
        )
        return isGood
    }

    /// Waits until the spool is empty; answers how many segments are left.
    static func drain(_ gateway: ChildGateway) async throws(CommandError) -> Int {
        let deadline = Clock.monotonicMilliseconds() + 120_000
        while true {
            let names = (try? Folder.names(path: gateway.state.file("spool"))) ?? []
            let count = names.count { $0.hasSuffix(".spool") }
            if count == 0 || Clock.monotonicMilliseconds() > deadline { return count }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }
}
