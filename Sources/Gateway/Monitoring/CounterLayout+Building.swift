package import ClinicalEngine
package import Mapping
package import Monitoring

extension CounterLayout {
    /// How many bins a number has that no reference says anything about.
    private static var standardBinCount: Int { 10 }
    /// How many categories have their probability counted.
    private static var probabilitySeriesMax: Int { 8 }

    /// Makes the layout of a model: in the bins of the reference where it has them.
    ///
    /// Without a reference an input has ten bins of equal width over its plausible range, and the
    /// number that a scorecard predicts over the range of its points. Where neither is known there
    /// is one bin, so that missing and invalid values are counted all the same.
    package init(profile: Profile, model: ClinicalModel, reference: ModelReference?) {
        let standard = Self.standard(profile: profile, model: model)
        let counted = standard.map { series in
            guard let found = reference?[series.name], Self.fits(found.bins, series.bins) else {
                return series
            }
            return found.counted
        }
        self.init(
            inputs: counted.filter { $0.name.kind == .input },
            outputs: counted.filter { $0.name.kind != .input }
        )
    }

    /// The first name in a reference that is none of the model, or of another kind of values.
    package static func misfit(
        in reference: ModelReference,
        profile: Profile,
        model: ClinicalModel
    ) -> SeriesName? {
        let standard = Self.standard(profile: profile, model: model)
        return reference.series.first { found in
            if found.name.kind == .outcome { return found.bins != .categories(outcomes) }
            guard let own = standard.first(where: { $0.name == found.name }) else { return true }
            return !fits(found.bins, own.bins)
        }?.name
    }

    /// What is counted without a reference, but for the outcome.
    package static func standard(profile: Profile, model: ClinicalModel) -> [CounterSeries] {
        let declarations = profile.declarations
        let inputs = model.fields.map { field in
            let position = declarations.firstIndex { $0.name == field.name }
            let declaration = position.map { declarations[$0] }
            let range = position.flatMap { profile.plausibleRanges[$0] }
            return CounterSeries(
                name: SeriesName(.input, field.name),
                bins: bins(field, declaration, range)
            )
        }
        return inputs + outputs(model)
    }

    private static func fits(_ found: SeriesBins, _ own: SeriesBins) -> Bool {
        found.isOrdered == own.isOrdered
    }

    private static func bins(
        _ field: ClinicalModel.Field,
        _ declaration: Profile.Declaration?,
        _ plausible: ClosedRange<Double>?
    ) -> SeriesBins {
        switch field.kind {
        case .categorical(let categories):
            if !categories.isEmpty { return .categories(bounded(categories)) }
            if declaration?.type == "boolean" { return .categories(["false", "true"]) }
            return .categories(bounded(declaration?.values ?? []))
        case .continuous:
            if declaration?.type == "boolean" { return numbers(edges: [0.5]) }
            return plausible.flatMap { ReferenceBins(equalBins: standardBinCount, over: $0) }
                .map { .numbers($0) } ?? numbers(edges: [])
        }
    }

    private static func outputs(_ model: ClinicalModel) -> [CounterSeries] {
        var series: [CounterSeries] = []
        switch model.function {
        case .regression:
            // A scorecard has bounds whatever is missing; no other number has.
            let open = model.evaluate(Array(repeating: .missing, count: model.fields.count))
            var bins: SeriesBins = numbers(edges: [])
            if let low = open.lower, let high = open.upper, low.isFinite, high.isFinite, low < high,
                let equal = ReferenceBins(equalBins: standardBinCount, over: low...high)
            {
                bins = .numbers(equal)
            }
            series.append(CounterSeries(name: SeriesName(.value), bins: bins))
        case .classification:
            let categories = bounded(model.categories)
            series.append(
                CounterSeries(name: SeriesName(.category), bins: .categories(categories))
            )
            for category in categories.prefix(probabilitySeriesMax) {
                series.append(
                    CounterSeries(
                        name: SeriesName(.probability, category),
                        bins: numbers(edges: (1...9).map { Double($0) / 10 })
                    )
                )
            }
        case .clustering:
            series.append(
                CounterSeries(
                    name: SeriesName(.segment),
                    bins: .categories(bounded(model.segmentProfiles.map(\.id)))
                )
            )
        }
        return series
    }

    private static func numbers(edges: [Double]) -> SeriesBins {
        guard let bins = ReferenceBins(edges: edges) else {
            preconditionFailure("these edges ascend")
        }
        return .numbers(bins)
    }

    /// As many categories as may have a bin; the others are counted together.
    private static func bounded(_ categories: [String]) -> [String] {
        Array(categories.prefix(SeriesBins.categoriesMax))
    }
}
