import ClinicalEngine

/// Trees, and models that are made of models.
extension ModelPage {
    /// A tree as indented lines.
    func tree(_ tree: Tree) -> ModelSection {
        var section = ModelSection(title: "tree")
        section.columns = ["node", "level", "when", "predicts", "records"]
        let shape = TreeShape(tree)
        for (position, node) in tree.nodes.enumerated() {
            let depth = shape.depths[position]
            if let limit = extent.depth, depth > limit { continue }
            let predicate = PredicateText.text(node.predicate)
            section.rows.append([
                .init(node.id), .exact(Double(depth)), .text(predicate), .init(node.score),
                node.recordCount.map { .exact($0) } ?? .none,
            ])
            let indent = String(repeating: "  ", count: depth)
            let children = shape.childCounts[position]
            let isCut = children > 0 && depth == extent.depth
            var line = indent + Self.words(predicate, depth)
            if children == 0 {
                line += Self.answer(node)
            } else if tree.noTrueChildStrategy == .returnLastPrediction, let score = node.score {
                line += "  (no branch holds -> \(Self.shortened(score)))"
            }
            section.lines.append(line)
            if isCut {
                let below = shape.descendantCounts[position]
                section.lines.append(indent + "  ... \(below) nodes below; --all shows them")
            }
        }
        section.notes = [
            "\(tree.nodes.count) nodes, \(shape.leafCount) leaves, depth \(shape.depth).",
            "The first branch that holds is taken. " + Self.missing(tree.missingValueStrategy),
            tree.noTrueChildStrategy == .returnNullPrediction
                ? "Without a branch that holds: no answer."
                : "Without a branch that holds: the answer of the node above.",
        ]
        return section
    }

    /// A branch that always holds takes what its siblings left.
    private static func words(_ predicate: String, _ depth: Int) -> String {
        guard predicate == "always" else { return predicate }
        return depth == 0 ? "all" : "otherwise"
    }

    private static func answer(_ node: Tree.Node) -> String {
        var text = node.score.map { " -> " + shortened($0) } ?? " -> no answer"
        let sum = node.distribution.reduce(0) { $0 + $1.recordCount }
        if sum > 0 {
            let shares = node.distribution.prefix(4).map {
                "\($0.category): \(NumberText.rounded($0.probability ?? $0.recordCount / sum))"
            }
            text += "  (\(shares.joined(separator: ", ")))"
        } else if let count = node.recordCount {
            text += "  (\(NumberText.rounded(count)) records)"
        }
        return text
    }

    private static func shortened(_ score: String) -> String {
        InputText.number(score).map(NumberText.rounded) ?? score
    }

    private static func missing(_ strategy: Tree.MissingValueStrategy) -> String {
        switch strategy {
        case .lastPrediction: "When a missing input hides the way: the answer of the node above."
        case .nullPrediction: "When a missing input hides the way: no answer."
        case .defaultChild: "When a missing input hides the way: the branch the document names."
        case .weightedConfidence: "When a missing input hides the way: all branches, weighted."
        case .aggregateNodes: "When a missing input hides the way: all branches together."
        case .none: "A branch that a missing input hides does not hold."
        }
    }

    /// An ensemble: how many, how deep, what they read most, and a line for each.
    func ensemble(_ mining: Mining) -> [ModelSection] {
        var summary = ModelSection(title: "ensemble")
        summary.columns = ["", "what"]
        summary.rows = [
            ["models", .exact(Double(mining.segments.count))],
            ["joined", .text(Self.method(mining.method))],
            ["a model without an answer", .text(Self.missing(mining))],
        ]
        let sizes = mining.segments.compactMap { Self.size($0.model) }
        if !sizes.isEmpty {
            let depths = sizes.map(\.depth).sorted()
            summary.rows += [
                ["trees", .exact(Double(sizes.count))],
                ["nodes", .exact(Double(sizes.reduce(0) { $0 + $1.nodes }))],
                [
                    "depth",
                    .text(
                        "\(depths[0]) to \(depths[depths.count - 1]),"
                            + " median \(depths[depths.count / 2])"
                    ),
                ],
            ]
        }
        var fields = ModelSection(title: "fields by how often they are asked")
        fields.columns = ["field", "times"]
        fields.rows = FieldUses(node, in: definition).inputs(definition)
            .filter { $0.count > 0 }
            .prefix(extent.rows ?? .max)
            .map { [.text($0.field), .exact(Double($0.count))] }
        var list = ModelSection(title: "models")
        list.columns = ["segment", "kind", "size", "weight", "when"]
        let shown =
            extent.rows.map { Array(mining.segments.prefix(min($0, 10))) } ?? mining.segments
        list.rows = shown.map { segment in
            [
                .text(segment.id), .text(Self.kind(segment.model)),
                .init(Self.size(segment.model).map { "\($0.nodes) nodes, depth \($0.depth)" }),
                .exact(segment.weight), .text(PredicateText.text(segment.predicate)),
            ]
        }
        list.notes = more(mining.segments.count - shown.count)
        list.notes.append("--segment ID shows one of them; --segment ID.ID one within it.")
        return [summary, fields, list]
    }

    private static func size(_ node: ModelNode) -> (nodes: Int, depth: Int)? {
        guard case .tree(let tree) = node.body else { return nil }
        return (tree.nodes.count, TreeShape(tree).depth)
    }

    private static func missing(_ mining: Mining) -> String {
        switch mining.missingTreatment {
        case .returnMissing: "no answer at all"
        case .skipSegment: "is left out"
        case .continue: "is passed over"
        }
    }

    private static func method(_ method: Mining.Method) -> String {
        switch method {
        case .majorityVote: "the most frequent answer"
        case .weightedMajorityVote: "the most frequent answer, weighted"
        case .average: "mean of the answers"
        case .weightedAverage: "weighted mean of the answers"
        case .median: "median of the answers"
        case .weightedMedian: "weighted median of the answers"
        case .max: "the greatest answer"
        case .sum: "sum of the answers"
        case .weightedSum: "weighted sum of the answers"
        case .selectFirst: "the first model whose condition holds"
        case .modelChain: "one after the other; each reads what those before it gave"
        }
    }
}

/// The depths and sizes of the parts of a tree.
struct TreeShape {
    /// The level of each node; the root is level 0.
    private(set) var depths: [Int]
    /// How many nodes are right below each node.
    private(set) var childCounts: [Int]
    /// How many nodes are anywhere below each node.
    private(set) var descendantCounts: [Int]

    /// Measures a tree; its nodes stand behind the ones above them.
    init(_ tree: Tree) {
        let zeros = [Int](repeating: 0, count: tree.nodes.count)
        depths = zeros
        childCounts = zeros
        descendantCounts = zeros
        for (position, node) in tree.nodes.enumerated() where node.parent >= 0 {
            depths[position] = depths[node.parent] + 1
            childCounts[node.parent] += 1
        }
        for position in tree.nodes.indices.reversed() where tree.nodes[position].parent >= 0 {
            descendantCounts[tree.nodes[position].parent] += descendantCounts[position] + 1
        }
    }

    /// The deepest level.
    var depth: Int { depths.max() ?? 0 }
    /// How many nodes have none below them.
    var leafCount: Int { childCounts.filter { $0 == 0 }.count }
}
