/// How one compiled model computes.
///
/// A kernel is an immutable class or struct of flat arrays that is built by the compiler
/// (`init(_:compiler:...) throws(ModelError)`) and reads the row with `scratch.read(slot)`; its
/// `evaluate` gives a `KernelResult` and writes probabilities or distances into its own region of
/// the scratch. A further kind of model adds a case here, a case of `ModelNode.Body` and a reader.
enum Kernel: Sendable {
    case scorecard(ScorecardProgram)
    case regression(RegressionKernel)
    case tree(TreeKernel)
    case mining(MiningKernel)
    case clustering(ClusteringKernel)
    case generalRegression(GeneralRegressionKernel)
    case naiveBayes(NaiveBayesKernel)
    case nearestNeighbors(NearestNeighborsKernel)
    case supportVectors(SupportVectorKernel)
    case neuralNetwork(NeuralNetworkKernel)
    case ruleSet(RuleSetKernel)

    func evaluate(_ program: ModelProgram, _ scratch: inout EvaluationScratch) -> KernelResult {
        switch self {
        case .scorecard(let kernel): kernel.evaluate(&scratch, program)
        case .regression(let kernel): kernel.evaluate(&scratch)
        case .tree(let kernel): kernel.evaluate(&scratch)
        case .mining(let kernel): kernel.evaluate(program, &scratch)
        case .clustering(let kernel): kernel.evaluate(&scratch)
        case .generalRegression(let kernel): kernel.evaluate(&scratch)
        case .naiveBayes(let kernel): kernel.evaluate(&scratch)
        case .nearestNeighbors(let kernel): kernel.evaluate(&scratch)
        case .supportVectors(let kernel): kernel.evaluate(&scratch)
        case .neuralNetwork(let kernel): kernel.evaluate(&scratch)
        case .ruleSet(let kernel): kernel.evaluate(&scratch)
        }
    }

    /// The identifiers of what can win: nodes, clusters, rows, rules; empty when there are none.
    var entities: [String] {
        switch self {
        case .tree(let kernel): kernel.ids
        case .clustering(let kernel): kernel.ids
        case .nearestNeighbors(let kernel): kernel.ids
        case .ruleSet(let kernel): kernel.ids
        case .scorecard, .regression, .mining, .generalRegression, .naiveBayes, .supportVectors,
            .neuralNetwork:
            []
        }
    }

    /// How many ranks of winners there are.
    var rankCount: Int {
        switch self {
        case .nearestNeighbors(let kernel): kernel.neighborCount
        case .scorecard, .regression, .tree, .mining, .clustering, .generalRegression,
            .naiveBayes, .supportVectors, .neuralNetwork, .ruleSet:
            1
        }
    }

    /// What the parts of the result are, for the explanation of a complete answer.
    func contributions(
        _ result: KernelResult,
        _ program: ModelProgram,
        _ scratch: EvaluationScratch
    ) -> [Evaluation.Contribution] {
        switch self {
        case .scorecard: scratch.scorecard?.contributions ?? []
        case .regression(let kernel): kernel.contributions(result, program, scratch)
        case .tree(let kernel): kernel.contributions(result, program)
        case .generalRegression(let kernel): kernel.contributions(result, program, scratch)
        // Which segment decided is asked before; several together have no parts to name.
        case .mining, .clustering, .naiveBayes, .nearestNeighbors, .supportVectors, .neuralNetwork,
            .ruleSet:
            []
        }
    }
}

/// What a kernel found; plain numbers, so that a forest makes no garbage.
struct KernelResult: Sendable {
    /// What kind of answer it is.
    enum Outcome: Sendable {
        /// `value` is the prediction: a number, or the position of a category or cluster.
        case value
        /// The document gives no prediction; `slot` is the missing field at fault, or -1.
        case missing
        /// Inputs are missing: `value` is the lower bound and `upper` the upper one.
        case open
        /// An undefined or infinite number, or an invalid value; `slot` is the field, or -1.
        case notFinite
        case invalid
    }

    var outcome: Outcome
    /// A number; for categories and clusters the position in the list of the model.
    var value = Double.nan
    /// The upper bound when open.
    var upper = Double.nan
    /// The field at fault, or -1.
    var slot: Int32 = -1
    /// The position of the winning node, cluster, row or rule, or -1.
    var entity: Int32 = -1
    /// Whether the region of the model holds a probability for each category.
    var hasProbabilities = false
    /// Whether the region holds how sure the model is of the category it gives.
    var hasConfidence = false
    /// Where the confidences lie that the document states beside the probabilities, or -1.
    var confidences: Int32 = -1
    /// By how much missing values lessen the confidence.
    var penalty = 1.0
    /// Whether the document gives the value instead of a prediction.
    var isReplaced = false

    /// A number or a position.
    static func value(_ value: Double) -> KernelResult {
        KernelResult(outcome: value.isFinite ? .value : .notFinite, value: value)
    }

    /// No prediction.
    static func missing(_ slot: Int = -1) -> KernelResult {
        KernelResult(outcome: .missing, slot: Int32(slot))
    }
}
