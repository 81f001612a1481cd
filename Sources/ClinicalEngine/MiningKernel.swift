/// Several models that answer together.
final class MiningKernel: Sendable {
    struct Segment: Sendable {
        let id: String
        let predicate: Range<Int>
        let weight: Double
        let node: ModelProgram.Node
        /// For each of its categories the position in ours; empty when they are the same.
        let mapping: [Int]
        /// Whether what it predicts is what the whole predicts.
        let isAnswer: Bool
    }

    let segments: [Segment]
    private let predicates: PredicateProgram
    private let method: Mining.Method
    private let missingTreatment: Mining.MissingTreatment
    private let missingThreshold: Double
    private let region: Range<Int>
    private let isClassification: Bool
    /// Where the confidences of the model that answers for all are written.
    private let confidenceRegion: Int
    /// Where the value of each segment lies in the regions.
    let valueRegion: Int
    /// Where the position of the segment that decided lies in the regions, and its own prediction
    /// behind that; not a number when none did alone.
    private let deciderRegion: Int
    /// The fields of which the predicates themselves ask whether they are missing.
    private let handled: [Int]

    init(
        _ mining: Mining,
        _ model: ModelNode,
        _ categories: [String],
        _ type: ValueType,
        _ region: Range<Int>,
        compiler: inout ModelCompiler
    ) throws(ModelError) {
        method = mining.method
        missingTreatment = mining.missingTreatment
        missingThreshold = mining.missingThreshold
        self.region = region
        isClassification = model.function == .classification
        let mismatch = ModelError(code: .inconsistent, place: model.name, line: model.line)
        guard !mining.segments.isEmpty else { throw mismatch }
        try Self.check(mining.method, model)
        valueRegion = compiler.reserve(mining.segments.count)
        confidenceRegion = compiler.reserve(categories.count)
        deciderRegion = compiler.reserve(2)
        var predicates = PredicateProgram()
        var segments: [Segment] = []
        for (position, segment) in mining.segments.enumerated() {
            guard segment.weight.isFinite, segment.weight >= 0 else { throw mismatch }
            let predicate = try predicates.append(
                segment.predicate,
                compiler: &compiler,
                place: "segment \(segment.id)"
            )
            let isChained = mining.method == .modelChain
            guard isChained || segment.model.function == model.function else {
                throw ModelError(
                    code: .inconsistent,
                    place: segment.model.name,
                    line: segment.model.line
                )
            }
            // A step of a chain on the way may predict something of its own.
            let isStep = isChained && position < mining.segments.count - 1
            let isSame =
                segment.model.function == model.function
                && !(isStep && segment.model.namesOther(categories))
            let node = try compiler.node(
                segment.model,
                inherited: isSame ? categories : [],
                type: type
            )
            segments.append(
                Segment(
                    id: segment.id,
                    predicate: predicate,
                    weight: segment.weight,
                    node: node,
                    mapping: isSame ? try Self.mapping(node, categories, segment.model) : [],
                    isAnswer: isSame && !(isStep && Self.hasOtherTarget(segment.model, model))
                )
            )
        }
        // The answer of a chain is that of its last model.
        if let last = mining.segments.last, mining.method == .modelChain {
            guard last.model.function == model.function else { throw mismatch }
        }
        self.segments = segments
        self.predicates = predicates
        handled = segments.flatMap { predicates.fieldsAskedForMissing(in: $0.predicate) }
    }

    /// Whether both name what they predict, and name it differently.
    private static func hasOtherTarget(_ step: ModelNode, _ model: ModelNode) -> Bool {
        guard let own = step.target?.name, let whole = model.target?.name else { return false }
        return !own.isEmpty && !whole.isEmpty && own != whole
    }

    private static func check(_ method: Mining.Method, _ model: ModelNode) throws(ModelError) {
        let unsupported = ModelError(code: .unsupported, place: model.name, line: model.line)
        switch (method, model.function) {
        case (.selectFirst, _), (.modelChain, _): return
        case (_, .clustering): throw unsupported
        case (.majorityVote, .regression), (.weightedMajorityVote, .regression):
            throw unsupported
        case (.median, .classification), (.weightedMedian, .classification),
            (.sum, .classification), (.weightedSum, .classification):
            throw unsupported
        case (.majorityVote, _), (.weightedMajorityVote, _), (.average, _), (.weightedAverage, _),
            (.max, _), (.median, _), (.weightedMedian, _), (.sum, _), (.weightedSum, _):
            return
        }
    }

