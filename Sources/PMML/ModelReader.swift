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
        case generalRegression = "GeneralRegressionModel"
        case naiveBayes = "NaiveBayesModel"
        case nearestNeighbors = "NearestNeighborModel"
        case supportVectorMachine = "SupportVectorMachineModel"
        case neuralNetwork = "NeuralNetwork"
        case ruleSet = "RuleSetModel"

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
            case .generalRegression: GeneralRegressionReader.attributes
            case .naiveBayes: NaiveBayesReader.attributes
            case .nearestNeighbors: NearestNeighborReader.attributes
            case .supportVectorMachine: SupportVectorMachineReader.attributes
            case .neuralNetwork: NeuralNetworkReader.attributes
            case .ruleSet: RuleSetReader.attributes
            }
        }

        /// The functions that it has.
        var functions: [ModelNode.Function] {
            switch self {
            case .scorecard: [.regression]
            case .regression, .tree, .generalRegression, .supportVectorMachine, .neuralNetwork:
                [.regression, .classification]
            case .mining, .nearestNeighbors: [.regression, .classification, .clustering]
            case .naiveBayes, .ruleSet: [.classification]
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

    /// What is particular to a model, the scope behind it, and the fields that it computes itself.
    private struct Body {
        let body: ModelNode.Body
        let scope: FieldScope
        let derived: [DerivedField]

        init(_ body: ModelNode.Body, _ scope: FieldScope, _ derived: [DerivedField] = []) {
            self.body = body
            self.scope = scope
            self.derived = derived
        }
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
        // Single precision arithmetic would give other sums than the ones computed here.
        guard element["x-mathContext"] ?? "double" == "double" else {
            throw element.error(.unsupported, attribute: "x-mathContext")
        }
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
                try TargetReader.read(child, into: &target, function: function)
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
        node.transformations = derived + body.derived
        if let outputElement {
            node.outputs = try OutputReader.read(outputElement, node: node, scope: &scope)
        }
        // The categories of the model around are handed down when it is compiled; a step of a
        // chain may have others.
        if schema.target == nil, target == surroundings.target { node.target = nil }
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
    ) throws(PMMLError) -> Body {
        let scope = surroundings.scope
        let target = surroundings.target
        func particulars(_ known: [String]) throws(PMMLError) -> ModelParts {
            try ModelParts(element, parts, known: known, scope, target)
        }
        switch kind {
        case .scorecard:
            return Body(.scorecard(try ScorecardReader.read(element, parts, scope)), scope)
        case .regression:
            return Body(.regression(try RegressionReader.read(element, parts, scope)), scope)
        case .tree:
            return Body(.tree(try TreeReader.read(element, parts, scope)), scope)
        case .mining:
            var inner = surroundings
            let mining = try MiningReader.read(element, parts, &inner)
            return Body(.mining(mining), inner.scope)
        case .clustering:
            return Body(.clustering(try ClusteringReader.read(element, parts, scope)), scope)
        case .generalRegression:
            let parts = try particulars(GeneralRegressionReader.parts)
            return Body(.generalRegression(try GeneralRegressionReader.read(parts)), scope)
        case .naiveBayes:
            let parts = try particulars(NaiveBayesReader.parts)
            return Body(.naiveBayes(try NaiveBayesReader.read(parts)), scope)
        case .nearestNeighbors:
            let parts = try particulars(NearestNeighborReader.parts)
            return Body(.nearestNeighbors(try NearestNeighborReader.read(parts)), scope)
        case .supportVectorMachine:
            let parts = try particulars(SupportVectorMachineReader.parts)
            return Body(.supportVectorMachine(try SupportVectorMachineReader.read(parts)), scope)
        case .neuralNetwork:
            let parts = try particulars(NeuralNetworkReader.parts)
            let (network, derived) = try NeuralNetworkReader.read(parts)
            return Body(.neuralNetwork(network), scope, derived)
        case .ruleSet:
            let parts = try particulars(RuleSetReader.parts)
            return Body(.ruleSet(try RuleSetReader.read(parts)), scope)
        }
    }
}
