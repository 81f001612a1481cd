import Support
import Testing

@Suite("Simulated disk")
struct HistoryTests {
    @Test("No acknowledged entry is lost, doubled or moved by crashes, faults and torn writes")
    func crashes() throws {
        var sum = SpoolHistory.Summary()
        for seed in UInt64(1)...600 {
            do throws(SpoolHistory.Violation) {
                sum += try SpoolHistory.run(seed: seed)
            } catch {
                Issue.record("history \(seed): \(error.rawValue)")
                return
            }
        }
        // The histories must hold what they are about.
        #expect(sum.acknowledged > 1_000)
        #expect(sum.rejected > 100)
        #expect(sum.crashes > 500)
        #expect(sum.torn > 50)
        #expect(sum.replayed > 1_000)
    }

    @Test("When durable bits flip, whatever is lost is named")
    func damage() throws {
        var sum = SpoolHistory.Summary()
        for seed in UInt64(1)...400 {
            do throws(SpoolHistory.Violation) {
                sum += try SpoolHistory.run(seed: seed, damages: true)
            } catch {
                Issue.record("history \(seed): \(error.rawValue)")
                return
            }
        }
        #expect(sum.damaged > 100)
        #expect(sum.found > 20)
    }
}
