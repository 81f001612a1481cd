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
    /// Where records are counted, an expression that gives nothing says no instead of failing.
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
        guard let first = result.first else {
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
            if json["coding"] != nil || json["text"] != nil { return .concept(place) }
            if json["value"] != nil || json["unit"] != nil { return .quantity(place) }
            return json["code"] == nil ? .other : .codings([place])
        case .null, .array: return .other
        }
    }
}
