import Basics
import ClinicalEngine

/// Reads a decision tree (PMML 4.4, TreeModel).
enum TreeReader {
    static func read(
        _ element: Element,
        _ parts: [Element],
        _ scope: FieldScope
    ) throws(PMMLError) -> Tree {
        guard let root = parts.first, root.name == "Node" else {
            throw parts.first?.error(.unsupported) ?? element.error(.invalid, detail: "Node")
        }
        guard parts.count == 1 else { throw parts[1].error(.unsupported) }
        var tree = Tree(nodes: [])
        tree.missingValueStrategy =
            try element.name("missingValueStrategy", as: Tree.MissingValueStrategy.self) ?? .none
        tree.noTrueChildStrategy =
            try element.name("noTrueChildStrategy", as: Tree.NoTrueChildStrategy.self)
            ?? .returnNullPrediction
        tree.missingValuePenalty = try element.number("missingValuePenalty") ?? 1
        guard (0...1).contains(tree.missingValuePenalty) else {
            throw element.error(.invalid, attribute: "missingValuePenalty")
        }
        try readNodes(root, into: &tree, scope)
        return tree
    }

    /// Reads the nodes in document order, without recursion.
    private static func readNodes(
        _ root: Element,
        into tree: inout Tree,
        _ scope: FieldScope
    ) throws(PMMLError) {
        // The nodes around the present one, each with the end of its subtree.
        var open: [(node: Int, end: Int)] = []
        var position = root.position
        while position < root.end {
            let element = Element(tree: root.tree, position: position)
            while let last = open.last, position >= last.end { open.removeLast() }
            if element.isExtension || element.name == "Partition" {
                position = element.end
                continue
            }
            guard element.name == "Node" else {
                guard let parent = open.last else { throw element.error(.unsupported) }
                try readPart(element, into: &tree.nodes[parent.node], scope)
                position = element.end
                continue
            }
            try element.allow(["id", "score", "recordCount", "defaultChild"])
            guard tree.nodes.count < Limits.treeNodesMax else { throw element.error(.tooLarge) }
            var node = Tree.Node(
                id: element["id"],
                parent: open.last?.node ?? -1,
                predicate: Predicate(steps: []),
                score: element["score"]
            )
            node.recordCount = try element.number("recordCount")
            node.defaultChild = element["defaultChild"]
            node.line = element.line
            open.append((tree.nodes.count, element.end))
            tree.nodes.append(node)
            position += 1
        }
        for node in tree.nodes where node.predicate.steps.isEmpty {
            throw PMMLError(code: .invalid, element: "Node predicate", line: node.line)
        }
    }

    private static func readPart(
        _ element: Element,
        into node: inout Tree.Node,
        _ scope: FieldScope
    ) throws(PMMLError) {
        if element.name == "ScoreDistribution" {
            try element.allow(["value", "recordCount", "confidence", "probability"])
            try element.allowNoChildren()
            guard let count = try element.number("recordCount"), count >= 0 else {
                throw element.error(.invalid, attribute: "recordCount")
            }
            node.distribution.append(
                Tree.Distribution(
                    category: try element.required("value"),
                    recordCount: count,
                    confidence: try element.number("confidence"),
                    probability: try element.number("probability")
                )
            )
            return
        }
        guard PredicateReader.names.contains(element.name) else {
            throw element.error(.unsupported)
        }
        guard node.predicate.steps.isEmpty else { throw element.error(.invalid) }
        node.predicate = try PredicateReader.read(element, scope: scope)
    }
}
