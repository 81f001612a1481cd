import ClinicalEngine

/// Reads what is particular to a naive Bayes model (PMML 4.4, NaiveBayesModel).
///
///     <NaiveBayesModel threshold="0.001" functionName="classification">
///       <BayesInputs>
///         <BayesInput fieldName="ward">
///           <PairCounts value="surgery">
///             <TargetValueCounts>
///               <TargetValueCount value="yes" count="8"/>
///               <TargetValueCount value="no" count="31"/>
///             </TargetValueCounts>
///           </PairCounts>
///         </BayesInput>
///       </BayesInputs>
///       <BayesOutput fieldName="outcome"> <TargetValueCounts> ... </BayesOutput>
///     </NaiveBayesModel>
struct NaiveBayesReader {
    static let attributes = ["threshold"]
    static let parts = ["BayesInputs", "BayesOutput"]

    private let parts: ModelParts
    private let categories: [String]

    static func read(_ parts: ModelParts) throws(PMMLError) -> NaiveBayes {
        let element = parts.element
        let inputs = try parts.part("BayesInputs")
        let output = try parts.part("BayesOutput")
        try output.allow(["fieldName", "field"])
        let target = try output.required(output["field"] == nil ? "fieldName" : "field")
        if let name = parts.target?.name, !name.isEmpty, name != target {
            throw output.error(.invalid, attribute: "fieldName")
        }
        var categories: [String] = []
        var counts: [Double] = []
        for part in output.children {
            guard part.name == "TargetValueCounts", categories.isEmpty else {
                throw part.error(.unsupported)
            }
            try part.allow([])
            for child in part.children {
                let (category, count) = try Self.count(child)
                guard !categories.contains(category) else {
                    throw child.error(.invalid, attribute: "value")
                }
                categories.append(category)
                counts.append(count)
            }
        }
        guard categories.count >= 2 else { throw output.error(.invalid) }
        if let known = parts.target?.categories, !known.isEmpty {
            guard Set(known) == Set(categories) else { throw output.error(.invalid) }
        }
        let reader = NaiveBayesReader(parts: parts, categories: categories)
        try inputs.allow([])
        var read: [NaiveBayes.Input] = []
        for child in inputs.children { read.append(try reader.input(child)) }
        guard !read.isEmpty else { throw inputs.error(.invalid) }
        guard let threshold = try element.number("threshold"), (0...1).contains(threshold) else {
            throw element.error(.invalid, attribute: "threshold")
        }
        return NaiveBayes(
            threshold: threshold,
            inputs: read,
            categories: categories,
            counts: counts
        )
    }

    private static func count(_ element: Element) throws(PMMLError) -> (String, Double) {
        guard element.name == "TargetValueCount" else { throw element.error(.unsupported) }
        try element.allow(["value", "count"])
        try element.allowNoChildren()
        guard let count = try element.number("count"), count >= 0 else {
            throw element.error(.invalid, attribute: "count")
        }
        return (try element.required("value"), count)
    }

    private func input(_ element: Element) throws(PMMLError) -> NaiveBayes.Input {
        guard element.name == "BayesInput" else { throw element.error(.unsupported) }
        try element.allow(["fieldName", "field"])
        let attribute = element["field"] == nil ? "fieldName" : "field"
        let field = try parts.field(attribute, of: element)
        let children = element.children
        guard let first = children.first else { throw element.error(.invalid) }
        switch first.name {
        case "TargetValueStats":
            guard children.count == 1 else { throw children[1].error(.unsupported) }
            return .init(field: field, evidence: .distributions(try distributions(first)))
        case "PairCounts":
            var pairs: [NaiveBayes.ValueCounts] = []
            for child in children {
                let (text, counts) = try pairCounts(child)
                let value = try parts.operand(text, field: field, child, attribute: "value")
                pairs.append(.init(value: value, counts: counts))
            }
            return .init(field: field, evidence: .values(pairs))
        case "DerivedField":
            return .init(
                field: field,
                evidence: .ranges(try ranges(first, Array(children.dropFirst()), of: field))
            )
        default:
            throw first.error(.unsupported)
        }
    }

