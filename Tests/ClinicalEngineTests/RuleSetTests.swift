import Testing

@testable import ClinicalEngine

@Suite("Rule sets")
struct RuleSetTests {
    private static func model(
        _ criterion: RuleSet.Criterion,
        defaultScore: String? = "low"
    ) throws(ModelError) -> ClinicalModel {
        func rule(
            _ identifier: String,
            _ predicate: Predicate,
            _ score: String,
            _ weight: Double
        ) -> RuleSet.Rule {
            .init(
                identifier: identifier,
                predicate: predicate,
                score: score,
                weight: weight,
                confidence: weight / 10
            )
        }
        var confidence = OutputDefinition(name: "sure", feature: .confidence(nil))
        confidence.type = .double
        return try KernelModels.model(
            .ruleSet(
                RuleSet(
                    criterion: criterion,
                    rules: [
                        rule("r1", .compare("x", .greaterThan, .number(10)), "high", 4),
                        rule("r2", .compare("y", .greaterThan, .number(10)), "low", 5),
                        rule("r3", .compare("x", .greaterThan, .number(20)), "high", 2),
                    ],
                    defaultScore: defaultScore,
                    defaultConfidence: 0.1
                )
            ),
            .classification,
            categories: ["high", "low"],
            outputs: [confidence, OutputDefinition(name: "rule", feature: .entityId(rank: 1))]
        )
    }

    @Test("let the first rule that holds answer")
    func firstHit() throws {
        let evaluation = KernelModels.evaluate(try Self.model(.firstHit), 30, 30)
        #expect(evaluation.category == "high")
        #expect(evaluation.entity == "r1")
        #expect(evaluation.outputs.map(\.value) == [.number(0.4), .text("r1")])
    }

    @Test("add the weights of each class; the confidence is the sum for each rule that holds")
    func weightedSum() throws {
        let evaluation = KernelModels.evaluate(try Self.model(.weightedSum), 30, 30)
        #expect(evaluation.category == "high")
        #expect(evaluation.outputs.first?.value == .number(6.0 / 3))
        #expect(KernelModels.evaluate(try Self.model(.weightedSum), 15, 30).category == "low")
    }

    @Test("let the rule with the greatest weight answer")
    func weightedMax() throws {
        let evaluation = KernelModels.evaluate(try Self.model(.weightedMax), 30, 30)
        #expect(evaluation.category == "low")
        #expect(evaluation.entity == "r2")
    }

    @Test("fall back on the default, or refuse when there is none")
    func noHit() throws {
        let evaluation = KernelModels.evaluate(try Self.model(.firstHit), 1, 1)
        #expect(evaluation.category == "low")
        #expect(evaluation.outputs.map(\.value) == [.number(0.1), .missing])
        let without = KernelModels.evaluate(try Self.model(.firstHit, defaultScore: nil), 1, 1)
        #expect(without.refusal?.code == .noPrediction)
    }

    @Test(
        "refuse when a rule that cannot be read could change the answer",
        arguments: RuleSet.Criterion.allCases
    )
    func missing(criterion: RuleSet.Criterion) throws {
        let model = try Self.model(criterion)
        // r1 might say "high".
        let evaluation = KernelModels.evaluate(model, nil, 1)
        #expect(evaluation.refusal == .init(code: .missingValue, field: "x"))
        #expect(evaluation.category == nil)
        // r2 could only say what the default says, too.
        #expect(KernelModels.evaluate(model, 1, nil).category == "low")
    }

    @Test("do not ask for rules behind the one that answers")
    func behind() throws {
        #expect(KernelModels.evaluate(try Self.model(.firstHit), 30, nil).category == "high")
        #expect(KernelModels.evaluate(try Self.model(.weightedMax), 30, nil).refusal?.field == "y")
    }
}
