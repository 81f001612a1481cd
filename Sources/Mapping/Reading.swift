import Basics
import JSON

/// A value brought into the form that its input asks for.
///
/// A class, because it is handed on from the rule to the candidate to the report.
final class Reading {
    let value: MappingReport.Value
    /// The number before chart rounding, which plausibility is tested on.
    ///
    /// A value outside the plausible range must not be rounded into it.
    let unrounded: DecimalNumber?
    let origin: Origin
    let isFromText: Bool
    let isRounded: Bool

    /// What the value was made from; turned into text only for what is reported.
    enum Origin {
        case constant
        case plain
        case quantity(JSONPlace, PreparedConversion)
        case coding(JSONPlace)
        case text(JSONPlace)
    }

    init(
        _ value: MappingReport.Value,
        _ origin: Origin,
        unrounded: DecimalNumber? = nil,
        isFromText: Bool = false,
        isRounded: Bool = false
    ) {
        self.value = value
        self.unrounded = unrounded
        self.origin = origin
        self.isFromText = isFromText
        self.isRounded = isRounded
    }
}

/// Turns a found value into a reading for one rule; the path of the value leads that of a fault.
extension SourceRule {
    func reading(
        of found: FoundValue,
        on tape: JSONTape,
        _ path: String
    ) throws(Fault) -> Reading {
        if let constant {
            // The value beside a fact may only agree with it: `false` takes the fact back.
            if case .flag(false) = found { throw Fault(.factContradicted, path) }
            return Reading(constant, .constant)
        }
        if plan.selection.isCounting, threshold == nil, codeTable == nil {
            // What is looked for is there, unless the path answers with a yes or a no.
            switch found {
            case .flag(let flag): return Reading(.boolean(flag), .plain)
            case .nothing: return Reading(.boolean(false), .plain)
            case .quantity, .concept, .codings, .text, .number, .computedNumber, .computedText,
                .computedQuantity, .computedMeasure, .other:
                return Reading(.boolean(true), .plain)
            }
        }
        switch found {
        case .nothing: return Reading(.boolean(false), .plain)
        case .computedQuantity(let number):
            return try reading(number, .plain, isFromText: false, path)
        case .computedMeasure(let number, let unit):
            guard codeTable == nil, let units else { throw Fault(.wrongValueType, path) }
            guard let conversion = units.conversion(ofUCUM: unit) else {
                throw Fault(.unitIncompatible, path)
            }
            guard let converted = conversion.convert(number) else {
                throw Fault(.numberTooLong, path)
            }
            return try reading(converted, .plain, isFromText: false, path)
        case .quantity(let quantity): return try reading(quantity: quantity, on: tape, path)
        case .concept(let concept): return try reading(concept: concept, on: tape, path)
        case .codings(let codings): return try reading(codings: codings, text: nil, on: tape, path)
        case .text(let text): return try reading(text: text, on: tape, path)
        case .number(let number):
            guard let value = tape.decimal(number) else { throw Fault(.numberTooLong, path) }
            guard let table = codeTable else { return try reading(number: value, path) }
            // A number under a ConceptMap is one of its texts, such as scale 2, or nothing.
            guard let textSystem,
                let code = table.target(
                    of: CodeToken(
                        system: textSystem,
                        code: Array(JSONValue(tape, number).rawBytes)
                    )
                )
            else { throw Fault(.untranslated, path) }
            return try translated(code, .text(number), path)
        case .computedNumber(let number): return try reading(number: number, path)
        case .flag(let flag):
            guard plan.readingKind == .boolean, threshold == nil else {
                throw Fault(.wrongValueType, path)
            }
            return Reading(.boolean(flag), .plain)
        case .other: throw Fault(.wrongValueType, path)
        case .computedText(let text):
            guard plan.kind == .code else { throw Fault(.wrongValueType, path) }
            guard plan.values.contains(text) else { throw Fault(.untranslated, path) }
            return Reading(.code(text), .plain)
        }
    }

    // MARK: Numbers

    private func reading(
        quantity: JSONPlace,
        on tape: JSONTape,
        _ path: String
    ) throws(Fault) -> Reading {
        // Under a ConceptMap a quantity is a score of another scale, not the value asked for.
        guard codeTable == nil, let units else {
            throw Fault(.wrongValueType, path)
        }
        let conversion: PreparedConversion
        let isFromText: Bool
        switch units.conversion(for: quantity, on: tape) {
        case .conversion(let found, let fromText):
            conversion = found
            isFromText = fromText
        case .finding(let finding, let member):
            throw Fault(finding, path + "." + member)
        }
        guard let number = tape.member(MemberNames.value, of: quantity),
            tape.kind(number) == .number
        else {
            throw Fault(.numberMissing, path + ".value")
        }
        guard let original = tape.decimal(number) else {
            throw Fault(.numberTooLong, path + ".value")
        }
        guard tape.present(MemberNames.comparator, of: quantity) == nil else {
            throw Fault(.comparator, path + ".comparator")
        }
        guard let converted = conversion.convert(original) else {
            throw Fault(.numberTooLong, path + ".value")
        }
        return try reading(converted, .quantity(quantity, conversion), isFromText: isFromText, path)
    }

