import ClinicalEngine

/// Looks for values that reach a node of a tree and none of its children.
///
/// Such a patient gets no prediction (PMML 4.4, TreeModel, `noTrueChildStrategy`
/// `returnNullPrediction`), which is right and a surprise: an exporter closes its trees, so a gap
/// was made by hand. With `returnLastPrediction` the node above answers, and that is how exporters
/// write trees shortly; nothing is found there. Only nodes whose children read a single field are
/// looked at.
struct TreeReview {
    /// A node with a value that none of its children takes.
    struct Gap: Equatable {
        /// The node, by its id or its place in the document.
        let node: String
        /// The line of the node.
        let line: Int
        /// The field that the children read.
        let field: String
        /// A value that reaches the node and no child.
        let value: String
    }

    /// All gaps, in the order of the document.
    let gaps: [Gap]

    /// Reviews a tree.
    init(_ tree: Tree, fields: [FieldDefinition]) {
        guard tree.noTrueChildStrategy == .returnNullPrediction else {
            gaps = []
            return
        }
        var children = [[Int]](repeating: [], count: tree.nodes.count)
        for (position, node) in tree.nodes.enumerated() where children.indices.contains(node.parent)
        {
            children[node.parent].append(position)
        }
        gaps = tree.nodes.indices.compactMap { position in
            children[position].isEmpty
                ? nil : Self.gap(position, children[position], tree, fields)
        }
    }

    private static func gap(
        _ position: Int,
        _ children: [Int],
        _ tree: Tree,
        _ fields: [FieldDefinition]
    ) -> Gap? {
        let own = children.map { tree.nodes[$0].predicate }
        guard !own.contains(.always) else { return nil }
        var above: [Predicate] = []
        var node = position
        while tree.nodes.indices.contains(node) {
            above.append(tree.nodes[node].predicate)
            node = tree.nodes[node].parent
        }
        guard let samples = PredicateSamples(own, within: above, fields: fields) else { return nil }
        // What another field decides on the way is open: such a value may come by.
        let path = above.filter { Set(PredicateSamples.names($0)) == [samples.field.name] }
        let value = samples.values.first { value in
            path.allSatisfy { samples.holds($0, value) }
                && !own.contains { samples.holds($0, value) }
        }
        guard let value else { return nil }
        return Gap(
            node: tree.nodes[position].id ?? String(position + 1),
            line: tree.nodes[position].line,
            field: samples.field.name,
            value: PredicateText.operand(value)
        )
    }
}
