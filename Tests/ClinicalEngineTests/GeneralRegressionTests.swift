import Testing

@testable import ClinicalEngine

@Suite("General regression")
struct GeneralRegressionTests {
    typealias Model = GeneralRegression

    /// 1 + 2 x^2 + 3 [c = "b"] - 0.5 x [c = "b"].
    private static let parameters: [Model.Parameter] = [
        .init(name: "p0", factors: [], referencePoint: 0),
        .init(name: "p1", factors: [.covariate(field: "x", exponent: 2)], referencePoint: 0),
        .init(
            name: "p2",
            factors: [.category(field: "c", value: .category("b"))],
            referencePoint: 0
        ),
        .init(
            name: "p3",
            factors: [
                .covariate(field: "x", exponent: 1), .category(field: "c", value: .category("b")),
            ],
            referencePoint: 0
        ),
    ]

    private static let coefficients: [Model.Coefficient] = [1, 2, 3, -0.5].enumerated().map {
        .init(parameter: $0, category: nil, value: $1)
    }

    private static func number(
        _ kind: Model.Kind,
        offset: Model.Source? = nil,
        trials: Model.Source? = nil
    ) throws(ModelError) -> ClinicalModel {
        try KernelModels.model(
            .generalRegression(
                Model(
                    kind: kind,
                    parameters: parameters,
                    coefficients: coefficients,
                    referenceCategory: nil,
                    offset: offset,
                    trials: trials
                )
            ),
            .regression
        )
    }

    @Test("adds products of powers and categories")
    func linear() throws {
        let model = try Self.number(.linear)
        #expect(KernelModels.evaluate(model, 2, 0, "a").value == 9)
        let evaluation = KernelModels.evaluate(model, 2, 0, "b")
        #expect(evaluation.value == 11)
        #expect(evaluation.contributions.map(\.points) == [8, 3, -1])
        #expect(evaluation.contributions.map(\.name) == ["x", "c", "x * c"])
        #expect(evaluation.contributions.last?.fields == ["x", "c"])
    }

    @Test("adds an offset and multiplies by trials, given by field or by number")
    func offset() throws {
        let byField = try Self.number(.logLinear, offset: .field("y"))
        let value = try #require(KernelModels.evaluate(byField, 0, -0.5).value)
        #expect(abs(value - ElementaryFunctions.exp(0.5)) < 1e-14)
        #expect(KernelModels.evaluate(byField, 0, nil).refusal?.field == "y")
        let trials = try Self.number(
            .generalizedLinear(.identity),
            offset: .constant(1),
            trials: .constant(10)
        )
        #expect(KernelModels.evaluate(trials, 0).value == 20)
    }

    /// The mean that belongs to a sum of 0.3.
    private static let links: [(Model.LinkFunction, Double)] = [
        (.cloglog, 0.7407231340091724), (.identity, 0.3), (.log, 1.3498588075760032),
        (.logc, -0.3498588075760032), (.logit, 0.574442516811659),
        (.loglog, 0.4767236907145941), (.negbin(parameter: -2), 1.9291479567550414),
        (.oddspower(parameter: 0.5), 0.5694294940796555),
        (.oddspower(parameter: 0), 0.574442516811659),
        (.power(parameter: 0.5), 0.09), (.power(parameter: 0), 1.3498588075760032),
        (.probit, 0.6179114221889526),
    ]

    @Test("inverts every link function", arguments: links)
    func link(link: Model.LinkFunction, mean: Double) {
        #expect(abs(link.mean(0.3) - mean) < 1e-13, "\(link.mean(0.3))")
    }

    /// The probability up to a class that belongs to a sum of 0.3.
    @Test(
        "inverts every cumulative link",
        arguments: [
            (Model.CumulativeLink.logit, 0.574442516811659), (.probit, 0.6179114221889526),
            (.cloglog, 0.7407231340091724), (.loglog, 0.4767236907145941),
            (.cauchit, 0.5927735790777423),
        ]
    )
    func cumulative(link: Model.CumulativeLink, probability: Double) {
        #expect(abs(link.probability(0.3) - probability) < 1e-13, "\(link.probability(0.3))")
    }