    private static func mapping(
        _ node: ModelProgram.Node,
        _ categories: [String],
        _ model: ModelNode
    ) throws(ModelError) -> [Int] {
        let texts = node.categories.map(\.text)
        if texts == categories { return [] }
        var mapping: [Int] = []
        for text in texts {
            guard let position = categories.firstIndex(of: text) else {
                throw ModelError(code: .inconsistent, place: model.name, line: model.line)
            }
            mapping.append(position)
        }
        return mapping
    }

    func position(of id: String) -> Int? { segments.firstIndex { $0.id == id } }

    /// Whether a segment predicts a cluster, which no single value of a row stands for.
    func isCluster(_ position: Int) -> Bool { segments[position].node.function == .clustering }

    func segmentType(_ position: Int) -> ValueType {
        let node = segments[position].node
        if node.function == .regression { return .double }
        return node.categoryType
    }

    func evaluate(_ program: ModelProgram, _ scratch: inout EvaluationScratch) -> KernelResult {
        scratch.regions[deciderRegion] = .nan
        for position in segments.indices { scratch.regions[valueRegion + position] = .nan }
        switch method {
        case .selectFirst:
            return first(program, &scratch)
        case .modelChain:
            return chain(program, &scratch)
        case .majorityVote, .weightedMajorityVote, .average, .weightedAverage, .median,
            .weightedMedian, .max, .sum, .weightedSum:
            return isClassification
                ? combineCategories(program, &scratch) : combineNumbers(program, &scratch)
        }
    }

    /// The truth of the predicate of a segment; what is missing there is named beside the result.
    private func truth(of segment: Segment, _ scratch: inout EvaluationScratch) -> Truth {
        let range = segment.predicate
        let truth = predicates.truth(of: range, scratch.slots.span)
        if let slot = predicates.replacedSlot(in: range, scratch.slots.span) {
            scratch.noteMissing(slot)
        }
        guard truth == .unknown || !handled.isEmpty else { return truth }
        for slot in predicates.fields(in: range) where scratch.slots[slot].isNaN {
            if truth == .unknown || handled.contains(slot) { scratch.noteMissing(slot) }
        }
        return truth
    }

    /// The missing field of a segment of which nobody can say whether it takes part; `nil` when
    /// the document itself asks whether the field is missing.
    ///
    /// PMML passes over what is unknown. To do so where segments exclude each other would answer
    /// by the model for the others where the condition of the one for the ill could not be read.
    private func openQuestion(_ segment: Segment, _ scratch: EvaluationScratch) -> Int? {
        predicates.fields(in: segment.predicate).first {
            scratch.slots[$0].isNaN && !handled.contains($0)
        }
    }

    private func first(
        _ program: ModelProgram,
        _ scratch: inout EvaluationScratch
    ) -> KernelResult {
        for (position, segment) in segments.enumerated() {
            switch truth(of: segment, &scratch) {
            case .no:
                continue
            case .unknown:
                if let slot = openQuestion(segment, scratch) { return .missing(slot) }
            case .yes:
                let result = program.run(segment.node, &scratch)
                keep(result, position, &scratch)
                return adopt(result, position, &scratch)
            }
        }
        return noSegment(scratch)
    }

    /// No segment takes part; a missing field of their predicates is named.
    private func noSegment(_ scratch: EvaluationScratch) -> KernelResult {
        for segment in segments {
            for slot in predicates.fields(in: segment.predicate) where scratch.slots[slot].isNaN {
                return .missing(slot)
            }
        }
        return .missing()
    }

    private func keep(
        _ result: KernelResult,
        _ position: Int,
        _ scratch: inout EvaluationScratch
    ) {
        guard result.outcome == .value else { return }
        let categories = segments[position].node.categories
        scratch.regions[valueRegion + position] =
            categories.isEmpty ? result.value : categories[Int(result.value)].code
    }

