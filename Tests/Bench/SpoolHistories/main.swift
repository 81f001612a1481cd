import Basics
import Posix
import Support

// SpoolHistories [COUNT] [SEED]: seeded lives of a spool on a simulated disk.
//
// Nine in ten histories have crashes, faults and reordered writes; in the tenth, bits of durable
// files flip as well. A violation ends the run and names its seed.

let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
let count = arguments.first ?? 1_000_000
let first = arguments.dropFirst().first ?? 1
let start = Clock.monotonicMilliseconds()
var sum = SpoolHistory.Summary()
for seed in first..<(first + count) {
    do throws(SpoolHistory.Violation) {
        sum += try SpoolHistory.run(seed: seed, damages: seed % 10 == 0)
    } catch {
        Terminal.writeOutput("history \(seed): \(error.rawValue)\n")
        Terminal.exit(1)
    }
}
let seconds = (Clock.monotonicMilliseconds() - start) / 1_000
Terminal.writeOutput(
    """
    \(count) histories from seed \(first), 0 violations, \(seconds) s
    acknowledged \(sum.acknowledged), rejected \(sum.rejected), replayed \(sum.replayed)
    crashes \(sum.crashes), restarts \(sum.restarts), torn tails \(sum.torn)
    bits flipped \(sum.damaged), losses that were named \(sum.found)

    """
)
