import Basics
import UCUM

/// What must hold for any text given to UCUM.
public enum UCUMProbe {
    /// Reads a unit; whether it is one.
    ///
    /// Its canonical form is a unit of the same kind, unless it is too large to be read. It
    /// converts to itself without change, and a conversion there and back gives the number again.
    @discardableResult
    public static func run(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let unit: UCUMUnit
        do {
            unit = try UCUMUnit(parsing: text)
        } catch {
            precondition(error.offset <= text.utf8.count, "a fault behind the end")
            return false
        }
        precondition(unit.isComparable(with: unit), "a unit that is not comparable to itself")
        precondition(!unit.displayName.isEmpty || text.isEmpty, "a unit without a name")
        do {
            let canonical = try UCUMUnit(parsing: unit.canonicalText)
            precondition(
                canonical.canonicalText == unit.canonicalText,
                "a canonical form that has another"
            )
            check(unit, canonical)
        } catch {
            // What is within the limits may add up to an exponent or a text beyond them.
            precondition(error.code == .outOfRange, "a canonical form that is no unit")
        }
        let same = try? UCUMConversion(from: unit, to: unit)
        precondition(same?.isIdentity == true, "a unit that changes on the way to itself")
        return true
    }

    private static func check(_ unit: UCUMUnit, _ canonical: UCUMUnit) {
        precondition(unit.isComparable(with: canonical), "a canonical form of another kind")
        guard let there = try? UCUMConversion(from: unit, to: canonical),
            let back = try? UCUMConversion(from: canonical, to: unit)
        else { preconditionFailure("a canonical form without a conversion") }
        // Beside a scale's zero point a small enough factor leaves no digits to come back with.
        guard there.formula.isEmpty || there.formula.hasPrefix("x ") else { return }
        let value = DecimalNumber(12)
        guard let between = there.convert(value), let again = back.convert(between) else { return }
        let error = abs(again.doubleValue - 12)
        // A number that is too small or too large for its digits cannot come back.
        let size = abs(between.doubleValue)
        guard size > 1e-12, size < 1e12 else { return }
        precondition(error < 1e-6, "a conversion there and back differs")
    }
}
