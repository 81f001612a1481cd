import ClinicalEngine

/// A document as a clinician reads it: what goes in, how it is computed, what comes out.
struct ModelPage {
    /// How much of it is shown.
    struct Extent {
        /// The levels of a tree, or no limit.
        var depth: Int? = 5
        /// The rows of long tables, or no limit.
        var rows: Int? = 40
        /// The segment that is shown instead of the whole, such as `3` or `1.3`.
        var segment: String?
    }

    let definition: ModelDefinition
    let extent: Extent
    /// The model that is shown: the whole or a segment.
    let node: ModelNode
    /// The derived fields that it can read.
    let derived: [DerivedField]

    /// Finds what is to be shown.
    ///
    /// - Throws: `CommandError` with exit code 2 when there is no such segment.
    init(_ definition: ModelDefinition, extent: Extent) throws(CommandError) {
        self.definition = definition
        self.extent = extent
        var node = definition.model
        var derived = definition.transformations + node.transformations
        let steps = extent.segment?.split(separator: ".").map(String.init) ?? []
        for (number, step) in steps.enumerated() {
            guard case .mining(let mining) = node.body else {
                let place = number == 0 ? "the model" : "segment " + steps[number - 1]
                throw CommandError(.usage, "\(place) has no segments")
            }
            guard let segment = mining.segments.first(where: { $0.id == step }) else {
                let first = mining.segments.first?.id ?? ""
                let last = mining.segments.last?.id ?? ""
                throw CommandError(
                    .usage,
                    "there is no segment \(step); there are \(mining.segments.count),"
                        + " \(first) to \(last)"
                )
            }
            node = segment.model
            derived += node.transformations
        }
        self.node = node
        self.derived = derived
    }

    /// Every section, in the order of reading.
    var sections: [ModelSection] {
        var sections: [ModelSection] = []
        if extent.segment == nil { sections.append(inputs) }
        sections += body
        if !shownDerived.isEmpty { sections.append(formulas) }
        if !node.outputs.isEmpty { sections.append(outputs) }
        return sections
    }

    /// What the model is, in a line.
    var heading: String {
        let target = definition.model.target?.name ?? ""
        let name = extent.segment.map { "segment \($0) of " } ?? ""
        return name + definition.model.name + ": " + Self.kind(node)
            + (target.isEmpty ? "" : ", predicts " + target)
    }

    /// The words for a kind of model.
    static func kind(_ node: ModelNode) -> String {
        switch node.body {
        case .scorecard: "scorecard"
        case .regression:
            node.function == .classification ? "regression for classes" : "regression"
        case .tree: node.function == .classification ? "decision tree" : "regression tree"
        case .mining(let mining): "ensemble of \(mining.segments.count) models"
        case .clustering(let clustering): "\(clustering.clusters.count) clusters"
        case .generalRegression: "general regression"
        case .naiveBayes: "naive Bayes"
        case .nearestNeighbors: "nearest neighbours"
        case .supportVectorMachine: "support vector machine"
        case .neuralNetwork: "neural network"
        case .ruleSet: "rule set"
        }
    }

    // MARK: What goes in and out

    private var inputs: ModelSection {
        var section = ModelSection(title: "inputs")
        section.columns = [
            "name", "type", "unit", "values", "when missing", "when invalid", "outliers",
        ]
        section.rows = definition.fields.map { field in
            [
                .text(field.name), .text(FieldText.type(field)), .init(field.unit),
                .init(FieldText.values(field)), .text(FieldText.missing(field)),
                .text(FieldText.invalid(field)), .init(FieldText.outliers(field)),
            ]
        }
        return section
    }

    /// The derived fields that what is shown reads; of an ensemble only the common ones.
    private var shownDerived: [DerivedField] {
        if case .mining = node.body { return definition.transformations + node.transformations }
        return derived
    }

    private var formulas: ModelSection {
        var section = ModelSection(title: "computed from the inputs")
        section.columns = ["name", "formula"]
        let shown = extent.rows.map { Array(shownDerived.prefix($0)) } ?? shownDerived
        section.rows = shown.map {
            [.text($0.name), .text(ExpressionText.text($0.expression))]
        }
        section.notes = more(shownDerived.count - shown.count)
        return section
    }

    private var outputs: ModelSection {
        var section = ModelSection(title: "outputs")
        section.columns = ["name", "what"]
        let shown = extent.rows.map { Array(node.outputs.prefix($0)) } ?? node.outputs
        section.rows = shown.map { output in
            let ending = output.isFinal ? "" : " (a step, not a result)"
            let segment = output.segment.map { " of segment " + $0 } ?? ""
            return [
                .text(output.name), .text(FieldText.feature(output.feature) + segment + ending),
            ]
        }
        section.notes = more(node.outputs.count - shown.count)
        return section
    }

    /// The note that rows were left out.
    func more(_ count: Int) -> [String] {
        count > 0 ? ["... \(count) more; --all shows them"] : []
    }
}
