import Foundation
import Support
import Testing

/// Short runs of the drills; the long ones are commands of their own.
@Suite("Drills", .serialized, .enabled(if: LiveGateway.isPresent, LiveGateway.absence))
struct DrillTests {
    @Test("Killed gateways, killed databases and lost replies lose and double no answered row")
    func kill() throws {
        let cycles = ProcessInfo.processInfo.environment["LIMEN_TEST_KILL_CYCLES"] ?? "30"
        let run = try LiveGateway.run(["drill", "kill", "--cycles", cycles, "--seed", "7"])
        #expect(run.exitCode == 0, "\(run.output) \(run.error)")
        let counts = Self.counts(run.output)
        for name in ["answered without a row", "rows more than once", "findings after cycles"] {
            #expect(counts[name] == 0, "\(run.output)")
        }
        #expect(counts["findings in the end"] == 0)
        #expect(try #require(counts["answered"]) > 100)
        for fault in ["gateway killed", "PostgreSQL killed", "both killed", "replies cut off"] {
            #expect(run.output.contains(fault), "every fault had its turn")
        }
        #expect(run.output.contains(" cuts\n"))
    }

    @Test("A database that is away under load costs no answer, no row and no order")
    func outage() throws {
        let run = try LiveGateway.run(["drill", "outage", "--seconds", "4"])
        let counts = Self.counts(run.output)
        for name in ["answered without a row", "rows more than once"] {
            #expect(counts[name] == 0, "\(run.output)")
        }
        // Beside other tests a call may miss its deadline, and is then refused: a matter of time.
        let late = counts["refused with 503 LIMEN-GATE-012"] ?? 0
        #expect(counts["refused"] == late, "\(run.output)")
        #expect(run.exitCode == (late == 0 ? 0 : 1), "\(run.output) \(run.error)")
        #expect(counts["batches out of order"] == 0)
        #expect(counts["findings of the verifier"] == 0)
        let away = try #require(counts["answered while away"])
        #expect(away > 0)
        #expect(try #require(counts["rows of the time away"]) >= away, "with their own times")
        for phase in ["before", "while away", "afterwards"] {
            #expect(run.output.contains("latency " + phase), "\(run.output)")
        }
    }

    /// The numbers of a report by their names.
    private static func counts(_ report: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        for line in report.split(separator: "\n") {
            guard let space = line.lastIndex(of: " "),
                let count = Int(line[line.index(after: space)...])
            else { continue }
            counts[line[..<space].trimmingCharacters(in: .whitespaces)] = count
        }
        return counts
    }
}
