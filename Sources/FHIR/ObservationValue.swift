package import JSON

/// `Observation.value[x]` with the types of STU3, R4 and R5.
package enum ObservationValue: Sendable {
    case quantity(Quantity)
    case codeableConcept(CodeableConcept)
    /// A JSON string.
    case string(JSONValue)
    case boolean(Bool)
    case integer(Int)
    case range(JSONValue)
    case ratio(JSONValue)
    case sampledData(JSONValue)
    case time(FHIRTime)
    case dateTime(FHIRDateTime)
    case period(Period)
    /// STU3 and R5.
    case attachment(JSONValue)
    /// R5.
    case reference(Reference)

    /// Reads the value of an Observation or component; `nil` when absent.
    static func read(from object: JSONValue) throws(FHIRError) -> ObservationValue? {
        guard let choice = try Choice.find("value", in: object) else { return nil }
        let json = choice.json
        if let value = complex(choice) { return value }
        if let value = try primitive(choice) { return value }
        let isKnown = typeNames.contains { choice.isType($0) }
        throw FHIRError(code: isKnown ? .wrongShape : .unexpectedType, path: json.path)
    }

    private static let typeNames = [
        "Quantity", "CodeableConcept", "String", "Boolean", "Integer", "Range", "Ratio",
        "SampledData", "Time", "DateTime", "Period", "Attachment", "Reference",
    ]

    private static func complex(_ choice: Choice) -> ObservationValue? {
        let json = choice.json
        if choice.isType("Quantity") { return Quantity(json).map { .quantity($0) } }
        if choice.isType("CodeableConcept") {
            return CodeableConcept(json).map { .codeableConcept($0) }
        }
        if choice.isType("Period") { return Period(json).map { .period($0) } }
        if choice.isType("Reference") { return Reference(json).map { .reference($0) } }
        guard json.kind == .object else { return nil }
        if choice.isType("Range") { return .range(json) }
        if choice.isType("Ratio") { return .ratio(json) }
        if choice.isType("SampledData") { return .sampledData(json) }
        if choice.isType("Attachment") { return .attachment(json) }
        return nil
    }

    private static func primitive(_ choice: Choice) throws(FHIRError) -> ObservationValue? {
        let json = choice.json
        if choice.isType("String") { return json.kind == .string ? .string(json) : nil }
        if choice.isType("Boolean") { return json.boolValue.map { .boolean($0) } }
        if choice.isType("Integer") { return json.integerValue.map { .integer($0) } }
        if choice.isType("DateTime") { return .dateTime(try FHIRDateTime(reading: json)) }
        guard choice.isType("Time"), json.kind == .string else { return nil }
        guard let time = FHIRTime(json), time.precision >= .second else {
            throw FHIRError(code: .invalidDateTime, path: json.path)
        }
        return .time(time)
    }

    /// Checks the shape inside the value.
    ///
    /// - Throws: `FHIRError` with the path of the first fault.
    package func check() throws(FHIRError) {
        switch self {
        case .quantity(let quantity): try quantity.check()
        case .codeableConcept(let concept): try concept.check()
        case .period(let period):
            _ = try period.readStart()
            _ = try period.readEnd()
        case .reference(let reference): _ = try reference.json.text("reference")
        case .string, .boolean, .integer, .range, .ratio, .sampledData, .time, .dateTime,
            .attachment:
            break
        }
    }
}
