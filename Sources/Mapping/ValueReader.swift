import FHIRPath
import JSON

/// Where in a resource (or component) a rule finds its value.
///
/// The everyday paths, `value.ofType(Quantity)` and its like, are read straight from the document;
/// every other path is evaluated as FHIRPath.
enum ValueReader: Sendable {
    /// The code is the fact; there is no value to read.
    case nothing
    /// The member of this name, such as `valueQuantity`.
    case member(ValueMember)
    /// The one `value[x]` that is there, whatever its type.
    case anyValue
    case expression(Expression)
    /// How long it is between two times.
    case elapsed(ElapsedReader)

    /// A parsed expression behind a reference, so that plans stay small to copy.
    final class Expression: Sendable {
        let parsed: FHIRPathExpression
        /// The variables it reads that the profile or the request defines.
        let ownVariables: [String]
        /// Whether it looks into the components of an Observation.
        let readsComponents: Bool
        /// Whether it takes the number out of a quantity, so that a unit it puts to a number may
        /// be another one than the record's.
        let dropsUnit: Bool

        init(parsing text: String, variables: [String]) throws(FHIRPathError) {
            parsed = try FHIRPathExpression(
                parsing: text,
                allowedVariables: Set(variables + Self.contextNames)
            )
            readsComponents = parsed.memberNames.contains { $0.name == "component" }
            let compact = text.filter { !$0.isWhitespace }
            dropsUnit = ["Quantity).value", "Quantity.value"].contains { ending in
                compact.split(separator: ending, omittingEmptySubsequences: false).dropFirst()
                    .contains { !($0.first?.isLetter ?? false) }
            }
            ownVariables = parsed.variableNames.filter { !Self.contextNames.contains($0) }
        }

        /// The variables that every expression may read.
        private static let contextNames = ["context", "resource", "rootResource"]
    }

    /// The types of Observation.value[x] that are read without an expression.
    private static let types = [
        "Quantity", "CodeableConcept", "string", "integer", "boolean", "SampledData",
    ]

    init(path text: String, variables: [String]) throws(FHIRPathError) {
        if text == "value" {
            self = .anyValue
            return
        }
        for type in Self.types
        where text == "value.ofType(\(type))" || text == "value.ofType(\(type)).coding" {
            let name = "value" + type.prefix(1).uppercased() + type.dropFirst()
            guard let member = ValueMember(rawValue: name) else { continue }
            self = .member(member)
            return
        }
        self = .expression(try Expression(parsing: text, variables: variables))
    }
}

/// The value members that are read without an expression.
enum ValueMember: String, CaseIterable, Sendable {
    case valueQuantity, valueCodeableConcept, valueString, valueCode
    case valueInteger, valueBoolean, valueSampledData

    private static let names = JSONNameTable(allCases.map(\.rawValue))
    private static let all = allCases

    /// The member whose name stands at a place; `nil` for any other name.
    init?(_ name: JSONPlace, on tape: borrowing JSONTape) {
        guard let slot = Self.names.slot(of: name, on: tape) else { return nil }
        self = Self.all[slot]
    }
}
