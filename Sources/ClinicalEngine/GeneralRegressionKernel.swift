/// A general linear model as flat arrays: parameters of factors, sums of coefficients.
struct GeneralRegressionKernel: Sendable {
    private struct Factor: Sendable {
        let slot: Int
        /// The exponent of a number, or not a number for a category.
        let exponent: Double
        /// The entries of `values` and `entries` of a category.
        let cells: Range<Int>
    }

    private struct Term: Sendable {
        let parameter: Int
        let coefficient: Double
    }

    private struct Baseline: Sendable {
        let stratum: Double
        let maxTime: Double
        let points: Range<Int>
    }

    private enum Source: Sendable {
        case slot(Int)
        case constant(Double)
    }

    private let kind: GeneralRegression.Kind
    private let parameters: [Range<Int>]
    private let factors: [Factor]
    private let values: [Double]
    private let entries: [Double]
    /// The terms of each sum: one for each class, or one.
    private let sums: [Range<Int>]
    private let terms: [Term]
    private let classCount: Int
    /// The position of the class whose sum is zero, or -1.
    private let referenceClass: Int
    private let offset: Source?
    private let trials: Source?
    private let endTime: Int
    private let stratum: Int
    private let baselines: [Baseline]
    private let times: [Double]
    private let hazards: [Double]
    /// The sum at the reference point of a Cox regression.
    private let reference: Double
    private let region: Int
    private let work: Int

    init(
        _ model: GeneralRegression,
        _ categories: [String],
        _ region: Range<Int>,
        compiler: inout ModelCompiler
    ) throws(ModelError) {
        kind = model.kind
        self.region = region.lowerBound
        classCount = categories.count
        referenceClass = categories.firstIndex { $0 == model.referenceCategory } ?? -1
        if !categories.isEmpty, referenceClass < 0 {
            throw ModelError(code: .inconsistent, place: "targetReferenceCategory")
        }
        try Self.check(model.kind, categories.count, referenceClass)
        var parameters: [Range<Int>] = []
        var factors: [Factor] = []
        var values: [Double] = []
        var entries: [Double] = []
        for parameter in model.parameters {
            let first = factors.count
            for factor in parameter.factors {
                let start = values.count
                var exponent = Double.nan
                let slot: Int
                switch factor {
                case .covariate(let field, let power):
                    slot = try compiler.numericSlot(field)
                    exponent = power
                case .category(let field, let value):
                    slot = try compiler.slot(field)
                    values.append(try compiler.operand(value, slot: slot))
                    entries.append(1)
                case .contrast(let field, let categories, let numbers):
                    slot = try compiler.slot(field)
                    guard categories.count == numbers.count else {
                        throw ModelError(code: .inconsistent, place: field)
                    }
                    for category in categories {
                        values.append(try compiler.operand(category, slot: slot))
                    }
                    entries += numbers
                }
                factors.append(Factor(slot: slot, exponent: exponent, cells: start..<values.count))
            }
            parameters.append(first..<factors.count)
        }
        self.parameters = parameters
        self.factors = factors
        self.values = values
        self.entries = entries
        (sums, terms) = try Self.sums(model, categories)
        offset = try Self.source(model.offset, &compiler)
        trials = try Self.source(model.trials, &compiler)
        var baselines: [Baseline] = []
        var times: [Double] = []
        var hazards: [Double] = []
        if case .coxRegression(let cox) = model.kind {
            endTime = try compiler.numericSlot(cox.endTime)
            stratum =
                try cox.stratum.map { name throws(ModelError) in try compiler.slot(name) } ?? -1
            for baseline in cox.baselines {
                let first = times.count
                times += baseline.times
                hazards += baseline.hazards
                var value = Double.nan
                if let operand = baseline.stratum {
                    value = try compiler.operand(operand, slot: stratum)
                }
                baselines.append(
                    Baseline(
                        stratum: value,
                        maxTime: baseline.maxTime,
                        points: first..<times.count
                    )
                )
            }
        } else {
            endTime = -1
            stratum = -1
        }
        self.baselines = baselines
        self.times = times
        self.hazards = hazards
        var reference = 0.0
        for coefficient in model.coefficients {
            reference +=
                coefficient.value * model.parameters[coefficient.parameter].referencePoint
        }
        self.reference = reference
        work = compiler.reserve(parameters.count)
    }

