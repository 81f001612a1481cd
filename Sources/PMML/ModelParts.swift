import ClinicalEngine

/// One model under reading: its element, what stands in it beside the common parts, and what it
/// may read.
struct ModelParts {
    let element: Element
    private let parts: [Element]
    private let scope: FieldScope
    let target: Target?

    init(
        _ element: Element,
        _ parts: [Element],
        known: [String],
        _ scope: FieldScope,
        _ target: Target?
    ) throws(PMMLError) {
        for part in parts where !known.contains(part.name) { throw part.error(.unsupported) }
        self.element = element
        self.parts = parts
        self.scope = scope
        self.target = target
    }

    /// The one part of a name, or `nil` when there is none.
    func optional(_ name: String) throws(PMMLError) -> Element? {
        var found: Element?
        for part in parts where part.name == name {
            guard found == nil else { throw part.error(.invalid) }
            found = part
        }
        return found
    }

    /// The one part of a name.
    func part(_ name: String) throws(PMMLError) -> Element {
        guard let part = try optional(name) else { throw element.error(.invalid, detail: name) }
        return part
    }

    /// All parts of a name.
    func all(_ name: String) -> [Element] {
        parts.filter { $0.name == name }
    }

    /// A number that an element states, or else the model for all of them.
    func number(_ attribute: String, of element: Element) throws(PMMLError) -> Double? {
        if let number = try element.number(attribute) { return number }
        return try self.element.number(attribute)
    }

    /// A name that an element states, or else the model for all of them.
    func name<Name: RawRepresentable<String>>(
        _ attribute: String,
        of element: Element,
        as type: Name.Type
    ) throws(PMMLError) -> Name? {
        if let name = try element.name(attribute, as: type) { return name }
        return try self.element.name(attribute, as: type)
    }

    /// The field that an attribute names.
    func field(_ attribute: String, of element: Element) throws(PMMLError) -> String {
        let name = try element.required(attribute)
        guard scope[name] != nil else { throw element.error(.invalid, attribute: attribute) }
        return name
    }

    /// Whether a field is computed by the document.
    func isDerived(_ field: String) -> Bool { scope.derivedNames.contains(field) }

    /// What a text stands for as a value of a field.
    func operand(
        _ text: String,
        field name: String,
        _ element: Element,
        attribute: String?
    ) throws(PMMLError) -> Predicate.Operand {
        guard let field = scope[name], let operand = FieldOperand.read(text, field) else {
            throw element.error(.invalid, attribute: attribute)
        }
        return operand
    }

    /// Reads a condition.
    func predicate(_ element: Element) throws(PMMLError) -> Predicate {
        try PredicateReader.read(element, scope: scope)
    }

    /// Reads a derived field that stands within the model, under a name of its own.
    func derivedField(_ element: Element, name: String) throws(PMMLError) -> DerivedField {
        var field = try TransformationReader.declaration(element, name: name)
        field.expression = try ExpressionReader.only(
            element.children.filter { $0.name != "Value" },
            of: element,
            type: field.type,
            scope: scope
        )
        return field
    }

    /// Refuses a class that the target does not have.
    func check(
        category: String,
        of element: Element,
        attribute: String
    ) throws(PMMLError) {
        guard let known = target?.categories, !known.isEmpty else { return }
        guard known.contains(category) else { throw element.error(.invalid, attribute: attribute) }
    }
}
