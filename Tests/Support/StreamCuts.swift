/// Where to cut a stream of bytes in two, as a network may.
package enum StreamCuts {
    /// Everywhere in a short stream; in a long one at both its ends, and around the ends of its
    /// lines, which are those of its head, of its fields and of its chunks.
    ///
    /// - Parameters:
    ///   - bytes: the stream.
    ///   - wholeUpTo: the longest stream that is cut everywhere.
    ///   - linesMax: how many ends of lines are cut around; of more, the first, the last, and every
    ///     so many between.
    /// - Returns: the places, ascending.
    package static func places(in bytes: [UInt8], wholeUpTo: Int, linesMax: Int) -> [Int] {
        guard bytes.count > wholeUpTo else { return Array(0...bytes.count) }
        var ends = bytes.indices.dropFirst().filter { bytes[$0 - 1] == 0x0D && bytes[$0] == 0x0A }
        if ends.count > linesMax {
            let third = linesMax / 3
            let middle = ends.dropFirst(third).dropLast(third)
            let step = max(1, middle.count / max(1, third))
            ends =
                ends.prefix(third)
                + stride(from: middle.startIndex, to: middle.endIndex, by: step).map { ends[$0] }
                + ends.suffix(third)
        }
        // Before the carriage return, between the two, behind them, and one byte on.
        let around = ends.flatMap { $0 - 1...$0 + 2 }
        let atEnds = Array(0...8) + Array(bytes.count - 8...bytes.count)
        return Set(around + atEnds).filter { $0 <= bytes.count }.sorted()
    }
}
