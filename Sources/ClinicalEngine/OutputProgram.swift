/// One output of a model, compiled.
struct OutputProgram: Sendable {
    private enum Source: Sendable {
        case predictedValue
        case displayValue
        case probability(Int)
        case affinity(Int)
        /// Of a category; below zero of the predicted one.
        case confidence(Int)
        case entity
        /// The stored row of a rank.
        case neighbor(Int)
        /// Texts that only the result holds; see `reasonRank`.
        case reasonCode
        case expression(Range<Int>)
        case segment(Int)
    }

    let name: String
    let slot: Int
    let type: ValueType
    let isFinal: Bool
    /// The rank of the reason code that is given, or zero.
    let reasonRank: Int
    private let source: Source
    /// The numbers of the identifiers or display values in the table of texts.
    private let codes: [Double]

    init(
        _ output: OutputDefinition,
        _ node: ModelNode,
        _ kernel: Kernel,
        _ texts: [String],
        _ categoryType: ValueType,
        _ compiler: inout ModelCompiler
    ) throws(ModelError) {
        name = output.name
        isFinal = output.isFinal
        let isCategory = node.function == .classification
        var natural = ValueType.double
        var codes: [Double] = []
        var rank = 0
        func position(_ text: String, in list: [String]) throws(ModelError) -> Int {
            guard let position = list.firstIndex(of: text) else {
                throw ModelError(code: .inconsistent, place: output.name, line: output.line)
            }
            return position
        }
        if let segment = output.segment {
            guard case .mining(let mining) = kernel,
                let position = mining.position(of: segment),
                output.feature == .predictedValue, !mining.isCluster(position)
            else { throw ModelError(code: .unsupported, place: output.name, line: output.line) }
            source = .segment(position)
            natural = mining.segmentType(position)
        } else {
            switch output.feature {
            case .predictedValue:
                source = .predictedValue
                if isCategory {
                    natural = categoryType
                } else if node.function == .clustering {
                    // Which clusters there are depends on the segment that decides.
                    guard !kernel.entities.isEmpty else {
                        throw ModelError(code: .unsupported, place: output.name, line: output.line)
                    }
                    natural = .string
                    codes = kernel.entities.map { compiler.symbols.intern($0) }
                }
            case .predictedDisplayValue:
                source = .displayValue
                natural = .string
                codes = texts.map { text in
                    let value = node.target?.values.first { $0.value == text }
                    return compiler.symbols.intern(value?.displayValue ?? text)
                }
            case .probability(let text), .confidence(let text):
                guard isCategory else {
                    throw ModelError(code: .unsupported, place: output.name, line: output.line)
                }
                var category = -1
                if let text { category = try position(text, in: texts) }
                if case .confidence = output.feature {
                    source = .confidence(category)
                } else {
                    source = .probability(category)
                }
            case .affinity(let text):
                // The distances of stored rows, and those of one segment of several, have no place
                // among the outputs.
                guard case .clustering = kernel else {
                    throw ModelError(code: .unsupported, place: output.name, line: output.line)
                }
                source = .affinity(
                    try text.map { text throws(ModelError) in
                        try position(text, in: kernel.entities)
                    } ?? -1
                )
            case .entityId(let rank):
                guard !kernel.entities.isEmpty, rank >= 1, rank <= kernel.rankCount else {
                    throw ModelError(code: .unsupported, place: output.name, line: output.line)
                }
                source = rank == 1 ? .entity : .neighbor(rank)
                natural = .string
                codes = kernel.entities.map { compiler.symbols.intern($0) }
            case .reasonCode(let place):
                guard case .scorecard = kernel else {
                    throw ModelError(code: .unsupported, place: output.name, line: output.line)
                }
                rank = place
                source = .reasonCode
                natural = .string
            case .expression(let expression):
                source = .expression(
                    try compiler.code(expression, as: output.type, line: output.line)
                )
                natural = output.type ?? compiler.lastType
            }
        }
        reasonRank = rank
        self.codes = codes
        type = natural
        slot = try compiler.append(
            ModelProgram.Slot(
                name: output.name,
                type: natural,
                kind: natural.isNumeric ? .continuous : .categorical,
                order: [],
                inputs: []
            ),
            line: output.line
        )
        compiler.declare(output.name, slot: slot)
    }

    /// What stands in the row for it; not a number when there is nothing to give.
    @inline(__always)
    func value(
        of node: ModelProgram.Node,
        _ result: KernelResult,
        _ program: ModelProgram,
        _ scratch: inout EvaluationScratch
    ) -> Double {
        if case .expression(let code) = source {
            return program.expressions.evaluate(code, program.symbols, &scratch)
        }
        if case .segment(let position) = source {
            guard case .mining(let mining) = node.kernel else { return .nan }
            return scratch.regions[mining.valueRegion + position]
        }
        if case .reasonCode = source {
            let codes = scratch.scorecard?.reasonCodes ?? []
            guard reasonRank <= codes.count else { return .nan }
            return scratch.code(of: codes[reasonRank - 1], in: program.symbols)
        }
        guard result.outcome == .value else { return .nan }
        switch source {
        case .predictedValue:
            if !node.categories.isEmpty { return node.categories[Int(result.value)].code }
            return codes.isEmpty ? result.value : codes[Int(result.value)]
        case .displayValue:
            return codes.isEmpty ? .nan : codes[Int(result.value)]
        case .probability(let category):
            guard result.hasProbabilities else { return .nan }
            let position = category < 0 ? Int(result.value) : category
            return scratch.regions[node.region.lowerBound + position]
        case .confidence(let category):
            let predicted = Int(result.value)
            let position = category < 0 ? predicted : category
            // Rules say how sure they are of their own category only.
            guard result.hasProbabilities || (result.hasConfidence && position == predicted)
            else { return .nan }
            let isStated = result.confidences >= 0
            let start = isStated ? Int(result.confidences) : node.region.lowerBound
            return scratch.regions[start + position] * result.penalty
        case .affinity(let entity):
            let position = entity < 0 ? Int(result.value) : entity
            return scratch.regions[node.region.lowerBound + position]
        case .entity:
            return result.entity >= 0 ? codes[Int(result.entity)] : .nan
        case .neighbor(let rank):
            guard case .nearestNeighbors(let kernel) = node.kernel,
                let row = kernel.neighbor(rank: rank, scratch)
            else { return .nan }
            return codes[row]
        case .expression, .segment, .reasonCode:
            return .nan
        }
    }
}
