import Basics
import ClinicalEngine

/// Reads one model, the whole or a segment: what all kinds of models have in common.
///
/// A further kind adds its element to `Kind` and a reader of its parts to `body(_:_:_:_:)`.
struct ModelReader {
    /// The models that are implemented, by their elements.
    enum Kind: String, CaseIterable {
        case scorecard = "Scorecard"
        case regression = "RegressionModel"
        case tree = "TreeModel"
        case mining = "MiningModel"
        case clustering = "ClusteringModel"

        /// The attributes beside those that all models have.
        var attributes: [String] {
            switch self {
            case .scorecard:
                [
                    "initialScore", "useReasonCodes", "reasonCodeAlgorithm", "baselineScore",
                    "baselineMethod",
                ]
            case .regression: ["modelType", "targetFieldName", "normalizationMethod"]
            case .tree:
                [
                    "missingValueStrategy", "missingValuePenalty", "noTrueChildStrategy",
                    "splitCharacteristic",
                ]
            case .mining: []
            case .clustering: ["modelClass", "numberOfClusters"]
            }
        }

        /// The functions that it has.
        var functions: [ModelNode.Function] {
            switch self {
            case .scorecard: [.regression]
            case .regression, .tree: [.regression, .classification]
            case .mining: [.regression, .classification, .clustering]
            case .clustering: [.clustering]
            }
        }
    }

    /// What a model finds around it.
    struct Surroundings {
        let dictionary: DataDictionary
        var scope: FieldScope
        let isOutermost: Bool
        /// The target of the model around, for segments that do not name it.
        var target: Target?
    }

    /// A model as it was read.
    struct Result {
        var node: ModelNode
        let inputs: [FieldDefinition]
        let targets: [String]
        let verification: ModelVerification?
        /// The scope with the outputs of the model.
        let scope: FieldScope
    }

    /// Elements that describe the model and cannot change a result.
    private static let informational = ["ModelStats", "ModelExplanation"]

    static func read(
        _ element: Element,
        _ surroundings: Surroundings
    ) throws(PMMLError) -> Result {
        guard let kind = Kind(rawValue: element.name) else { throw element.error(.unsupported) }
        try element.allow(
            ["modelName", "functionName", "algorithmName", "isScorable"] + kind.attributes
        )
        guard let function = ModelNode.Function(rawValue: try element.required("functionName")),
            kind.functions.contains(function)
        else { throw element.error(.unsupported, attribute: "functionName") }
        guard try element.boolean("isScorable", default: true) else {
            throw element.error(.unsupported, attribute: "isScorable")
        }
        let children = element.children
        guard let schemaElement = children.first(where: { $0.name == "MiningSchema" }) else {
            throw element.error(.invalid, detail: "MiningSchema")
        }
        let schema = try MiningSchema(schemaElement, surroundings)
        var scope = surroundings.scope
        for field in schema.inputs { scope.add(field) }
        var target = schema.target
        // A segment that does not name its target has the categories of the model around.
        if target == nil, function == .classification { target = surroundings.target }
        var derived: [DerivedField] = []
        var outputElement: Element?
        var verification: ModelVerification?
        var parts: [Element] = []
        var seen: [String] = []
        for child in children {
            let isCommon = [
                "MiningSchema", "Output", "LocalTransformations", "ModelVerification", "Targets",
                "Characteristics",
            ].contains(child.name)
            if isCommon {
                guard !seen.contains(child.name) else { throw child.error(.invalid) }
                seen.append(child.name)
            }
            switch child.name {
            case "MiningSchema": continue
            case "Output": outputElement = child
            case "LocalTransformations":
                derived = try TransformationReader.read(
                    child,
                    scope: &scope,
                    allowsFunctions: false
                )
            case "Targets":
                try TargetReader.read(child, into: &target)
            case "ModelVerification":
                // What nobody checks would be a promise nobody keeps.
                guard surroundings.isOutermost else { throw child.error(.unsupported) }
                verification = try ModelVerification(child)
            default:
                if !informational.contains(child.name) { parts.append(child) }
            }
        }
        var inherited = schema.target ?? surroundings.target
        inherited?.values = []
        let body = try body(
            kind,
            element,
            parts,
            Surroundings(
                dictionary: surroundings.dictionary,
                scope: scope,
                isOutermost: false,
                target: inherited
            )
        )
        scope = body.scope
        var node = ModelNode(
            name: element["modelName"] ?? element.name,
            function: function,
            body: body.body
        )
        node.line = element.line
        node.treatments = surroundings.isOutermost ? [] : schema.treatments
        node.target = target
        node.transformations = derived
        if let outputElement {
            node.outputs = try OutputReader.read(outputElement, node: node, scope: &scope)
        }
        return Result(
            node: node,
            inputs: schema.inputs,
            targets: schema.targets,
            verification: verification,
            scope: scope
        )
    }

    private static func body(
        _ kind: Kind,
        _ element: Element,
        _ parts: [Element],
        _ surroundings: Surroundings
    ) throws(PMMLError) -> (body: ModelNode.Body, scope: FieldScope) {
        let scope = surroundings.scope
        switch kind {
        case .scorecard:
            return (.scorecard(try ScorecardReader.read(element, parts, scope)), scope)
        case .regression:
            return (.regression(try RegressionReader.read(element, parts, scope)), scope)
        case .tree:
            return (.tree(try TreeReader.read(element, parts, scope)), scope)
        case .mining:
            var inner = surroundings
            let mining = try MiningReader.read(element, parts, &inner)
            return (.mining(mining), inner.scope)
        case .clustering:
            return (.clustering(try ClusteringReader.read(element, parts, scope)), scope)
        }
    }
}
