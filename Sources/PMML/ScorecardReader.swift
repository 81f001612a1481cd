import ClinicalEngine

/// Reads the parts of a scorecard (PMML 4.4, Scorecard).
struct ScorecardReader {
    private let scope: FieldScope
    private var scorecard: Scorecard

    static func read(
        _ element: Element,
        _ parts: [Element],
        _ scope: FieldScope
    ) throws(PMMLError) -> Scorecard {
        var scorecard = Scorecard(
            name: element["modelName"] ?? "Scorecard",
            fields: [],
            characteristics: []
        )
        scorecard.initialScore = try element.number("initialScore") ?? 0
        scorecard.baselineScore = try element.number("baselineScore")
        let algorithm = try element.name(
            "reasonCodeAlgorithm",
            as: Scorecard.ReasonCodeAlgorithm.self
        )
        if try element.boolean("useReasonCodes", default: true) {
            scorecard.reasonCodeAlgorithm = algorithm ?? .pointsBelow
        }
        var reader = ScorecardReader(scope: scope, scorecard: scorecard)
        for part in parts {
            guard part.name == "Characteristics" else { throw part.error(.unsupported) }
            try part.allow([])
            for child in part.children {
                reader.scorecard.characteristics.append(try reader.characteristic(child))
            }
            guard !reader.scorecard.characteristics.isEmpty else { throw part.error(.invalid) }
        }
        guard !parts.isEmpty else { throw element.error(.invalid, detail: "Characteristics") }
        return reader.scorecard
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
        var complexScore: Expression?
        for child in element.children {
            if child.name == "ComplexPartialScore" {
                guard complexScore == nil else { throw child.error(.invalid) }
                try child.allow([])
                complexScore = try ExpressionReader.only(
                    child.children,
                    of: child,
                    type: .double,
                    scope: scope
                )
                continue
            }
            guard PredicateReader.names.contains(child.name) else {
                throw child.error(.unsupported)
            }
            guard predicate == nil else { throw child.error(.invalid) }
            predicate = try PredicateReader.read(child, scope: scope)
        }
        guard let predicate else { throw element.error(.invalid, detail: "predicate") }
        let score = try element.number("partialScore")
        guard score != nil || complexScore != nil else {
            throw element.error(.invalid, attribute: "partialScore")
        }
        var attribute = Scorecard.Attribute(
            predicate: predicate,
            partialScore: score ?? 0,
            reasonCode: element["reasonCode"]
        )
        attribute.complexScore = complexScore
        return attribute
    }
}