    /// Each model reads what those before gave; the answer is that of the last one that ran,
    /// unless that one was only a step on the way.
    private func chain(
        _ program: ModelProgram,
        _ scratch: inout EvaluationScratch
    ) -> KernelResult {
        var last: KernelResult?
        var lastPosition = 0
        var firstMissing = -1
        for (position, segment) in segments.enumerated() {
            let truth = truth(of: segment, &scratch)
            if truth == .unknown, let slot = openQuestion(segment, scratch) {
                return .missing(slot)
            }
            guard truth == .yes else { continue }
            let result = program.run(segment.node, &scratch)
            switch result.outcome {
            case .notFinite, .invalid: return result
            case .missing, .open:
                if firstMissing < 0 { firstMissing = Int(result.slot) }
            case .value: keep(result, position, &scratch)
            }
            last = result
            lastPosition = position
        }
        guard let last else { return noSegment(scratch) }
        if last.outcome == .missing, firstMissing >= 0 { return .missing(firstMissing) }
        guard segments[lastPosition].isAnswer else { return .missing() }
        return adopt(last, lastPosition, &scratch)
    }

    /// The result of one segment as that of the whole.
    private func adopt(
        _ result: KernelResult,
        _ position: Int,
        _ scratch: inout EvaluationScratch
    ) -> KernelResult {
        var adopted = result
        let segment = segments[position]
        guard result.outcome == .value else { return adopted }
        scratch.regions[deciderRegion] = Double(position)
        scratch.regions[deciderRegion + 1] = result.value
        guard isClassification else { return adopted }
        if result.hasProbabilities {
            for target in region { scratch.regions[target] = 0 }
            for (offset, source) in segment.node.region.enumerated()
            where offset < segment.node.categories.count {
                let target = segment.mapping.isEmpty ? offset : segment.mapping[offset]
                scratch.regions[region.lowerBound + target] = scratch.regions[source]
            }
        }
        if result.confidences >= 0 {
            adopted.confidences = Int32(confidenceRegion)
            for target in 0..<region.count { scratch.regions[confidenceRegion + target] = 0 }
            for offset in segment.node.categories.indices {
                let target = segment.mapping.isEmpty ? offset : segment.mapping[offset]
                scratch.regions[confidenceRegion + target] =
                    scratch.regions[Int(result.confidences) + offset]
            }
        }
        if !segment.mapping.isEmpty {
            adopted.value = Double(segment.mapping[Int(result.value)])
        }
        return adopted
    }

    /// The model that decided, through all models within models, with the result as it gave it;
    /// `nil` when several answered together.
    func decider(
        _ result: KernelResult,
        _ scratch: EvaluationScratch
    ) -> (kernel: Kernel, result: KernelResult)? {
        let position = scratch.regions[deciderRegion]
        guard !position.isNaN else { return nil }
        var own = result
        own.value = scratch.regions[deciderRegion + 1]
        let kernel = segments[Int(position)].node.kernel
        guard case .mining(let inner) = kernel else { return (kernel, own) }
        return inner.decider(own, scratch)
    }
}

extension MiningKernel {
    private var isWeighted: Bool {
        switch method {
        case .weightedAverage, .weightedMajorityVote, .weightedMedian, .weightedSum: true
        case .average, .majorityVote, .median, .max, .sum, .selectFirst, .modelChain: false
        }
    }

    var isChain: Bool { method == .modelChain || method == .selectFirst }

    private var isVote: Bool { method == .majorityVote || method == .weightedMajorityVote }

    /// How many segments have no answer, and what becomes of the whole.
    private struct Absences {
        var weight = 0.0
        var total = 0.0
        var slot = -1

        mutating func add(_ result: KernelResult, _ segmentWeight: Double) {
            weight += segmentWeight
            if slot < 0 { slot = Int(result.slot) }
        }
    }

    /// Whether the whole has no answer (PMML 4.4, Segmentation, missingPredictionTreatment).
    private func isMissing(_ absences: Absences) -> Bool {
        guard absences.weight > 0 else { return absences.total == 0 }
        switch missingTreatment {
        case .returnMissing: return true
        case .skipSegment:
            return absences.weight / absences.total > missingThreshold
                || absences.weight == absences.total
        case .continue:
            return !isVote || absences.weight / absences.total > missingThreshold
                || absences.weight == absences.total
        }
    }

