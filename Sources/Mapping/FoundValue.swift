import Basics
import FHIR
import FHIRPath
import JSON

/// A value as it stands in a resource, by its shape.
enum FoundValue {
    case quantity(JSONPlace)
    case concept(JSONPlace)
    case codings([JSONPlace])
    case text(JSONPlace)
    case number(JSONPlace)
    case flag(Bool)
    /// What an expression computed, without a place in the resource.
    case computedNumber(DecimalNumber)
    case computedText(String)
    /// A number that is in the unit asked for already.
    case computedQuantity(DecimalNumber)
    /// A quantity that an expression computed, with its UCUM unit.
    case computedMeasure(DecimalNumber, unit: String)
    /// What a rule that looks for records finds none of: it says no.
    case nothing
    /// Something else that is there, such as a Range; enough for a fact, no value by itself.
    case other
}

/// Why a resource cannot serve a rule, and where in it.
struct Fault: Error {
    let finding: Finding
    /// The path inside the component or resource; built only for what is reported.
    let path: String
    /// What was read all the same, where only its time bars it.
    let reading: MappingReport.Value?

    init(_ finding: Finding, _ path: String, reading: MappingReport.Value? = nil) {
        self.finding = finding
        self.path = path
        self.reading = reading
    }
}

extension ValueReader {
    /// Finds the value that a rule asks for; `nil` when the rule asks for none.
    ///
    /// Where records are counted, an expression that gives nothing says no instead of failing,
    /// unless it is a condition, which then is open.
    func find(
        in fields: ValueFields,
        on tape: JSONTape,
        now: Instant,
        variables: VariableValues,
        isCounting: Bool
    ) throws(Fault) -> FoundValue? {
        switch self {
        case .nothing: return nil
        case .anyValue: return try Self.direct(fields, on: tape, nil)
        case .member(let member): return try Self.direct(fields, on: tape, member)
        case .expression(let expression):
            return try evaluated(
                expression,
                fields,
                on: tape,
                variables,
                isCounting: isCounting
            )
        case .elapsed(let reader):
            return try reader.find(in: fields.place, on: tape, now: now, variables)
        }
    }

    /// The path of the value inside its container, for the reader.
    func path(in fields: ValueFields, on tape: JSONTape) -> String {
        switch self {
        case .nothing: "code"
        case .anyValue: fields.values.flatMap { tape.string($0.name) } ?? "value"
        case .member(let member): member.rawValue
        case .expression(let expression): expression.parsed.text
        case .elapsed(let reader): reader.since.parsed.text
        }
    }

    private static func direct(
        _ fields: ValueFields,
        on tape: JSONTape,
        _ wanted: ValueMember?
    ) throws(Fault) -> FoundValue {
        try requirePresent(fields)
        guard let values = fields.values else { throw Fault(.valueMissing, "value[x]") }
        guard values.count == 1 else { throw Fault(.severalValues, "value[x]") }
        try requireUnmarked(values.value, on: tape, tape.string(values.name) ?? "value[x]")
        if let member = ValueMember(values.name, on: tape), member == wanted ?? member,
            let found = value(of: member, at: values.value, tape.kind(values.value))
        {
            return found
        }
        throw Fault(.wrongValueType, tape.string(values.name) ?? "value[x]")
    }

    private static func value(
        of member: ValueMember,
        at place: JSONPlace,
        _ kind: JSONKind
    ) -> FoundValue? {
        switch member {
        case .valueQuantity: kind == .object ? .quantity(place) : nil
        case .valueCodeableConcept: kind == .object ? .concept(place) : nil
        case .valueString, .valueCode: kind == .string ? .text(place) : nil
        case .valueInteger: kind == .number ? .number(place) : nil
        case .valueBoolean: kind == .true ? .flag(true) : kind == .false ? .flag(false) : nil
        case .valueSampledData: nil
        }
    }

    static func requirePresent(_ fields: ValueFields) throws(Fault) {
        // obs-6 forbids a reason beside a value; where both stand, the reason is believed.
        if fields.dataAbsentReason != nil { throw Fault(.dataAbsent, "dataAbsentReason") }
    }

    private static let absentURL = Array(
        "http://hl7.org/fhir/StructureDefinition/data-absent-reason".utf8
    )

    /// R4 extension data-absent-reason: on the value or its number it says that there is none,
    /// and as with `dataAbsentReason` it is believed where a number stands beside it.
    private static func requireUnmarked(
        _ value: JSONPlace,
        on tape: JSONTape,
        _ path: @autoclosure () -> String
    ) throws(Fault) {
        guard tape.kind(value) == .object else { return }
        if isMarked(value, on: tape) { throw Fault(.dataAbsent, path()) }
        guard let number = tape.present(MemberNames.markedValue, of: value),
            isMarked(number, on: tape)
        else { return }
        throw Fault(.dataAbsent, path() + "._value")
    }

