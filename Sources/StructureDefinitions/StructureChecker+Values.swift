import Basics
import FHIR
import FHIRPath
import JSON

extension StructureChecker {
    // MARK: Types

    /// Whether the value is of one of the types, and of the JSON shape that the type has.
    mutating func checkType(_ instance: ElementInstance, _ rule: ElementRule) -> Bool {
        guard !rule.types.isEmpty, !instance.path.isEmpty else { return true }
        let own = instance.json["resourceType"]?.stringValue ?? instance.type
        let fitting = rule.types.filter { Self.isType(own, $0.code) }
        guard !fitting.isEmpty else {
            add(.type, instance.path, names(rule))
            return false
        }
        guard instance.hasValue else { return true }
        let isObject = instance.json.kind == .object
        let isFit = fitting.contains { type in
            ElementKnowledge.isPrimitive(type.code)
                ? Self.isForm(instance.json, type.code) : isObject
        }
        guard isFit else {
            add(.type, instance.path, names(rule))
            return false
        }
        checkTargets(instance, fitting)
        let isSimple = fitting.allSatisfy { type in
            type.profiles.contains { $0.hasSuffix("/SimpleQuantity") }
        }
        if isSimple, instance.json["comparator"] != nil {
            add(.type, instance.path + ".comparator", "no comparator")
        }
        return true
    }

    private func names(_ rule: ElementRule) -> String {
        rule.types.map(\.code).joined(separator: ", ")
    }

    /// Whether a type is the wanted one; elements defined in place are backbone elements.
    static func isType(_ own: String, _ wanted: String) -> Bool {
        if own.isEmpty || own == wanted { return true }
        if wanted == "BackboneElement" || wanted == "Element" { return true }
        return ElementKnowledge.isKind(own, of: wanted)
            || !ElementKnowledge.isResource(own) && ElementKnowledge.isPrimitive(own)
                && ElementKnowledge.isKind(wanted, of: own)
    }

    private static func isForm(_ json: JSONValue, _ type: String) -> Bool {
        PrimitiveForm(type).accepts(json)
    }

    private mutating func checkTargets(_ instance: ElementInstance, _ types: [ElementType]) {
        let targets = types.flatMap(\.targets)
        guard !targets.isEmpty, types.allSatisfy({ !$0.targets.isEmpty }),
            let reference = Reference(instance.json)
        else { return }
        let type: String?
        switch reference.target {
        case .relative(let name, _, _), .absolute(_, let name, _, _): type = name
        case .contained(let id):
            type = id.isEmpty ? rules[0].name : ContainedReferences(resource).type(of: id)
        case .urn, .other, nil: type = reference.type
        }
        guard let type, !targets.contains(type) else { return }
        add(.target, instance.path, targets.joined(separator: ", "))
    }

    // MARK: Values

    mutating func checkValue(_ instance: ElementInstance, _ rule: ElementRule) {
        let path = instance.path
        if let fixed = rule.fixed,
            !(instance.hasValue && PatternMatch.isEqual(instance.json, to: fixed))
        {
            add(.fixed, path, PatternMatch.text(fixed))
        }
        if let pattern = rule.pattern,
            !(instance.hasValue && PatternMatch.holds(pattern, in: instance.json))
        {
            add(.pattern, path, PatternMatch.text(pattern))
        }
        if let binding = rule.binding, let table = binding.table,
            !(instance.hasValue && Self.isMember(instance.json, of: table))
        {
            add(.binding, path, "a code of " + binding.valueSet)
        }
        if let length = rule.lengthMax, let text = instance.json.stringValue,
            text.unicodeScalars.count > length
        {
            add(.length, path, "at most \(length) characters")
        }
        guard let number = instance.json.decimalValue else { return }
        if let lowest = rule.lowest, number < lowest {
            add(.range, path, "at least \(lowest.text)")
        }
        if let highest = rule.highest, number > highest {
            add(.range, path, "at most \(highest.text)")
        }
    }

    /// Whether a code, Coding, CodeableConcept or Quantity is of a value set.
    static func isMember(_ json: JSONValue, of table: ValueSetTable) -> Bool {
        if let code = json.stringValue { return table.contains(code: code) }
        if let codings = json["coding"] {
            return codings.elements.contains { isMember($0, of: table) }
        }
        guard let code = json["code"]?.stringValue else { return false }
        return table.contains(system: json["system"]?.stringValue ?? "", code: code)
    }
}
