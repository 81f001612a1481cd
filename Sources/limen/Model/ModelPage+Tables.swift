import ClinicalEngine

/// The models that are read as tables: scorecards, regressions, clusters, rules.
extension ModelPage {
    /// The sections of the model itself.
    var body: [ModelSection] {
        switch node.body {
        case .scorecard(let card): [scorecard(card)]
        case .regression(let regression): self.regression(regression)
        case .tree(let tree): [self.tree(tree)]
        case .mining(let mining): ensemble(mining)
        case .clustering(let clustering): [clusters(clustering)]
        case .ruleSet(let rules): [self.rules(rules)]
        case .generalRegression(let regression): [generalRegression(regression)]
        case .naiveBayes(let bayes): [summary(bayes)]
        case .nearestNeighbors(let neighbors): [summary(neighbors)]
        case .supportVectorMachine(let machine): [summary(machine)]
        case .neuralNetwork(let network): [summary(network)]
        }
    }

    private func scorecard(_ card: Scorecard) -> ModelSection {
        var section = ModelSection(title: "points")
        section.columns = ["characteristic", "points", "when", "reason"]
        var (least, most) = (card.initialScore, card.initialScore)
        var isBounded = true
        for (number, characteristic) in card.characteristics.enumerated() {
            let name = characteristic.name ?? "characteristic \(number + 1)"
            for (position, attribute) in characteristic.attributes.enumerated() {
                let points: ModelSection.Cell =
                    attribute.complexScore.map { .text(ExpressionText.text($0)) }
                    ?? .exact(attribute.partialScore)
                section.rows.append([
                    // A program reads rows by themselves.
                    position == 0 || extent.rows == nil ? .text(name) : .none, points,
                    .text(PredicateText.text(attribute.predicate)),
                    .init(attribute.reasonCode ?? characteristic.reasonCode),
                ])
                if attribute.complexScore != nil { isBounded = false }
            }
            let points = characteristic.attributes.map(\.partialScore)
            least += points.min() ?? 0
            most += points.max() ?? 0
        }
        section.notes.append(
            "The first line that holds counts; the score is \(NumberText.exact(card.initialScore))"
                + " plus the points of every characteristic"
                + (isBounded
                    ? ", \(NumberText.exact(least)) to \(NumberText.exact(most))." : ".")
        )
        section.notes.append("Without a line that holds, such as for a missing input, no score.")
        switch card.reasonCodeAlgorithm {
        case .pointsAbove:
            section.notes.append("Reasons: the most points above the baseline first.")
        case .pointsBelow:
            section.notes.append("Reasons: the most points below the baseline first.")
        case nil: break
        }
        return section
    }

    private func regression(_ regression: Regression) -> [ModelSection] {
        var sections = regression.tables.map { table in
            let title = table.category.map { "sum for " + $0 } ?? "sum"
            var section = ModelSection(title: title)
            section.columns = ["term", "coefficient", "per unit of the input"]
            section.rows = [["intercept", .estimate(table.intercept), .none]]
            let shown = extent.rows.map { Array(table.terms.prefix($0)) } ?? table.terms
            section.rows += shown.map { row($0, joint: Self.jointFields(table)) }
            section.notes = more(table.terms.count - shown.count)
            if table.terms.isEmpty, table.intercept == 0 {
                section.rows = []
                section.notes = ["Always 0: the class that the others are compared with."]
            }
            return section
        }
        let words = Self.normalization(regression.normalization, node.function)
        sections[sections.count - 1].notes.append(words)
        return sections
    }

    /// The fields that terms multiply with others: what one unit of them changes depends on those.
    private static func jointFields(_ table: Regression.Table) -> Set<String> {
        var fields: Set<String> = []
        for case .product(let names, _) in table.terms { fields.formUnion(names) }
        return fields
    }

    private func row(_ term: Regression.Term, joint: Set<String>) -> [ModelSection.Cell] {
        switch term {
        case .numeric(let field, let coefficient, let exponent):
            let name = exponent == 1 ? field : "\(field) ^ \(exponent)"
            guard exponent == 1, !joint.contains(field),
                let form = LinearForm.form(of: field, among: derived), form.field != field
            else { return [.text(name), .estimate(coefficient), .none] }
            let unit = definition.fields.first { $0.name == form.field }?.unit
            let change = NumberText.rounded(coefficient * form.factor)
            let per = form.field + (unit.map { " in " + $0 } ?? "")
            return [.text(name), .estimate(coefficient), .text("\(change) per \(per)")]
        case .categorical(let field, let value, let coefficient):
            return [
                .text("\(field) = \(PredicateText.operand(value))"), .estimate(coefficient), .none,
            ]
        case .product(let fields, let coefficient):
            return [.text(fields.joined(separator: " * ")), .estimate(coefficient), .none]
        }
    }

