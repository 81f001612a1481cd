package import ClinicalEngine
package import Mapping
package import Monitoring
package import PMML

import Crypto

extension ModelReference {
    /// Makes a reference from what a document states of its fields; `nil` when it states nothing
    /// that can be used.
    ///
    /// Of intervals and values the counts are taken as they are. Of quantiles only the shares are
    /// known: on coarse values they are not quite those of the data, by less than the fixed limit
    /// of PSI lets through; and equal ones say nothing about the share between them, so that
    /// such an input is left out.
    package init?(
        _ statistics: [FieldStatistics],
        profile: String,
        version: String?,
        sha256: String
    ) {
        let series = statistics.compactMap(Self.series)
        guard !series.isEmpty else { return nil }
        self.init(
            profile: profile,
            version: version,
            sha256: sha256,
            source: "ModelStats of the document",
            series: series
        )
    }

    /// The reference that a document states of the inputs that its profile has.
    package static func stated(
        _ name: String,
        _ profile: Profile,
        _ model: ClinicalModel,
        _ bytes: [UInt8]
    ) -> ModelReference? {
        guard let statistics = try? PMMLDocument.statistics(bytes), !statistics.isEmpty else {
            return nil
        }
        var reference = ModelReference(
            statistics,
            profile: name,
            version: model.about.version,
            sha256: Hexadecimal.text(Digest.sha256(bytes))
        )
        // What is stated of a target, or of another kind than the profile's, is no input's.
        while let found = reference,
            let misfit = CounterLayout.misfit(in: found, profile: profile, model: model)
        {
            reference?.series.removeAll { $0.name == misfit }
        }
        return reference.flatMap { $0.series.isEmpty ? nil : $0 }
    }

    private static func series(_ statistics: FieldStatistics) -> ReferenceSeries? {
        let name = SeriesName(.input, statistics.field)
        if !statistics.values.isEmpty { return categories(name, statistics) }
        if !statistics.intervalCounts.isEmpty,
            let bins = ReferenceBins(edges: statistics.margins)
        {
            return make(name, .numbers(bins), statistics.intervalCounts, statistics)
        }
        let inner = statistics.quantiles.filter { $0.limit > 0 && $0.limit < 100 }
        guard !inner.isEmpty, let bins = ReferenceBins(edges: inner.map(\.value)) else {
            return nil
        }
        // Whole numbers whose sum is the size of the sample, where that is known.
        let size = valid(statistics) ?? 100_000
        let places = [0] + inner.map { Int(($0.limit / 100 * Double(size)).rounded()) } + [size]
        let counts = zip(places, places.dropFirst()).map { $1 - $0 }
        return make(name, .numbers(bins), counts, statistics)
    }

    private static func categories(
        _ name: SeriesName,
        _ statistics: FieldStatistics
    ) -> ReferenceSeries? {
        let values = statistics.values
        guard values.count <= SeriesBins.categoriesMax,
            Set(values.map(\.text)).count == values.count
        else { return nil }
        let bins = SeriesBins.categories(values.map(\.text))
        return make(name, bins, values.map(\.count) + [0], statistics)
    }

    private static func valid(_ statistics: FieldStatistics) -> Int? {
        statistics.totalCount.map { $0 - statistics.missingCount - statistics.invalidCount }
    }

    private static func make(
        _ name: SeriesName,
        _ bins: SeriesBins,
        _ counts: [Int],
        _ statistics: FieldStatistics
    ) -> ReferenceSeries? {
        var notes: [CounterNote: Int] = [
            .missing: statistics.missingCount,
            .invalidValue: statistics.invalidCount,
        ]
        let range = bins.isOrdered ? statistics.range : nil
        if range != nil {
            // The ends themselves stand for what lies beyond: that nothing did in the sample that
            // the range was taken from would be no rate to hold anything against.
            notes[.below] = 1
            notes[.above] = 1
        }
        guard let histogram = InputHistogram(bins: counts, notes: notes) else { return nil }
        guard valid(statistics) == nil else {
            return ReferenceSeries(name: name, bins: bins, histogram: histogram, range: range)
        }
        return ReferenceSeries(
            name: name,
            bins: bins,
            shares: histogram,
            size: statistics.quantiles.isEmpty ? histogram.validCount : nil,
            caseCount: nil,
            range: range
        )
    }
}
