extension InputHistogram {
    /// The counters that are not zero with their names: `bin:3`, or the label of a note.
    package var cells: [(label: String, count: Int)] {
        var cells: [(label: String, count: Int)] = []
        for (bin, count) in bins.enumerated() where count > 0 {
            cells.append(("bin:\(bin)", count))
        }
        for note in CounterNote.allCases where self[note] > 0 {
            cells.append((note.label, self[note]))
        }
        return cells
    }

    /// Adds to a counter by its name; `false` when there is no such counter.
    package mutating func add(cell label: String, _ count: Int) -> Bool {
        guard count >= 0 else { return false }
        if let note = CounterNote(label: label) {
            add(note, count)
            return true
        }
        guard label.hasPrefix("bin:"), let bin = Int(label.dropFirst(4)), bins.indices.contains(bin)
        else { return false }
        add(bin: bin, count)
        return true
    }
}
