import Basics
import Crypto

/// Texts and numbers that stand nowhere else, to be planted where patient data and secrets go.
///
///     zqmk-1y2p0ij32e8e7-17   a text: the same beginning for all of one run, and a number
///     37.184620710070017      a temperature: the same digits, and a number
struct MarkerSeries {
    /// How every text of the run begins.
    let prefix: String
    /// What every number of the run holds.
    let digits: String
    /// How many were made.
    private(set) var count = 0

    init(seed: UInt64) {
        // Long enough that what is left of it in base64 stands nowhere by chance: of a short one
        // three characters would, now and then, in the bytes of a sealed row.
        prefix =
            "zqmk-" + String((seed | 1 << 63) &* 0x9E37_79B9_7F4A_7C15 | 1 << 63, radix: 36) + "-"
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

    /// What to search for: the texts and numbers as they are, as PostgreSQL writes bytes, and as
    /// base64 at each of three places.
    var needles: [String] {
        let bytes = Array(prefix.utf8)
        let hexadecimal = Hexadecimal.text(bytes)
        let encoded = (0..<3).map { shift in
            // The first and the last characters depend on what stands beside.
            let text = Base64URL.text([UInt8](repeating: 65, count: shift) + bytes)
            return String(text.dropFirst(shift == 0 ? 0 : 4).dropLast(4))
        }
        return [prefix, digits, hexadecimal, hexadecimal.uppercased()] + encoded
    }
}
