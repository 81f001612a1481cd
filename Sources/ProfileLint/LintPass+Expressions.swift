import FHIRPath
import JSON

extension LintPass {
    /// Expressions that cannot be read, cannot be typed, or say nothing.
    mutating func checkExpressions() {
        let own = Set(root["variables"]?.members.map(\.name) ?? [])
        for rule in rules {
            for name in ["since", "until", "where"] {
                guard let node = rule.node[name], let text = node.text else { continue }
                check(
                    expression: text,
                    at: node,
                    type: rule.resource,
                    variables: own.union(["context", "resource", "rootResource"]),
                    isRule: false
                )
            }
            guard let node = rule.node["path"], let text = node.text else { continue }
            check(
                expression: text,
                at: node,
                type: rule.components.isEmpty ? rule.resource : "Observation.component",
                variables: own.union(["context", "resource", "rootResource"]),
                isRule: false
            )
            checkType(rule, node, text)
        }
        for (_, node) in root["variables"]?.members ?? [] {
            guard let text = node.text, text.contains(where: { $0.isLetter }) else { continue }
            check(
                expression: text,
                at: node,
                type: "Patient",
                variables: own.union(Self.requestNames),
                isRule: nil
            )
        }
        for rule in root.list("applies") {
            guard let node = rule["when"], let text = node.text else { continue }
            check(
                expression: text,
                at: node,
                type: "Patient",
                variables: own.union(Self.requestNames),
                isRule: true
            )
        }
    }

    /// What variables and rules on the Patient may read beside the variables of the profile.
    private static let requestNames = [
        "resources", "encounterId", "context", "resource", "rootResource",
    ]

    private mutating func check(
        expression text: String,
        at node: LintNode,
        type: String,
        variables: Set<String>,
        isRule: Bool?
    ) {
        let expression: FHIRPathExpression
        do throws(FHIRPathError) {
            expression = try FHIRPathExpression(
                parsing: text,
                allowedVariables: variables,
                rootType: type
            )
        } catch {
            add(
                .error,
                .expression,
                node,
                Self.sentence(error.code, type: type),
                accepted: [Self.suggestion(for: error, in: text, type: type), Self.hint(text)]
                    .first { !$0.isEmpty } ?? "",
                byteOffset: error.offset
            )
            return
        }
        let members = expression.memberNames
        for member in members where Self.isChoice(member.name) {
            add(
                .error,
                .expression,
                node,
                "FHIRPath knows no \(member.name.quoted): the JSON name of a choice finds nothing",
                accepted: Self.choice(member.name),
                byteOffset: member.offset
            )
        }
        // A variable may be a constant.
        guard let isRule, members.isEmpty, expression.variableNames.isEmpty,
            !text.contains("$this"),
            !text.contains("children"), !text.contains("descendants"), !text.contains("extension")
        else { return }
        add(
            .warning,
            .expressionConstant,
            node,
            isRule
                ? "the rule reads nothing of the patient, so it says the same of everybody"
                : "the path reads nothing of the resource"
        )
    }

    private static func sentence(_ code: FHIRPathError.Code, type: String) -> String {
        switch code {
        case .syntax: "this is no FHIRPath"
        case .unknownFunction: "FHIRPath has no function of this name"
        case .unknownVariable: "no variable of this name can be read here"
        case .wrongArgumentCount: "the function takes another number of arguments"
        case .typeMismatch: "the types do not fit"
        case .notSingleton: "one value is needed where there may be several"
        case .limitExceeded: "the expression is too long or too deep"
        case .unsupported: "this part of FHIRPath cannot be evaluated here"
        case .arithmetic: "the numbers cannot be computed"
        case .unknownElement: "\(type) has no such element"
        }
    }

    private static func hint(_ text: String) -> String {
        if text.contains("==") { return "= for equality" }
        if text.contains("&&") { return "and" }
        if text.contains("||") { return "or" }
        if text.contains("!=") { return "" }
        if text.contains("\"") { return "texts in single quotes" }
        for name in ["valueQuantity", "valueString", "valueCodeableConcept", "valueBoolean"]
        where text.contains(name) {
            return choice(name)
        }
        return ""
    }

    private static let choices = ["value", "effective", "onset", "abatement", "deceased"]

    private static func isChoice(_ name: String) -> Bool {
        choices.contains { choice in
            name.hasPrefix(choice) && name.dropFirst(choice.count).first?.isUppercase ?? false
        }
    }

    private static func choice(_ name: String) -> String {
        let base = choices.first { name.hasPrefix($0) } ?? "value"
        let type = name.dropFirst(base.count)
        let primitives = ["String", "Boolean", "Integer", "DateTime", "Time", "Code", "Instant"]
        let isPrimitive = primitives.contains(String(type))
        let text = isPrimitive ? type.prefix(1).lowercased() + type.dropFirst() : String(type)
        return base + ".ofType(\(text))"
    }

    /// The types that FHIR R4 lets `Observation.value[x]` have.
    private static let valueTypes = [
        "Quantity", "CodeableConcept", "string", "boolean", "integer", "Range", "Ratio",
        "SampledData", "time", "dateTime", "Period",
    ]

    /// A path that names a type which the input cannot take.
    private mutating func checkType(_ rule: LintRuleNode, _ node: LintNode, _ text: String) {
        let parts = text.split(separator: "ofType(", maxSplits: 1)
        guard text.hasPrefix("value.ofType("), let inner = parts.last,
            let end = inner.firstIndex(of: ")")
        else { return }
        let type = inner[..<end].split(separator: ".").last.map(String.init) ?? ""
        guard Self.valueTypes.contains(type) else {
            let near = Self.valueTypes.first { $0.lowercased() == type.lowercased() }
            add(
                .error,
                .pathType,
                node,
                "no value of an Observation has the type \(type.quoted)",
                accepted: near ?? Self.valueTypes.joined(separator: ", ")
            )
            return
        }
        guard inner[end...] == ")", rule.node["constant"] == nil,
            rule.node["conceptMap"] == nil
        else { return }
        let wanted: [String]
        switch rule.input.type {
        case _ where ["count", "exists"].contains(inherited("select", rule.input)?.text): return
        case "quantity", "integer": wanted = ["Quantity", "integer", "SampledData"]
        case "boolean":
            wanted = rule.node["above"] == nil ? ["boolean"] : ["Quantity", "integer"]
        case "code": wanted = ["string"]
        default: return
        }
        guard !wanted.contains(type) else { return }
        add(
            .error,
            .pathType,
            node,
            "a \(type) gives no value for an input of type \(rule.input.type)"
                + (rule.input.type == "code" ? " without a conceptMap" : ""),
            accepted: "value.ofType(\(wanted[0]))"
        )
    }
}
