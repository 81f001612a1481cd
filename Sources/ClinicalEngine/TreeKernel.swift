import Basics

/// A decision tree as flat arrays; a class, so that a forest passes references only.
final class TreeKernel: Sendable {
    /// One node, of numbers only; a single comparison lies in the node itself.
    struct Node: Sendable {
        /// How the predicate is evaluated.
        enum Test: Sendable {
            case always
            case equal
            case notEqual
            case lessThan
            case lessOrEqual
            case greaterThan
            case greaterOrEqual
            /// The steps `predicate` of the program.
            case steps
        }

        var test = Test.steps
        var slot: Int32 = -1
        var firstChild: Int32 = -1
        var nextSibling: Int32 = -1
        var defaultChild: Int32 = -1
        var parent: Int32 = -1
        /// Where its shares start, or -1.
        var shares: Int32 = -1
        var number = 0.0
        /// A number, or the position of a category; not a number when it predicts nothing.
        var score = Double.nan
        var records = 0.0
        var predicate = 0..<0
    }

    let nodes: [Node]
    let ids: [String]
    let predicates: PredicateProgram
    /// The probability of each category, node by node.
    let shares: [Double]
    /// The records of each category, node by node.
    let counts: [Double]
    /// The confidence in each category, node by node; empty when the document states none.
    let confidences: [Double]
    /// Where the confidences of an answer are written, or -1.
    let confidenceRegion: Int
    let strategy: Tree.MissingValueStrategy
    let noTrueChild: Tree.NoTrueChildStrategy
    let penalty: Double
    let region: Range<Int>
    let isClassification: Bool
    /// What each node asks, for the outermost model only.
    let labels: [String]

    init(
        _ tree: Tree,
        _ node: ModelNode,
        _ categories: [String],
        _ region: Range<Int>,
        compiler: inout ModelCompiler
    ) throws(ModelError) {
        var builder = TreeBuilder(tree, node, categories)
        try builder.build(compiler: &compiler)
        nodes = builder.nodes
        ids = builder.ids
        predicates = builder.predicates
        shares = builder.shares
        counts = builder.counts
        confidences = builder.confidences
        confidenceRegion = builder.confidences.isEmpty ? -1 : compiler.reserve(region.count)
        strategy = tree.missingValueStrategy
        noTrueChild = tree.noTrueChildStrategy
        penalty = tree.missingValuePenalty
        self.region = region
        isClassification = node.function == .classification
        labels = compiler.isOutermost ? builder.labels(compiler) : []
    }

    /// Where a walk through the tree ends.
    enum End {
        /// At a node that predicts, after some unknown predicates.
        case node(Int, unknown: Int)
        /// Nowhere: the field at fault, or -1.
        case nowhere(slot: Int)
        /// At a node with unknown children, of which several are followed, after some unknown
        /// predicates above.
        case split(Int, unknown: Int)
    }

    /// The missing fields that a walk came upon, or -1.
    struct MissingFields {
        /// The first one that left a predicate unknown.
        var open = -1
        /// The first one in whose place a surrogate decided.
        var replaced = -1
        /// All others; most walks have none, and allocate nothing.
        var others: [Int] = []

        mutating func noteOpen(_ slot: Int) { Self.note(slot, &open, &others) }

        mutating func noteReplaced(_ slot: Int) { Self.note(slot, &replaced, &others) }

        private static func note(_ slot: Int, _ first: inout Int, _ others: inout [Int]) {
            if first < 0 {
                first = slot
            } else if slot != first, !others.contains(slot) {
                others.append(slot)
            }
        }

        /// The one to name where the walk ends nowhere.
        var decisive: Int { open >= 0 ? open : replaced }

        func note(in scratch: inout EvaluationScratch) {
            if open >= 0 { scratch.noteMissing(open) }
            if replaced >= 0 { scratch.noteMissing(replaced) }
            for slot in others { scratch.noteMissing(slot) }
        }
    }

    func evaluate(_ scratch: inout EvaluationScratch) -> KernelResult {
        var missing = MissingFields()
        let end = walk(scratch.slots.span, from: 0, isRoot: true, &missing)
        missing.note(in: &scratch)
        switch end {
        case .node(let position, let unknown):
            return result(position, unknown, &scratch)
        case .nowhere(let slot):
            return .missing(slot >= 0 ? slot : missing.decisive)
        case .split(let position, let unknown):
            var result = spread(from: position, &scratch)
            if unknown > 0 {
                result.penalty = ElementaryFunctions.power(penalty, Double(unknown))
            }
            return result
        }
    }

