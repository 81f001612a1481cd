/// A naive Bayes model as flat arrays; probabilities are added as logarithms.
struct NaiveBayesKernel: Sendable {
    private enum Kind {
        case values
        case ranges
        case distributions
    }

    private struct Input: Sendable {
        let slot: Int
        let kind: Kind
        /// The entries of `values`, `ranges` or `distributions`.
        let entries: Range<Int>
        /// Where the logarithms of the first entry stand.
        let firstLogarithm: Int
    }

    private let classCount: Int
    private let region: Int
    private let priors: [Double]
    private let inputs: [Input]
    private let values: [Double]
    private let ranges: [Interval]
    private let distributions: [NaiveBayes.Distribution?]
    /// For each entry the logarithm of its probability, class by class.
    private let logarithms: [Double]
    private let logarithmOfThreshold: Double

    init(
        _ model: NaiveBayes,
        _ categories: [String],
        _ region: Range<Int>,
        compiler: inout ModelCompiler
    ) throws(ModelError) {
        guard model.threshold.isFinite, model.threshold >= 0, model.threshold <= 1 else {
            throw ModelError(code: .notFinite, place: "threshold")
        }
        classCount = model.categories.count
        self.region = region.lowerBound
        logarithmOfThreshold = ElementaryFunctions.log(model.threshold)
        let order = try Self.order(of: model.categories, in: categories)
        priors = Self.arranged(model.counts, order).map { ElementaryFunctions.log($0) }
        var inputs: [Input] = []
        var values: [Double] = []
        var ranges: [Interval] = []
        var distributions: [NaiveBayes.Distribution?] = []
        var logarithms: [Double] = []
        for input in model.inputs {
            let slot: Int
            switch input.evidence {
            case .values: slot = try compiler.slot(input.field)
            case .ranges, .distributions: slot = try compiler.numericSlot(input.field)
            }
            let first = logarithms.count
            switch input.evidence {
            case .values(let pairs):
                let start = values.count
                for pair in pairs {
                    values.append(try compiler.operand(pair.value, slot: slot))
                }
                logarithms += try Self.logarithms(pairs.map(\.counts), order, model.threshold)
                inputs.append(
                    Input(
                        slot: slot,
                        kind: .values,
                        entries: start..<values.count,
                        firstLogarithm: first
                    )
                )
            case .ranges(let pairs):
                let start = ranges.count
                ranges += pairs.map(\.interval)
                logarithms += try Self.logarithms(pairs.map(\.counts), order, model.threshold)
                inputs.append(
                    Input(
                        slot: slot,
                        kind: .ranges,
                        entries: start..<ranges.count,
                        firstLogarithm: first
                    )
                )
            case .distributions(let stated):
                let start = distributions.count
                for position in order { distributions.append(stated[position]) }
                inputs.append(
                    Input(
                        slot: slot,
                        kind: .distributions,
                        entries: start..<distributions.count,
                        firstLogarithm: first
                    )
                )
            }
        }
        self.inputs = inputs
        self.values = values
        self.ranges = ranges
        self.distributions = distributions
        self.logarithms = logarithms
    }

    /// For each category of the model node the position in the document's own list.
    private static func order(
        of stated: [String],
        in categories: [String]
    ) throws(ModelError) -> [Int] {
        guard stated.count == categories.count, categories.count >= 2 else {
            throw ModelError(code: .inconsistent, place: "BayesOutput")
        }
        var order: [Int] = []
        for category in categories {
            guard let position = stated.firstIndex(of: category) else {
                throw ModelError(code: .inconsistent, place: "BayesOutput")
            }
            order.append(position)
        }
        return order
    }

    private static func arranged(_ counts: [Double], _ order: [Int]) -> [Double] {
        order.map { counts[$0] }
    }

    /// The logarithms of the probabilities of each value given each class: its count divided by
    /// the counts of all values that go with the class, the threshold in place of zero.
    private static func logarithms(
        _ counts: [[Double]],
        _ order: [Int],
        _ threshold: Double
    ) throws(ModelError) -> [Double] {
        var sums = [Double](repeating: 0, count: order.count)
        for entry in counts {
            for (column, position) in order.enumerated() { sums[column] += entry[position] }
        }
        var logarithms: [Double] = []
        for entry in counts {
            for (column, position) in order.enumerated() {
                guard entry[position].isFinite, entry[position] >= 0 else {
                    throw ModelError(code: .notFinite, place: "TargetValueCount")
                }
                let share = sums[column] > 0 ? entry[position] / sums[column] : 0
                logarithms.append(ElementaryFunctions.log(share > 0 ? share : threshold))
            }
        }
        return logarithms
    }

    func evaluate(_ scratch: inout EvaluationScratch) -> KernelResult {
        for column in 0..<classCount { scratch.regions[region + column] = priors[column] }
        for input in inputs {
            let value = scratch.read(input.slot)
            // The specification lets missing values pass: they are no evidence.
            if value.isNaN { continue }
            add(input, value, &scratch)
        }
        let places = region..<region + classCount
        // Every class is ruled out: the document gives no answer.
        guard places.contains(where: { scratch.regions[$0] > -.infinity }) else {
            return .missing()
        }
        Probabilities.softmax(places, &scratch)
        return Probabilities.winner(in: places, scratch)
    }

    private func add(_ input: Input, _ value: Double, _ scratch: inout EvaluationScratch) {
        switch input.kind {
        case .values:
            for entry in input.entries where values[entry] == value {
                return addLogarithms(input, entry, &scratch)
            }
        case .ranges:
            for entry in input.entries where ranges[entry].contains(value) {
                return addLogarithms(input, entry, &scratch)
            }
        case .distributions:
            for column in 0..<classCount {
                scratch.regions[region + column] += logarithm(
                    distributions[input.entries.lowerBound + column],
                    value
                )
            }
        }
    }

    private func addLogarithms(
        _ input: Input,
        _ entry: Int,
        _ scratch: inout EvaluationScratch
    ) {
        let row = input.firstLogarithm + (entry - input.entries.lowerBound) * classCount
        for column in 0..<classCount {
            scratch.regions[region + column] += logarithms[row + column]
        }
    }

    /// The logarithm of a density, not below that of the threshold.
    private func logarithm(_ distribution: NaiveBayes.Distribution?, _ x: Double) -> Double {
        switch distribution {
        case nil:
            return logarithmOfThreshold
        case .gaussian(let mean, let variance):
            let distance = x - mean
            let logarithm =
                -0.5 * ElementaryFunctions.log(2 * Double.pi * variance)
                - distance * distance / (2 * variance)
            return max(logarithm, logarithmOfThreshold)
        case .poisson(let mean):
            guard x >= 0 else { return logarithmOfThreshold }
            let logarithm =
                x * ElementaryFunctions.log(mean) - mean - ElementaryFunctions.logFactorial(x)
            return max(logarithm, logarithmOfThreshold)
        }
    }
}

extension ElementaryFunctions {
    /// The logarithm of the factorial of a number of zero or more, by Stirling's series.
    static func logFactorial(_ x: Double) -> Double {
        guard x.isFinite else { return .infinity }
        var argument = x + 1
        var product = 1.0
        while argument < 16 {
            product *= argument
            argument += 1
        }
        let inverse = 1 / argument
        let square = inverse * inverse
        let series =
            inverse
            * (1 / 12.0 - square * (1 / 360.0 - square * (1 / 1_260.0 - square / 1_680.0)))
        return (argument - 0.5) * log(argument) - argument + 0.5 * log(2 * Double.pi) + series
            - log(product)
    }
}
