/// Support vector machines as flat arrays.
///
/// The kernel of the row with each vector is computed once, however many machines use the vector.
struct SupportVectorKernel: Sendable {
    private struct Dimension: Sendable {
        let slot: Int
        /// The category that is asked for, or not a number for the field itself.
        let category: Double
        let coefficient: Double
    }

    private struct Machine: Sendable {
        let category: Int
        let alternate: Int
        let threshold: Double
        let offset: Double
        /// The entries of `vectorOf` and `coefficients`.
        let terms: Range<Int>
        let usesVectors: Bool
    }

    private let kernel: SupportVectorMachine.Kernel
    private let dimensions: [Dimension]
    private let vectors: [Double]
    private let vectorCount: Int
    private let machines: [Machine]
    private let vectorOf: [Int32]
    private let coefficients: [Double]
    private let decision: SupportVectorMachine.Decision
    private let classCount: Int
    private let region: Int
    /// Where the row, and then the kernel of each vector, lie.
    private let work: Int

    init(
        _ model: SupportVectorMachine,
        _ categories: [String],
        _ region: Range<Int>,
        compiler: inout ModelCompiler
    ) throws(ModelError) {
        kernel = model.kernel
        decision = model.decision
        classCount = categories.count
        self.region = region.lowerBound
        var dimensions: [Dimension] = []
        for dimension in model.dimensions {
            switch dimension {
            case .field(let name):
                dimensions.append(
                    Dimension(
                        slot: try compiler.numericSlot(name),
                        category: .nan,
                        coefficient: 1
                    )
                )
            case .category(let name, let value, let coefficient):
                let slot = try compiler.slot(name)
                dimensions.append(
                    Dimension(
                        slot: slot,
                        category: try compiler.operand(value, slot: slot),
                        coefficient: coefficient
                    )
                )
            }
        }
        guard !dimensions.isEmpty, model.vectors.count % dimensions.count == 0 else {
            throw ModelError(code: .inconsistent, place: "VectorDictionary")
        }
        guard model.vectors.allSatisfy(\.isFinite) else {
            throw ModelError(code: .notFinite, place: "VectorDictionary")
        }
        self.dimensions = dimensions
        vectors = model.vectors
        let vectorCount = model.vectors.count / dimensions.count
        self.vectorCount = vectorCount
        var machines: [Machine] = []
        var vectorOf: [Int32] = []
        var coefficients: [Double] = []
        for machine in model.machines {
            let first = coefficients.count
            coefficients += machine.coefficients
            let isComplete: Bool
            var usesVectors = false
            switch machine.terms {
            case .vectors(let positions):
                usesVectors = true
                isComplete =
                    positions.count == machine.coefficients.count
                    && positions.allSatisfy { $0 >= 0 && $0 < vectorCount }
                vectorOf += positions.map { Int32($0) }
            case .dimensions:
                isComplete = machine.coefficients.count == dimensions.count
                vectorOf += dimensions.indices.map { Int32($0) }
            }
            guard isComplete else {
                throw ModelError(code: .inconsistent, place: "SupportVectorMachine")
            }
            guard machine.coefficients.allSatisfy(\.isFinite), machine.offset.isFinite else {
                throw ModelError(code: .notFinite, place: "Coefficients")
            }
            machines.append(
                Machine(
                    category: try Self.position(of: machine.category, categories),
                    alternate: try Self.position(of: machine.alternateCategory, categories),
                    threshold: machine.threshold,
                    offset: machine.offset,
                    terms: first..<coefficients.count,
                    usesVectors: usesVectors
                )
            )
        }
        guard !machines.isEmpty else {
            throw ModelError(code: .empty, place: "SupportVectorMachine")
        }
        try Self.check(machines, model.decision, classCount)
        self.machines = machines
        self.vectorOf = vectorOf
        self.coefficients = coefficients
        work = compiler.reserve(dimensions.count + vectorCount)
    }

