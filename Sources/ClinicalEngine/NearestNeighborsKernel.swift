/// Stored rows as one flat array, and the nearest of them.
///
/// Every row is compared; the best are kept in a short sorted list. Among rows at the same
/// distance the earlier one comes first.
struct NearestNeighborsKernel: Sendable {
    private let comparer: RowComparer
    private let slots: [Int]
    private let cells: [Double]
    private let rowCount: Int
    let neighborCount: Int
    /// The number of each row, or the position of its class; empty without a target.
    private let answers: [Double]
    private let continuousScoring: NearestNeighbors.ContinuousScoring
    private let categoricalScoring: NearestNeighbors.CategoricalScoring
    private let threshold: Double
    private let classCount: Int
    /// How many of the stored rows each class has.
    private let classSizes: [Int]
    private let region: Int
    /// Where the row, the distances and the positions of the best lie.
    private let work: Int
    /// The names of the stored rows.
    let ids: [String]

    init(
        _ model: NearestNeighbors,
        _ categories: [String],
        _ region: Range<Int>,
        compiler: inout ModelCompiler
    ) throws(ModelError) {
        guard !model.fields.isEmpty, !model.cells.isEmpty else {
            throw ModelError(code: .empty, place: "TrainingInstances")
        }
        guard model.cells.count % model.fields.count == 0 else {
            throw ModelError(code: .inconsistent, place: "TrainingInstances")
        }
        rowCount = model.cells.count / model.fields.count
        guard (1...rowCount).contains(model.neighborCount) else {
            throw ModelError(code: .inconsistent, place: "numberOfNeighbors")
        }
        guard model.identifiers.count == rowCount else {
            throw ModelError(code: .inconsistent, place: "instanceIdVariable")
        }
        guard model.threshold.isFinite, model.threshold >= 0 else {
            throw ModelError(code: .notFinite, place: "threshold")
        }
        comparer = RowComparer(measure: model.measure, fields: model.fields)
        var slots: [Int] = []
        for field in model.fields {
            switch field.comparison {
            case .absDiff, .gaussSim: slots.append(try compiler.numericSlot(field.name))
            case .delta, .equal: slots.append(try compiler.slot(field.name))
            }
        }
        var cells: [Double] = []
        cells.reserveCapacity(model.cells.count)
        for (position, cell) in model.cells.enumerated() {
            let slot = slots[position % slots.count]
            cells.append(try compiler.operand(cell, slot: slot))
        }
        self.slots = slots
        self.cells = cells
        neighborCount = model.neighborCount
        answers = try Self.answers(model.answers, categories, rowCount)
        continuousScoring = model.continuousScoring
        categoricalScoring = model.categoricalScoring
        threshold = model.threshold
        classCount = categories.count
        var sizes = [Int](repeating: 0, count: categories.count)
        if !categories.isEmpty { for answer in answers { sizes[Int(answer)] += 1 } }
        classSizes = sizes
        self.region = region.lowerBound
        ids = model.identifiers
        work = compiler.reserve(slots.count + 2 * neighborCount)
    }

    private static func answers(
        _ answers: NearestNeighbors.Answers,
        _ categories: [String],
        _ rowCount: Int
    ) throws(ModelError) -> [Double] {
        var numbers: [Double] = []
        switch answers {
        case .none:
            return []
        case .numbers(let given):
            guard categories.isEmpty else {
                throw ModelError(code: .inconsistent, place: "TrainingInstances")
            }
            numbers = given
        case .categories(let texts):
            for text in texts {
                guard let position = categories.firstIndex(of: text) else {
                    throw ModelError(code: .inconsistent, place: "TrainingInstances")
                }
                numbers.append(Double(position))
            }
        }
        guard numbers.count == rowCount, numbers.allSatisfy(\.isFinite) else {
            throw ModelError(code: .inconsistent, place: "TrainingInstances")
        }
        return numbers
    }

