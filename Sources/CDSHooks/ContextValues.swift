import JSON

/// What tokens of the context stand for in one call.
package struct ContextValues: Sendable {
    private let values: [String: String]

    /// Reads the values of a call: ids, and references that are relative and whole.
    package init(_ context: HookContext, _ definition: HookDefinition) {
        var values: [String: String] = [:]
        for field in definition.fields {
            let value: String?
            switch field.kind {
            case .patient: value = context.patientID
            case .encounter: value = context.encounterID
            case .user: value = context.userReference
            case .reference, .text: value = context.content(field.name)?.value.stringValue
            case .bundle, .references, .resource, .object, .objects: value = nil
            }
            guard let value,
                FHIRIdentifier.isID(value) || FHIRIdentifier.isRelativeReference(value)
            else { continue }
            values[field.name] = value
        }
        self.values = values
    }

    private init(values: [String: String]) { self.values = values }

    /// A value for each name, to try a text out when it is loaded.
    static func sample(_ names: [String]) -> ContextValues {
        ContextValues(values: Dictionary(names.map { ($0, "sample") }) { first, _ in first })
    }

    /// The value of a name, when the call has one.
    subscript(_ name: String) -> String? { values[name] }
}
