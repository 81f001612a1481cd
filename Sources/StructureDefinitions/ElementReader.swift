import Basics
import FHIRPath
import JSON

/// Reads one ElementDefinition (FHIR R4, section 2.27) and refuses what it does not understand.
struct ElementReader {
    let json: JSONValue
    let valueSets: [String: ValueSetTable]

    /// Members that describe and do not constrain, or that only a base definition uses.
    private static let descriptive: Set<String> = [
        "id", "path", "representation", "sliceName", "sliceIsConstraining", "label", "code",
        "short", "definition", "comment", "requirements", "alias", "example", "mapping",
        "isSummary", "isModifier", "isModifierReason", "mustSupport", "condition",
        "meaningWhenMissing", "orderMeaning", "extension", "base",
    ]
    private static let constraining: Set<String> = [
        "min", "max", "type", "binding", "constraint", "slicing", "contentReference", "maxLength",
    ]

    func fault(
        _ code: StructureDefinitionError.Code = .malformed,
        _ value: JSONValue? = nil,
        _ member: String = ""
    ) -> StructureDefinitionError {
        let place = (value ?? json).path
        return StructureDefinitionError(
            code: code,
            path: member.isEmpty ? place : place + "." + member
        )
    }

    /// Fills a rule with what the element states.
    func fill(_ rule: inout ElementRule) throws(StructureDefinitionError) {
        for (name, value) in json.members {
            let name = name.stringValue ?? ""
            if Self.descriptive.contains(name) || name.hasPrefix("_") { continue }
            if Self.constraining.contains(name) { continue }
            try fill(&rule, name, value)
        }
        if let minimum = json["min"] {
            guard let count = minimum.integerValue, count >= 0 else {
                throw fault(.malformed, minimum)
            }
            rule.minimum = count
        }
        if let maximum = json["max"] {
            guard let text = maximum.stringValue else { throw fault(.malformed, maximum) }
            rule.maximum = try Self.count(text, maximum)
            guard rule.maximum.map({ $0 >= rule.minimum }) ?? true else {
                throw fault(.malformed, maximum)
            }
        }
        if let base = json["base"]?["max"]?.stringValue { rule.isList = base != "1" && base != "0" }
        rule.types = try types(&rule)
        rule.binding = try binding(&rule)
        rule.constraints = try constraints()
        rule.slicing = try slicing()
        if let length = json["maxLength"] {
            guard let count = length.integerValue, count > 0 else {
                throw fault(.malformed, length)
            }
            rule.lengthMax = count
        }
        if let reference = json["contentReference"] {
            guard let text = reference.stringValue, let hash = text.firstIndex(of: "#") else {
                throw fault(.malformed, reference)
            }
            rule.contentReference = String(text[text.index(after: hash)...])
        }
    }

    /// The members whose names end in a type.
    private func fill(
        _ rule: inout ElementRule,
        _ name: String,
        _ value: JSONValue
    ) throws(StructureDefinitionError) {
        if name.hasPrefix("fixed") {
            rule.fixed = value
        } else if name.hasPrefix("pattern") {
            rule.pattern = value
        } else if name.hasPrefix("minValue"), let number = value.decimalValue {
            rule.lowest = number
        } else if name.hasPrefix("maxValue"), let number = value.decimalValue {
            rule.highest = number
        } else if name.hasPrefix("defaultValue") {
            // A default speaks of what is absent; an element that is absent stays so here.
            throw fault(.unsupportedMember, value)
        } else {
            throw fault(.unsupportedMember, value)
        }
    }

    private static func count(
        _ text: String,
        _ value: JSONValue
    ) throws(StructureDefinitionError) -> Int? {
        if text == "*" { return nil }
        guard let count = Int(text), count >= 0 else {
            throw StructureDefinitionError(code: .malformed, path: value.path)
        }
        return count
    }

    // MARK: Types

    private static let coreTypes = "http://hl7.org/fhir/StructureDefinition/"
    private static let systemTypes = "http://hl7.org/fhirpath/System."

