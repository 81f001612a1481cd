import Basics

/// Makes the flat form of a document: names become slots, expressions instructions.
///
/// A derived field is compiled when something reads it, so that what nothing reads is not
/// evaluated. Scopes lie on each other like the models they belong to: inputs and the
/// TransformationDictionary, the model, its segments.
struct ModelCompiler {
    /// What a name stands for.
    private enum Entry {
        case slot(Int)
        case pending(DerivedField)
        /// Being compiled; reading it now is a cycle.
        case open(DerivedField)
    }

    private(set) var fields: FieldTable
    var symbols = SymbolTable()
    private(set) var slots: [ModelProgram.Slot] = []
    var expressions = ExpressionProgram()
    private(set) var regionCount = 0
    private var scopes: [[String: Entry]] = [[:]]
    /// The steps of each scope, in the order in which they must run.
    private var steps: [[ModelProgram.Step]] = [[]]
    private var isRead: [Bool]
    /// The inputs that the derived fields under way read.
    private var reading: [[Int]] = []
    /// The slots that the derived fields under way read.
    private var readingSlots: [[Int]] = []
    /// The steps of the TransformationDictionary.
    private(set) var outermostSteps: [ModelProgram.Step] = []
    /// The type that the last expression was found to have.
    var lastType = ValueType.double
    /// Whether what is compiled is checked only, because nothing reads it.
    private var isChecking = false
    /// Derived fields that were only checked, with what they need to run after all.
    private var dormant: [Int: (scope: Int, step: ModelProgram.Step, needs: [Int])] = [:]
    /// The scope from which names are looked up.
    private var level = 0

    init(_ definition: ModelDefinition) throws(ModelError) {
        fields = try FieldTable(definition.fields, symbols: &symbols)
        isRead = [Bool](repeating: false, count: definition.fields.count)
        for (position, field) in definition.fields.enumerated() {
            scopes[0][field.name] = .slot(position)
            slots.append(
                ModelProgram.Slot(
                    name: field.name,
                    type: field.type,
                    kind: field.kind,
                    order: fields.order(of: position),
                    inputs: [position]
                )
            )
        }
        try declare(definition.transformations)
    }

    func readInputs() -> [Bool] { isRead }

    /// Compiles the outermost model.
    mutating func root(_ definition: ModelDefinition) throws(ModelError) -> ModelProgram.Node {
        let node = try self.node(definition.model, inherited: [], type: .string)
        try checkPending()
        outermostSteps = steps[0]
        return node
    }

    /// Compiles a model in a scope of its own; `inherited` are the categories of the model around.
    mutating func node(
        _ node: ModelNode,
        inherited: [String],
        type inheritedType: ValueType
    ) throws(ModelError) -> ModelProgram.Node {
        guard scopes.count <= Limits.modelNestingMax else {
            throw ModelError(code: .tooLarge, place: node.name, line: node.line)
        }
        scopes.append([:])
        steps.append([])
        level = scopes.count - 1
        for field in node.treatments { try treat(field, line: node.line) }
        try declare(node.transformations)
        let texts = categories(node, inherited)
        let type = node.target?.type ?? inheritedType
        var categories: [ModelProgram.Category] = []
        for text in texts {
            let code = type.isNumeric ? Double(text) ?? .nan : symbols.intern(text)
            guard !code.isNaN, !categories.contains(where: { $0.text == text }) else {
                throw ModelError(code: .inconsistent, place: node.name, line: node.line)
            }
            categories.append(.init(text: text, code: code))
        }
        let start = reserve(max(texts.count, Self.entityCount(node)))
        let region = start..<start + max(texts.count, Self.entityCount(node))
        let kernel = try self.kernel(node, texts, type, region)
        var outputs: [OutputProgram] = []
        for output in node.outputs {
            outputs.append(try OutputProgram(output, node, kernel, texts, type, &self))
        }
        try checkPending()
        let adjustment = try TargetAdjustment(
            node.target,
            function: node.function,
            categories: texts,
            region: region
        )
        let own = steps.removeLast()
        scopes.removeLast()
        level = scopes.count - 1
        // Later segments, and the outputs of the whole, read the results of a segment by name.
        for output in outputs { scopes[level][output.name] = .slot(output.slot) }
        return ModelProgram.Node(
            node,
            steps: own,
            kernel: kernel,
            categories: categories,
            categoryType: type,
            region: region,
            adjustment: adjustment,
            outputs: outputs
        )
    }