    private func reading(number: DecimalNumber, _ path: String) throws(Fault) -> Reading {
        switch plan.readingKind {
        case .quantity, .integer, .boolean:
            guard units != nil else { throw Fault(.wrongValueType, path) }
            // Without a unit, a number can only be a count.
            guard acceptsPlainNumber else { throw Fault(.unitMissing, path) }
            return try reading(number, .plain, isFromText: false, path)
        case .code:
            guard let code = number.integerValue.map(String.init), plan.values.contains(code)
            else { throw Fault(.untranslated, path) }
            return Reading(.code(code), .plain)
        }
    }

    private func reading(
        _ number: DecimalNumber,
        _ origin: Reading.Origin,
        isFromText: Bool,
        _ path: String
    ) throws(Fault) -> Reading {
        if let threshold {
            return Reading(
                .boolean(number > threshold),
                origin,
                unrounded: number,
                isFromText: isFromText
            )
        }
        guard plan.kind != .integer || number.integerValue != nil else {
            throw Fault(.wrongValueType, path)
        }
        var value = number
        if let increment = plan.increment {
            guard let rounded = number.rounded(toMultipleOf: increment) else {
                throw Fault(.numberTooLong, path)
            }
            value = rounded
        }
        return Reading(
            .quantity(value, unit: plan.unit ?? "1"),
            origin,
            unrounded: number,
            isFromText: isFromText,
            isRounded: value != number
        )
    }

    // MARK: Codes

    private func reading(
        concept: JSONPlace,
        on tape: JSONTape,
        _ path: String
    ) throws(Fault) -> Reading {
        var codings: [JSONPlace] = []
        if let list = tape.member(MemberNames.coding, of: concept) {
            var next = tape.firstElement(of: list)
            while let coding = next {
                codings.append(coding)
                next = tape.element(after: coding, of: list)
            }
        }
        return try reading(
            codings: codings,
            text: tape.member(MemberNames.text, of: concept),
            on: tape,
            path
        )
    }

    private func reading(
        codings: [JSONPlace],
        text: JSONPlace?,
        on tape: JSONTape,
        _ path: String
    ) throws(Fault) -> Reading {
        guard let table = codeTable else { throw Fault(.wrongValueType, path) }
        var found: (code: String, coding: JSONPlace)?
        for coding in codings {
            guard let places = CodingPlaces(coding, on: tape),
                let code = target(of: places, on: tape, in: table)
            else { continue }
            if let earlier = found, earlier.code != code {
                throw Fault(.codesDisagree, path + ".coding")
            }
            found = found ?? (code, coding)
        }
        if let found {
            // A text that the map knows says it once more, or says something else.
            if let text, tape.kind(text) == .string,
                let said = target(ofText: text, on: tape, in: table), said != found.code
            {
                throw Fault(.codesDisagree, path + ".text")
            }
            return try translated(found.code, .coding(found.coding), path)
        }
        // Text speaks alone only where no coding does: a coding that is not understood outweighs it.
        guard codings.isEmpty, let text, tape.kind(text) == .string else {
            throw Fault(.untranslated, path + ".coding")
        }
        guard let code = target(ofText: text, on: tape, in: table) else {
            throw Fault(.untranslated, path + ".text")
        }
        return try translated(code, .text(text), path)
    }

    private func reading(
        text: JSONPlace,
        on tape: JSONTape,
        _ path: String
    ) throws(Fault) -> Reading {
        guard let table = codeTable else {
            guard plan.kind == .code else { throw Fault(.wrongValueType, path) }
            guard let code = tape.string(text), plan.values.contains(code) else {
                throw Fault(.untranslated, path)
            }
            return Reading(.code(code), .plain)
        }
        guard textSystem != nil else { throw Fault(.wrongValueType, path) }
        guard let code = target(ofText: text, on: tape, in: table) else {
            throw Fault(.untranslated, path)
        }
        return try translated(code, .text(text), path)
    }

    /// A coding that names no system is no more than text.
    private func target(
        of coding: CodingPlaces,
        on tape: JSONTape,
        in table: CodeTable
    ) -> String? {
        if let code = table.target(of: coding, on: tape) { return code }
        guard coding.system == nil, let textSystem else { return nil }
        return table.target(
            of: CodeToken(system: textSystem, code: tape.decodedBytes(coding.code))
        )
    }

    private func target(
        ofText text: JSONPlace,
        on tape: JSONTape,
        in table: CodeTable
    ) -> String? {
        guard let textSystem, var bytes = JSONValue(tape, text).decodedBytes
        else { return nil }
        while let first = bytes.first, Self.isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, Self.isSpace(last) { bytes.removeLast() }
        return table.target(of: CodeToken(system: textSystem, code: Array(bytes)))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
    }

    private func translated(
        _ code: String,
        _ origin: Reading.Origin,
        _ path: String
    ) throws(Fault) -> Reading {
        switch plan.readingKind {
        case .code: return Reading(.code(code), origin)
        case .boolean: return Reading(.boolean(code == "true"), origin)
        case .quantity, .integer:
            guard let number = DecimalNumber(text: code) else {
                throw Fault(.untranslated, path)
            }
            return try reading(number, origin, isFromText: false, path)
        }
    }
}
