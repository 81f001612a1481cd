import ClinicalEngine

/// Reads what a model gives under which name (PMML 4.4, Output).
enum OutputReader {
    static func read(
        _ element: Element,
        node: ModelNode,
        scope: inout FieldScope
    ) throws(PMMLError) -> [OutputDefinition] {
        try element.allow([])
        var outputs: [OutputDefinition] = []
        for child in element.children {
            guard child.name == "OutputField" else { throw child.error(.unsupported) }
            try child.allow([
                "name", "displayName", "optype", "dataType", "targetField", "feature", "value",
                "rank", "isFinalResult", "segmentId", "algorithm", "rankBasis", "rankOrder",
                "isMultiValued",
            ])
            let name = try child.required("name")
            guard !outputs.contains(where: { $0.name == name }) else {
                throw child.error(.invalid, attribute: "name")
            }
            if try child.boolean("isMultiValued", default: false) {
                throw child.error(.unsupported, attribute: "isMultiValued")
            }
            var output = OutputDefinition(
                name: name,
                feature: try feature(child, node, scope)
            )
            if let text = child["dataType"] {
                guard let type = ValueType(rawValue: text) else {
                    throw child.error(.unsupported, attribute: "dataType")
                }
                output.type = type
            }
            output.isFinal = try child.boolean("isFinalResult", default: true)
            output.segment = child["segmentId"]
            output.line = child.line
            outputs.append(output)
            scope.add(output, of: node)
        }
        return outputs
    }

    private static func feature(
        _ element: Element,
        _ node: ModelNode,
        _ scope: FieldScope
    ) throws(PMMLError) -> OutputDefinition.Feature {
        let unsupported = element.error(.unsupported, attribute: "feature")
        let name = element["feature"] ?? "predictedValue"
        if name == "transformedValue" || name == "decision" {
            let expressions = element.children.filter {
                $0.name != "Value" && $0.name != "Decisions"
            }
            return .expression(
                try ExpressionReader.only(
                    expressions,
                    of: element,
                    type: element["dataType"].flatMap { ValueType(rawValue: $0) },
                    scope: scope
                )
            )
        }
        for child in element.children where child.name != "Value" {
            throw child.error(.unsupported)
        }
        let isClassification = node.function == .classification
        let rank = try element.count("rank") ?? 1
        guard rank >= 1 else { throw element.error(.invalid, attribute: "rank") }
        // Only entities and reasons are put in an order here.
        guard rank == 1 || ["clusterId", "entityId", "reasonCode"].contains(name) else {
            throw element.error(.unsupported, attribute: "rank")
        }
        switch name {
        case "predictedValue": return .predictedValue
        case "predictedDisplayValue":
            guard isClassification else { throw unsupported }
            return .predictedDisplayValue
        case "probability":
            guard isClassification else { throw unsupported }
            return .probability(element["value"])
        case "confidence":
            guard isClassification else { throw unsupported }
            return .confidence(element["value"])
        case "affinity", "clusterAffinity", "entityAffinity":
            guard node.function == .clustering else { throw unsupported }
            return .affinity(element["value"])
        case "clusterId":
            guard node.function == .clustering else { throw unsupported }
            return .entityId(rank: rank)
        case "entityId":
            return .entityId(rank: rank)
        case "reasonCode":
            guard case .scorecard(let scorecard) = node.body else { throw unsupported }
            guard scorecard.reasonCodeAlgorithm != nil else {
                throw element.error(.invalid, attribute: "feature")
            }
            return .reasonCode(rank: rank)
        default:
            throw unsupported
        }
    }
}