    private static func isMarked(_ element: JSONPlace, on tape: JSONTape) -> Bool {
        guard let list = tape.present(MemberNames.extension, of: element) else { return false }
        return JSONValue(tape, list).elements.contains {
            $0["url"]?.decodedBytes?.elementsEqual(absentURL) ?? false
        }
    }

    /// A path may lead into a component, whose modifiers and reasons then hold for the value.
    ///
    /// What was computed stands nowhere, so any component may have gone into it.
    private static func requireSoundComponents(
        _ fields: ValueFields,
        _ result: [FHIRPathValue],
        on tape: JSONTape
    ) throws(Fault) {
        guard let list = tape.present(MemberNames.component, of: fields.place) else { return }
        for (position, component) in JSONValue(tape, list).elements.enumerated() {
            let part = ValueFields(component: component.place, on: tape)
            guard part.modifierExtension != nil || part.dataAbsentReason != nil else { continue }
            let span = component.byteOffset..<component.byteOffset + component.rawBytes.count
            let isRead = result.contains { item in
                guard case .element(let json) = item else {
                    return part.modifierExtension != nil || part.values != nil
                }
                return json.tape === tape && span.contains(json.byteOffset)
            }
            guard isRead else { continue }
            let place = "component[\(position)]."
            if part.modifierExtension != nil {
                throw Fault(.modifierExtension, place + "modifierExtension")
            }
            throw Fault(.dataAbsent, place + "dataAbsentReason")
        }
    }

    private func evaluated(
        _ expression: ValueReader.Expression,
        _ fields: ValueFields,
        on tape: JSONTape,
        _ variables: VariableValues,
        isCounting: Bool
    ) throws(Fault) -> FoundValue {
        try Self.requirePresent(fields)
        let result: [FHIRPathValue]
        do throws(FHIRPathError) {
            result = try expression.parsed.evaluate(
                in: variables.environment(
                    for: expression,
                    focus: [.element(JSONValue(tape, fields.place))]
                )
            )
        } catch {
            throw Fault(error.finding, "")
        }
        if expression.readsComponents {
            try Self.requireSoundComponents(fields, result, on: tape)
        }
        if case .quantity = result.first, expression.dropsUnit { throw Fault(.unitMissing, "") }
        guard let first = result.first else {
            // A filter that finds nothing says no; a comparison that gives nothing says neither.
            if isCounting, expression.parsed.isCondition { throw Fault(.conditionOpen, "") }
            guard !isCounting else { return .nothing }
            guard let values = fields.values, expression.parsed.text.hasPrefix("value") else {
                throw Fault(.valueMissing, "")
            }
            throw Fault(.wrongValueType, tape.string(values.name) ?? "value[x]")
        }
        if isCounting, result.count > 1 { return .other }
        guard result.count == 1 else { return try Self.codings(result, on: tape) }
        return try Self.shape(first, on: tape)
    }

    private static func codings(
        _ result: [FHIRPathValue],
        on tape: JSONTape
    ) throws(Fault) -> FoundValue {
        var codings: [JSONPlace] = []
        for item in result {
            guard case .element(let json) = item, json["code"]?.kind == .string else {
                throw Fault(.severalValues, "")
            }
            codings.append(try place(of: json, on: tape))
        }
        return .codings(codings)
    }

    /// A variable may give an element of another resource, which is no value of this one.
    private static func place(of element: JSONValue, on tape: JSONTape) throws(Fault) -> JSONPlace {
        guard element.tape === tape else { throw Fault(.expressionFailed, "") }
        return element.place
    }

    private static func shape(
        _ value: FHIRPathValue,
        on tape: JSONTape
    ) throws(Fault) -> FoundValue {
        if case .boolean(let flag) = value { return .flag(flag) }
        if case .integer(let number) = value { return .computedNumber(DecimalNumber(number)) }
        if case .decimal(let number) = value { return .computedNumber(number) }
        if case .string(let text) = value { return .computedText(text) }
        if case .quantity(let quantity) = value, case .ucum(let unit) = quantity.unit {
            return .computedMeasure(quantity.value, unit: unit)
        }
        guard case .element(let json) = value else { return .other }
        let place = try place(of: json, on: tape)
        switch json.kind {
        case .true: return .flag(true)
        case .false: return .flag(false)
        case .number: return .number(place)
        case .string: return .text(place)
        case .object:
            try requireUnmarked(place, on: tape, "")
            if json["coding"] != nil || json["text"] != nil { return .concept(place) }
            if json["value"] != nil || json["unit"] != nil { return .quantity(place) }
            return json["code"] == nil ? .other : .codings([place])
        case .null, .array: return .other
        }
    }
}
