import Basics

/// Makes the flat arrays of a tree and checks that its nodes fit together.
struct TreeBuilder {
    private let tree: Tree
    private let model: ModelNode
    private let categories: [String: Int]
    private(set) var nodes: [TreeKernel.Node] = []
    private(set) var ids: [String] = []
    private(set) var predicates = PredicateProgram()
    private(set) var shares: [Double] = []
    private(set) var counts: [Double] = []
    /// What the document states; the share where it states none for a category.
    private(set) var confidences: [Double] = []
    private let statesConfidence: Bool
    private let categoryCount: Int

    init(_ tree: Tree, _ model: ModelNode, _ categories: [String]) {
        self.tree = tree
        self.model = model
        categoryCount = categories.count
        statesConfidence = tree.nodes.contains { node in
            node.distribution.contains { $0.confidence != nil }
        }
        self.categories = Dictionary(
            categories.enumerated().map { ($1, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func error(_ code: ModelError.Code, _ position: Int) -> ModelError {
        ModelError(code: code, place: "node \(position + 1)", line: tree.nodes[position].line)
    }

    mutating func build(compiler: inout ModelCompiler) throws(ModelError) {
        guard model.function != .clustering, !tree.nodes.isEmpty else {
            throw ModelError(code: .inconsistent, place: model.name, line: model.line)
        }
        guard tree.nodes.count <= Limits.treeNodesMax else {
            throw ModelError(code: .tooLarge, place: model.name, line: model.line)
        }
        nodes.reserveCapacity(tree.nodes.count)
        ids.reserveCapacity(tree.nodes.count)
        var depths = [Int](repeating: 0, count: tree.nodes.count)
        var lastChild = [Int](repeating: -1, count: tree.nodes.count)
        for (position, source) in tree.nodes.enumerated() {
            guard position == 0 ? source.parent == -1 : (0..<position).contains(source.parent)
            else { throw error(.inconsistent, position) }
            var node = TreeKernel.Node()
            node.parent = Int32(source.parent)
            let start = source.line
            do {
                node.predicate = try predicates.append(
                    source.predicate,
                    compiler: &compiler,
                    place: "node \(position + 1)"
                )
            } catch {
                throw ModelError(code: error.code, place: error.place, line: max(error.line, start))
            }
            predicates.inline(into: &node)
            try addScore(source, position, &node)
            nodes.append(node)
            ids.append(source.id ?? String(position + 1))
            guard position > 0 else { continue }
            let parent = source.parent
            depths[position] = depths[parent] + 1
            guard depths[position] <= Limits.treeDepthMax else { throw error(.tooLarge, position) }
            if lastChild[parent] < 0 {
                nodes[parent].firstChild = Int32(position)
            } else {
                nodes[lastChild[parent]].nextSibling = Int32(position)
            }
            lastChild[parent] = position
        }
        if tree.missingValueStrategy == .defaultChild { try addDefaults() }
        try checkSiblings()
    }

    private mutating func addScore(
        _ source: Tree.Node,
        _ position: Int,
        _ node: inout TreeKernel.Node
    ) throws(ModelError) {
        if model.function == .classification {
            try addDistribution(source, position, &node)
            if let score = source.score {
                guard let category = categories[score] else {
                    throw error(.inconsistent, position)
                }
                node.score = Double(category)
            }
        } else if let score = source.score {
            guard let number = Double(score), number.isFinite else {
                throw error(.notFinite, position)
            }
            node.score = number
        }
        if let count = source.recordCount { node.records = count }
        guard node.records.isFinite, node.records >= 0 else { throw error(.notFinite, position) }
    }

    private mutating func addDistribution(
        _ source: Tree.Node,
        _ position: Int,
        _ node: inout TreeKernel.Node
    ) throws(ModelError) {
        guard !source.distribution.isEmpty else { return }
        var sum = 0.0
        for entry in source.distribution { sum += entry.recordCount }
        guard sum.isFinite, sum > 0 else { throw error(.notFinite, position) }
        let start = shares.count
        node.shares = Int32(start)
        shares.append(contentsOf: repeatElement(0, count: categoryCount))
        counts.append(contentsOf: repeatElement(0, count: categoryCount))
        if statesConfidence {
            confidences.append(contentsOf: repeatElement(0, count: categoryCount))
        }
        for entry in source.distribution {
            guard let category = categories[entry.category] else {
                throw error(.inconsistent, position)
            }
            let share = entry.probability ?? entry.recordCount / sum
            guard share >= 0, share <= 1, entry.recordCount >= 0 else {
                throw error(.notFinite, position)
            }
            shares[start + category] = share
            counts[start + category] = entry.recordCount
            guard statesConfidence else { continue }
            let confidence = entry.confidence ?? share
            guard confidence.isFinite else { throw error(.notFinite, position) }
            confidences[start + category] = confidence
        }
        node.records = sum
        var best = 0
        for offset in 0..<categoryCount where shares[start + offset] > shares[start + best] {
            best = offset
        }
        node.score = Double(best)
    }

    /// The strategy needs a default child at every node that has children.
    private mutating func addDefaults() throws(ModelError) {
        for position in nodes.indices where nodes[position].firstChild >= 0 {
            guard let name = tree.nodes[position].defaultChild else {
                throw error(.inconsistent, position)
            }
            var child = Int(nodes[position].firstChild)
            while child >= 0, tree.nodes[child].id != name { child = Int(nodes[child].nextSibling) }
            guard child >= 0 else { throw error(.inconsistent, position) }
            nodes[position].defaultChild = Int32(child)
        }
    }

    /// What each node asks, as a person would read it; empty for nodes that ask nothing.
    func labels(_ compiler: ModelCompiler) -> [String] {
        nodes.map { node in
            node.test == .always ? "" : predicates.text(of: node.predicate, compiler)
        }
    }
}

extension TreeBuilder {
    var isLastPrediction: Bool { tree.noTrueChildStrategy == .returnLastPrediction }

    func overlap(_ position: Int) -> ModelError { error(.overlap, position) }
}
