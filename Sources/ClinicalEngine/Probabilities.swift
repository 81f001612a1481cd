/// What models do with the probabilities in their region of the scratch.
enum Probabilities {
    /// The category with the highest probability; of equal ones the first.
    static func winner(in region: Range<Int>, _ scratch: EvaluationScratch) -> KernelResult {
        var best = region.lowerBound
        for position in region {
            let value = scratch.regions[position]
            guard value.isFinite else { return KernelResult(outcome: .notFinite) }
            if value > scratch.regions[best] { best = position }
        }
        var result = KernelResult.value(Double(best - region.lowerBound))
        result.hasProbabilities = true
        return result
    }

    /// Exponentials divided by their sum, without overflow.
    static func softmax(_ region: Range<Int>, _ scratch: inout EvaluationScratch) {
        var most = -Double.infinity
        for position in region { most = max(most, scratch.regions[position]) }
        for position in region {
            scratch.regions[position] = ElementaryFunctions.exp(scratch.regions[position] - most)
        }
        share(region, &scratch)
    }

    /// Each divided by the sum of all.
    static func share(_ region: Range<Int>, _ scratch: inout EvaluationScratch) {
        var sum = 0.0
        for position in region { sum += scratch.regions[position] }
        for position in region { scratch.regions[position] /= sum }
    }
}
