import Testing

@testable import Lifecycle

@Suite("CanaryJudge")
struct CanaryJudgeTests {
    @Test("The logarithms are right to the last digits")
    func logarithms() {
        let table: [(Double, Double)] = [
            (1, 0), (2, 0.693147180559945309), (10, 2.302585092994045684),
            (0.001, -6.907755278982137052), (1e300, 690.775527898213705),
            (1.5, 0.405465108108164382),
        ]
        for (number, value) in table {
            #expect(abs(Logarithm.natural(number) - value) <= 1e-15 * max(1, abs(value)))
        }
        // ln C(52, 5) = ln 2598960; ln C(1000, 500) from the exact number.
        #expect(abs(Logarithm.choose(52, 5) - 14.77062192297037) < 1e-10)
        #expect(abs(Logarithm.choose(1_000, 500) - 689.4672615678512) < 1e-8)
        #expect(Logarithm.choose(7, 0) == 0)
    }

    @Test("The limits of a rate are those of the formula at its corners")
    func corners() {
        // No event in n cases: (n + 1) (1 - p)^n = alpha at the upper limit.
        let none = RateSequence(cases: 100, events: 0)
        #expect(none.lower(alpha: 0.01) == 0)
        let upper = none.upper(alpha: 0.01)
        var product = 101.0
        for _ in 0..<100 { product *= 1 - upper }
        #expect(abs(product - 0.01) < 1e-9)
        // All of them: the mirror image.
        let all = RateSequence(cases: 100, events: 100)
        #expect(all.upper(alpha: 0.01) == 1)
        #expect(abs(all.lower(alpha: 0.01) - (1 - upper)) < 1e-12)
        let nothing = RateSequence(cases: 0, events: 0)
        #expect(nothing.lower(alpha: 0.01) == 0)
        #expect(nothing.upper(alpha: 0.01) == 1)
    }

    @Test("The rate itself lies within, and more cases make the limits narrower")
    func narrowing() {
        var width = 1.0
        for cases in [10, 100, 1_000, 10_000] {
            let sequence = RateSequence(cases: cases, events: cases / 10)
            let lower = sequence.lower(alpha: 0.01)
            let upper = sequence.upper(alpha: 0.01)
            #expect(lower < 0.1)
            #expect(upper > 0.1)
            #expect(upper - lower < width)
            width = upper - lower
        }
    }

    @Test("A canary that refuses all is found out soon, and not before the stated minimum")
    func detection() throws {
        let judge = CanaryJudge(CanaryBounds())
        for cases in 1..<30 {
            #expect(
                judge.breach(canary: .init(cases: cases, refused: cases), live: .init(cases: 500))
                    == nil
            )
        }
        let breach = try #require(
            judge.breach(canary: .init(cases: 30, refused: 30), live: .init(cases: 500))
        )
        #expect(breach.measure == .refusal)
        #expect(breach.canaryLower > 0.5)
        #expect(breach.liveUpper < 0.1)
        #expect(breach.sentence.hasPrefix("refusal rate of the canary 30 of 30"))
        // Against a live arm of which too little is known nothing is judged.
        #expect(
            judge.breach(canary: .init(cases: 500, refused: 500), live: .init(cases: 29)) == nil
        )
    }

    @Test(
        "Each rate has its own bound, and a difference within the margin is none",
        arguments: CanaryJudge.Measure.allCases
    )
    func measures(measure: CanaryJudge.Measure) {
        var bounds = CanaryBounds()
        bounds.refusal = 0.2
        bounds.error = 0.2
        bounds.slow = 0.2
        let judge = CanaryJudge(bounds)
        func totals(_ events: Int) -> ArmTotals {
            switch measure {
            case .refusal: ArmTotals(cases: 10_000, refused: events)
            case .error: ArmTotals(cases: 10_000, failed: events)
            case .slow: ArmTotals(cases: 10_000, slow: events)
            }
        }
        #expect(judge.breach(canary: totals(4_000), live: totals(1_000))?.measure == measure)
        #expect(judge.breach(canary: totals(2_900), live: totals(1_000)) == nil)
        // A canary that is better is never taken back.
        #expect(judge.breach(canary: totals(0), live: totals(9_000)) == nil)
    }

    @Test("Looked at after every case, sound canaries are taken back less often than alpha")
    func falseAlarms() {
        var bounds = CanaryBounds()
        bounds.alpha = 0.05
        bounds.refusal = 0
        let judge = CanaryJudge(bounds)
        var generator = Generator(state: 20_261_121)
        var alarms = 0
        for _ in 0..<200 {
            var canary = ArmTotals()
            var live = ArmTotals()
            for _ in 0..<400 {
                live.add(isRefused: generator.next() < 0.2, isFailed: false, isSlow: false)
                canary.add(isRefused: generator.next() < 0.2, isFailed: false, isSlow: false)
                guard judge.breach(canary: canary, live: live) != nil else { continue }
                alarms += 1
                break
            }
        }
        #expect(alarms <= 10)
    }

    @Test("A share takes that share of the patients, the same ones each time")
    func share() {
        #expect(!CanaryShare.holds([UInt8](repeating: 0, count: 32), share: 0))
        #expect(CanaryShare.holds([UInt8](repeating: 255, count: 32), share: 1))
        var generator = Generator(state: 7)
        let codes = (0..<10_000).map { _ in (0..<8).map { _ in UInt8(generator.next() * 256) } }
        let count = codes.count { CanaryShare.holds($0, share: 0.1) }
        #expect((900...1_100).contains(count))
        // Whoever is in a small share is in a larger one.
        for code in codes where CanaryShare.holds(code, share: 0.1) {
            #expect(CanaryShare.holds(code, share: 0.2))
        }
    }

    /// A sequence of numbers between 0 and 1 that is the same in every run.
    private struct Generator {
        var state: UInt64
        mutating func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(UInt64(1) << 53)
        }
    }
}