    /// The counts by class, in the order of the classes; a class that is absent has none.
    private func pairCounts(_ element: Element) throws(PMMLError) -> (String, [Double]) {
        guard element.name == "PairCounts" else { throw element.error(.unsupported) }
        try element.allow(["value"])
        var counts = [Double](repeating: 0, count: categories.count)
        var seen: Set<String> = []
        for part in element.children {
            guard part.name == "TargetValueCounts" else { throw part.error(.unsupported) }
            try part.allow([])
            for child in part.children {
                let (category, count) = try Self.count(child)
                guard let position = categories.firstIndex(of: category),
                    seen.insert(category).inserted
                else { throw child.error(.invalid, attribute: "value") }
                counts[position] = count
            }
        }
        return (try element.required("value"), counts)
    }

    private func distributions(
        _ element: Element
    ) throws(PMMLError) -> [NaiveBayes.Distribution?] {
        try element.allow([])
        var distributions = [NaiveBayes.Distribution?](repeating: nil, count: categories.count)
        for child in element.children {
            guard child.name == "TargetValueStat" else { throw child.error(.unsupported) }
            try child.allow(["value"])
            let category = try child.required("value")
            guard let position = categories.firstIndex(of: category),
                distributions[position] == nil
            else { throw child.error(.invalid, attribute: "value") }
            guard let stated = child.children.first, child.children.count == 1 else {
                throw child.error(.invalid)
            }
            distributions[position] = try Self.distribution(stated)
        }
        return distributions
    }

    private static func distribution(
        _ element: Element
    ) throws(PMMLError) -> NaiveBayes.Distribution {
        try element.allowNoChildren()
        switch element.name {
        case "GaussianDistribution":
            try element.allow(["mean", "variance"])
            guard let mean = try element.number("mean") else {
                throw element.error(.invalid, attribute: "mean")
            }
            guard let variance = try element.number("variance"), variance > 0 else {
                throw element.error(.invalid, attribute: "variance")
            }
            return .gaussian(mean: mean, variance: variance)
        case "PoissonDistribution":
            try element.allow(["mean"])
            guard let mean = try element.number("mean"), mean > 0 else {
                throw element.error(.invalid, attribute: "mean")
            }
            return .poisson(mean: mean)
        default:
            throw element.error(.unsupported)
        }
    }

    /// A continuous input in ranges: Discretize says which range has which name, PairCounts what
    /// is known of that name.
    private func ranges(
        _ derived: Element,
        _ pairs: [Element],
        of field: String
    ) throws(PMMLError) -> [NaiveBayes.RangeCounts] {
        try derived.allow(["name", "displayName", "optype", "dataType"])
        guard let discretize = derived.children.first, derived.children.count == 1 else {
            throw derived.error(.invalid)
        }
        guard discretize.name == "Discretize" else { throw discretize.error(.unsupported) }
        try discretize.allow(["field", "dataType"])
        guard try discretize.required("field") == field else {
            throw discretize.error(.unsupported, attribute: "field")
        }
        var counts: [String: [Double]] = [:]
        for pair in pairs {
            let (name, known) = try pairCounts(pair)
            guard counts.updateValue(known, forKey: name) == nil else {
                throw pair.error(.invalid, attribute: "value")
            }
        }
        var ranges: [NaiveBayes.RangeCounts] = []
        for bin in discretize.children {
            guard bin.name == "DiscretizeBin" else { throw bin.error(.unsupported) }
            try bin.allow(["binValue"])
            guard let interval = bin.children.first, bin.children.count == 1,
                interval.name == "Interval"
            else { throw bin.error(.invalid) }
            guard let known = counts[try bin.required("binValue")] else {
                throw bin.error(.invalid, attribute: "binValue")
            }
            ranges.append(.init(interval: try DataDictionary.interval(interval), counts: known))
        }
        return ranges
    }
}