    /// Whether every machine names the classes that its decision needs.
    private static func check(
        _ machines: [Machine],
        _ decision: SupportVectorMachine.Decision,
        _ classCount: Int
    ) throws(ModelError) {
        let isComplete: Bool
        switch decision {
        case .regression:
            isComplete = machines.count == 1 && classCount == 0
        case .oneAgainstOne:
            isComplete = machines.allSatisfy { $0.category >= 0 && $0.alternate >= 0 }
        case .oneAgainstAll:
            let classes = Set(machines.map(\.category))
            isComplete =
                classes.count == classCount && machines.count == classCount
                && !classes.contains(-1)
        }
        guard isComplete else {
            throw ModelError(code: .inconsistent, place: "SupportVectorMachine")
        }
    }

    private static func position(
        of category: String?,
        _ categories: [String]
    ) throws(ModelError) -> Int {
        guard let category else { return -1 }
        guard let position = categories.firstIndex(of: category) else {
            throw ModelError(code: .inconsistent, place: "SupportVectorMachine")
        }
        return position
    }

    func evaluate(_ scratch: inout EvaluationScratch) -> KernelResult {
        for (position, dimension) in dimensions.enumerated() {
            let value = scratch.read(dimension.slot)
            // A vector with a hole has no distance to any other.
            if value.isNaN { return .missing(dimension.slot) }
            scratch.regions[work + position] =
                dimension.category.isNaN
                ? value : value == dimension.category ? dimension.coefficient : 0
        }
        for vector in 0..<vectorCount {
            scratch.regions[work + dimensions.count + vector] = similarity(vector, scratch)
        }
        switch decision {
        case .regression:
            return .value(value(of: machines[0], scratch))
        case .oneAgainstOne:
            return vote(&scratch)
        case .oneAgainstAll(let isLargestBest):
            return compare(isLargestBest: isLargestBest, &scratch)
        }
    }

    private func similarity(_ vector: Int, _ scratch: EvaluationScratch) -> Double {
        let first = vector * dimensions.count
        switch kernel {
        case .radialBasis(let gamma):
            var sum = 0.0
            for position in dimensions.indices {
                let distance = scratch.regions[work + position] - vectors[first + position]
                sum += distance * distance
            }
            return ElementaryFunctions.exp(-gamma * sum)
        case .linear:
            return product(first, scratch)
        case .polynomial(let gamma, let coefficient, let degree):
            return ElementaryFunctions.power(
                gamma * product(first, scratch) + coefficient,
                degree
            )
        case .sigmoid(let gamma, let coefficient):
            return ElementaryFunctions.tanh(gamma * product(first, scratch) + coefficient)
        }
    }

    private func product(_ first: Int, _ scratch: EvaluationScratch) -> Double {
        var sum = 0.0
        for position in dimensions.indices {
            sum += scratch.regions[work + position] * vectors[first + position]
        }
        return sum
    }

    private func value(of machine: Machine, _ scratch: EvaluationScratch) -> Double {
        let start = work + (machine.usesVectors ? dimensions.count : 0)
        var sum = 0.0
        for term in machine.terms {
            sum += coefficients[term] * scratch.regions[start + Int(vectorOf[term])]
        }
        return sum + machine.offset
    }

    /// Each machine votes; the first class in a tie.
    private func vote(_ scratch: inout EvaluationScratch) -> KernelResult {
        for column in 0..<classCount { scratch.regions[region + column] = 0 }
        for machine in machines {
            let value = value(of: machine, scratch)
            guard value.isFinite else { return KernelResult(outcome: .notFinite) }
            let winner = value < machine.threshold ? machine.category : machine.alternate
            scratch.regions[region + winner] += 1
        }
        var best = 0
        for column in 0..<classCount
        where scratch.regions[region + column] > scratch.regions[region + best] {
            best = column
        }
        return .value(Double(best))
    }

    /// One machine for each class; the first one in a tie.
    private func compare(
        isLargestBest: Bool,
        _ scratch: inout EvaluationScratch
    ) -> KernelResult {
        for column in 0..<classCount { scratch.regions[region + column] = .nan }
        var best = machines[0].category
        for machine in machines {
            let value = value(of: machine, scratch)
            guard value.isFinite else { return KernelResult(outcome: .notFinite) }
            scratch.regions[region + machine.category] = value
            let leader = scratch.regions[region + best]
            if isLargestBest ? value > leader : value < leader { best = machine.category }
        }
        return .value(Double(best))
    }
}
