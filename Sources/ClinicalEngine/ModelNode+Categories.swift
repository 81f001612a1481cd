/// The categories that a model itself names, for documents that list none for the target.
extension ModelNode.Body {
    var categories: [String] {
        var found: [String] = []
        func add(_ text: String?) {
            guard let text, !found.contains(text) else { return }
            found.append(text)
        }
        switch self {
        case .scorecard, .clustering:
            break
        case .regression(let regression):
            for table in regression.tables { add(table.category) }
        case .tree(let tree):
            for node in tree.nodes {
                add(node.score)
                for entry in node.distribution { add(entry.category) }
            }
        case .mining(let mining):
            for segment in mining.segments {
                let model = segment.model
                guard model.function == .classification else { continue }
                let texts = model.target?.categories ?? []
                for text in texts.isEmpty ? model.body.categories : texts { add(text) }
            }
        }
        return found
    }
}