    /// Whether the model that is being compiled is the whole.
    var isOutermost: Bool { scopes.count == 2 }

    /// Sets memory aside in the regions and says where.
    mutating func reserve(_ count: Int) -> Int {
        let start = regionCount
        regionCount += count
        return start
    }

    private mutating func kernel(
        _ node: ModelNode,
        _ categories: [String],
        _ inheritedType: ValueType,
        _ region: Range<Int>
    ) throws(ModelError) -> Kernel {
        switch node.body {
        case .scorecard(let scorecard):
            return .scorecard(try ScorecardProgram(scorecard, compiler: &self))
        case .regression(let regression):
            return .regression(
                try RegressionKernel(regression, node, categories, region, compiler: &self)
            )
        case .tree(let tree):
            return .tree(try TreeKernel(tree, node, categories, region, compiler: &self))
        case .mining(let mining):
            let type = node.target?.type ?? inheritedType
            return .mining(
                try MiningKernel(mining, node, categories, type, region, compiler: &self)
            )
        case .clustering(let clustering):
            return .clustering(
                try ClusteringKernel(clustering, node, region, compiler: &self)
            )
        case .generalRegression(let regression):
            return .generalRegression(
                try GeneralRegressionKernel(regression, categories, region, compiler: &self)
            )
        case .naiveBayes(let bayes):
            return .naiveBayes(try NaiveBayesKernel(bayes, categories, region, compiler: &self))
        case .nearestNeighbors(let neighbors):
            return .nearestNeighbors(
                try NearestNeighborsKernel(neighbors, categories, region, compiler: &self)
            )
        case .supportVectorMachine(let machine):
            return .supportVectors(
                try SupportVectorKernel(machine, categories, region, compiler: &self)
            )
        case .neuralNetwork(let network):
            return .neuralNetwork(
                try NeuralNetworkKernel(network, categories, region, compiler: &self)
            )
        case .ruleSet(let set):
            return .ruleSet(try RuleSetKernel(set, categories, region, compiler: &self))
        }
    }

    private static func entityCount(_ node: ModelNode) -> Int {
        guard case .clustering(let clustering) = node.body else { return 0 }
        return clustering.clusters.count
    }

    /// The categories of the target; those that the model itself names when nothing else does.
    private func categories(_ node: ModelNode, _ inherited: [String]) -> [String] {
        guard node.function == .classification else { return [] }
        if let target = node.target, !target.categories.isEmpty { return target.categories }
        if !inherited.isEmpty { return inherited }
        return node.body.categories
    }

    // MARK: Names

    /// Makes derived fields known to the innermost scope.
    private mutating func declare(_ derived: [DerivedField]) throws(ModelError) {
        for field in derived {
            guard scopes[scopes.count - 1][field.name] == nil else {
                throw ModelError(code: .duplicate, place: field.name, line: field.line)
            }
            scopes[scopes.count - 1][field.name] = .pending(field)
        }
    }

    /// The slot of a name, compiled now when it is a derived field; the reader is remembered.
    mutating func slot(_ name: String) throws(ModelError) -> Int {
        for scope in stride(from: level, through: 0, by: -1) {
            guard let entry = scopes[scope][name] else { continue }
            let slot: Int
            switch entry {
            case .slot(let position): slot = position
            case .open(let field):
                throw ModelError(code: .cycle, place: field.name, line: field.line)
            case .pending(let field): slot = try compile(field, scope: scope)
            }
            if !isChecking { activate(slot) }
            if !readingSlots.isEmpty { readingSlots[readingSlots.count - 1].append(slot) }
            for input in slots[slot].inputs {
                if !isChecking { isRead[input] = true }
                if !reading.isEmpty, !reading[reading.count - 1].contains(input) {
                    reading[reading.count - 1].append(input)
                }
            }
            return slot
        }
        throw ModelError(code: .unknownField, place: name)
    }

