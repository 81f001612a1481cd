/// What becomes of a prediction, compiled (PMML 4.4, Targets).
struct TargetAdjustment: Sendable {
    private var isIdentity = true
    private var minimum = -Double.infinity
    private var maximum = Double.infinity
    private var factor = 1.0
    private var constant = 0.0
    private var rounding: Target.Rounding?
    private var name = ""
    /// What stands for a missing prediction: a number or the position of a category.
    private var replacement = Double.nan
    /// The prior probabilities, one for each category, or none.
    private var priors: [Double] = []
    private var region = 0
    let displayValues: [String?]

    init(
        _ target: Target?,
        function: ModelNode.Function,
        categories: [String],
        region: Range<Int>
    ) throws(ModelError) {
        guard let target else {
            displayValues = []
            return
        }
        name = target.name
        minimum = target.minimum ?? minimum
        maximum = target.maximum ?? maximum
        factor = target.rescaleFactor
        constant = target.rescaleConstant
        rounding = target.rounding
        self.region = region.lowerBound
        // A category or cluster has no size: limits and scale are for numbers.
        isIdentity =
            function != .regression
            || target.minimum == nil && target.maximum == nil && factor == 1 && constant == 0
                && rounding == nil
        displayValues = categories.map { category in
            target.values.first { $0.value == category }?.displayValue
        }
        for value in target.values {
            guard let number = value.defaultValue else { continue }
            // A number cannot stand for a category or cluster.
            guard function == .regression else {
                throw ModelError(code: .unsupported, place: target.name)
            }
            replacement = number
        }
        let shares = categories.map { category in
            target.values.first { $0.value == category }?.priorProbability
        }
        guard !shares.isEmpty, shares.contains(where: { $0 != nil }) else { return }
        priors = shares.map { $0 ?? 0 }
        var best = 0
        for position in priors.indices where priors[position] > priors[best] { best = position }
        replacement = Double(best)
    }

    /// First the limits, then the scale, then whole numbers, as the specification orders them.
    @inline(__always)
    func adjust(_ result: inout KernelResult, _ scratch: inout EvaluationScratch) {
        if result.outcome == .missing, !replacement.isNaN {
            // The document itself says what stands for a missing prediction.
            result = KernelResult.value(replacement)
            for position in priors.indices { scratch.regions[region + position] = priors[position] }
            result.hasProbabilities = !priors.isEmpty
            result.isReplaced = true
            scratch.replacedTargets.append(name)
            return
        }
        guard !isIdentity else { return }
        switch result.outcome {
        case .value:
            let value = adjusted(result.value)
            result.value = value
            if !value.isFinite { result.outcome = .notFinite }
        case .open:
            let bounds = (adjusted(result.value), adjusted(result.upper))
            result.value = min(bounds.0, bounds.1)
            result.upper = max(bounds.0, bounds.1)
            if !result.value.isFinite || !result.upper.isFinite { result.outcome = .notFinite }
        case .missing, .notFinite, .invalid:
            return
        }
    }

    private func adjusted(_ value: Double) -> Double {
        let scaled = min(max(value, minimum), maximum) * factor + constant
        switch rounding {
        case nil: return scaled
        case .round: return ExpressionProgram.round(scaled)
        case .ceiling: return scaled.rounded(.up)
        case .floor: return scaled.rounded(.down)
        }
    }
}