    /// How sums become answers, in words.
    static func normalization(
        _ normalization: Regression.Normalization,
        _ function: ModelNode.Function
    ) -> String {
        let isClasses = function == .classification
        let what = isClasses ? "The probability" : "The answer"
        switch normalization {
        case .none:
            return isClasses
                ? "The sums are the probabilities as they stand."
                : "The sum is the answer as it stands."
        case .simplemax: return "Each probability is its sum divided by all sums."
        case .softmax where isClasses:
            return "Each probability is exp(sum) divided by the exp of all sums (softmax)."
        case .softmax, .logit: return what + " is 1 / (1 + exp(-sum)) (logistic)."
        case .probit: return what + " is the normal distribution of the sum (probit)."
        case .cloglog: return what + " is 1 - exp(-exp(sum)) (complementary log-log)."
        case .exp: return what + " is exp(sum)."
        case .loglog: return what + " is exp(-exp(-sum)) (log-log)."
        case .cauchit: return what + " is 0.5 + arctan(sum) / pi (cauchit)."
        }
    }

    private func clusters(_ clustering: Clustering) -> ModelSection {
        let forms = clustering.fields.map { LinearForm.form(of: $0.name, among: derived) }
        var section = ModelSection(title: "centres of the clusters")
        section.columns = ["field", "unit"]
        section.columns += clustering.clusters.map { cluster in
            cluster.id + (cluster.name.map { $0 == cluster.id ? "" : " \($0)" } ?? "")
        }
        var scaled: [String] = []
        for (position, field) in clustering.fields.enumerated() {
            let form = forms[position]
            let input = form?.field ?? field.name
            if form == nil, derived.contains(where: { $0.name == field.name }) {
                scaled.append(field.name)
            }
            let unit = form.flatMap { form in
                definition.fields.first { $0.name == form.field }?.unit
            }
            section.rows.append(
                [.text(input), .init(unit)]
                    + clustering.clusters.map { cluster in
                        let value = cluster.center[position]
                        return .estimate(form?.original(of: value) ?? value)
                    }
            )
        }
        if scaled.isEmpty {
            section.notes = ["The centres are in the units of the inputs; scaling is undone."]
        } else {
            section.notes = ["As the model computes with them: " + scaled.joined(separator: ", ")]
        }
        section.notes.append(
            "The nearest centre wins, of equally near ones the first: "
                + "\(Self.measure(clustering.measure))."
        )
        if let limits = clustering.confidence {
            section.notes.append(
                "Uncertain below a margin of \(limits.marginMin), or farther out than "
                    + "\(limits.atypicalityMax) % of the rows that made the cluster."
            )
        }
        return section
    }

    /// How far or how alike, in words.
    static func measure(_ measure: Clustering.Measure) -> String {
        switch measure {
        case .euclidean: "Euclidean distance"
        case .squaredEuclidean: "squared Euclidean distance"
        case .cityBlock: "sum of the distances (city block)"
        case .chebychev: "greatest distance (Chebychev)"
        case .minkowski(let power): "Minkowski distance, p = \(NumberText.exact(power))"
        case .simpleMatching: "share of equal values (simple matching)"
        case .jaccard: "Jaccard similarity"
        case .tanimoto: "Tanimoto similarity"
        case .binarySimilarity: "binary similarity with weights"
        }
    }

    private func rules(_ rules: RuleSet) -> ModelSection {
        var section = ModelSection(title: "rules")
        section.columns = ["rule", "answer", "when", "weight", "confidence"]
        let shown = extent.rows.map { Array(rules.rules.prefix($0)) } ?? rules.rules
        section.rows = shown.map { rule in
            [
                .init(rule.identifier), .text(rule.score),
                .text(PredicateText.text(rule.predicate)), .exact(rule.weight),
                .exact(rule.confidence),
            ]
        }
        section.notes = more(rules.rules.count - shown.count)
        switch rules.criterion {
        case .firstHit: section.notes.append("The first rule that holds answers.")
        case .weightedSum: section.notes.append("The answer with the greatest sum of weights wins.")
        case .weightedMax: section.notes.append("The rule with the greatest weight answers.")
        }
        section.notes.append(
            rules.defaultScore.map { "Without a rule that holds: \($0)." }
                ?? "Without a rule that holds: no answer."
        )
        return section
    }
}
