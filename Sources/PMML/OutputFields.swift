/// What a model gives under which name (PMML 4.4, Output).
struct OutputFields {
    /// What is given.
    enum Feature: Equatable {
        case predictedValue
        /// The reason code of a rank, from one.
        case reasonCode(rank: Int)
    }

    private(set) var features: [(name: String, feature: Feature)] = []

    init() {}

    init(_ element: Element, hasReasonCodes: Bool) throws(PMMLError) {
        try element.allow([])
        for child in element.children {
            guard child.name == "OutputField" else { throw child.error(.unsupported) }
            try child.allow([
                "name", "displayName", "optype", "dataType", "targetField", "feature", "rank",
                "isFinalResult",
            ])
            try child.allowNoChildren()
            let name = try child.required("name")
            guard self[name] == nil else { throw child.error(.invalid, attribute: "name") }
            switch child["feature"] ?? "predictedValue" {
            case "predictedValue":
                features.append((name, .predictedValue))
            case "reasonCode":
                let rank = try child.count("rank") ?? 1
                guard hasReasonCodes else { throw child.error(.invalid, attribute: "feature") }
                guard rank >= 1 else { throw child.error(.invalid, attribute: "rank") }
                features.append((name, .reasonCode(rank: rank)))
            default:
                throw child.error(.unsupported, attribute: "feature")
            }
        }
    }

    /// What is given under a name.
    subscript(name: String) -> Feature? {
        features.first { $0.name == name }?.feature
    }
}
