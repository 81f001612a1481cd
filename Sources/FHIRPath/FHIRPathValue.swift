package import Basics
package import FHIR
package import JSON

/// One item of a FHIRPath collection.
package enum FHIRPathValue: Sendable {
    case boolean(Bool)
    case integer(Int)
    case decimal(DecimalNumber)
    case string(String)
    case date(FHIRDateTime)
    case dateTime(FHIRDateTime)
    case time(FHIRTime)
    case quantity(FHIRPathQuantity)
    /// An element of a resource (or of any JSON value, whose members are then its children).
    case element(JSONValue)
}

extension FHIRPathValue {
    /// The boolean, also of an element that is one.
    package var booleanValue: Bool? {
        switch self {
        case .boolean(let flag): flag
        case .element(let json): json.boolValue
        case .integer, .decimal, .string, .date, .dateTime, .time, .quantity: nil
        }
    }

    /// The number, also of an element that is one; not of a quantity, whose unit would be lost.
    package var decimalValue: DecimalNumber? {
        switch self {
        case .integer(let number): DecimalNumber(number)
        case .decimal(let number): number
        case .element(let json): json.decimalValue
        case .boolean, .string, .date, .dateTime, .time, .quantity: nil
        }
    }

    /// The whole number, also of an element that is one.
    package var integerValue: Int? {
        switch self {
        case .integer(let number): number
        case .element(let json): json.integerValue
        case .boolean, .decimal, .string, .date, .dateTime, .time, .quantity: nil
        }
    }

    /// The string, also of an element that is one.
    package var stringValue: String? {
        switch self {
        case .string(let text): text
        case .element(let json): json.stringValue
        case .boolean, .integer, .decimal, .date, .dateTime, .time, .quantity: nil
        }
    }

    /// The value as `toString()` writes it; `nil` for an object.
    package var text: String? {
        switch self {
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .decimal(let number): number.text
        case .string(let text): text
        case .date(let date), .dateTime(let date): date.text
        case .time(let time): time.text
        case .quantity(let quantity): quantity.text
        case .element(let json):
            json.stringValue ?? json.numberText ?? json.boolValue.map { $0 ? "true" : "false" }
        }
    }
}
