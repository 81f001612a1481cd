import Basics
import Testing

@Suite("Limits of monitoring")
struct MonitoringLimitsTests {
    @Test("A histogram has room for deciles, and drift is told of more cases than it has bins")
    func relations() {
        #expect(Limits.driftBinsMax >= 10)
        #expect(Limits.driftCasesMin > Limits.driftBinsMax)
    }
}
