/// The kind of quantity a unit measures: a power for each of UCUM's seven base units, and one for
/// each arbitrary unit (UCUM, sections 24 and 28).
struct UCUMDimension: Sendable, Equatable {
    /// The powers of the base units, in the order of `symbols`.
    var powers = SIMD8<Int32>.zero
    /// The powers of arbitrary units such as `[iU]`, by code; none of them is zero.
    var arbitrary: [String: Int] = [:]

    /// The base units in alphabetical order, which is the order of the canonical text.
    static let symbols = ["C", "K", "cd", "g", "m", "rad", "s"]

    static let none = UCUMDimension()

    static func base(_ symbol: String) -> UCUMDimension? {
        guard let index = symbols.firstIndex(of: symbol) else { return nil }
        var dimension = UCUMDimension()
        dimension.powers[index] = 1
        return dimension
    }

    func raised(to exponent: Int) -> UCUMDimension {
        var result = UCUMDimension()
        result.powers = powers &* SIMD8(repeating: Int32(exponent))
        if exponent != 0 { result.arbitrary = arbitrary.mapValues { $0 * exponent } }
        return result
    }

    func multiplied(by other: UCUMDimension) -> UCUMDimension {
        var result = self
        result.powers = powers &+ other.powers
        for (code, power) in other.arbitrary {
            let sum = (result.arbitrary[code] ?? 0) + power
            result.arbitrary[code] = sum == 0 ? nil : sum
        }
        return result
    }

    /// The base units as UCUM text, such as `g.m-1.s-2`; `1` when there are none.
    var text: String {
        var parts: [String] = []
        for (index, symbol) in Self.symbols.enumerated() where powers[index] != 0 {
            parts.append(powers[index] == 1 ? symbol : symbol + String(powers[index]))
        }
        for code in arbitrary.keys.sorted() {
            let power = arbitrary[code] ?? 0
            parts.append(power == 1 ? code : code + String(power))
        }
        return parts.isEmpty ? "1" : parts.joined(separator: ".")
    }
}
