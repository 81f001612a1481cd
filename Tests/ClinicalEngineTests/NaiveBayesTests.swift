import Testing

@testable import ClinicalEngine

@Suite("Naive Bayes")
struct NaiveBayesTests {
    private static func model(threshold: Double = 0.01) throws(ModelError) -> ClinicalModel {
        try KernelModels.model(
            .naiveBayes(
                NaiveBayes(
                    threshold: threshold,
                    inputs: [
                        .init(
                            field: "c",
                            evidence: .values([
                                .init(value: .category("a"), counts: [30, 5]),
                                .init(value: .category("b"), counts: [10, 0]),
                            ])
                        ),
                        .init(
                            field: "x",
                            evidence: .ranges([
                                .init(interval: Interval(upper: 10), counts: [20, 4]),
                                .init(
                                    interval: Interval(lower: 10, isLowerClosed: false),
                                    counts: [20, 1]
                                ),
                            ])
                        ),
                    ],
                    categories: ["no", "yes"],
                    counts: [40, 5]
                )
            ),
            .classification,
            categories: ["no", "yes"]
        )
    }

    @Test("multiplies the shares of each value among the rows of a class")
    func counts() throws {
        let model = try Self.model()
        // no: 40 * 30/40 * 20/40 = 15, yes: 5 * 5/5 * 4/5 = 4.
        let evaluation = KernelModels.evaluate(model, 10)
        #expect(evaluation.category == "no")
        #expect(evaluation.probability("no") == (15.0 / 19 * 1e12).rounded() / 1e12)
        #expect(evaluation.probability("yes") == (4.0 / 19 * 1e12).rounded() / 1e12)
    }

    @Test("puts the threshold in place of a value that never went with a class")
    func threshold() throws {
        // no: 40 * 10/40 * 20/40 = 5, yes: 5 * 0.01 * 1/5 = 0.01.
        let evaluation = KernelModels.evaluate(try Self.model(), 11, 0, "b")
        #expect(evaluation.probability("yes") == (0.01 / 5.01 * 1e12).rounded() / 1e12)
        let strict = KernelModels.evaluate(try Self.model(threshold: 0), 11, 0, "b")
        #expect(strict.probability("yes") == 0)
    }

    @Test("passes over what is missing, and says so")
    func missing() throws {
        // no: 40 * 20/40 = 20, yes: 5 * 4/5 = 4.
        let evaluation = KernelModels.evaluate(try Self.model(), 3, 0, nil)
        #expect(evaluation.probability("yes") == (4.0 / 24 * 1e12).rounded() / 1e12)
        #expect(evaluation.imputed == ["c"])
    }

    @Test("takes densities for numbers, not below the threshold")
    func distributions() throws {
        func model(_ threshold: Double) throws(ModelError) -> ClinicalModel {
            try KernelModels.model(
                .naiveBayes(
                    NaiveBayes(
                        threshold: threshold,
                        inputs: [
                            .init(
                                field: "x",
                                evidence: .distributions([
                                    .gaussian(mean: 0, variance: 1),
                                    .gaussian(mean: 2, variance: 4),
                                ])
                            ),
                            .init(
                                field: "y",
                                evidence: .distributions([.poisson(mean: 1), .poisson(mean: 3)])
                            ),
                        ],
                        categories: ["no", "yes"],
                        counts: [1, 1]
                    )
                ),
                .classification,
                categories: ["no", "yes"]
            )
        }
        // x = 1: exp(-1/2) against exp(-1/8)/2; y = 2: e^-1/2 against 9 e^-3/2.
        let no = ElementaryFunctions.exp(-0.5) * ElementaryFunctions.exp(-1) / 2
        let yes = ElementaryFunctions.exp(-0.125) / 2 * 9 * ElementaryFunctions.exp(-3) / 2
        let evaluation = KernelModels.evaluate(try model(0), 1, 2)
        let probability = try #require(evaluation.probabilities.last?.value)
        #expect(abs(probability - yes / (no + yes)) < 1e-13)
        // So far away both densities are below the threshold: nothing speaks for either.
        let far = KernelModels.evaluate(try model(0.001), 1_000, nil)
        #expect(far.probability("yes") == 0.5)
        // A count below zero is impossible under both.
        #expect(KernelModels.evaluate(try model(0), nil, -1).refusal?.code == .noPrediction)
    }

    @Test("knows the logarithms of factorials")
    func factorials() {
        var sum = 0.0
        for number in 1...170 {
            sum += ElementaryFunctions.log(Double(number))
            let found = ElementaryFunctions.logFactorial(Double(number))
            #expect(abs(found - sum) <= 1e-12 * max(1, sum))
        }
        #expect(abs(ElementaryFunctions.logFactorial(0)) < 1e-14)
    }

    @Test("refuses a text as a number, and classes that are not those of the target")
    func faults() {
        let text = NaiveBayes(
            threshold: 0,
            inputs: [.init(field: "c", evidence: .distributions([nil, nil]))],
            categories: ["no", "yes"],
            counts: [1, 1]
        )
        #expect(throws: ModelError(code: .operandMismatch, place: "c")) {
            try KernelModels.model(.naiveBayes(text), .classification, categories: ["no", "yes"])
        }
        #expect(throws: ModelError.self) {
            try KernelModels.model(.naiveBayes(text), .classification, categories: ["no", "maybe"])
        }
    }
}
