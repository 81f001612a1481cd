import ClinicalEngine
import PMML
import Support
import Testing

/// Five models that scikit-learn exported, with what three evaluators made of 1,000 patients.
@Suite(
    "Reference models",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct ReferenceModelTests {
    private static let folder = "models-reference/ml/"

    private static func model(_ name: String) throws -> ClinicalModel {
        try PMMLDocument.compile(try Shared.bytes(folder + name + ".pmml"))
    }

    private static func table(_ name: String) throws -> [[String: String]] {
        Sample.table(try Shared.text(folder + name + ".csv"))
    }

    private static func inputs(
        _ row: [String: String],
        _ model: ClinicalModel
    ) throws -> [InputValue] {
        try model.fields.map { field in
            guard let text = row[field.name], !text.isEmpty else { return .missing }
            switch field.kind {
            case .continuous: return .number(try #require(Double(text)))
            case .categorical: return .category(text)
            }
        }
    }

    private static func number(_ output: Evaluation.Output.Value?) -> Double? {
        guard case .number(let number) = output else { return nil }
        return number
    }

    /// The largest difference between what a row expects and what the outputs are.
    private static func difference(_ row: [String: String], _ result: Evaluation) throws -> Double {
        var most = 0.0
        for (name, text) in row where name.hasPrefix("probability") || name.hasPrefix("affinity") {
            let expected = try #require(Double(text))
            let output = result.outputs.first { $0.name == name }?.value
            let actual = try #require(Self.number(output), "\(name) is absent")
            most = max(most, abs(actual - expected))
        }
        return most
    }

    @Test(
        "1,000 patients get the labels and numbers of the other evaluators",
        arguments: ["kmeans", "logreg", "tree", "gb", "rf"]
    )
    func complete(name: String) throws {
        let model = try Self.model(name)
        let inputs = try Self.table("inputs")
        let expected = try Self.table(name + ".jpmml")
        let trained = try Self.table(name + ".sklearn")
        #expect(inputs.count == 1_000)
        #expect(expected.count == 1_000)
        var most = 0.0
        for (position, row) in inputs.enumerated() {
            let result = model.evaluate(try Self.inputs(row, model))
            #expect(result.status == .complete)
            let label = expected[position]["deterioration"] ?? expected[position]["cluster"]
            #expect((result.category ?? result.segment?.id) == label)
            most = max(most, try Self.difference(expected[position], result))
            if let text = trained[position]["p1"] {
                let probability = try #require(result.probabilities.last?.value)
                most = max(most, abs(probability - (try #require(Double(text)))))
                #expect(trained[position]["predicted"] == label)
            }
        }
        #expect(most <= 1e-12, "the largest difference is \(most)")
    }

    @Test(
        "With missing inputs there is a result where the standard gives one, and none where not",
        arguments: ["kmeans", "logreg", "tree", "gb", "rf"]
    )
    func missing(name: String) throws {
        let model = try Self.model(name)
        let inputs = try Self.table("inputs_missing")
        let expected = try Self.table(name + ".missing.jpmml")
        #expect(inputs.count == 60)
        #expect(expected.count == 60)
        var answers = 0
        for (position, row) in inputs.enumerated() {
            let given = try Self.inputs(row, model)
            let result = model.evaluate(given)
            let label = expected[position]["deterioration"] ?? expected[position]["cluster"]
            guard let label, !label.isEmpty else {
                #expect(result.status == .refused, "\(name) row \(position + 1)")
                #expect(result.refusal?.code == .missingValue)
                #expect(result.outputs.allSatisfy { $0.value == .missing })
                // The refusal names a field that is indeed missing.
                let field = try #require(result.refusal?.field)
                #expect(row[field]?.isEmpty == true)
                #expect(result.missing == [field])
                continue
            }
            answers += 1
            #expect(result.status == .complete, "\(name) row \(position + 1)")
            #expect((result.category ?? result.segment?.id) == label)
            #expect(try Self.difference(expected[position], result) <= 1e-12)
            if name == "kmeans" || name == "logreg" {
                let blank = model.fields.map(\.name).filter { row[$0]?.isEmpty == true }
                #expect(Set(result.imputed) == Set(blank))
            }
        }
        let counts = ["kmeans": 60, "logreg": 60]
        if let count = counts[name] { #expect(answers == count) } else { #expect(answers < 60) }
    }

    @Test("A segment has its distances and the margin to the next one")
    func margin() throws {
        let model = try Self.model("kmeans")
        let rows = try Self.table("inputs")
        let trained = try Self.table("kmeans.sklearn")
        for position in 0..<20 {
            let result = model.evaluate(try Self.inputs(rows[position], model))
            let segment = try #require(result.segment)
            var distances: [Double] = []
            for cluster in 0..<5 {
                let text = try #require(trained[position]["distance_\(cluster)"])
                distances.append(try #require(Double(text)))
            }
            distances.sort()
            let margin = try #require(segment.margin)
            #expect(abs(margin - (1 - distances[0] / distances[1])) < 1e-12)
        }
    }

    @Test("An unknown category is refused with the field")
    func unknownCategory() throws {
        var row = try #require(try Self.table("inputs").first)
        row["sex"] = "unknown"
        let logistic = try Self.model("logreg")
        let refused = logistic.evaluate(try Self.inputs(row, logistic))
        #expect(refused.refusal == .init(code: .invalidValue, field: "sex"))
        #expect(refused.probabilities.isEmpty)
    }

    @Test("Text in a number is refused")
    func text() throws {
        let model = try Self.model("tree")
        var inputs = try Self.inputs(try #require(try Self.table("inputs").first), model)
        let position = try #require(model.fields.firstIndex { $0.name == "lactate" })
        inputs[position] = .category("abc")
        let result = model.evaluate(inputs)
        #expect(result.refusal == .init(code: .invalidValue, field: "lactate"))
    }

    @Test("A document can be read to be shown, without being compiled")
    func definition() throws {
        let bytes = try Shared.bytes(Self.folder + "gb.pmml")
        let definition = try PMMLDocument.definition(bytes)
        #expect(definition.fields.count == 9)
        guard case .mining(let chain) = definition.model.body,
            case .mining(let boosting) = chain.segments[0].model.body
        else {
            Issue.record("not a chain of models")
            return
        }
        #expect(chain.method == .modelChain)
        #expect(boosting.method == .sum)
        #expect(boosting.segments.count == 100)
        #expect(chain.segments[0].model.target?.rescaleFactor == 0.1)
        #expect(try PMMLDocument.verificationRowCount(bytes) == 0)
    }
}
