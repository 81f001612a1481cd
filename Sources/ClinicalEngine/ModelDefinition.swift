/// A model as its document says it, before it is compiled (PMML 4.4).
///
/// This is a tree of plain values that a reader or a program makes; `ClinicalModel` compiles it:
///
///     ModelDefinition(
///         fields: [FieldDefinition(name: "age", kind: .continuous)],
///         model: ModelNode(
///             name: "risk",
///             function: .regression,
///             body: .regression(Regression(tables: [...]))
///         )
///     )
public struct ModelDefinition: Sendable, Equatable {
    /// What stands in the document about itself.
    public var about = ClinicalModel.About()
    /// The inputs, with their treatments, in the order in which the model takes them.
    public var fields: [FieldDefinition]
    /// The fields that every model of the document can read (TransformationDictionary).
    public var transformations: [DerivedField] = []
    /// The model.
    public var model: ModelNode

    /// Makes a definition.
    public init(fields: [FieldDefinition], model: ModelNode) {
        self.fields = fields
        self.model = model
    }
}

/// One model of a document: the whole, or a segment of a MiningModel.
public struct ModelNode: Sendable, Equatable {
    /// What kind of answer it gives (`functionName`).
    public enum Function: String, Sendable {
        case regression
        case classification
        case clustering
    }

    /// How it computes.
    public indirect enum Body: Sendable, Equatable {
        case scorecard(Scorecard)
        case regression(Regression)
        case tree(Tree)
        case mining(Mining)
        case clustering(Clustering)
        case generalRegression(GeneralRegression)
        case naiveBayes(NaiveBayes)
        case nearestNeighbors(NearestNeighbors)
        case supportVectorMachine(SupportVectorMachine)
        case neuralNetwork(NeuralNetwork)
        case ruleSet(RuleSet)
    }

    /// The name in the document.
    public var name: String
    /// What kind of answer it gives.
    public var function: Function
    /// The line in the document, or zero.
    public var line = 0
    /// For a segment: the fields for which it has treatments of its own.
    public var treatments: [FieldDefinition] = []
    /// What it predicts, and what becomes of the prediction.
    public var target: Target?
    /// The fields that only it can read (LocalTransformations).
    public var transformations: [DerivedField] = []
    /// How it computes.
    public var body: Body
    /// What it gives under which name.
    public var outputs: [OutputDefinition] = []

    /// Makes a model.
    public init(name: String, function: Function, body: Body) {
        self.name = name
        self.function = function
        self.body = body
    }
}
