import Basics

/// Counts texts, the most frequent first; how many different ones it keeps is bounded.
struct CodeCounter {
    private var counts: [String: Int] = [:]
    /// How many were counted after the table was full and are not in it.
    private(set) var overflowCount = 0

    /// Counts a text.
    mutating func add(_ text: String, _ count: Int = 1) {
        if let known = counts[text] {
            counts[text] = known + count
        } else if counts.count < Limits.coverageCodesMax {
            counts[text] = count
        } else {
            overflowCount += count
        }
    }

    /// How many different texts there are.
    var distinctCount: Int { counts.count }

    /// How often anything was counted.
    var total: Int { counts.values.reduce(overflowCount, +) }

    /// The count of a text.
    subscript(text: String) -> Int { counts[text] ?? 0 }

    /// All of them, the most frequent first, equally frequent ones by name.
    var ranked: [(text: String, count: Int)] {
        counts.map { ($0.key, $0.value) }.sorted {
            $0.count == $1.count ? $0.text < $1.text : $0.count > $1.count
        }
    }
}

extension String {
    /// The text for a terminal: short, and without control characters.
    var printable: String { printable(80) }

    /// The text for a terminal, cut at a number of characters.
    func printable(_ countMax: Int) -> String {
        let kept = unicodeScalars.prefix(countMax).map { scalar -> Character in
            let isControl = scalar.properties.generalCategory == .control
            return isControl || scalar.properties.isBidiControl ? "?" : Character(scalar)
        }
        return String(kept) + (unicodeScalars.count > countMax ? "..." : "")
    }
}
