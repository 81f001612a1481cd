import Basics
import JSON

/// One named value of a row, for one input.
struct NamedValue {
    let input: InputPlan
    let json: JSONValue

    /// An input without a value, by the policy of the profile.
    ///
    /// Only `null` says that somebody looked and found nothing recorded.
    static func missing(_ input: InputPlan, isNull: Bool) -> MappingReport.Input {
        var value: MappingReport.Value?
        var flags: [MappingReport.Flag] = []
        var basis: String?
        switch input.missing {
        case .reject, .partial, .model: break
        case .assume(let stated, let source): (value, flags, basis) = (stated, [.assumed], source)
        case .impute(let stated, let source): (value, flags, basis) = (stated, [.imputed], source)
        }
        if isNull, let absence = input.absence {
            (value, flags, basis) = (absence.value, [.fromAbsence], absence.reason)
        }
        return MappingReport.Input(
            name: input.name,
            value: value,
            source: nil,
            conversion: nil,
            rule: nil,
            flags: flags,
            missingReason: nil,
            isOptional: input.isOptional,
            basis: basis
        )
    }

    /// Reads the value.
    func read(at pointer: String) throws(NamedInputFault) -> MappingReport.Input {
        let source = MappingReport.Source(
            resource: "request",
            path: pointer + "/" + input.name,
            effective: nil,
            ageSeconds: nil
        )
        switch input.kind {
        case .quantity, .integer: return try number(source)
        case .boolean:
            guard let flag = json.boolValue else { throw fault(.wrongType) }
            return given(.boolean(flag), source)
        case .code: return given(.code(try code()), source)
        }
    }

    /// A text that is one of the codes, or the whole number that one of them is.
    private func code() throws(NamedInputFault) -> String {
        let text: String?
        switch json.kind {
        case .string: text = json.stringValue
        case .number: text = json.integerValue.map(String.init)
        case .null, .true, .false, .array, .object: throw fault(.wrongType)
        }
        guard let text, input.values.contains(text) else { throw fault(.unknownCode) }
        return text
    }

    private func number(
        _ source: MappingReport.Source
    ) throws(NamedInputFault) -> MappingReport.Input {
        var number = json
        var conversion: PreparedConversion?
        if json.kind == .object {
            (number, conversion) = try quantity()
        }
        guard number.kind == .number else { throw fault(.wrongType) }
        guard let original = number.decimalValue else { throw fault(.numberTooLong) }
        var value = original
        if let conversion {
            guard let converted = conversion.convert(original) else { throw fault(.numberTooLong) }
            value = converted
        }
        guard input.kind == .quantity || value.integerValue != nil else { throw fault(.wrongType) }
        // A value outside the range must not be rounded into it.
        guard input.plausible?.contains(value) ?? true else { throw fault(.implausible) }
        let unrounded = value
        if let increment = input.increment {
            guard let rounded = value.rounded(toMultipleOf: increment) else {
                throw fault(.numberTooLong)
            }
            value = rounded
        }
        let isConverted = !(conversion?.isIdentity ?? true)
        let isRounded = value != unrounded
        var told: MappingReport.Conversion?
        if isConverted || isRounded {
            told = MappingReport.Conversion(
                originalText: number.numberText ?? "",
                originalUnit: json["unit"]?.stringValue ?? "",
                formula: isConverted ? conversion?.formula ?? "" : "",
                unrounded: unrounded.text
            )
        }
        return given(
            .quantity(value, unit: input.unit ?? "1"),
            source,
            told,
            (isConverted ? [.converted] : []) + (isRounded ? [.rounded] : [])
        )
    }

    /// The number of an object with its unit; without one it is a number alone.
    private func quantity() throws(NamedInputFault) -> (JSONValue, PreparedConversion?) {
        for (name, _) in json.members where !name.isString("value") && !name.isString("unit") {
            throw fault(.unknownMember)
        }
        guard let number = json["value"] else { throw fault(.wrongType) }
        guard let unit = json["unit"] else { return (number, nil) }
        guard unit.kind == .string, let units = input.units else { throw fault(.wrongType) }
        switch units.conversion(for: json.place, on: json.tape) {
        case .conversion(let conversion, _): return (number, conversion)
        case .finding(let finding, _):
            throw fault(finding.reason == .unitIncompatible ? .incompatibleUnit : .unknownUnit)
        }
    }

    private func given(
        _ value: MappingReport.Value,
        _ source: MappingReport.Source,
        _ conversion: MappingReport.Conversion? = nil,
        _ flags: [MappingReport.Flag] = []
    ) -> MappingReport.Input {
        MappingReport.Input(
            name: input.name,
            value: value,
            source: source,
            conversion: conversion,
            rule: nil,
            flags: flags,
            missingReason: nil,
            isOptional: input.isOptional
        )
    }

    private func fault(_ code: NamedInputFault.Code) -> NamedInputFault {
        NamedInputFault(
            code: code,
            input: input.name,
            offset: json.byteOffset,
            accepted: accepted(code)
        )
    }

    private func accepted(_ code: NamedInputFault.Code) -> String {
        switch input.kind {
        case .boolean: return "true or false"
        case .code: return "one of " + input.values.joined(separator: ", ")
        case .quantity, .integer: break
        }
        let unit = input.unit ?? "1"
        switch code {
        case .unknownUnit, .incompatibleUnit:
            return "a UCUM unit comparable with \(unit), or one that the profile declares"
        case .implausible:
            guard let range = input.plausible else { return "" }
            return "\(range.lowerBound.text) to \(range.upperBound.text) \(unit)"
        case .numberTooLong: return "a decimal of at most 38 digits"
        case .notAnObject, .unknownName, .wrongType, .unknownMember, .unknownCode:
            let what = input.kind == .integer ? "a whole number" : "a number in \(unit)"
            return what + ", or an object with value and unit"
        }
    }
}
