import ClinicalEngine

/// Reads what becomes of a prediction (PMML 4.4, Targets).
enum TargetReader {
    static func read(
        _ element: Element,
        into target: inout Target?,
        function: ModelNode.Function
    ) throws(PMMLError) {
        try element.allow([])
        guard let child = element.children.first else { throw element.error(.invalid) }
        guard element.children.count == 1 else { throw element.children[1].error(.unsupported) }
        guard child.name == "Target" else { throw child.error(.unsupported) }
        try child.allow([
            "field", "optype", "castInteger", "min", "max", "rescaleFactor", "rescaleConstant",
        ])
        var result = target ?? Target(name: child["field"] ?? "", type: .double)
        if let field = child["field"], target != nil, field != result.name {
            throw child.error(.invalid, attribute: "field")
        }
        result.minimum = try child.number("min")
        result.maximum = try child.number("max")
        if let least = result.minimum, let most = result.maximum, least > most {
            throw child.error(.invalid, attribute: "min")
        }
        result.rescaleFactor = try child.number("rescaleFactor") ?? 1
        result.rescaleConstant = try child.number("rescaleConstant") ?? 0
        result.rounding = try child.name("castInteger", as: Target.Rounding.self)
        for part in child.children {
            guard part.name == "TargetValue" else { throw part.error(.unsupported) }
            try part.allow(["value", "displayValue", "priorProbability", "defaultValue"])
            try part.allowNoChildren()
            var value = Target.Value(value: part["value"])
            value.displayValue = part["displayValue"]
            value.priorProbability = try part.number("priorProbability")
            value.defaultValue = try part.number("defaultValue")
            // A number cannot stand for a category or cluster; that is what priorProbability is for.
            guard value.defaultValue == nil || function == .regression else {
                throw part.error(.unsupported, attribute: "defaultValue")
            }
            if let share = value.priorProbability, !(0...1).contains(share) {
                throw part.error(.invalid, attribute: "priorProbability")
            }
            if let text = value.value, !result.categories.isEmpty {
                guard result.categories.contains(text) else {
                    throw part.error(.invalid, attribute: "value")
                }
            }
            result.values.append(value)
        }
        target = result
    }
}
