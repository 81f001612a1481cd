import Monitoring

/// A made-up ward: inputs as they are charted, coarse and partly missing, and what drifts in it.
struct Ward {
    /// How the patients of now differ from those of the reference.
    struct Change {
        var pulseShift = 0.0
        var missingTemperature = 0.05
        var invalidSaturation = 0.01
        var farPressure = 0.0
        var segments = [0.5, 0.3, 0.2]
    }

    /// One case: what each input came to, and the segment.
    struct Case {
        var values: [Double?]
        var isInvalid: [Bool]
        var segment: Int
    }

    static let names = ["pulse", "temperature", "spo2", "systolic", "respiratoryRate", "age"]
    static let segments = ["steady", "frail", "acute"]

    var generator: SeededGenerator

    /// Many patients, drawn once: to draw one of them again and again is to draw from a population.
    private static let pool: [[Double]] = {
        var generator = SeededGenerator(1)
        return (0..<20_000).map { _ in
            [
                (82 + 12 * generator.normal()).rounded(),
                ((36.9 + 0.6 * generator.normal()) * 10).rounded() / 10,
                min(100, (97 - 1.5 * abs(generator.normal())).rounded()),
                (125 + 18 * generator.normal()).rounded(),
                (17 + 3 * generator.normal()).rounded(),
                (60 + 15 * generator.normal()).rounded(),
            ]
        }
    }()

    mutating func cases(_ count: Int, _ change: Change = Change()) -> [Case] {
        (0..<count).map { _ in
            var values: [Double?] = Self.pool[Int(generator.next() % UInt64(Self.pool.count))]
            if change.pulseShift != 0 { values[0] = values[0].map { $0 + change.pulseShift } }
            var isInvalid = Array(repeating: false, count: values.count)
            if generator.happens(change.missingTemperature) { values[1] = nil }
            if generator.happens(change.invalidSaturation) {
                (values[2], isInvalid[2]) = (nil, true)
            }
            if generator.happens(change.farPressure) { values[3] = 260 }
            let draw = Double.random(in: 0..<1, using: &generator)
            let (first, second) = (change.segments[0], change.segments[1])
            let segment = draw < first ? 0 : draw < first + second ? 1 : 2
            return Case(values: values, isInvalid: isInvalid, segment: segment)
        }
    }

    static func reference(_ cases: [Case]) throws -> ModelReference {
        var series: [ReferenceSeries] = []
        for (position, name) in names.enumerated() {
            let values = cases.compactMap { $0.values[position] }
            let built = ReferenceBuilder.numbers(
                name: SeriesName(.input, name),
                values: values,
                notes: [
                    .missing: cases.count { $0.values[position] == nil && !$0.isInvalid[position] },
                    .invalidValue: cases.count { $0.isInvalid[position] },
                ],
                standard: nil
            )
            if let built { series.append(built) }
        }
        series.append(
            ReferenceSeries(
                name: SeriesName(.segment),
                bins: .categories(segments),
                histogram: count(
                    cases,
                    CounterSeries(name: SeriesName(.segment), bins: .categories(segments)),
                    nil
                )
            )
        )
        return ModelReference(
            profile: "ward",
            version: "1",
            sha256: String(repeating: "ab", count: 32),
            source: nil,
            series: series
        )
    }

    /// What a gateway that counts by the reference would have counted.
    static func counted(
        _ cases: [Case],
        by reference: ModelReference
    ) -> [(series: CounterSeries, histogram: InputHistogram)] {
        reference.series.map { found in
            let position = names.firstIndex(of: found.name.name)
            return (found.counted, count(cases, found.counted, position))
        }
    }

    private static func count(
        _ cases: [Case],
        _ series: CounterSeries,
        _ position: Int?
    ) -> InputHistogram {
        var histogram = InputHistogram(binCount: series.bins.count)
        for one in cases {
            guard let position else {
                histogram.add(bin: one.segment)
                continue
            }
            guard let value = one.values[position] else {
                histogram.add(one.isInvalid[position] ? .invalidValue : .missing)
                continue
            }
            guard let bin = series.bins.index(of: value) else { continue }
            histogram.add(bin: bin)
            if let range = series.range {
                if value < range.lowerBound { histogram.add(.below) }
                if value > range.upperBound { histogram.add(.above) }
            }
        }
        return histogram
    }
}
