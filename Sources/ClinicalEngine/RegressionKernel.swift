/// A regression as flat arrays.
struct RegressionKernel: Sendable {
    private enum Operation: Sendable {
        case linear
        case power
        case category
        case product
    }

    private struct Term: Sendable {
        let operation: Operation
        let slot: Int32
        let coefficient: Double
        /// The exponent, or the category.
        var operand = 0.0
        /// The entries of `factors` of a product.
        var start: Int32 = 0
        var end: Int32 = 0
    }

    private struct Table: Sendable {
        let intercept: Double
        let terms: Range<Int>
        let category: Int
    }

    private var tables: [Table] = []
    private var terms: [Term] = []
    private var factors: [Int32] = []
    private let normalization: Regression.Normalization
    private let region: Range<Int>
    private let isClassification: Bool
    private let isOrdinal: Bool

    init(
        _ regression: Regression,
        _ node: ModelNode,
        _ categories: [String],
        _ region: Range<Int>,
        compiler: inout ModelCompiler
    ) throws(ModelError) {
        normalization = regression.normalization
        self.region = region
        isClassification = node.function == .classification
        isOrdinal = node.target?.isOrdinal == true
        guard node.function != .clustering, !regression.tables.isEmpty else {
            throw ModelError(code: .inconsistent, place: node.name, line: node.line)
        }
        if isClassification {
            guard regression.tables.count == categories.count, categories.count >= 2 else {
                throw ModelError(code: .inconsistent, place: node.name, line: node.line)
            }
        } else {
            guard regression.tables.count == 1, normalization != .simplemax else {
                throw ModelError(code: .inconsistent, place: node.name, line: node.line)
            }
        }
        for table in regression.tables {
            let start = terms.count
            guard table.intercept.isFinite else {
                throw ModelError(code: .notFinite, place: node.name, line: table.line)
            }
            for term in table.terms { try append(term, table.line, &compiler) }
            var category = 0
            if isClassification {
                guard let text = table.category, let position = categories.firstIndex(of: text),
                    !tables.contains(where: { $0.category == position })
                else { throw ModelError(code: .inconsistent, place: node.name, line: table.line) }
                category = position
            }
            tables.append(
                Table(
                    intercept: table.intercept,
                    terms: start..<terms.count,
                    category: category
                )
            )
        }
        if isOrdinal { tables.sort { $0.category < $1.category } }
    }

    private mutating func append(
        _ term: Regression.Term,
        _ line: Int,
        _ compiler: inout ModelCompiler
    ) throws(ModelError) {
        switch term {
        case .numeric(let field, let coefficient, let exponent):
            let slot = try numericSlot(field, line, &compiler)
            try check(coefficient, field, line)
            terms.append(
                Term(
                    operation: exponent == 1 ? .linear : .power,
                    slot: slot,
                    coefficient: coefficient,
                    operand: Double(exponent)
                )
            )
        case .categorical(let field, let value, let coefficient):
            let slot = try compiler.slot(field)
            try check(coefficient, field, line)
            let code = try compiler.operand(value, slot: slot)
            terms.append(
                Term(
                    operation: .category,
                    slot: Int32(slot),
                    coefficient: coefficient,
                    operand: code
                )
            )
        case .product(let fields, let coefficient):
            let start = Int32(factors.count)
            try check(coefficient, fields.first ?? "", line)
            for field in fields { factors.append(try numericSlot(field, line, &compiler)) }
            guard Int32(factors.count) > start else {
                throw ModelError(code: .empty, place: "PredictorTerm", line: line)
            }
            terms.append(
                Term(
                    operation: .product,
                    slot: factors[Int(start)],
                    coefficient: coefficient,
                    start: start,
                    end: Int32(factors.count)
                )
            )
        }
    }

    private func check(_ number: Double, _ place: String, _ line: Int) throws(ModelError) {
        guard number.isFinite else { throw ModelError(code: .notFinite, place: place, line: line) }
    }

    private func numericSlot(
        _ field: String,
        _ line: Int,
        _ compiler: inout ModelCompiler
    ) throws(ModelError) -> Int32 {
        let slot = try compiler.slot(field)
        guard compiler.slots[slot].type != .string else {
            throw ModelError(code: .operandMismatch, place: field, line: line)
        }
        return Int32(slot)
    }

