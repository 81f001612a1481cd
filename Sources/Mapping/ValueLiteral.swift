import Basics
import JSON

/// Reads a value that stands in a profile (`constant`, `onTie`, `missing.value`) by its input.
struct ValueLiteral {
    let kind: InputPlan.Kind
    let unit: String?
    let values: [String]

    func read(_ node: ProfileNode) throws(ProfileError) -> MappingReport.Value {
        switch kind {
        case .quantity, .integer:
            let number = try node.decimal()
            guard kind == .quantity || number.integerValue != nil else { throw node.fault() }
            return .quantity(number, unit: unit ?? "1")
        case .boolean:
            guard let flag = node.json.boolValue else { throw node.fault() }
            return .boolean(flag)
        case .code:
            let code = try node.text()
            guard values.contains(code) else { throw node.fault() }
            return .code(code)
        }
    }
}
