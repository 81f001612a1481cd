import Basics
import JSON
import UCUM

/// A value in another unit, and how it came about.
struct UnitAnswer {
    let value: DecimalNumber
    let unit: String
    let formula: String
    let source: (value: DecimalNumber, unit: String)

    /// Converts a value.
    ///
    /// - Throws: `UnitFault` that says which of the units is at fault.
    init(
        _ value: DecimalNumber,
        from source: String,
        to target: String
    ) throws(UnitFault) {
        let sourceUnit = try Self.unit(source, .from)
        let targetUnit = try Self.unit(target, .to)
        let conversion: UCUMConversion
        do throws(UCUMError) {
            conversion = try UCUMConversion(from: sourceUnit, to: targetUnit)
        } catch {
            let kinds = "\(sourceUnit.canonicalText) and \(targetUnit.canonicalText)"
            throw UnitFault(error, .both, hint: "in base units they are \(kinds)")
        }
        guard let result = conversion.convert(value) else {
            throw UnitFault(
                UCUMError(code: .outOfRange, offset: 0),
                .both,
                hint: "the scale has no such value, or the number has too many digits"
            )
        }
        self.value = result
        unit = target
        formula = conversion.formula
        self.source = (value, source)
    }

    private static func unit(
        _ text: String,
        _ part: UnitFault.Part
    ) throws(UnitFault) -> UCUMUnit {
        do throws(UCUMError) {
            return try UCUMUnit(parsing: text)
        } catch {
            let hint = UCUMHint(for: text)
            throw UnitFault(error, part, hint: hint.map { "\($0.suggestion) is \($0.name)" })
        }
    }

    /// Writes the members `value`, `unit`, `formula` and `from`.
    func write(to writer: inout JSONWriter) {
        writer.name("value")
        writer.value(value)
        writer.member("unit", unit)
        writer.member("formula", formula)
        writer.name("from")
        writer.beginObject()
        writer.name("value")
        writer.value(source.value)
        writer.member("unit", source.unit)
        writer.endObject()
    }
}

/// Why a value cannot be converted: in which unit, where, and what may have been meant.
struct UnitFault: Error, Sendable {
    /// The unit that is at fault.
    enum Part: String, Sendable {
        case from, to, both
    }

    let error: UCUMError
    let part: Part
    let hint: String?

    init(_ error: UCUMError, _ part: Part, hint: String?) {
        self.error = error
        self.part = part
        self.hint = hint
    }

    /// One sentence for a person.
    var sentence: String {
        switch part {
        case .from, .to:
            let name = part == .from ? "FROM" : "TO"
            return "\(name), byte \(error.offset): \(error.sentence) (\(error.code.rawValue))"
        case .both: return "\(error.sentence) (\(error.code.rawValue))"
        }
    }

    /// Writes the member `error`.
    func write(to writer: inout JSONWriter) {
        writer.name("error")
        writer.beginObject()
        writer.member("code", error.code.rawValue)
        writer.member("unit", part.rawValue)
        writer.member("position", error.offset)
        writer.member("message", error.sentence)
        writer.member("hint", ifPresent: hint)
        writer.endObject()
    }
}