    /// Whether the kind of model can answer with so many classes.
    private static func check(
        _ kind: GeneralRegression.Kind,
        _ classCount: Int,
        _ referenceClass: Int
    ) throws(ModelError) {
        let isFit: Bool
        switch kind {
        case .linear, .logLinear: isFit = classCount == 0
        case .coxRegression(let cox): isFit = classCount == 0 && !cox.baselines.isEmpty
        case .generalizedLinear: isFit = classCount == 0 || classCount == 2
        case .multinomialLogistic: isFit = classCount >= 2
        case .ordinalMultinomial: isFit = classCount >= 2 && referenceClass == classCount - 1
        }
        guard isFit else { throw ModelError(code: .inconsistent, place: "modelType") }
    }

    /// The terms of each sum; a coefficient without a class is for all of them.
    private static func sums(
        _ model: GeneralRegression,
        _ categories: [String]
    ) throws(ModelError) -> ([Range<Int>], [Term]) {
        var sums: [Range<Int>] = []
        var terms: [Term] = []
        // The reference has no coefficients: its sum is zero.
        let reference = model.referenceCategory
        for coefficient in model.coefficients {
            guard coefficient.value.isFinite else {
                throw ModelError(code: .notFinite, place: "PCell")
            }
            guard model.parameters.indices.contains(coefficient.parameter) else {
                throw ModelError(code: .unknownField, place: "PCell")
            }
            if let category = coefficient.category, !categories.contains(category) {
                throw ModelError(code: .inconsistent, place: "PCell")
            }
        }
        let classes: [String?] = categories.isEmpty ? [nil] : categories.map { $0 }
        for category in classes {
            let first = terms.count
            let isReference = category != nil && category == reference
            for coefficient in model.coefficients {
                let isMeant =
                    coefficient.category == category
                    || coefficient.category == nil && !isReference
                guard isMeant else { continue }
                terms.append(
                    Term(parameter: coefficient.parameter, coefficient: coefficient.value)
                )
            }
            sums.append(first..<terms.count)
        }
        return (sums, terms)
    }

    private static func source(
        _ source: GeneralRegression.Source?,
        _ compiler: inout ModelCompiler
    ) throws(ModelError) -> Source? {
        switch source {
        case nil: nil
        case .constant(let number): .constant(number)
        case .field(let name): .slot(try compiler.numericSlot(name))
        }
    }

    func evaluate(_ scratch: inout EvaluationScratch) -> KernelResult {
        for parameter in parameters.indices {
            var product = 1.0
            for factor in factors[parameters[parameter]] {
                let value = scratch.read(factor.slot)
                if value.isNaN { return .missing(factor.slot) }
                product *= number(of: factor, value)
            }
            scratch.regions[work + parameter] = product
        }
        switch kind {
        case .linear, .logLinear, .generalizedLinear: return single(&scratch)
        case .multinomialLogistic: return multinomial(&scratch)
        case .ordinalMultinomial(let link): return ordinal(link, &scratch)
        case .coxRegression: return hazard(&scratch)
        }
    }

    private func number(of factor: Factor, _ value: Double) -> Double {
        guard factor.exponent.isNaN else {
            return factor.exponent == 1 ? value : ElementaryFunctions.power(value, factor.exponent)
        }
        for cell in factor.cells where values[cell] == value { return entries[cell] }
        return 0
    }

    private func sum(_ position: Int, _ scratch: EvaluationScratch) -> Double {
        var sum = 0.0
        for term in terms[sums[position]] {
            sum += term.coefficient * scratch.regions[work + term.parameter]
        }
        return sum
    }

    /// The number of a source; not a number when its field is missing.
    private func number(_ source: Source?, _ scratch: inout EvaluationScratch) -> Double? {
        switch source {
        case nil: nil
        case .constant(let number): number
        case .slot(let slot): scratch.read(slot)
        }
    }

    private func missing(_ source: Source?) -> KernelResult {
        if case .slot(let slot) = source { return .missing(slot) }
        return .missing()
    }

