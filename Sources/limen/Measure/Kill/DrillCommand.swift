import Basics
import Ledger
import Posix

/// `limen drill`: faults on purpose, and the count of rows afterwards.
///
/// The promise on trial: no decision leaves without its durable row. Whatever was answered must be
/// in the trail just once; what was not answered may be there once or not at all.
enum DrillCommand {
    /// Runs the drill; exit code 1 when it does not show what it should.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "drill")
        switch parsed.words {
        case ["markers"]: return try await MarkerDrill.run(parsed)
        case ["outage"]: return try await OutageDrill.run(parsed)
        case ["kill"]: return try await kill(parsed)
        case ["slow"]: return try await onEdge(parsed, SlowDrill.run)
        case ["flood"]: return try await onEdge(parsed, FloodDrill.run)
        case ["garbage"]: return try await onEdge(parsed, GarbageDrill.run)
        case ["soak"]: return try await onEdge(parsed, SoakDrill.run)
        default:
            throw CommandError(
                .usage,
                "say limen drill kill, markers, outage, tamper, slow, flood, garbage or soak; "
                    + "limen help drill says more"
            )
        }
    }

    private static func onEdge(
        _ parsed: Arguments,
        _ drill: (EdgeTarget, Arguments) async throws(CommandError) -> Bool
    ) async throws(CommandError) -> ExitCode {
        try await EdgeTarget.run(parsed) { target throws(CommandError) in
            try await drill(target, parsed)
        }
    }

    private static func kill(_ parsed: Arguments) async throws(CommandError) -> ExitCode {
        let cycles = try parsed.integer("cycles", default: 100, in: 1...100_000)
        let seed = try parsed.integer(
            "seed",
            default: Int(Clock.now().microseconds % 1_000_000),
            in: 0...Int.max
        )
        var report = KillReport(seed: seed)
        var numbers = CampaignNumbers(UInt64(seed))
        // A fresh trail now and then: each cycle verifies all of it.
        while report.cycleCount < cycles {
            let already = report
            let count = min(Limits.killDrillTrailCyclesMax, cycles - already.cycleCount)
            let own = numbers.next()
            report = try await onSite { site throws(CommandError) in
                let drill = KillDrill(site: site, seed: own, already: already, of: cycles)
                try await drill.run(cycles: count)
                return already.with(
                    drill.tallies,
                    trail: try drill.verify(),
                    exposures: try drill.exposures()
                )
            }
        }
        Terminal.writeOutput(report.text)
        return report.isGood ? .ok : .findings
    }

    /// Runs a drill on a site of its own, which is removed afterwards.
    static func onSite<Result>(
        _ body: (DrillSite) async throws(CommandError) -> Result
    ) async throws(CommandError) -> Result {
        let gateway = try ChildGateway()
        try gateway.removeWhenSignalled()
        let site: DrillSite
        do throws(CommandError) {
            site = try await DrillSite.make(gateway)
        } catch {
            try? gateway.remove()
            throw error
        }
        do throws(CommandError) {
            let result = try await body(site)
            try site.remove()
            return result
        } catch {
            try? site.remove()
            throw error
        }
    }
}
