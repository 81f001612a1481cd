package import Basics
package import JSON

/// A measured amount (FHIR R4, section 2.24.0.7), also SimpleQuantity, Age and Duration.
package struct Quantity: ElementView {
    /// The JSON object.
    package let json: JSONValue

    /// How the value stands to the real one (value set quantity-comparator; `ad` since R5).
    package enum Comparator: String, Sendable, CaseIterable {
        case less = "<"
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case greater = ">"
        case sufficient = "ad"
    }

    /// The system of UCUM codes.
    package static let ucumSystem = "http://unitsofmeasure.org"

    /// Makes a view; `nil` when the value is no object.
    package init?(_ json: JSONValue) {
        guard json.kind == .object else { return nil }
        self.json = json
    }

    /// The number exactly; `nil` when it is absent, no JSON number, or has too many digits.
    package var value: DecimalNumber? { json["value"]?.decimalValue }
    /// The number just as it was written, such as `7.10`.
    package var valueText: String? { json["value"]?.numberText }
    /// The unit for people.
    package var unit: String? { json["unit"]?.stringValue }
    /// The system of the coded unit.
    package var system: String? { json["system"]?.stringValue }
    /// The coded unit.
    package var code: String? { json["code"]?.stringValue }
    /// Whether the coded unit is one of UCUM, by its system.
    package var isUCUM: Bool { json["system"]?.isString(Self.ucumSystem) ?? false }

    /// The number exactly; `nil` when absent.
    ///
    /// - Throws: `.wrongShape` when it is no JSON number, `.numberTooLong` when it cannot be kept.
    package func readValue() throws(FHIRError) -> DecimalNumber? {
        guard let value = json["value"] else { return nil }
        guard value.kind == .number else {
            throw FHIRError(code: .wrongShape, path: value.path)
        }
        guard let number = value.decimalValue else {
            throw FHIRError(code: .numberTooLong, path: value.path)
        }
        return number
    }

    /// The comparator; `nil` when absent, which means that the value is exact.
    ///
    /// - Throws: `.unknownCode` or `.wrongShape`: an unreadable comparator is never "exact".
    package func readComparator() throws(FHIRError) -> Comparator? {
        guard let text = try json.text("comparator") else { return nil }
        guard let comparator = Comparator(rawValue: text) else {
            throw FHIRError(code: .unknownCode, path: json.path(of: "comparator"))
        }
        return comparator
    }

    /// Checks the shapes of what the properties read.
    ///
    /// - Throws: `FHIRError` with the path of the first element of the wrong shape.
    package func check() throws(FHIRError) {
        _ = try readValue()
        _ = try readComparator()
        for name in ["unit", "system", "code"] { _ = try json.text(name) }
    }
}
