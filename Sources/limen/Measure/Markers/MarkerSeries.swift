import Basics

/// Texts and numbers that stand nowhere else, to be planted where patient data and secrets go.
///
///     zqmk-5f3a-17        a text: the same beginning for all of one run, and a number
///     37.184620710070017  a temperature: the same digits, and a number
struct MarkerSeries {
    /// How every text of the run begins.
    let prefix: String
    /// What every number of the run holds.
    let digits: String
    /// How many were made.
    private(set) var count = 0

    init(seed: UInt64) {
        prefix = "zqmk-" + String(seed % 0xFFFF_FFFF, radix: 36) + "-"
        digits = "8462071" + padded(Int(seed % 1_000), 3)
    }

    /// The next text.
    mutating func text() -> String {
        count += 1
        return prefix + String(count)
    }

    /// The next temperature, within what is plausible and the eighteen digits of a FHIR decimal.
    mutating func temperature() -> String {
        count += 1
        return "37.1" + digits + padded(count % 10_000, 4)
    }

    /// What to search for: the texts and numbers as they are, and as PostgreSQL writes bytes.
    var needles: [String] {
        let hexadecimal = Array(prefix.utf8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        return [prefix, digits, hexadecimal.joined()]
    }
}
