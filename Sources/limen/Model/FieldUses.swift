import ClinicalEngine

/// How often a model reads each field, directly or through the fields that are computed from it.
struct FieldUses {
    /// How often each field is read, derived fields too.
    private(set) var direct: [String: Int] = [:]
    private var derived: [String: [String]] = [:]

    /// Counts the uses of a whole document.
    init(_ definition: ModelDefinition) {
        for field in definition.transformations { add(field) }
        visit(definition.model)
    }

    /// Counts the uses of one model of a document.
    init(_ node: ModelNode, in definition: ModelDefinition) {
        for field in definition.transformations { add(field) }
        visit(node)
    }

    /// The inputs that are read somewhere, with how often; derived fields count for what they read.
    func inputs(_ definition: ModelDefinition) -> [(field: String, count: Int)] {
        var counts: [String: Int] = [:]
        for (name, count) in direct {
            for field in origins(of: name) { counts[field, default: 0] += count }
        }
        return definition.fields
            .map { (field: $0.name, count: counts[$0.name] ?? 0) }
            .sorted { $0.count == $1.count ? $0.field < $1.field : $0.count > $1.count }
    }

    /// The fields from which a field is computed in the end; itself when it is an input.
    func origins(of name: String) -> [String] {
        var seen: Set<String> = []
        var pending = [name]
        var origins: [String] = []
        while let next = pending.popLast() {
            guard seen.insert(next).inserted else { continue }
            if let sources = derived[next], sources != [next] {
                pending += sources
            } else {
                origins.append(next)
            }
        }
        return origins.sorted()
    }

    private mutating func add(_ field: DerivedField) {
        derived[field.name] = Self.fields(field.expression)
    }

    private mutating func read(_ field: String) { direct[field, default: 0] += 1 }

    private mutating func read(_ predicate: Predicate) {
        for step in predicate.steps {
            switch step {
            case .missing(let field, _), .compare(let field, _, _), .set(let field, _, _):
                read(field)
            case .constant, .combine: continue
            }
        }
    }

    private mutating func visit(_ outermost: ModelNode) {
        var pending = [outermost]
        while let node = pending.popLast() {
            for field in node.transformations { add(field) }
            for output in node.outputs {
                if case .expression(let expression) = output.feature {
                    for field in Self.fields(expression) { read(field) }
                }
            }
            switch node.body {
            case .mining(let mining):
                for segment in mining.segments {
                    read(segment.predicate)
                    pending.append(segment.model)
                }
            case .tree(let tree):
                for node in tree.nodes { read(node.predicate) }
            case .scorecard(let card):
                for attribute in card.characteristics.flatMap(\.attributes) {
                    read(attribute.predicate)
                    if let expression = attribute.complexScore {
                        for field in Self.fields(expression) { read(field) }
                    }
                }
            case .regression(let regression):
                for term in regression.tables.flatMap(\.terms) {
                    switch term {
                    case .numeric(let field, _, _), .categorical(let field, _, _): read(field)
                    case .product(let fields, _): for field in fields { read(field) }
                    }
                }
            case .ruleSet(let rules):
                for rule in rules.rules { read(rule.predicate) }
            case .clustering, .generalRegression, .naiveBayes, .nearestNeighbors,
                .supportVectorMachine, .neuralNetwork:
                for field in Self.fields(of: node.body) { read(field) }
            }
        }
    }

    /// The fields of the models that read each of theirs once.
    private static func fields(of body: ModelNode.Body) -> [String] {
        switch body {
        case .clustering(let clustering): return clustering.fields.map(\.name)
        case .nearestNeighbors(let neighbors): return neighbors.fields.map(\.name)
        case .naiveBayes(let bayes): return bayes.inputs.map(\.field)
        case .neuralNetwork(let network): return network.inputs.map(\.field)
        case .supportVectorMachine(let machine):
            return machine.dimensions.map { dimension in
                switch dimension {
                case .field(let field), .category(let field, _, _): field
                }
            }
        case .generalRegression(let regression): return fields(regression)
        case .mining, .tree, .scorecard, .regression, .ruleSet: return []
        }
    }

    private static func fields(_ regression: GeneralRegression) -> [String] {
        var fields = regression.parameters.flatMap(\.factors).map { factor in
            switch factor {
            case .covariate(let field, _), .category(let field, _), .contrast(let field, _, _):
                field
            }
        }
        for source in [regression.offset, regression.trials] {
            if case .field(let field) = source { fields.append(field) }
        }
        if case .coxRegression(let cox) = regression.kind {
            fields += [cox.endTime] + (cox.stratum.map { [$0] } ?? [])
        }
        return fields
    }

    /// The fields that an expression reads, each once for each place.
    static func fields(_ expression: Expression) -> [String] {
        var fields: [String] = []
        var pending = [expression]
        while let next = pending.popLast() {
            switch next {
            case .constant: continue
            case .field(let name, _): fields.append(name)
            case .apply(let call): pending += call.arguments
            case .converted(let inner, _): pending.append(inner)
            case .normContinuous(let field, _, _, _), .normDiscrete(let field, _, _),
                .discretize(let field, _, _, _):
                fields.append(field)
            case .mapValues(let names, _, _, _, _): fields += names
            }
        }
        return fields
    }
}
