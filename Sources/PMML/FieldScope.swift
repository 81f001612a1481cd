import ClinicalEngine

/// The fields that an element may read, by name, and the functions it may call.
struct FieldScope {
    /// A function of the document (DefineFunction).
    struct Function {
        /// One of its parameters, with the type that it is brought to (ParameterField).
        struct Parameter {
            let name: String
            let type: ValueType?
        }

        let element: Element
        let parameters: [Parameter]
        /// The type that its result is brought to.
        let type: ValueType?
        let body: Element
    }

    private(set) var fields: [String: FieldDefinition] = [:]
    var functions: [String: Function] = [:]
    /// The fields that the document computes.
    private(set) var derivedNames: Set<String> = []

    init(_ fields: [FieldDefinition] = []) {
        for field in fields { add(field) }
    }

    subscript(name: String) -> FieldDefinition? { fields[name] }

    mutating func add(_ field: FieldDefinition) {
        fields[field.name] = field
    }

    mutating func remove(_ name: String) {
        fields[name] = nil
    }

    /// What predicates see of a derived field.
    mutating func add(_ derived: DerivedField) {
        var field = FieldDefinition(name: derived.name, kind: derived.kind)
        field.isNumeric = derived.type.isNumeric
        field.isWhole = derived.type == .integer
        field.isSingle = derived.type == .float
        field.isBoolean = derived.type == .boolean
        let texts = field.isBoolean ? ["true", "false"] : derived.values
        field.values = texts.map { .init(text: $0, number: Element.number($0)) }
        fields[field.name] = field
        derivedNames.insert(field.name)
    }

    /// What predicates see of an output of an earlier segment.
    mutating func add(_ output: OutputDefinition, of node: ModelNode) {
        var isNumeric = output.type?.isNumeric ?? (node.function == .regression)
        switch output.feature {
        case .probability, .confidence, .affinity: isNumeric = true
        case .entityId, .reasonCode, .predictedDisplayValue: isNumeric = false
        case .predictedValue:
            if node.function == .classification {
                isNumeric = node.target?.type.isNumeric ?? isNumeric
            }
        case .expression: break
        }
        var field = FieldDefinition(
            name: output.name,
            kind: isNumeric ? .continuous : .categorical
        )
        field.isNumeric = isNumeric
        fields[output.name] = field
    }
}