    private func single(_ scratch: inout EvaluationScratch) -> KernelResult {
        let shift = number(offset, &scratch) ?? 0
        if shift.isNaN { return missing(offset) }
        let factor = number(trials, &scratch) ?? 1
        if factor.isNaN { return missing(trials) }
        // Of two classes the sum speaks for the one that is not the reference.
        let column = classCount == 2 ? 1 - referenceClass : 0
        let sum = sum(column, scratch) + shift
        let mean: Double
        switch kind {
        case .logLinear: mean = ElementaryFunctions.exp(sum)
        case .generalizedLinear(let link): mean = link.mean(sum)
        case .linear, .multinomialLogistic, .ordinalMultinomial, .coxRegression: mean = sum
        }
        guard classCount > 0 else { return .value(mean * factor) }
        guard mean.isFinite, classCount == 2 else { return KernelResult(outcome: .notFinite) }
        scratch.regions[region + column] = mean
        scratch.regions[region + referenceClass] = 1 - mean
        return winner(&scratch)
    }

    private func multinomial(_ scratch: inout EvaluationScratch) -> KernelResult {
        let shift = number(offset, &scratch) ?? 0
        if shift.isNaN { return missing(offset) }
        for column in 0..<classCount {
            let isReference = column == referenceClass
            scratch.regions[region + column] = isReference ? 0 : sum(column, scratch) + shift
        }
        Probabilities.softmax(region..<region + classCount, &scratch)
        return winner(&scratch)
    }

    /// The probability of a class is that up to it less that up to the one before.
    private func ordinal(
        _ link: GeneralRegression.CumulativeLink,
        _ scratch: inout EvaluationScratch
    ) -> KernelResult {
        let shift = number(offset, &scratch) ?? 0
        if shift.isNaN { return missing(offset) }
        var before = 0.0
        for column in 0..<classCount {
            let upTo = column == classCount - 1 ? 1 : link.probability(sum(column, scratch) + shift)
            guard upTo.isFinite else { return KernelResult(outcome: .notFinite) }
            scratch.regions[region + column] = upTo - before
            before = upTo
        }
        return winner(&scratch)
    }

    private func winner(_ scratch: inout EvaluationScratch) -> KernelResult {
        Probabilities.winner(in: region..<region + classCount, scratch)
    }

    /// The hazard of the baseline up to the time, times the exponential of the sum.
    private func hazard(_ scratch: inout EvaluationScratch) -> KernelResult {
        let time = scratch.read(endTime)
        if time.isNaN { return .missing(endTime) }
        var curve = 0
        if stratum >= 0 {
            let value = scratch.read(stratum)
            if value.isNaN { return .missing(stratum) }
            guard let found = baselines.firstIndex(where: { $0.stratum == value }) else {
                return .missing()
            }
            curve = found
        }
        let baseline = baselines[curve]
        guard time <= baseline.maxTime else { return .missing() }
        var hazard = 0.0
        for point in baseline.points where times[point] <= time { hazard = hazards[point] }
        return .value(hazard * ElementaryFunctions.exp(sum(0, scratch) - reference))
    }

    /// The terms of the sum that stands for the answer.
    func contributions(
        _ result: KernelResult,
        _ program: ModelProgram,
        _ scratch: EvaluationScratch
    ) -> [Evaluation.Contribution] {
        guard result.outcome == .value else { return [] }
        var column = classCount > 0 ? Int(result.value) : 0
        if classCount == 2 { column = 1 - referenceClass }
        return terms[sums[column]].compactMap { term in
            let factors = factors[parameters[term.parameter]]
            let points = term.coefficient * scratch.regions[work + term.parameter]
            guard !factors.isEmpty, points != 0 else { return nil }
            let names = factors.map { program.slots[$0.slot].name }
            var inputs: [String] = []
            for factor in factors {
                for input in program.slots[factor.slot].inputs {
                    let name = program.slots[input].name
                    if !inputs.contains(name) { inputs.append(name) }
                }
            }
            return Evaluation.Contribution(
                name: names.joined(separator: " * "),
                fields: inputs,
                points: points,
                pointsMin: points,
                pointsMax: points,
                reasonCode: nil
            )
        }
    }
}