    private static func classifier(
        _ kind: Model.Kind,
        _ cells: [(Int, String?, Double)],
        reference: String
    ) throws(ModelError) -> ClinicalModel {
        try KernelModels.model(
            .generalRegression(
                Model(
                    kind: kind,
                    parameters: parameters,
                    coefficients: cells.map { .init(parameter: $0, category: $1, value: $2) },
                    referenceCategory: reference,
                    offset: nil,
                    trials: nil
                )
            ),
            .classification,
            categories: ["r", "s", "t"]
        )
    }

    @Test("gives the classes shares by their exponentials; the reference has none of its own")
    func multinomial() throws {
        let model = try Self.classifier(
            .multinomialLogistic,
            [(0, "r", 1), (1, "r", 0.25), (0, "t", -1)],
            reference: "s"
        )
        // Sums at x = 2: 2, 0, -1.
        let evaluation = KernelModels.evaluate(model, 2)
        let sum = ElementaryFunctions.exp(2) + 1 + ElementaryFunctions.exp(-1)
        #expect(evaluation.category == "r")
        #expect(evaluation.probability("s") == (1 / sum * 1e12).rounded() / 1e12)
    }

    @Test("takes the probabilities up to each class apart")
    func ordinal() throws {
        let model = try Self.classifier(
            .ordinalMultinomial(.logit),
            [(0, "r", -1), (0, "s", 1), (1, nil, 0.5)],
            reference: "t"
        )
        // Sums at x = 1: -0.5 and 1.5.
        let first = ElementaryFunctions.logistic(-0.5)
        let second = ElementaryFunctions.logistic(1.5)
        let evaluation = KernelModels.evaluate(model, 1)
        #expect(evaluation.probability("r") == (first * 1e12).rounded() / 1e12)
        #expect(evaluation.probability("s") == ((second - first) * 1e12).rounded() / 1e12)
        #expect(evaluation.probability("t") == ((1 - second) * 1e12).rounded() / 1e12)
        #expect(throws: ModelError.self) {
            try Self.classifier(.ordinalMultinomial(.logit), [(0, "r", 1)], reference: "s")
        }
    }

    private static func cox(stratum: String?) throws(ModelError) -> ClinicalModel {
        try KernelModels.model(
            .generalRegression(
                Model(
                    kind: .coxRegression(
                        .init(
                            endTime: "y",
                            stratum: stratum,
                            baselines: [
                                .init(
                                    stratum: stratum.map { _ in .category("b") },
                                    maxTime: 10,
                                    times: [1, 5],
                                    hazards: [0.1, 0.4]
                                )
                            ]
                        )
                    ),
                    parameters: [
                        .init(
                            name: "p",
                            factors: [.covariate(field: "x", exponent: 1)],
                            referencePoint: 60
                        )
                    ],
                    coefficients: [.init(parameter: 0, category: nil, value: 0.1)],
                    referenceCategory: nil,
                    offset: nil,
                    trials: nil
                )
            ),
            .regression
        )
    }

    @Test("multiplies the hazard of the baseline up to the time")
    func coxRegression() throws {
        let model = try Self.cox(stratum: nil)
        let value = try #require(KernelModels.evaluate(model, 70, 5).value)
        #expect(abs(value - 0.4 * ElementaryFunctions.exp(1)) < 1e-14)
        #expect(KernelModels.evaluate(model, 60, 4.9).value == 0.1)
        #expect(KernelModels.evaluate(model, 60, 0.5).value == 0)
        // Beyond the observed times there is no baseline, in an unknown stratum neither.
        #expect(KernelModels.evaluate(model, 60, 10.1).refusal?.code == .noPrediction)
        let strata = try Self.cox(stratum: "c")
        #expect(KernelModels.evaluate(strata, 60, 5, "b").value == 0.4)
        #expect(KernelModels.evaluate(strata, 60, 5, "a").refusal?.code == .noPrediction)
        #expect(KernelModels.evaluate(strata, 60, 5, nil).refusal?.field == "c")
    }

    @Test("refuses a missing predictor by name, and a number that is not finite")
    func refusals() throws {
        let model = try Self.number(.logLinear)
        #expect(
            KernelModels.evaluate(model, nil).refusal == .init(code: .missingValue, field: "x")
        )
        #expect(KernelModels.evaluate(model, 1e9).refusal?.code == .notFinite)
        let power = try Self.number(
            .generalizedLinear(.power(parameter: 0.3)),
            offset: .constant(-99)
        )
        #expect(KernelModels.evaluate(power, 0).refusal?.code == .notFinite)
    }
}
