import JSON

/// One measured thing: what one round of it costs.
package struct Figure: Sendable {
    /// What was measured, as `part.name`.
    package let name: String
    /// The processor time of one round, in nanoseconds: the best of several.
    package let nanoseconds: Double
    /// How many bytes one round works on, when it is about bytes.
    package let byteCount: Int?

    /// Makes a figure.
    package init(_ name: String, nanoseconds: Double, byteCount: Int? = nil) {
        self.name = name
        self.nanoseconds = nanoseconds
        self.byteCount = byteCount
    }

    /// Megabytes (10^6 bytes) a second of processor time.
    package var megabytesPerSecond: Double? {
        byteCount.map { Double($0) * 1_000 / max(nanoseconds, 0.001) }
    }

    /// Measures a piece of work: the best of nine rounds of at least twenty milliseconds.
    ///
    /// The best and not the median: on a machine that does other things too it is what the work
    /// costs.
    package static func measure(
        _ name: String,
        byteCount: Int? = nil,
        _ work: () throws -> Void
    ) rethrows -> Figure {
        var best = Double.infinity
        for _ in 0..<9 {
            let start = ProcessorClock.nanoseconds()
            var count = 0
            var spent: Int64 = 0
            repeat {
                for _ in 0..<8 { try work() }
                count += 8
                spent = ProcessorClock.nanoseconds() - start
            } while spent < 20_000_000
            best = min(best, Double(spent) / Double(count))
        }
        return Figure(name, nanoseconds: best, byteCount: byteCount)
    }

    /// A line of text: microseconds, and megabytes a second where it is about bytes.
    package var line: String {
        let left = name + String(repeating: " ", count: max(1, 34 - name.utf8.count))
        let time = Self.tenths(nanoseconds / 1_000)
        let right = String(repeating: " ", count: max(1, 12 - time.utf8.count)) + time + " us"
        guard let rate = megabytesPerSecond else { return left + right }
        let text = Self.tenths(rate)
        return left + right + String(repeating: " ", count: max(1, 12 - text.utf8.count)) + text
            + " MB/s"
    }

    /// The figures as JSON.
    package static func json(_ figures: [Figure]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for figure in figures {
            writer.beginObject()
            writer.member("name", figure.name)
            writer.member("nanoseconds", Int(figure.nanoseconds.rounded()))
            if let byteCount = figure.byteCount { writer.member("bytes", byteCount) }
            writer.endObject()
        }
        writer.endArray()
        return writer.text
    }

    private static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
