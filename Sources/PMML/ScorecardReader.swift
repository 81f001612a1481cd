import ClinicalEngine

/// Reads a scorecard (PMML 4.4, Scorecard).
struct ScorecardReader {
    private let element: Element
    private let schema: MiningSchema
    private var scorecard: Scorecard
    private var output = OutputFields()
    private var verification: ModelVerification?

    /// Elements that describe the model and cannot change a result.
    private static let informational = ["ModelStats", "ModelExplanation"]

    init(
        _ element: Element,
        dictionary: DataDictionary,
        about: ClinicalModel.About
    ) throws(PMMLError) {
        self.element = element
        try element.allow([
            "modelName", "functionName", "algorithmName", "initialScore", "useReasonCodes",
            "reasonCodeAlgorithm", "baselineScore", "baselineMethod", "isScorable",
        ])
        guard try element.required("functionName") == "regression" else {
            throw element.error(.unsupported, attribute: "functionName")
        }
        guard try element.boolean("isScorable", default: true) else {
            throw element.error(.unsupported, attribute: "isScorable")
        }
        let children = element.children
        guard let schemaElement = children.first(where: { $0.name == "MiningSchema" }) else {
            throw element.error(.invalid, detail: "MiningSchema")
        }
        schema = try MiningSchema(schemaElement, dictionary: dictionary)
        scorecard = Scorecard(
            name: element["modelName"] ?? "Scorecard",
            fields: schema.inputs,
            characteristics: []
        )
        scorecard.about = about
        scorecard.initialScore = try element.number("initialScore") ?? 0
        scorecard.baselineScore = try element.number("baselineScore")
        let algorithm = try element.name(
            "reasonCodeAlgorithm",
            as: Scorecard.ReasonCodeAlgorithm.self
        )
        if try element.boolean("useReasonCodes", default: true) {
            scorecard.reasonCodeAlgorithm = algorithm ?? .pointsBelow
        }
        try readChildren(children)
    }

    private mutating func readChildren(_ children: [Element]) throws(PMMLError) {
        var seen: [String] = []
        for child in children {
            guard !seen.contains(child.name) else { throw child.error(.invalid) }
            seen.append(child.name)
            switch child.name {
            case "MiningSchema":
                continue
            case "Output":
                output = try OutputFields(
                    child,
                    hasReasonCodes: scorecard.reasonCodeAlgorithm != nil
                )
            case "LocalTransformations":
                try child.allow([])
                for transformation in child.children {
                    throw transformation.error(.unsupported)
                }
            case "Characteristics":
                try child.allow([])
                for part in child.children {
                    scorecard.characteristics.append(try characteristic(part))
                }
                guard !scorecard.characteristics.isEmpty else { throw child.error(.invalid) }
            case "ModelVerification":
                verification = try ModelVerification(child)
            default:
                guard Self.informational.contains(child.name) else {
                    throw child.error(.unsupported)
                }
            }
        }
        guard seen.contains("Characteristics") else {
            throw element.error(.invalid, detail: "Characteristics")
        }
    }

    private func characteristic(
        _ element: Element
    ) throws(PMMLError) -> Scorecard.Characteristic {
        guard element.name == "Characteristic" else { throw element.error(.unsupported) }
        try element.allow(["name", "reasonCode", "baselineScore"])
        let baseline = try element.number("baselineScore")
        if scorecard.reasonCodeAlgorithm != nil, baseline == nil {
            guard scorecard.baselineScore != nil else {
                throw element.error(.invalid, attribute: "baselineScore")
            }
        }
        var attributes: [Scorecard.Attribute] = []
        for child in element.children {
            guard child.name == "Attribute" else { throw child.error(.unsupported) }
            attributes.append(try attribute(child, of: element))
        }
        guard !attributes.isEmpty else { throw element.error(.invalid) }
        return Scorecard.Characteristic(
            name: element["name"],
            reasonCode: element["reasonCode"],
            baselineScore: baseline,
            attributes: attributes
        )
    }

    private func attribute(
        _ element: Element,
        of characteristic: Element
    ) throws(PMMLError) -> Scorecard.Attribute {
        try element.allow(["reasonCode", "partialScore"])
        if scorecard.reasonCodeAlgorithm != nil {
            guard element["reasonCode"] ?? characteristic["reasonCode"] != nil else {
                throw element.error(.invalid, attribute: "reasonCode")
            }
        }
        var predicate: Predicate?
        for child in element.children {
            guard PredicateReader.names.contains(child.name) else {
                throw child.error(.unsupported)
            }
            guard predicate == nil else { throw child.error(.invalid) }
            predicate = try PredicateReader.read(child, fields: schema.inputs)
        }
        guard let predicate else { throw element.error(.invalid, detail: "predicate") }
        guard let score = try element.number("partialScore") else {
            throw element.error(.invalid, attribute: "partialScore")
        }
        return Scorecard.Attribute(
            predicate: predicate,
            partialScore: score,
            reasonCode: element["reasonCode"]
        )
    }

    /// Compiles the scorecard and runs the document's own verification rows.
    func compile() throws(PMMLError) -> ClinicalModel {
        let model: ClinicalModel
        do {
            model = try ClinicalModel(scorecard)
        } catch {
            let code: PMMLError.Code = error.code == .tooLarge ? .tooLarge : .invalid
            throw element.error(code, detail: error.code.rawValue)
        }
        try verification?.verify(model, targets: schema.targets, output: output)
        return model
    }
}
