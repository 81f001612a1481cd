import Basics
import FHIR
import JSON

/// How the value of a primitive type is written in JSON (FHIR R4, section 2.24.0.1).
struct PrimitiveForm {
    private let type: String

    /// Takes the name of a primitive type.
    init(_ type: String) { self.type = type }

    /// Whether a JSON value is a value of the type.
    func accepts(_ json: JSONValue) -> Bool {
        switch type {
        case "boolean": return json.boolValue != nil
        case "integer": return isInteger(json, -2_147_483_648...2_147_483_647)
        case "unsignedInt": return isInteger(json, 0...2_147_483_647)
        case "positiveInt": return isInteger(json, 1...2_147_483_647)
        case "decimal": return json.kind == .number
        case "integer64":
            // R5 writes it as a string, for readers whose numbers are doubles.
            return json.stringValue.map { Int64($0) != nil } ?? false
        default: return json.stringValue.map { isText($0) } ?? false
        }
    }

    private func isInteger(_ json: JSONValue, _ range: ClosedRange<Int>) -> Bool {
        // `1.0` and `1e0` are decimals, whatever their value.
        guard let text = json.numberText, let number = Int(text) else { return false }
        return range.contains(number)
    }

    private func isText(_ text: String) -> Bool {
        guard !text.isEmpty else { return false }
        switch type {
        case "date": return isMoment(text, upTo: .day)
        case "dateTime": return isMoment(text, upTo: .fraction)
        case "instant":
            guard let moment = FHIRDateTime(text: text) else { return false }
            return moment.precision >= .second && moment.zone != .missing
        case "time":
            guard let time = FHIRTime(text: text) else { return false }
            return time.precision >= .second
        case "code": return isCode(text)
        case "id": return Reference.isLogicalID(text)
        case "uri", "url", "canonical": return !text.unicodeScalars.contains { isSpace($0) }
        case "oid": return text.hasPrefix("urn:oid:") && text.utf8.count > "urn:oid:".utf8.count
        case "uuid": return text.hasPrefix("urn:uuid:") && text.utf8.count == 45
        default: return text.unicodeScalars.contains { !isSpace($0) }
        }
    }

    /// A time needs its seconds and its zone (FHIR R4, section 2.24.0.1, dateTime).
    private func isMoment(_ text: String, upTo finest: FHIRDateTime.Precision) -> Bool {
        guard let moment = FHIRDateTime(text: text), moment.precision <= finest else {
            return false
        }
        if moment.precision <= .day { return true }
        return moment.precision >= .second && moment.zone != .missing
    }

    /// No blanks at either end, and no two in a row.
    private func isCode(_ text: String) -> Bool {
        var wasSpace = true
        for scalar in text.unicodeScalars {
            let isBlank = isSpace(scalar)
            if isBlank && wasSpace { return false }
            wasSpace = isBlank
        }
        return !wasSpace
    }

    private func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x20 || scalar.value >= 0x09 && scalar.value <= 0x0D
    }
}
