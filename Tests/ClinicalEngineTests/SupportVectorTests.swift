import Testing

@testable import ClinicalEngine

@Suite("Support vector machines")
struct SupportVectorTests {
    private typealias Model = SupportVectorMachine

    private static func machine(
        _ category: String?,
        _ alternate: String?,
        _ coefficients: [Double],
        offset: Double = 0,
        threshold: Double = 0,
        terms: Model.Terms = .vectors([0, 1])
    ) -> Model.Machine {
        .init(
            category: category,
            alternateCategory: alternate,
            threshold: threshold,
            terms: terms,
            coefficients: coefficients,
            offset: offset
        )
    }

    private static func regression(_ kernel: Model.Kernel) throws(ModelError) -> ClinicalModel {
        try KernelModels.model(
            .supportVectorMachine(
                Model(
                    kernel: kernel,
                    dimensions: [
                        .field("x"),
                        .category(field: "c", value: .category("b"), coefficient: 3),
                    ],
                    vectors: [1, 0, 0, 2],
                    machines: [machine(nil, nil, [2, -1], offset: 0.5)],
                    decision: .regression
                )
            ),
            .regression
        )
    }

    @Test("sum the kernels of the row with each vector")
    func kernels() throws {
        // The row is (2, 3): products with (1, 0) and (0, 2) are 2 and 6.
        let linear = KernelModels.evaluate(try Self.regression(.linear), 2, 0, "b")
        #expect(linear.value == 2 * 2 - 6 + 0.5)
        let polynomial = KernelModels.evaluate(
            try Self.regression(.polynomial(gamma: 0.5, coefficient: 1, degree: 2)),
            2,
            0,
            "b"
        )
        #expect(polynomial.value == 2 * 4 - 16 + 0.5)
        // Squared distances are 1 + 9 and 4 + 1.
        let radial = KernelModels.evaluate(
            try Self.regression(.radialBasis(gamma: 0.1)),
            2,
            0,
            "b"
        )
        let expected = 2 * ElementaryFunctions.exp(-1) - ElementaryFunctions.exp(-0.5) + 0.5
        #expect(abs(try #require(radial.value) - expected) < 1e-14)
        let sigmoid = KernelModels.evaluate(
            try Self.regression(.sigmoid(gamma: 0.5, coefficient: -1)),
            2,
            0,
            "a"
        )
        // The row is (2, 0): arguments are 0 and -1.
        #expect(abs(try #require(sigmoid.value) - ElementaryFunctions.tanh(1) - 0.5) < 1e-14)
    }

    @Test("refuse a row with a hole, and name the field")
    func missing() throws {
        let model = try Self.regression(.linear)
        let evaluation = KernelModels.evaluate(model, nil)
        #expect(evaluation.refusal == .init(code: .missingValue, field: "x"))
        #expect(KernelModels.evaluate(model, 1, 0, nil).refusal?.field == "c")
    }

    private static func classification(
        _ machines: [Model.Machine],
        _ decision: Model.Decision
    ) throws(ModelError) -> ClinicalModel {
        try KernelModels.model(
            .supportVectorMachine(
                Model(
                    kernel: .linear,
                    dimensions: [.field("x")],
                    vectors: [],
                    machines: machines,
                    decision: decision
                )
            ),
            .classification,
            categories: ["r", "s", "t"]
        )
    }

    @Test("vote by pairs: below the threshold for the class, at it and above for the other")
    func oneAgainstOne() throws {
        let model = try Self.classification(
            [
                Self.machine("r", "s", [1], terms: .dimensions),
                Self.machine("r", "t", [1], offset: -2, terms: .dimensions),
                Self.machine("s", "t", [1], threshold: 5, terms: .dimensions),
            ],
            .oneAgainstOne
        )
        #expect(KernelModels.evaluate(model, -1).category == "r")
        #expect(KernelModels.evaluate(model, 2).category == "s")
        #expect(KernelModels.evaluate(model, 5).category == "t")
        // One vote each for s, r and s: at zero the first machine is for s.
        #expect(KernelModels.evaluate(model, 0).category == "s")
        #expect(KernelModels.evaluate(model, 0).probabilities.isEmpty)
    }

    @Test("compare one against all, the smallest or the largest value winning")
    func oneAgainstAll() throws {
        let machines = [
            Self.machine("t", nil, [0], offset: 1, terms: .dimensions),
            Self.machine("r", nil, [1], terms: .dimensions),
            Self.machine("s", nil, [-1], terms: .dimensions),
        ]
        let smallest = try Self.classification(machines, .oneAgainstAll(isLargestBest: false))
        #expect(KernelModels.evaluate(smallest, 3).category == "s")
        #expect(KernelModels.evaluate(smallest, -3).category == "r")
        let largest = try Self.classification(machines, .oneAgainstAll(isLargestBest: true))
        #expect(KernelModels.evaluate(largest, 3).category == "r")
        #expect(KernelModels.evaluate(largest, 0.5).category == "t")
    }

    @Test("are refused when parts do not fit together")
    func faults() {
        let machine = Self.machine("r", nil, [1], terms: .dimensions)
        #expect(throws: ModelError.self) { try Self.classification([machine], .oneAgainstOne) }
        #expect(throws: ModelError.self) {
            try Self.classification([machine], .oneAgainstAll(isLargestBest: false))
        }
        #expect(throws: ModelError.self) { try Self.classification([machine], .regression) }
        #expect(throws: ModelError.self) { try Self.classification([], .oneAgainstOne) }
        #expect(throws: ModelError.self) {
            try Self.classification(
                [Self.machine("r", "s", [1], terms: .vectors([0]))],
                .oneAgainstOne
            )
        }
        #expect(throws: ModelError.self) {
            try Self.classification(
                [Self.machine("r", "s", [.nan], terms: .dimensions)],
                .oneAgainstOne
            )
        }
    }

    @Test("answer that a sum is not finite rather than give it")
    func overflow() throws {
        let model = try Self.regression(.polynomial(gamma: 1, coefficient: 0, degree: 9))
        #expect(KernelModels.evaluate(model, 1e200).refusal?.code == .notFinite)
    }
}