    /// The sum of a table, or not a number when a numeric field is missing; a missing category
    /// adds nothing (PMML 4.4, RegressionModel, Missing values).
    private func sum(
        _ table: Table,
        _ scratch: inout EvaluationScratch,
        _ missing: inout Int
    ) -> Double {
        var sum = table.intercept
        for position in table.terms {
            let term = terms[position]
            let slot = Int(term.slot)
            let value = scratch.read(slot)
            if term.operation == .category {
                if value == term.operand { sum += term.coefficient }
                continue
            }
            if value.isNaN {
                missing = slot
                return .nan
            }
            switch term.operation {
            case .linear, .category:
                sum += term.coefficient * value
            case .power:
                sum += term.coefficient * ElementaryFunctions.power(value, term.operand)
            case .product:
                var product = term.coefficient
                for factor in Int(term.start)..<Int(term.end) {
                    let value = scratch.read(Int(factors[factor]))
                    if value.isNaN {
                        missing = Int(factors[factor])
                        return .nan
                    }
                    product *= value
                }
                sum += product
            }
        }
        return sum
    }

    func evaluate(_ scratch: inout EvaluationScratch) -> KernelResult {
        var missing = -1
        guard isClassification else {
            let value = sum(tables[0], &scratch, &missing)
            if missing >= 0 { return .missing(missing) }
            return .value(inverse(value, isRegression: true))
        }
        for table in tables {
            let value = sum(table, &scratch, &missing)
            if missing >= 0 { return .missing(missing) }
            guard value.isFinite else { return KernelResult(outcome: .notFinite) }
            scratch.regions[region.lowerBound + table.category] = value
        }
        normalize(&scratch)
        return Probabilities.winner(in: region, scratch)
    }

    /// The inverse of the link function (PMML 4.4, RegressionModel, normalizationMethod).
    private func inverse(_ value: Double, isRegression: Bool) -> Double {
        switch normalization {
        case .none, .simplemax: return value
        case .softmax: return isRegression ? ElementaryFunctions.logistic(value) : value
        case .logit: return ElementaryFunctions.logistic(value)
        case .probit: return ElementaryFunctions.normalDistribution(value)
        case .cloglog: return -ElementaryFunctions.expm1(-ElementaryFunctions.exp(value))
        case .exp: return ElementaryFunctions.exp(value)
        case .loglog: return ElementaryFunctions.exp(-ElementaryFunctions.exp(-value))
        case .cauchit: return 0.5 + ElementaryFunctions.atan(value) / .pi
        }
    }

    private func normalize(_ scratch: inout EvaluationScratch) {
        if normalization == .softmax {
            return Probabilities.softmax(region, &scratch)
        }
        if normalization == .simplemax {
            return Probabilities.share(region, &scratch)
        }
        if isOrdinal { return normalizeOrdinal(&scratch) }
        // The last table takes what the others leave, when there are two, or no link at all.
        let last = region.lowerBound + tables[tables.count - 1].category
        if tables.count == 2 || normalization == .none {
            var rest = 1.0
            for position in region where position != last {
                scratch.regions[position] = inverse(scratch.regions[position], isRegression: false)
                rest -= scratch.regions[position]
            }
            scratch.regions[last] = rest
            return
        }
        for position in region {
            scratch.regions[position] = inverse(scratch.regions[position], isRegression: false)
        }
        Probabilities.share(region, &scratch)
    }

    /// The sums are of cumulative probabilities; the last category takes the rest.
    private func normalizeOrdinal(_ scratch: inout EvaluationScratch) {
        var before = 0.0
        for position in region {
            let isLast = position == region.upperBound - 1
            let value =
                isLast ? 1 : inverse(scratch.regions[position], isRegression: false)
            scratch.regions[position] = value - before
            before = value
        }
    }

    /// The terms of the winning table, or of the one that stands against it.
    func contributions(
        _ result: KernelResult,
        _ program: ModelProgram,
        _ scratch: EvaluationScratch
    ) -> [Evaluation.Contribution] {
        guard result.outcome == .value else { return [] }
        var table = tables[0]
        if isClassification, tables.count > 2 {
            for candidate in tables where candidate.category == Int(result.value) {
                table = candidate
            }
        }
        var contributions: [Evaluation.Contribution] = []
        contributions.reserveCapacity(table.terms.count)
        for position in table.terms {
            let term = terms[position]
            let value = scratch.slots[Int(term.slot)]
            var points = 0.0
            switch term.operation {
            case .linear: points = term.coefficient * value
            case .power: points = term.coefficient * ElementaryFunctions.power(value, term.operand)
            case .category:
                guard value == term.operand else { continue }
                points = term.coefficient
            case .product:
                points = term.coefficient
                for factor in Int(term.start)..<Int(term.end) {
                    points *= scratch.slots[Int(factors[factor])]
                }
            }
            let slot = program.slots[Int(term.slot)]
            contributions.append(
                .init(
                    name: slot.name,
                    fields: program.inputNames[Int(term.slot)],
                    points: points,
                    pointsMin: points,
                    pointsMax: points,
                    reasonCode: nil
                )
            )
        }
        return contributions
    }
}
