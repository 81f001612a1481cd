import ClinicalEngine

/// The models whose numbers nobody reads one by one: what they are made of.
extension ModelPage {
    /// The coefficients of a general regression.
    func generalRegression(_ regression: GeneralRegression) -> ModelSection {
        var section = ModelSection(title: "coefficients")
        section.columns = ["parameter", "for", "coefficient"]
        let all = regression.coefficients
        let shown = extent.rows.map { Array(all.prefix($0)) } ?? all
        section.rows = shown.map { coefficient in
            let parameter = regression.parameters[coefficient.parameter]
            let factors = parameter.factors.map(Self.factor).joined(separator: " * ")
            return [
                .text(factors.isEmpty ? "intercept" : factors), .init(coefficient.category),
                .estimate(coefficient.value),
            ]
        }
        section.notes = more(all.count - shown.count) + [Self.kind(regression.kind)]
        if let category = regression.referenceCategory {
            section.notes.append("Compared with \(category), whose sum is 0.")
        }
        for (word, source) in [
            ("added", regression.offset), ("multiplied with", regression.trials),
        ] {
            switch source {
            case .field(let field): section.notes.append("The field \(field) is \(word).")
            case .constant(let number):
                section.notes.append("\(NumberText.exact(number)) is \(word).")
            case nil: continue
            }
        }
        return section
    }

    private static func factor(_ factor: GeneralRegression.Factor) -> String {
        switch factor {
        case .covariate(let field, let exponent):
            exponent == 1 ? field : "\(field) ^ \(NumberText.exact(exponent))"
        case .category(let field, let value): "\(field) = \(PredicateText.operand(value))"
        case .contrast(let field, _, _): "contrast of \(field)"
        }
    }

    private static func kind(_ kind: GeneralRegression.Kind) -> String {
        switch kind {
        case .linear: "The sum is the answer as it stands."
        case .logLinear: "The answer is exp(sum)."
        case .multinomialLogistic: "Each probability is exp(sum) divided by the exp of all sums."
        case .ordinalMultinomial(let link):
            "The sums give the probability up to each class (\(link.rawValue))."
        case .generalizedLinear(let link):
            "The answer is the inverse of the link \(link) of the sum."
        case .coxRegression(let cox):
            "Proportional hazards (Cox): the hazard up to \(cox.endTime),"
                + " \(cox.baselines.count) baseline(s)."
        }
    }

    /// A naive Bayes model: the classes and what each input says.
    func summary(_ bayes: NaiveBayes) -> ModelSection {
        var section = ModelSection(title: "naive Bayes")
        section.columns = ["input", "evidence"]
        section.rows = bayes.inputs.map { input in
            let words =
                switch input.evidence {
                case .values(let values): "counts of \(values.count) values"
                case .ranges(let ranges): "counts in \(ranges.count) ranges"
                case .distributions(let all):
                    all.isEmpty ? "" : Self.distributions(all, bayes.categories)
                }
            return [.text(input.field), .text(words)]
        }
        let total = bayes.counts.reduce(0, +)
        let shares = zip(bayes.categories, bayes.counts).map { category, count in
            "\(category): \(NumberText.rounded(total > 0 ? count / total : 0))"
        }
        section.notes = ["Before any input: " + shares.joined(separator: ", ") + "."]
        if bayes.threshold > 0 {
            section.notes.append("A probability below \(bayes.threshold) counts as that.")
        }
        return section
    }

    private static func distributions(
        _ all: [NaiveBayes.Distribution?],
        _ categories: [String]
    ) -> String {
        zip(categories, all).map { category, distribution in
            let words =
                switch distribution {
                case .gaussian(let mean, let variance):
                    "mean \(NumberText.rounded(mean)), variance \(NumberText.rounded(variance))"
                case .poisson(let mean): "Poisson, mean \(NumberText.rounded(mean))"
                case nil: "nothing"
                }
            return category + ": " + words
        }.joined(separator: "; ")
    }

    /// Nearest neighbours: how many of how many are asked.
    func summary(_ neighbors: NearestNeighbors) -> ModelSection {
        var section = ModelSection(title: "nearest neighbours")
        section.columns = ["", "what"]
        let width = max(neighbors.fields.count, 1)
        section.rows = [
            ["asked", .exact(Double(neighbors.neighborCount))],
            ["stored rows", .exact(Double(neighbors.cells.count / width))],
            ["compared by", .text(Self.measure(neighbors.measure))],
            ["fields", .text(neighbors.fields.map(\.name).joined(separator: ", "))],
            ["joined", .text(Self.joined(neighbors))],
        ]
        return section
    }

    private static func joined(_ neighbors: NearestNeighbors) -> String {
        switch neighbors.answers {
        case .numbers: neighbors.continuousScoring.rawValue
        case .categories: neighbors.categoricalScoring.rawValue
        case .none: "the rows themselves"
        }
    }

    /// A support vector machine: its kernel and its size.
    func summary(_ machine: SupportVectorMachine) -> ModelSection {
        var section = ModelSection(title: "support vector machine")
        section.columns = ["", "what"]
        let width = max(machine.dimensions.count, 1)
        section.rows = [
            ["kernel", .text(Self.kernel(machine.kernel))],
            ["machines", .exact(Double(machine.machines.count))],
            ["vectors", .exact(Double(machine.vectors.count / width))],
            ["dimensions", .exact(Double(machine.dimensions.count))],
            ["decision", .text(Self.decision(machine.decision))],
        ]
        return section
    }

    private static func kernel(_ kernel: SupportVectorMachine.Kernel) -> String {
        switch kernel {
        case .linear: "linear"
        case .polynomial(let gamma, let coefficient, let degree):
            "polynomial of degree \(NumberText.exact(degree)), gamma \(gamma),"
                + " coefficient \(coefficient)"
        case .radialBasis(let gamma): "radial basis, gamma \(gamma)"
        case .sigmoid(let gamma, let coefficient):
            "sigmoid, gamma \(gamma), coefficient \(coefficient)"
        }
    }

    private static func decision(_ decision: SupportVectorMachine.Decision) -> String {
        switch decision {
        case .oneAgainstOne: "each machine votes for one of two classes"
        case .oneAgainstAll(let isLargestBest):
            "one machine for each class, the \(isLargestBest ? "largest" : "smallest") value wins"
        case .regression: "the machine gives the number itself"
        }
    }

    /// A network: its layers.
    func summary(_ network: NeuralNetwork) -> ModelSection {
        var section = ModelSection(title: "neural network")
        section.columns = ["layer", "neurons", "connections", "activation", "together"]
        section.rows = network.layers.enumerated().map { number, layer in
            [
                .text("\(number + 1)"), .exact(Double(layer.neurons.count)),
                .exact(Double(layer.neurons.reduce(0) { $0 + $1.connections.count })),
                .text(layer.activation.rawValue),
                layer.normalization == .none ? .none : .text(layer.normalization.rawValue),
            ]
        }
        section.notes = ["\(network.inputs.count) inputs, \(network.outputs.count) outputs."]
        return section
    }
}