    /// The truth of the predicate of a node.
    @inline(__always)
    func truth(_ node: Node, _ values: Span<Double>) -> Truth {
        if node.test == .always { return .yes }
        if node.test == .steps { return predicates.truth(of: node.predicate, values) }
        let value = values[Int(node.slot)]
        if value.isNaN { return .unknown }
        switch node.test {
        case .lessOrEqual: return Truth(value <= node.number)
        case .greaterThan: return Truth(value > node.number)
        case .lessThan: return Truth(value < node.number)
        case .greaterOrEqual: return Truth(value >= node.number)
        case .equal: return Truth(value == node.number)
        case .notEqual: return Truth(value != node.number)
        case .always, .steps: return .yes
        }
    }

    /// The field that makes a predicate unknown.
    func missingSlot(_ node: Node, _ values: Span<Double>) -> Int {
        if node.test != .steps { return Int(node.slot) }
        return predicates.openSlot(in: node.predicate, values) ?? -1
    }

    /// The missing field in whose place a surrogate decided about a node, or -1.
    @inline(__always)
    func replacedSlot(_ node: Node, _ values: Span<Double>) -> Int {
        guard node.test == .steps else { return -1 }
        return predicates.replacedSlot(in: node.predicate, values) ?? -1
    }

    /// Goes down to the node that predicts (PMML 4.4, TreeModel, missingValueStrategy).
    ///
    /// A surrogate makes up for a missing value as a default child does; each lessens the confidence
    /// once for every step down, however many siblings are asked (missingValuePenalty).
    func walk(
        _ values: Span<Double>,
        from start: Int,
        isRoot: Bool,
        _ missing: inout MissingFields
    ) -> End {
        var current = start
        var unknown = 0
        if isRoot {
            switch truth(nodes[current], values) {
            case .yes:
                let replaced = replacedSlot(nodes[current], values)
                if replaced >= 0 {
                    missing.noteReplaced(replaced)
                    unknown += 1
                }
            case .no: return .nowhere(slot: -1)
            case .unknown:
                // There is no node above that could have predicted, and no child to default to.
                return .nowhere(slot: missingSlot(nodes[current], values))
            }
        }
        descent: while true {
            var child = Int(nodes[current].firstChild)
            if child < 0 { return .node(current, unknown: unknown) }
            var isReplaced = false
            while child >= 0 {
                let node = nodes[child]
                let replaced = replacedSlot(node, values)
                if replaced >= 0 {
                    isReplaced = true
                    missing.noteReplaced(replaced)
                }
                switch truth(node, values) {
                case .yes:
                    if isReplaced { unknown += 1 }
                    current = child
                    continue descent
                case .no:
                    break
                case .unknown:
                    let slot = missingSlot(node, values)
                    if slot >= 0 { missing.noteOpen(slot) }
                    switch strategy {
                    case .none: break
                    case .lastPrediction: return .node(current, unknown: unknown)
                    case .nullPrediction: return .nowhere(slot: slot)
                    case .defaultChild:
                        current = Int(nodes[current].defaultChild)
                        unknown += 1
                        continue descent
                    case .weightedConfidence, .aggregateNodes:
                        return .split(current, unknown: isReplaced ? unknown + 1 : unknown)
                    }
                }
                child = Int(node.nextSibling)
            }
            switch noTrueChild {
            case .returnNullPrediction: return .nowhere(slot: -1)
            case .returnLastPrediction: return .node(current, unknown: unknown)
            }
        }
    }

    private func result(
        _ position: Int,
        _ unknown: Int,
        _ scratch: inout EvaluationScratch
    ) -> KernelResult {
        let node = nodes[position]
        if node.score.isNaN { return .missing() }
        var result = KernelResult(outcome: .value, value: node.score)
        result.entity = Int32(position)
        if unknown > 0 {
            result.penalty = ElementaryFunctions.power(penalty, Double(unknown))
        }
        guard isClassification, node.shares >= 0 else { return result }
        result.hasProbabilities = true
        let start = Int(node.shares)
        for offset in 0..<region.count {
            scratch.regions[region.lowerBound + offset] = shares[start + offset]
        }
        guard confidenceRegion >= 0 else { return result }
        result.confidences = Int32(confidenceRegion)
        for offset in 0..<region.count {
            scratch.regions[confidenceRegion + offset] = confidences[start + offset]
        }
        return result
    }

    /// The nodes from the root to the one that predicted.
    func contributions(
        _ result: KernelResult,
        _ program: ModelProgram
    ) -> [Evaluation.Contribution] {
        guard !labels.isEmpty, result.entity >= 0 else { return [] }
        var path: [Int] = []
        var position = Int(result.entity)
        while position >= 0 {
            if !labels[position].isEmpty { path.append(position) }
            position = Int(nodes[position].parent)
        }
        return path.reversed().map { position in
            let slot = Int(nodes[position].slot)
            return Evaluation.Contribution(
                name: labels[position],
                fields: slot >= 0 ? program.inputNames[slot] : [],
                points: nil,
                pointsMin: 0,
                pointsMax: 0,
                reasonCode: nil
            )
        }
    }
}