    private mutating func compile(_ field: DerivedField, scope: Int) throws(ModelError) -> Int {
        guard reading.count < Limits.derivedFieldDepthMax else {
            throw ModelError(code: .tooLarge, place: field.name, line: field.line)
        }
        scopes[scope][field.name] = .open(field)
        let outer = level
        level = scope
        reading.append([])
        readingSlots.append([])
        let code = try self.code(field.expression, as: field.type, line: field.line)
        let inputs = reading.removeLast()
        let needs = readingSlots.removeLast()
        level = outer
        var order: [Double] = []
        if field.kind == .ordinal {
            for value in field.values {
                order.append(field.type.isNumeric ? Double(value) ?? .nan : symbols.intern(value))
            }
        }
        let slot = try append(
            ModelProgram.Slot(
                name: field.name,
                type: field.type,
                kind: field.kind,
                order: order,
                inputs: inputs
            ),
            line: field.line
        )
        let step = ModelProgram.Step(slot: slot, code: code)
        if isChecking {
            dormant[slot] = (scope, step, needs)
        } else {
            steps[scope].append(step)
        }
        scopes[scope][field.name] = .slot(slot)
        return slot
    }

    /// Something reads a field after all that was only checked.
    private mutating func activate(_ slot: Int) {
        guard let field = dormant.removeValue(forKey: slot) else { return }
        for need in field.needs { activate(need) }
        steps[field.scope].append(field.step)
    }

    /// Adds a slot to the row.
    mutating func append(_ slot: ModelProgram.Slot, line: Int) throws(ModelError) -> Int {
        guard slots.count < Limits.modelSlotsMax else {
            throw ModelError(code: .tooLarge, place: slot.name, line: line)
        }
        slots.append(slot)
        return slots.count - 1
    }

    /// Makes a name known to the innermost scope.
    mutating func declare(_ name: String, slot: Int) {
        scopes[scopes.count - 1][name] = .slot(slot)
    }

    /// Compiles what nothing read, so that its faults and cycles are found at load.
    private mutating func checkPending() throws(ModelError) {
        isChecking = true
        for name in scopes[scopes.count - 1].keys.sorted() {
            guard case .pending = scopes[scopes.count - 1][name] else { continue }
            _ = try slot(name)
        }
        isChecking = false
    }

    /// A segment has treatments of its own for missing and outlying values.
    private mutating func treat(_ field: FieldDefinition, line: Int) throws(ModelError) {
        level = scopes.count - 2
        let source = try slot(field.name)
        level = scopes.count - 1
        let code = try treatment(field, source)
        var slot = slots[source]
        slot.inputs = slots[source].inputs
        let position = try append(slot, line: line)
        steps[steps.count - 1].append(.init(slot: position, code: code))
        scopes[scopes.count - 1][field.name] = .slot(position)
    }

    /// What stands for the operand of a predicate on a slot.
    mutating func operand(
        _ operand: Predicate.Operand,
        slot: Int
    ) throws(ModelError) -> Double {
        let field = slots[slot]
        let value: Double?
        if slot < fields.names.count {
            value = fields.operand(operand, field: slot, symbols: &symbols)
        } else {
            switch (operand, field.type) {
            case (.number(let number), .integer), (.number(let number), .double):
                value = number
            case (.number(let number), .float):
                value = Double(Float(number))
            case (.category(let text), .string), (.category(let text), .boolean):
                value = symbols.intern(text)
            case (.category(let text), .integer), (.category(let text), .double),
                (.category(let text), .float):
                value = Double(text)
            case (.number, .string), (.number, .boolean):
                value = nil
            }
        }
        guard let value, value.isFinite else {
            throw ModelError(code: .operandMismatch, place: field.name)
        }
        return value
    }

    /// A value of a slot as it is written.
    func text(of value: Double, _ slot: ModelProgram.Slot) -> String {
        if slot.type.isNumeric {
            return value == value.rounded() && abs(value) < 1e15
                ? String(Int(value)) : String(value)
        }
        let position = Int(value)
        return symbols.texts.indices.contains(position) ? symbols.texts[position] : ""
    }
}
