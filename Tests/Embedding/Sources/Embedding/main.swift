import ClinicalEngine
import Foundation
import PMML

// The engine inside another program: a model from a document, and one made in code.
//
//     swift run --package-path Tests/Embedding Embedding Profiles/news2/model.pmml

func fail(_ sentence: String) -> Never {
    FileHandle.standardError.write(Data((sentence + "\n").utf8))
    exit(1)
}

/// A logistic regression on one field, made without a document.
func madeInCode() throws(ModelError) -> ClinicalModel {
    var regression = Regression(
        tables: [
            .init(
                category: "yes",
                intercept: -2,
                terms: [.numeric(field: "lactate", coefficient: 1, exponent: 1)]
            ),
            .init(category: "no", intercept: 0, terms: []),
        ]
    )
    regression.normalization = .logit
    var node = ModelNode(name: "risk", function: .classification, body: .regression(regression))
    node.target = Target(name: "died", type: .string, categories: ["yes", "no"])
    return try ClinicalModel(
        ModelDefinition(
            fields: [FieldDefinition(name: "lactate", kind: .continuous, unit: "mmol/L")],
            model: node
        )
    )
}

guard let path = CommandLine.arguments.dropFirst().first else {
    fail("usage: Embedding MODEL.pmml")
}
let document = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
let score = try PMMLDocument.compile(document)
print("\(score.name): \(score.fields.map(\.name).joined(separator: ", "))")

/// What a patient's chart gives, in the order in which the model takes it.
func inputs(_ chart: [String: InputValue]) -> [InputValue] {
    score.fields.map { chart[$0.name] ?? .missing }
}

/// One answer in a line: a result, bounds, or the reason why there is none.
func line(_ evaluation: Evaluation) -> String {
    switch evaluation.status {
    case .complete:
        let parts = evaluation.contributions.map { "\($0.name) \($0.points ?? 0)" }
        return "\(evaluation.value ?? .nan) = \(parts.joined(separator: " + "))"
    case .incomplete:
        let bounds = "\(evaluation.lower ?? -.infinity) to \(evaluation.upper ?? .infinity)"
        return "\(bounds), missing \(evaluation.missing.joined(separator: ", "))"
    case .refused:
        let field = evaluation.refusal?.field ?? "no field"
        return "refused: \(evaluation.refusal?.code.rawValue ?? "") (\(field))"
    }
}

let first: [String: InputValue] = [
    "respiratoryRate": .number(22), "spo2": .number(94), "spo2Scale": .category("1"),
    "onOxygen": .category("true"), "systolic": .number(105), "pulse": .number(112),
    "consciousness": .category("A"), "temperature": .number(38.5),
]
let complete = score.evaluate(inputs(first))
print("first patient: \(line(complete))")
guard complete.value == 9 else { fail("the first patient has another score") }

var second = first
second["systolic"] = nil
let bounded = score.evaluate(inputs(second))
print("second patient, no blood pressure: \(line(bounded))")
guard bounded.status == .incomplete, bounded.value == nil else { fail("a score without input") }
guard bounded.lower == 8, bounded.upper == 11 else { fail("the bounds are wrong") }

second["systolic"] = .number(1050)
let slip = score.evaluate(inputs(second))
print("second patient, a slip of the pen: \(line(slip))")
guard slip.refusal == .init(code: .invalidValue, field: "systolic") else {
    fail("an impossible blood pressure was not refused")
}

let risk = try madeInCode()
let even = risk.evaluate([.number(2)])
guard even.probabilities.first?.value == 0.5 else { fail("the regression is wrong") }
let refused = risk.evaluate([.missing])
guard refused.refusal == .init(code: .missingValue, field: "lactate") else {
    fail("a missing input was not refused")
}
print("risk at lactate 2: \(even.probabilities[0].value); without: \(refused.status.rawValue)")

// From several threads at once, each with working memory of its own.
await withTaskGroup(of: Bool.self) { group in
    for thread in 0..<4 {
        group.addTask {
            var scratch = risk.makeScratch()
            for step in 0..<1_000 {
                let lactate = Double(thread * 1_000 + step) / 1_000
                let value = risk.evaluate([.number(lactate)], &scratch).probabilities[0].value
                guard value == risk.evaluate([.number(lactate)]).probabilities[0].value else {
                    return false
                }
            }
            return true
        }
    }
    for await isEqual in group where !isEqual { fail("threads disagree") }
}
print("4 threads agree")
