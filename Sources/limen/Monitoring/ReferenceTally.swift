import ClinicalEngine
import Gateway
import Mapping
import Monitoring

/// Gathers the values of many cases and makes a reference of them.
///
/// The numbers are kept until the end, eight bytes each, because deciles need them all.
struct ReferenceTally {
    private let profile: LoadedProfile
    private var numbers: [[Double]]
    private var histograms: [InputHistogram]
    private var notes: [[CounterNote: Int]]
    /// How many cases were added.
    private(set) var caseCount = 0
    /// Of these, how many the model is not for.
    private(set) var notApplicableCount = 0

    init(_ profile: LoadedProfile) {
        self.profile = profile
        let series = profile.counters.layout.series
        numbers = Array(repeating: [], count: series.count)
        notes = Array(repeating: [:], count: series.count)
        histograms = series.map { InputHistogram(binCount: $0.series.bins.count) }
    }

    /// Adds a mapped case.
    mutating func add(_ report: MappingReport, _ evaluation: Evaluation?) {
        caseCount += 1
        if evaluation == nil { notApplicableCount += 1 }
        profile.visit(report, evaluation) { take($1, of: $0) }
    }

    /// Adds a case of named inputs.
    mutating func add(_ inputs: [InputValue], _ evaluation: Evaluation) {
        caseCount += 1
        profile.visit(inputs, evaluation) { take($1, of: $0) }
    }

    private mutating func take(_ item: CaseItem, of position: Int) {
        switch item {
        case .note(let note): notes[position][note, default: 0] += 1
        case .bin(let bin): histograms[position].add(bin: bin)
        case .number(let number):
            if number.isFinite {
                numbers[position].append(number)
            } else {
                notes[position][.invalidModel, default: 0] += 1
            }
        case .category(let text):
            let series = profile.counters.layout.series[position].series
            if let bin = series.bins.index(of: text) {
                histograms[position].add(bin: bin)
            } else {
                notes[position][.invalidModel, default: 0] += 1
            }
        }
    }

    /// The reference; a series without any value is left out.
    func reference(source: String?) -> ModelReference {
        let standard = CounterLayout.standard(profile: profile.profile, model: profile.model)
        var series: [ReferenceSeries] = []
        for (position, counted) in profile.counters.layout.series.enumerated() {
            let name = counted.series.name
            if counted.series.bins.isOrdered {
                let built = ReferenceBuilder.numbers(
                    name: name,
                    values: numbers[position],
                    notes: notes[position],
                    standard: standard.first { $0.name == name }?.bins
                )
                if let built { series.append(built) }
            } else if histograms[position].validCount > 0,
                let histogram = InputHistogram(
                    bins: histograms[position].bins,
                    notes: notes[position]
                )
            {
                series.append(
                    ReferenceSeries(name: name, bins: counted.series.bins, histogram: histogram)
                )
            }
        }
        return ModelReference(
            profile: profile.name,
            version: profile.model.about.version,
            sha256: profile.modelDigest,
            source: source,
            series: series
        )
    }

    /// The inputs of which there is too little for a reference that anything can be held against.
    func thinInputs(_ casesMin: Int) -> [String] {
        profile.counters.layout.series.enumerated().compactMap { position, counted in
            guard counted.series.name.kind == .input else { return nil }
            let count =
                counted.series.bins.isOrdered
                ? numbers[position].count : histograms[position].validCount
            return count < casesMin ? "\(counted.series.name.name) (\(count))" : nil
        }
    }
}