    private func types(
        _ rule: inout ElementRule
    ) throws(StructureDefinitionError) -> [ElementType] {
        guard let list = json["type"] else { return [] }
        guard list.kind == .array else { throw fault(.malformed, list) }
        var types: [ElementType] = []
        for type in list.elements {
            guard var code = type["code"]?.stringValue else {
                throw fault(.malformed, type, "code")
            }
            if code.hasPrefix(Self.systemTypes) {
                let name = code.dropFirst(Self.systemTypes.count)
                code = name.prefix(1).lowercased() + name.dropFirst()
            }
            guard ElementKnowledge.isType(code) || code == "BackboneElement" || code == "Element"
            else { throw fault(.unsupportedMember, type, "code") }
            let profiles = type["profile"].map { $0.elements.compactMap(\.stringValue) } ?? []
            for profile in profiles where !Self.isKnown(profile, for: code) {
                rule.gaps.append("the profile \(profile) of the type \(code)")
            }
            var targets: [String] = []
            for target in type["targetProfile"].map({ Array($0.elements) }) ?? [] {
                guard let text = target.stringValue else { throw fault(.malformed, target) }
                let name = String(text.dropFirst(Self.coreTypes.count))
                guard text.hasPrefix(Self.coreTypes), ElementKnowledge.isResource(name) else {
                    rule.gaps.append("the target profile \(text)")
                    targets = []
                    break
                }
                targets.append(name)
            }
            if targets.contains("Resource") { targets = [] }
            types.append(ElementType(code: code, profiles: profiles, targets: targets))
        }
        return types
    }

    /// Profiles on types that are checked: SimpleQuantity has no comparator.
    private static func isKnown(_ profile: String, for code: String) -> Bool {
        profile == coreTypes + "SimpleQuantity" && code == "Quantity"
    }

    // MARK: Bindings and constraints

    private func binding(
        _ rule: inout ElementRule
    ) throws(StructureDefinitionError) -> Binding? {
        guard let binding = json["binding"] else { return nil }
        guard let strength = binding["strength"]?.stringValue else {
            throw fault(.malformed, binding, "strength")
        }
        // Only a required binding refuses other codes (FHIR R4, section 4.1.5).
        guard strength == "required" else { return nil }
        guard let canonical = binding["valueSet"]?.stringValue else {
            throw fault(.malformed, binding, "valueSet")
        }
        let parts = canonical.split(separator: "|", maxSplits: 1)
        let found = parts.first.flatMap { valueSets[String($0)] }
        let isVersion =
            parts.count < 2 || found?.version == nil || found?.version == String(parts[1])
        guard let found, isVersion, found.isEnumerated else {
            rule.gaps.append("the required binding to \(canonical)")
            return Binding(valueSet: canonical, table: nil)
        }
        return Binding(valueSet: canonical, table: found)
    }

    private func constraints() throws(StructureDefinitionError) -> [Constraint] {
        guard let list = json["constraint"] else { return [] }
        guard list.kind == .array else { throw fault(.malformed, list) }
        var constraints: [Constraint] = []
        for item in list.elements {
            guard let key = item["key"]?.stringValue else { throw fault(.malformed, item, "key") }
            let severity = item["severity"]?.stringValue
            guard severity == "error" || severity == "warning" else {
                throw fault(.malformed, item, "severity")
            }
            guard severity == "error" else { continue }
            if key == "dom-3" {
                constraints.append(Constraint(key: key, test: .containedIsReferenced))
                continue
            }
            guard let expression = item["expression"], let text = expression.stringValue else {
                throw fault(.unsupportedMember, item, "expression")
            }
            do {
                let parsed = try FHIRPathExpression(
                    parsing: text,
                    allowedVariables: ["context", "resource", "rootResource"]
                )
                constraints.append(Constraint(key: key, test: .expression(parsed)))
            } catch {
                throw fault(.invalidExpression, expression)
            }
        }
        return constraints
    }

    // MARK: Slicing

    private func slicing() throws(StructureDefinitionError) -> Slicing? {
        guard let slicing = json["slicing"] else { return nil }
        guard let rules = slicing["rules"]?.stringValue.flatMap(Slicing.Rules.init(rawValue:))
        else { throw fault(.malformed, slicing, "rules") }
        var discriminators: [Discriminator] = []
        for item in slicing["discriminator"].map({ Array($0.elements) }) ?? [] {
            guard let kind = item["type"]?.stringValue.flatMap(Discriminator.Kind.init(rawValue:))
            else { throw fault(.unsupportedSlicing, item, "type") }
            guard let path = item["path"]?.stringValue,
                let steps = DiscriminatorStep.steps(path)
            else { throw fault(.unsupportedSlicing, item, "path") }
            discriminators.append(Discriminator(kind: kind, steps: steps, path: item.path))
        }
        return Slicing(
            rules: rules,
            isOrdered: slicing["ordered"]?.boolValue ?? false,
            discriminators: discriminators
        )
    }
}
