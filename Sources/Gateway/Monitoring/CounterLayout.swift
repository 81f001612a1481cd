package import Monitoring

import ClinicalEngine

/// What there is to count of one series in one case.
package enum CaseItem: Sendable, Equatable {
    /// A number.
    case number(Double)
    /// A text.
    case category(String)
    /// Something that is noted beside the bins.
    case note(CounterNote)
    /// A bin by its place.
    case bin(Int)
}

/// Which counter of a row belongs to what: the series of a model, one behind the other.
///
/// Inputs come first, in the order of the model's fields; then the number that it predicts, the
/// category, the probabilities, the segment, and the outcome.
package struct CounterLayout: Sendable {
    /// Every series with the place of its first counter.
    package let series: [(series: CounterSeries, offset: Int)]
    /// How many counters there are.
    package let cellCount: Int
    /// How many of the series are inputs.
    let inputCount: Int
    /// The places of the outputs among the series.
    let value: Int?
    let category: Int?
    let probabilities: Range<Int>
    let segment: Int?
    let outcome: Int

    /// The outcomes that are counted, in order: a result, bounds, each refusal, and none at all.
    static var outcomes: [String] {
        [Evaluation.Status.complete.rawValue, Evaluation.Status.incomplete.rawValue]
            + Evaluation.Refusal.Code.allCases.map(\.rawValue) + ["not-applicable", "undecided"]
    }

    init(inputs: [CounterSeries], outputs: [CounterSeries]) {
        var series: [(series: CounterSeries, offset: Int)] = []
        var offset = 0
        let outcome = CounterSeries(
            name: SeriesName(.outcome),
            bins: .categories(Self.outcomes)
        )
        for next in inputs + outputs + [outcome] {
            series.append((next, offset))
            offset += next.cellCount
        }
        self.series = series
        cellCount = offset
        inputCount = inputs.count
        func place(_ kind: SeriesKind) -> Int? {
            outputs.firstIndex { $0.name.kind == kind }.map { inputs.count + $0 }
        }
        value = place(.value)
        category = place(.category)
        segment = place(.segment)
        let first = place(.probability) ?? 0
        probabilities = first..<first + outputs.count { $0.name.kind == .probability }
        self.outcome = series.count - 1
    }

    /// The counter of a bin.
    func cell(_ position: Int, bin: Int) -> Int { series[position].offset + bin }

    /// The counter of a note.
    func cell(_ position: Int, _ note: CounterNote) -> Int {
        series[position].offset + series[position].series.bins.count + note.rawValue
    }

    /// Adds the counters of something that was seen.
    func append(_ item: CaseItem, of position: Int, to cells: inout [Int]) {
        let series = series[position].series
        switch item {
        case .note(let note):
            cells.append(cell(position, note))
        case .bin(let bin):
            cells.append(cell(position, bin: bin))
        case .category(let text):
            cells.append(
                series.bins.index(of: text).map { cell(position, bin: $0) }
                    ?? cell(position, .invalidModel)
            )
        case .number(let number):
            guard let bin = series.bins.index(of: number) else {
                cells.append(cell(position, .invalidModel))
                return
            }
            cells.append(cell(position, bin: bin))
            guard let range = series.range else { return }
            if number < range.lowerBound { cells.append(cell(position, .below)) }
            if number > range.upperBound { cells.append(cell(position, .above)) }
        }
    }

    /// A row of counters as histograms, those without any count left out.
    func histograms(_ counts: [Int]) -> [(CounterSeries, InputHistogram)] {
        series.compactMap { series, offset in
            var histogram = InputHistogram(binCount: series.bins.count)
            var isEmpty = true
            for bin in 0..<series.bins.count where counts[offset + bin] > 0 {
                histogram.add(bin: bin, counts[offset + bin])
                isEmpty = false
            }
            for note in CounterNote.allCases {
                let count = counts[offset + series.bins.count + note.rawValue]
                guard count > 0 else { continue }
                histogram.add(note, count)
                isEmpty = false
            }
            return isEmpty ? nil : (series, histogram)
        }
    }
}
