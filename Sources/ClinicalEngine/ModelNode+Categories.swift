extension ModelNode {
    /// Whether it names categories that are none of these.
    func namesOther(_ categories: [String]) -> Bool {
        function == .classification && !body.categories.allSatisfy(categories.contains)
    }
}

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
        case .generalRegression(let regression):
            for coefficient in regression.coefficients { add(coefficient.category) }
            add(regression.referenceCategory)
        case .naiveBayes(let bayes):
            for category in bayes.categories { add(category) }
        case .nearestNeighbors(let neighbors):
            guard case .categories(let texts) = neighbors.answers else { break }
            for text in texts { add(text) }
        case .supportVectorMachine(let model):
            for machine in model.machines {
                add(machine.category)
                add(machine.alternateCategory)
            }
        case .neuralNetwork(let network):
            for output in network.outputs {
                if case .category(let text) = output.meaning { add(text) }
            }
        case .ruleSet(let set):
            for rule in set.rules { add(rule.score) }
            add(set.defaultScore)
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
