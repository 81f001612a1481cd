import Monitoring
import Testing

/// Distributions and exact tests beside values of R and scipy.
@Suite("Distributions")
struct DistributionTests {
    @Test(
        "of chi-square have the tails of R's pchisq",
        arguments: [
            (3.841458820694124, 1, 0.05), (16.918977604620448, 9, 0.05),
            (1.0, 2, 0.6065306597126334),
            (30.0, 9, 0.0004387217709794795),
            (29.588298445074415, 10, 0.001), (11.07049769351635, 5, 0.05),
        ]
    )
    func chiSquare(x: Double, degrees: Int, tail: Double) {
        let found = ChiSquareDistribution.upperTail(x, degrees: degrees)
        #expect(abs(found - tail) < 1e-5 * max(tail, 0.01), "\(found)")
        let back = ChiSquareDistribution.quantile(1 - found, degrees: degrees)
        #expect(abs(back - x) < 1e-6 * x)
    }

    @Test(
        "of Fisher's test have the tails of the hypergeometric distribution",
        arguments: [
            // Twice the smaller of phyper's tails.
            (3, 10, 8, 10, 0.06977851),
            (0, 5, 5, 5, 0.007936507936507936),
            (1, 24, 9, 11, 1.4500537957974325e-05),
        ]
    )
    func exact(_ a: Int, _ n: Int, _ b: Int, _ m: Int, _ expected: Double) {
        let found = ExactTest.probability(
            referenceEvents: a,
            referenceCount: n,
            events: b,
            count: m
        )
        #expect(abs(found - expected) < 1e-8, "\(found)")
    }

    @Test("of Fisher's test are the sums of all tables", arguments: 0...12)
    func enumerated(events: Int) {
        // 12 of 30 against `events` of 20, counted out by whole numbers.
        func choose(_ n: Int, _ k: Int) -> Double {
            k < 0 || k > n ? 0 : (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
        }
        let total = 12 + events
        let all = choose(50, total)
        let masses = (0...20).map { choose(20, $0) * choose(30, total - $0) / all }
        let below = masses[...events].reduce(0, +)
        let above = masses[events...].reduce(0, +)
        let found = ExactTest.probability(
            referenceEvents: 12,
            referenceCount: 30,
            events: events,
            count: 20
        )
        #expect(abs(found - min(1, 2 * min(below, above))) < 1e-12)
    }

    @Test("of Fisher's test hold for large counts and say nothing of nothing")
    func extremes() {
        let large = ExactTest.probability(
            referenceEvents: 50_000,
            referenceCount: 1_000_000,
            events: 50_100,
            count: 1_000_000
        )
        // z = 0.3245
        #expect(abs(large - 0.7468) < 0.002)
        let far = ExactTest.probability(
            referenceEvents: 10,
            referenceCount: 1_000_000,
            events: 500_000,
            count: 1_000_000
        )
        #expect(far >= 0 && far < 1e-300)
        for (events, count) in [(0, 0), (0, 300), (300, 300)] {
            let same = ExactTest.probability(
                referenceEvents: events,
                referenceCount: count,
                events: events,
                count: count
            )
            #expect(same == 1)
        }
        #expect(RateChange(referenceEvents: 3, referenceCount: 2, events: 0, count: 1) == nil)
        #expect(RateChange(referenceEvents: 0, referenceCount: 0, events: 0, count: 1) == nil)
        #expect(RateChange(referenceEvents: 0, referenceCount: 2, events: -1, count: 1) == nil)
    }

    @Test("of Kolmogorov have the values of Marsaglia, Tsang and Wang")
    func kolmogorov() {
        #expect(abs(1 - KolmogorovDistribution.upperTail(0.274, count: 10) - 0.628479615) < 1e-8)
        #expect(KolmogorovDistribution.upperTail(0.001, count: 10) == 1)
        #expect(KolmogorovDistribution.upperTail(1, count: 10) == 0)
    }

    @Test("of a population without a size leave only the sample's own chance")
    func population() throws {
        let alone = try #require(
            DriftStatistics.noDriftBand(binCount: 10, referenceCount: nil, currentCount: 300)
        )
        #expect(abs(alone - 16.918977604620448 / 300) < 1e-9)
        let both = try #require(
            DriftStatistics.noDriftBand(binCount: 10, referenceCount: 300, currentCount: 300)
        )
        #expect(abs(both - 2 * alone) < 1e-12)
        #expect(DriftStatistics.effectiveCount(nil, 300) == 300)
        #expect(DriftStatistics.effectiveCount(300, 300) == 150)
    }

    @Test("that are empty or do not fit have no distance")
    func nothing() {
        for (reference, current) in [
            ([], []), ([0, 0], [1, 2]), ([1, 2], [0, 0]), ([1], [1, 2]), ([-1, 2], [1, 2]),
        ] {
            #expect(DriftStatistics.psi(reference: reference, current: current) == nil)
            #expect(DriftStatistics.chiSquare(reference: reference, current: current) == nil)
            #expect(
                DriftStatistics.kolmogorovSmirnov(reference: reference, current: current) == nil
            )
        }
    }
}