    func evaluate(_ scratch: inout EvaluationScratch) -> KernelResult {
        var missing = -1
        var presentCount = 0
        for (position, slot) in slots.enumerated() {
            let value = scratch.read(slot)
            scratch.regions[work + position] = value
            if !value.isNaN { presentCount += 1 } else if missing < 0 { missing = slot }
        }
        // What is missing is left out of the comparison, as for clusters; of all of it nothing
        // would remain.
        guard presentCount > 0 else { return .missing(missing) }
        guard findNearest(&scratch) else { return KernelResult(outcome: .notFinite) }
        var result: KernelResult
        if answers.isEmpty {
            result = .value(scratch.regions[places])
        } else if classCount > 0 {
            result = vote(&scratch)
        } else {
            result = .value(number(&scratch))
        }
        result.entity = Int32(scratch.regions[places])
        return result
    }

    /// Where the distances of the best begin.
    private var distances: Int { work + slots.count }

    /// Where the positions of the best begin.
    private var places: Int { distances + neighborCount }

    /// The position of the row of a rank, from one.
    func neighbor(rank: Int, _ scratch: EvaluationScratch) -> Int? {
        guard rank >= 1, rank <= neighborCount else { return nil }
        return Int(scratch.regions[places + rank - 1])
    }

    private func findNearest(_ scratch: inout EvaluationScratch) -> Bool {
        var count = 0
        for row in 0..<rowCount {
            let distance = comparer.compare(cells, row * slots.count, scratch.regions, work)
            guard distance.isFinite else { return false }
            if count == neighborCount,
                !comparer.isNearer(distance, scratch.regions[distances + count - 1])
            {
                continue
            }
            if count < neighborCount { count += 1 }
            var place = count - 1
            while place > 0,
                comparer.isNearer(distance, scratch.regions[distances + place - 1])
            {
                scratch.regions[distances + place] = scratch.regions[distances + place - 1]
                scratch.regions[places + place] = scratch.regions[places + place - 1]
                place -= 1
            }
            scratch.regions[distances + place] = distance
            scratch.regions[places + place] = Double(row)
        }
        return true
    }

    /// How much a neighbour counts: the inverse of its distance, its similarity as it is.
    ///
    /// Rows at no distance at all count alone, which is what ever smaller distances come to.
    private func weight(_ rank: Int, _ scratch: EvaluationScratch) -> Double {
        let distance = scratch.regions[distances + rank]
        if comparer.isSimilarity { return distance }
        let nearest = scratch.regions[distances]
        if nearest + threshold == 0 { return distance == 0 ? 1 : 0 }
        return 1 / (distance + threshold)
    }

    private func answer(_ rank: Int, _ scratch: EvaluationScratch) -> Double {
        answers[Int(scratch.regions[places + rank])]
    }

    private func vote(_ scratch: inout EvaluationScratch) -> KernelResult {
        for column in 0..<classCount { scratch.regions[region + column] = 0 }
        var sum = 0.0
        for rank in 0..<neighborCount {
            let weight: Double
            switch categoricalScoring {
            case .majorityVote: weight = 1
            case .weightedMajorityVote: weight = self.weight(rank, scratch)
            }
            scratch.regions[region + Int(answer(rank, scratch))] += weight
            sum += weight
        }
        guard sum > 0, sum.isFinite else { return KernelResult(outcome: .notFinite) }
        var best = 0
        for column in 0..<classCount {
            scratch.regions[region + column] /= sum
            let share = scratch.regions[region + column]
            let leader = scratch.regions[region + best]
            // In a tie the class that more of the stored rows have, then the first.
            if share > leader || share == leader && classSizes[column] > classSizes[best] {
                best = column
            }
        }
        var result = KernelResult.value(Double(best))
        result.hasProbabilities = true
        return result
    }

    private func number(_ scratch: inout EvaluationScratch) -> Double {
        switch continuousScoring {
        case .average:
            var sum = 0.0
            for rank in 0..<neighborCount { sum += answer(rank, scratch) }
            return sum / Double(neighborCount)
        case .weightedAverage:
            var sum = 0.0
            var weights = 0.0
            for rank in 0..<neighborCount {
                let weight = weight(rank, scratch)
                sum += weight * answer(rank, scratch)
                weights += weight
            }
            return sum / weights
        case .median:
            // The median of few numbers: the one with as many before it as behind it.
            var numbers = (0..<neighborCount).map { answer($0, scratch) }
            numbers.sort()
            let middle = neighborCount / 2
            if neighborCount % 2 == 1 { return numbers[middle] }
            return (numbers[middle - 1] + numbers[middle]) / 2
        }
    }
}
