import Monitoring
import Testing

/// How often triggers fire without drift, which is stated, and with it.
@Suite("Triggers of drift")
struct FalseAlarmTests {
    @Test("fire without drift no more often than is stated, over 1,000 samples of 300")
    func falseAlarms() throws {
        var ward = Ward(generator: SeededGenerator(20_261_121))
        var fired = 0
        var beyondBand = 0
        for _ in 0..<1_000 {
            // A reference of its own each time: it is a sample too.
            let reference = try Ward.reference(ward.cases(400))
            let drift = ModelDrift(Ward.counted(ward.cases(300), by: reference), against: reference)
            #expect(drift.comparisonCount == 25)
            if drift.hasFired { fired += 1 }
            let pulse = try #require(drift.items[0].verdict.report?.numbers)
            if pulse.psi > pulse.noDriftBand { beyondBand += 1 }
        }
        // Ten are stated; nineteen or more would be seen in 1 of 140 runs of a rate of just that.
        #expect(fired <= 18)
        // The band is told to hold 95 of 100; between 3 and 7 of 100 lie beyond it.
        #expect((30...70).contains(beyondBand))
    }

    @Test("fire without drift no more often than is stated with a large reference and sample")
    func largeSamples() throws {
        var ward = Ward(generator: SeededGenerator(7))
        var fired = 0
        for _ in 0..<100 {
            let reference = try Ward.reference(ward.cases(2_000))
            let drift = ModelDrift(
                Ward.counted(ward.cases(3_000), by: reference),
                against: reference
            )
            if drift.hasFired { fired += 1 }
        }
        #expect(fired <= 4)
    }

    /// A kind of drift and the trigger that has to say so.
    static let drifts: [(String, Ward.Change, SeriesName, DriftTrigger)] = [
        (
            "pulses rise by 9", .init(pulseShift: 9),
            SeriesName(.input, "pulse"), .distribution
        ),
        (
            "temperatures are not sent", .init(missingTemperature: 0.25),
            SeriesName(.input, "temperature"), .missing
        ),
        (
            "saturations cannot be read", .init(invalidSaturation: 0.12),
            SeriesName(.input, "spo2"), .invalid
        ),
        (
            "pressures come in another unit", .init(farPressure: 0.12),
            SeriesName(.input, "systolic"), .outOfRange
        ),
        (
            "segments move", .init(segments: [0.3, 0.3, 0.4]),
            SeriesName(.segment), .distribution
        ),
    ]

    @Test("fire when there is drift, in at least 19 of 20 samples of 300", arguments: 0..<5)
    func power(_ position: Int) throws {
        let (name, change, series, trigger) = Self.drifts[position]
        var ward = Ward(generator: SeededGenerator(UInt64(100 + position)))
        var fired = 0
        for _ in 0..<200 {
            let reference = try Ward.reference(ward.cases(400))
            let drift = ModelDrift(
                Ward.counted(ward.cases(300, change), by: reference),
                against: reference
            )
            let item = try #require(drift.items.first { $0.series.name == series })
            if item.triggers.contains(trigger) { fired += 1 }
        }
        #expect(fired >= 190, "\(name): \(fired) of 200")
    }

    @Test("say nothing below 200 cases, and do not call that no drift")
    func tooFew() throws {
        var ward = Ward(generator: SeededGenerator(3))
        let reference = try Ward.reference(ward.cases(400))
        let few = ModelDrift(
            Ward.counted(ward.cases(150, .init(pulseShift: 40)), by: reference),
            against: reference
        )
        #expect(!few.hasFired)
        #expect(!few.isJudged)
        for item in few.items {
            guard case .tooFew(let report) = item.verdict else {
                Issue.record("\(item.series.name.text) was judged")
                continue
            }
            #expect(report.numbers == nil)
            #expect(report.rates.isEmpty)
            #expect(report.currentCountMin >= 200)
        }
    }

    @Test("judge rates alone when nearly all values are missing")
    func mostlyMissing() throws {
        var ward = Ward(generator: SeededGenerator(4))
        let reference = try Ward.reference(ward.cases(400))
        let drift = ModelDrift(
            Ward.counted(ward.cases(300, .init(missingTemperature: 0.9)), by: reference),
            against: reference
        )
        let item = try #require(drift.items.first { $0.series.name.name == "temperature" })
        #expect(item.verdict.report?.numbers == nil)
        #expect(item.triggers == [.missing])
    }

    @Test("know a series without a reference, and one counted in other bins")
    func otherBins() throws {
        var ward = Ward(generator: SeededGenerator(5))
        let cases = ward.cases(400)
        let reference = try Ward.reference(cases)
        let other = CounterSeries(
            name: SeriesName(.input, "pulse"),
            bins: .numbers(try #require(ReferenceBins(edges: [80])))
        )
        let unknown = CounterSeries(name: SeriesName(.input, "weight"), bins: other.bins)
        let histogram = try #require(InputHistogram(bins: [300, 300]))
        let drift = ModelDrift([(other, histogram), (unknown, histogram)], against: reference)
        #expect(drift.items.map(\.verdict) == [.otherBins, .noReference])
        #expect(!drift.isJudged)
        #expect(ModelDrift([(other, histogram)], against: nil).items[0].verdict == .noReference)
    }

    @Test("fall back on the standard bins of a reference")
    func standardBins() throws {
        var ward = Ward(generator: SeededGenerator(6))
        let values = ward.cases(500).compactMap { $0.values[0] }
        let standard = SeriesBins.numbers(
            try #require(ReferenceBins(equalBins: 10, over: 40...120))
        )
        let series = try #require(
            ReferenceBuilder.numbers(
                name: SeriesName(.input, "pulse"),
                values: values,
                notes: [:],
                standard: standard
            )
        )
        var counted = InputHistogram(binCount: 10)
        for value in ward.cases(500).compactMap({ $0.values[0] }) {
            counted.add(bin: try #require(standard.index(of: value)))
        }
        let report = try #require(
            DriftReport(
                CounterSeries(name: series.name, bins: standard),
                counted,
                against: series,
                level: 0.01
            )
        )
        #expect(report.numbers != nil)
        // Without the range of the reference nothing was counted beyond it.
        #expect(report.rates.map(\.kind) == [.missing, .invalid])
        #expect(report.triggers.isEmpty)
    }
}
