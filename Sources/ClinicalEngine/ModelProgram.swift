/// A compiled document: the rules of the inputs, the expressions and the tree of models.
///
/// The row has a slot for each input, then for each derived field that is used, then for each
/// output of a model; a slot is one double (see `ValueType`).
final class ModelProgram: Sendable {
    /// One field of the row.
    struct Slot: Sendable {
        let name: String
        let type: ValueType
        let kind: FieldDefinition.Kind
        /// The values in their order, for an ordinal field.
        let order: [Double]
        /// The inputs it is computed from; itself for an input.
        var inputs: [Int]
    }

    /// One step before a model is evaluated: a derived field, or a treatment of its own.
    struct Step: Sendable {
        let slot: Int
        let code: Range<Int>
    }

    /// One model: the whole, or a segment.
    final class Node: Sendable {
        let name: String
        let function: ModelNode.Function
        let steps: [Step]
        let kernel: Kernel
        let categories: [Category]
        /// The type of its categories.
        let categoryType: ValueType
        /// Where probabilities or distances lie.
        let region: Range<Int>
        let adjustment: TargetAdjustment
        let outputs: [OutputProgram]

        init(
            _ model: ModelNode,
            steps: [Step],
            kernel: Kernel,
            categories: [Category],
            categoryType: ValueType,
            region: Range<Int>,
            adjustment: TargetAdjustment,
            outputs: [OutputProgram]
        ) {
            name = model.name
            function = model.function
            self.steps = steps
            self.kernel = kernel
            self.categories = categories
            self.categoryType = categoryType
            self.region = region
            self.adjustment = adjustment
            self.outputs = outputs
        }
    }

    /// A category that a model predicts.
    struct Category: Sendable, Equatable {
        let text: String
        /// What stands for it in a row.
        let code: Double
    }

    let fields: FieldTable
    let symbols: SymbolTable
    let slots: [Slot]
    let expressions: ExpressionProgram
    let root: Node
    /// Whether an input is read by anything.
    let isRead: [Bool]
    let regionCount: Int
    /// For each slot the names of the inputs it is computed from.
    let inputNames: [[String]]
    /// The outputs of the segments of a chain, which are results of the document too.
    let inner: [OutputProgram]
    /// The steps of the TransformationDictionary.
    private let steps: [Step]

    init(_ definition: ModelDefinition) throws(ModelError) {
        var compiler = try ModelCompiler(definition)
        root = try compiler.root(definition)
        fields = compiler.fields
        symbols = compiler.symbols
        slots = compiler.slots
        expressions = compiler.expressions
        isRead = compiler.readInputs()
        regionCount = compiler.regionCount
        steps = compiler.outermostSteps
        inner = Self.chained(root)
        inputNames = compiler.slots.map { slot in
            slot.inputs.map { compiler.fields.names[$0] }
        }
    }

    func makeScratch() -> EvaluationScratch {
        EvaluationScratch(
            slotCount: slots.count,
            regionCount: regionCount,
            stackCount: expressions.depth
        )
    }

    /// Evaluates the whole; the inputs stand in the row.
    func run(_ scratch: inout EvaluationScratch) -> KernelResult {
        if let fault = prepare(steps, &scratch) { return fault }
        return run(root, &scratch)
    }

    /// Evaluates one model of the document and writes its outputs into the row.
    func run(_ node: Node, _ scratch: inout EvaluationScratch) -> KernelResult {
        if !node.steps.isEmpty, let fault = prepare(node.steps, &scratch) { return fault }
        var result = node.kernel.evaluate(self, &scratch)
        node.adjustment.adjust(&result, &scratch)
        for position in node.outputs.indices {
            let value = node.outputs[position].value(of: node, result, self, &scratch)
            let slot = node.outputs[position].slot
            if scratch.fault != nil || value.isInfinite {
                return KernelResult(outcome: .notFinite, slot: Int32(slot))
            }
            scratch.slots[slot] = value
        }
        return result
    }

    /// Computes derived fields.
    private func prepare(
        _ steps: [Step],
        _ scratch: inout EvaluationScratch
    ) -> KernelResult? {
        for step in steps {
            let value = expressions.evaluate(step.code, symbols, &scratch)
            if scratch.fault != nil || value.isInfinite {
                let fault = scratch.fault?.code ?? .notFinite
                return KernelResult(
                    outcome: fault == .invalidValue ? .invalid : .notFinite,
                    slot: Int32(step.slot)
                )
            }
            scratch.slots[step.slot] = value
        }
        return nil
    }

    private static func chained(_ node: Node) -> [OutputProgram] {
        guard case .mining(let mining) = node.kernel, mining.isChain else { return [] }
        var outputs: [OutputProgram] = []
        for segment in mining.segments { outputs += chained(segment.node) + segment.node.outputs }
        return outputs
    }
}
