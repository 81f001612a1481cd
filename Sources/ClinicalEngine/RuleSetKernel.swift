/// A set of rules as flat arrays.
struct RuleSetKernel: Sendable {
    private struct Rule: Sendable {
        let predicate: Range<Int>
        /// The position of the class it answers.
        let category: Int
        let weight: Double
        let confidence: Double
    }

    private let criterion: RuleSet.Criterion
    private let predicates: PredicateProgram
    private let rules: [Rule]
    /// The position of the class when no rule holds, or -1.
    private let defaultCategory: Int
    private let defaultConfidence: Double
    private let classCount: Int
    private let region: Int
    /// Where the sums of weights lie.
    private let work: Int
    /// The names of the rules.
    let ids: [String]

    init(
        _ set: RuleSet,
        _ categories: [String],
        _ region: Range<Int>,
        compiler: inout ModelCompiler
    ) throws(ModelError) {
        criterion = set.criterion
        classCount = categories.count
        self.region = region.lowerBound
        guard !categories.isEmpty else { throw ModelError(code: .empty, place: "RuleSet") }
        func position(_ score: String) throws(ModelError) -> Int {
            guard let position = categories.firstIndex(of: score) else {
                throw ModelError(code: .inconsistent, place: "RuleSet")
            }
            return position
        }
        var predicates = PredicateProgram()
        var rules: [Rule] = []
        for rule in set.rules {
            guard rule.weight.isFinite, rule.confidence.isFinite else {
                throw ModelError(code: .notFinite, place: rule.identifier ?? "SimpleRule")
            }
            rules.append(
                Rule(
                    predicate: try predicates.append(
                        rule.predicate,
                        compiler: &compiler,
                        place: rule.identifier ?? "SimpleRule"
                    ),
                    category: try position(rule.score),
                    weight: rule.weight,
                    confidence: rule.confidence
                )
            )
        }
        self.predicates = predicates
        self.rules = rules
        defaultCategory =
            try set.defaultScore.map { score throws(ModelError) in
                try position(score)
            } ?? -1
        defaultConfidence = set.defaultConfidence
        ids = set.rules.enumerated().map { $1.identifier ?? String($0 + 1) }
        work = compiler.reserve(classCount)
    }

    func evaluate(_ scratch: inout EvaluationScratch) -> KernelResult {
        let result: KernelResult
        switch criterion {
        case .firstHit: result = firstHit(&scratch)
        case .weightedSum: result = weightedSum(&scratch)
        case .weightedMax: result = weightedMax(&scratch)
        }
        guard result.outcome == .value, let slot = openQuestion(result, &scratch) else {
            return result
        }
        return .missing(slot)
    }

    /// The missing field of a rule that nobody can say whether it holds, when another answer
    /// would follow if it did; `nil` when there is none.
    ///
    /// PMML leaves open what becomes of a rule whose condition is unknown. To pass it over would
    /// answer "stable" where the rule for "deteriorates" could not be read.
    private func openQuestion(
        _ result: KernelResult,
        _ scratch: inout EvaluationScratch
    ) -> Int? {
        let isFirst = criterion == .firstHit && result.entity >= 0
        let end = isFirst ? Int(result.entity) : rules.count
        for rule in 0..<end where rules[rule].category != Int(result.value) {
            guard predicates.truth(of: rules[rule].predicate, scratch.slots.span) == .unknown
            else { continue }
            var missing: Int?
            for slot in predicates.fields(in: rules[rule].predicate)
            where scratch.slots[slot].isNaN {
                scratch.noteMissing(slot)
                missing = missing ?? slot
            }
            return missing
        }
        return nil
    }

    private func firstHit(_ scratch: inout EvaluationScratch) -> KernelResult {
        for rule in rules.indices where holds(rule, &scratch) {
            return answer(rule, confidence: rules[rule].confidence, &scratch)
        }
        return noHit(&scratch)
    }

    private func weightedMax(_ scratch: inout EvaluationScratch) -> KernelResult {
        var best = -1
        for rule in rules.indices where holds(rule, &scratch) {
            // The first of those with the same weight.
            if best < 0 || rules[rule].weight > rules[best].weight { best = rule }
        }
        guard best >= 0 else { return noHit(&scratch) }
        return answer(best, confidence: rules[best].confidence, &scratch)
    }

    /// The class with the greatest sum; its confidence is the sum for each rule that holds.
    private func weightedSum(_ scratch: inout EvaluationScratch) -> KernelResult {
        for column in 0..<classCount { scratch.regions[work + column] = 0 }
        var firedCount = 0
        var first = -1
        for rule in rules.indices where holds(rule, &scratch) {
            firedCount += 1
            scratch.regions[work + rules[rule].category] += rules[rule].weight
        }
        guard firedCount > 0 else { return noHit(&scratch) }
        var best = 0
        for column in 0..<classCount
        where scratch.regions[work + column] > scratch.regions[work + best] {
            best = column
        }
        for rule in rules.indices where first < 0 && rules[rule].category == best {
            if holds(rule, &scratch) { first = rule }
        }
        let confidence = scratch.regions[work + best] / Double(firedCount)
        guard first >= 0 else { return .missing() }
        return answer(first, confidence: confidence, &scratch)
    }

    /// A rule whose condition is unknown does not hold.
    private func holds(_ rule: Int, _ scratch: inout EvaluationScratch) -> Bool {
        predicates.truth(of: rules[rule].predicate, scratch.slots.span) == .yes
    }

    private func answer(
        _ rule: Int,
        confidence: Double,
        _ scratch: inout EvaluationScratch
    ) -> KernelResult {
        var result = state(rules[rule].category, confidence, &scratch)
        result.entity = Int32(rule)
        return result
    }

    private func noHit(_ scratch: inout EvaluationScratch) -> KernelResult {
        guard defaultCategory >= 0 else { return .missing() }
        return state(defaultCategory, defaultConfidence, &scratch)
    }

    /// The confidence stands where other models keep probabilities.
    private func state(
        _ category: Int,
        _ confidence: Double,
        _ scratch: inout EvaluationScratch
    ) -> KernelResult {
        for column in 0..<classCount {
            scratch.regions[region + column] = column == category ? confidence : 0
        }
        var result = KernelResult.value(Double(category))
        result.hasConfidence = true
        return result
    }
}
