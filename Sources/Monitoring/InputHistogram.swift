/// What one series of one version of a model looked like over some time, as mere counters.
///
/// No value and nothing about a patient is kept. Counters of two gateways, or of two days, add up
/// with `merge`, whatever their order, so that a row of a database can hold them.
package struct InputHistogram: Sendable, Equatable {
    /// How many values fell into each bin.
    package private(set) var bins: [Int]
    /// What was noted beside them, by the raw value of the note.
    private var notes: [Int]

    /// Makes an empty histogram.
    package init(binCount: Int) {
        precondition(binCount > 0, "a histogram has a bin")
        bins = Array(repeating: 0, count: binCount)
        notes = Array(repeating: 0, count: CounterNote.allCases.count)
    }

    /// Makes a histogram from counters that were stored; `nil` when one is negative, when there are
    /// more notes about values than values, or when there is no bin.
    package init?(bins: [Int], notes: [CounterNote: Int] = [:]) {
        guard !bins.isEmpty, bins.allSatisfy({ $0 >= 0 }) else { return nil }
        guard notes.values.allSatisfy({ $0 >= 0 }) else { return nil }
        self.bins = bins
        self.notes = CounterNote.allCases.map { notes[$0] ?? 0 }
        guard self[.imputed] <= self[.missing] else { return nil }
        guard outOfRange <= validCount else { return nil }
    }

    /// How often something was noted.
    package subscript(note: CounterNote) -> Int { notes[note.rawValue] }

    /// How many cases had a value in a bin.
    package var validCount: Int { bins.reduce(0, +) }

    /// How many cases had no value.
    package var missing: Int { self[.missing] }

    /// How many had one that could not be read or is not allowed, for whatever reason.
    package var invalid: Int {
        CounterNote.allCases.reduce(0) { $0 + ($1.isInvalid ? self[$1] : 0) }
    }

    /// How many values lay beyond the reference range.
    package var outOfRange: Int { self[.below] + self[.above] }

    /// How many cases there were.
    package var count: Int { validCount + missing + invalid }

    /// Counts a value in a bin.
    package mutating func add(bin: Int, _ amount: Int = 1) { bins[bin] += amount }

    /// Counts a note.
    package mutating func add(_ note: CounterNote, _ amount: Int = 1) {
        notes[note.rawValue] += amount
    }

    /// Adds the counters of another histogram of the same bins.
    package mutating func merge(_ other: InputHistogram) {
        precondition(other.bins.count == bins.count, "histograms of different bins do not add up")
        for position in bins.indices { bins[position] += other.bins[position] }
        for position in notes.indices { notes[position] += other.notes[position] }
    }
}