    private func combineNumbers(
        _ program: ModelProgram,
        _ scratch: inout EvaluationScratch
    ) -> KernelResult {
        var sum = 0.0
        var total = 0.0
        var most = -Double.infinity
        var absences = Absences()
        for position in segments.indices {
            guard truth(of: segments[position], &scratch) == .yes else { continue }
            let weight = isWeighted ? segments[position].weight : 1
            absences.total += weight
            let result = program.run(segments[position].node, &scratch)
            switch result.outcome {
            case .notFinite, .invalid:
                return result
            case .missing, .open:
                absences.add(result, weight)
                if missingTreatment == .returnMissing { return .missing(absences.slot) }
            case .value:
                scratch.regions[valueRegion + position] = result.value
                sum += weight * result.value
                total += weight
                most = Swift.max(most, result.value)
            }
        }
        if absences.total == 0 { return noSegment(scratch) }
        if isMissing(absences) { return .missing(absences.slot) }
        switch method {
        case .sum, .weightedSum: return .value(sum)
        case .max: return .value(most)
        case .median, .weightedMedian: return .value(median(scratch))
        case .average, .weightedAverage, .majorityVote, .weightedMajorityVote, .selectFirst,
            .modelChain:
            return .value(sum / total)
        }
    }

    /// The middle value; of two middle ones the mean.
    ///
    /// A segment without weight is none of them. Half of the weight is reached where the rounding
    /// of the sums lets it be, so that 0.1 and 0.2 weigh as much as 0.3.
    private func median(_ scratch: EvaluationScratch) -> Double {
        var values: [(value: Double, weight: Double)] = []
        var total = 0.0
        for position in segments.indices {
            let value = scratch.regions[valueRegion + position]
            let weight = isWeighted ? segments[position].weight : 1
            guard !value.isNaN, weight > 0 else { continue }
            values.append((value, weight))
            total += weight
        }
        values.sort { $0.value < $1.value }
        var sum = 0.0
        for (position, entry) in values.enumerated() {
            sum += entry.weight
            if abs(sum * 2 - total) <= 1e-12 * total, position + 1 < values.count {
                return (entry.value + values[position + 1].value) / 2
            }
            if sum * 2 > total { return entry.value }
        }
        return .nan
    }

    private func combineCategories(
        _ program: ModelProgram,
        _ scratch: inout EvaluationScratch
    ) -> KernelResult {
        for position in region { scratch.regions[position] = 0 }
        var total = 0.0
        var most = -1.0
        var absences = Absences()
        for position in segments.indices {
            let segment = segments[position]
            guard truth(of: segment, &scratch) == .yes else { continue }
            let weight = isWeighted ? segment.weight : 1
            absences.total += weight
            let result = program.run(segment.node, &scratch)
            switch result.outcome {
            case .notFinite, .invalid:
                return result
            case .missing, .open:
                absences.add(result, weight)
                if missingTreatment == .returnMissing { return .missing(absences.slot) }
                continue
            case .value:
                keep(result, position, &scratch)
            }
            total += weight
            if isVote || !result.hasProbabilities {
                let own = Int(result.value)
                let category = segment.mapping.isEmpty ? own : segment.mapping[own]
                scratch.regions[region.lowerBound + category] += weight
                continue
            }
            if method == .max {
                let own = scratch.regions[segment.node.region.lowerBound + Int(result.value)]
                guard own > most else { continue }
                most = own
                for target in region { scratch.regions[target] = 0 }
            }
            add(segment, weight, &scratch)
        }
        if absences.total == 0 { return noSegment(scratch) }
        if isMissing(absences) { return .missing(absences.slot) }
        if isVote, missingTreatment == .continue {
            // No answer is a candidate like any other (PMML 4.4, missingPredictionTreatment).
            var most = 0.0
            for position in region { most = Swift.max(most, scratch.regions[position]) }
            if absences.weight > most { return .missing(absences.slot) }
        }
        if method != .max {
            guard total > 0 else { return .missing() }
            for position in region { scratch.regions[position] /= total }
        }
        return Probabilities.winner(in: region, scratch)
    }

    @inline(__always)
    private func add(_ segment: Segment, _ weight: Double, _ scratch: inout EvaluationScratch) {
        let source = segment.node.region.lowerBound
        for offset in 0..<segment.node.categories.count {
            let target = segment.mapping.isEmpty ? offset : segment.mapping[offset]
            scratch.regions[region.lowerBound + target] +=
                weight * scratch.regions[source + offset]
        }
    }
}
