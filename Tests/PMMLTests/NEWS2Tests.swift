import Basics
import ClinicalEngine
import PMML
import Support
import Testing

@Suite("NEWS2")
struct NEWS2Tests {
    /// The fields of our document in its order, with the columns of the shared vectors.
    private static let columns = [
        ("respiratoryRate", "respiratory_rate_per_min"), ("spo2", "spo2_percent"),
        ("spo2Scale", "spo2_scale"), ("onOxygen", "supplemental_oxygen"),
        ("systolic", "systolic_mmHg"), ("pulse", "pulse_per_min"), ("consciousness", "acvpu"),
        ("temperature", "temperature_Cel"),
    ]
    private static let scores = [
        ("respiratoryRate", "score_resp"), ("spo2", "score_spo2"), ("onOxygen", "score_oxygen"),
        ("systolic", "score_sbp"), ("pulse", "score_pulse"),
        ("consciousness", "score_consciousness"), ("temperature", "score_temp"),
    ]

    private static func inputs(
        _ row: [String: String],
        _ model: ClinicalModel
    ) throws -> [InputValue] {
        try model.fields.map { field in
            let named = columns.first { $0.0 == field.name || $0.1 == field.name }
            let column = try #require(named).1
            let text = try #require(row[column])
            switch field.kind {
            case .continuous:
                return .number(try #require(DecimalNumber(text: text)).doubleValue)
            case .categorical:
                return .category(text)
            }
        }
    }

    @Test("The document names its fields, units, version and the owner of the score")
    func fields() throws {
        let model = try Sample.model("news2")
        #expect(model.name == "NEWS2")
        #expect(model.fields.map(\.name) == Self.columns.map(\.0))
        #expect(
            model.fields.map(\.unit)
                == ["/min", "%", nil, nil, "mm[Hg]", "/min", nil, "Cel"]
        )
        #expect(model.fields[2].kind == .categorical(["1", "2"]))
        #expect(model.fields[3].kind == .categorical(["true", "false"]))
        #expect(model.fields[6].kind == .categorical(["A", "C", "V", "P", "U"]))
        #expect(model.about.version == "1.0.0")
        #expect(model.about.copyright?.contains("  ") == false)
        #expect(model.about.copyright?.contains("Royal College of Physicians") == true)
    }

    @Test(
        "All 110 vectors: total, every part and any single three",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func vectors() throws {
        let model = try Sample.model("news2")
        let rows = Sample.table(try Shared.text("models-reference/news2_vectors.csv"))
        #expect(rows.count == 110)
        for row in rows {
            let id = row["id"] ?? ""
            let result = model.evaluate(try Self.inputs(row, model))
            #expect(result.status == .complete, "\(id)")
            #expect(result.value == row["total"].flatMap(Double.init), "\(id)")
            #expect(result.contributions.map(\.name) == Self.scores.map(\.0))
            for (name, column) in Self.scores {
                let part = result.contributions.first { $0.name == name }
                #expect(part?.points == row[column].flatMap(Double.init), "\(id) \(name)")
            }
            let hasThree = result.contributions.contains { $0.points == 3 }
            #expect(hasThree == (row["any_single_3"] == "true"), "\(id)")
            let reasons = result.contributions.count { $0.points != 0 }
            #expect(result.reasonCodes.count == reasons, "\(id)")
        }
    }

    @Test(
        "The shared reference document gives the same 110 totals",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func referenceDocument() throws {
        let model = try PMMLDocument.compile(try Shared.bytes("models-reference/news2.pmml"))
        let rows = Sample.table(try Shared.text("models-reference/news2_vectors.csv"))
        for row in rows {
            let result = model.evaluate(try Self.inputs(row, model))
            #expect(result.value == row["total"].flatMap(Double.init), "\(row["id"] ?? "")")
        }
    }

    @Test(
        "The precision vectors, charted in decimal arithmetic",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func precision() throws {
        let model = try Sample.model("news2")
        let rows = Sample.table(try Shared.text("models-reference/news2_precision_vectors.csv"))
        #expect(rows.count == 19)
        let base: [InputValue] = [
            .number(16), .number(97), .category("1"), .category("false"), .number(120),
            .number(70), .category("A"), .number(37),
        ]
        for row in rows {
            let parameter = row["parameter"] ?? ""
            let name = parameter == "respiratory_rate" ? "respiratoryRate" : parameter
            let field = try #require(model.fields.firstIndex { $0.name == name })
            let converted = (row["converted"] ?? "").prefix { $0 != "\u{2026}" }
            let text = String(converted).replacing("...", with: "")
            let increment = try #require(
                DecimalNumber(text: name == "temperature" ? "0.1" : "1")
            )
            let charted = try #require(
                DecimalNumber(text: text)?.rounded(toMultipleOf: increment)
            )
            #expect(charted == DecimalNumber(text: row["charted_value"] ?? ""))
            var inputs = base
            inputs[field] = .number(charted.doubleValue)
            let result = model.evaluate(inputs)
            let part = result.contributions.first { $0.name == name }
            #expect(part?.points == row["points"].flatMap(Double.init), "\(row["id"] ?? "")")
        }
    }

    @Test("A value that was not charted is refused, not banded")
    func uncharted() throws {
        let model = try Sample.model("news2")
        let base = try Self.inputs(Self.healthy, model)
        for (field, value) in [(0, 8.4), (1, 0.96), (4, 219.4), (5, 40.4)] {
            var inputs = base
            inputs[field] = .number(value)
            let refusal = model.evaluate(inputs).refusal
            #expect(refusal == .init(code: .invalidValue, field: model.fields[field].name))
        }
    }

    @Test("Values no patient can have are refused by name")
    func impossible() throws {
        let model = try Sample.model("news2")
        let base = try Self.inputs(Self.healthy, model)
        let cases: [(Int, InputValue)] = [
            (0, .number(-1)), (0, .number(151)), (1, .number(-1)), (1, .number(101)),
            (2, .category("3")), (2, .category("")), (3, .category("yes")),
            (4, .number(401)), (5, .number(401)), (6, .category("a")), (6, .category("X")),
            (7, .number(9.9)), (7, .number(98.6)), (7, .number(.nan)), (7, .category("37")),
        ]
        for (field, value) in cases {
            var inputs = base
            inputs[field] = value
            let result = model.evaluate(inputs)
            #expect(result.status == .refused)
            #expect(
                result.refusal
                    == .init(code: .invalidValue, field: model.fields[field].name)
            )
            #expect(result.value == nil)
        }
        for (field, value) in [(0, 0.0), (0, 150), (1, 0), (1, 100), (7, 10), (7, 50)] {
            var inputs = base
            inputs[field] = .number(value)
            #expect(model.evaluate(inputs).status == .complete)
        }
    }

    private static let healthy = [
        "respiratory_rate_per_min": "16", "spo2_percent": "97", "spo2_scale": "1",
        "supplemental_oxygen": "false", "systolic_mmHg": "120", "pulse_per_min": "70",
        "acvpu": "A", "temperature_Cel": "37.0",
    ]

    @Test("Nothing known: no score, every field missing, bounds 0 and 20")
    func nothingKnown() throws {
        let model = try Sample.model("news2")
        let result = model.evaluate(Array(repeating: .missing, count: 8))
        #expect(result.status == .incomplete)
        #expect(result.value == nil)
        #expect(result.lower == 0)
        #expect(result.upper == 20)
        #expect(result.missing == model.fields.map(\.name))
        #expect(result.reasonCodes.isEmpty)
    }

    @Test("Only what the score still depends on is missing")
    func dependence() throws {
        let model = try Sample.model("news2")
        var inputs = try Self.inputs(Self.healthy, model)
        inputs[3] = .missing
        var result = model.evaluate(inputs)
        #expect(result.missing == ["onOxygen"])
        #expect(result.contributions[1].points == 0)
        #expect(result.contributions[2].points == nil)
        // On scale 2 above the target the points for the saturation hang on the oxygen too.
        inputs[2] = .category("2")
        result = model.evaluate(inputs)
        #expect(result.missing == ["onOxygen"])
        #expect(result.contributions[1].points == nil)
        #expect(result.contributions[1].pointsMin == 0)
        #expect(result.contributions[1].pointsMax == 3)
        #expect(result.upper == 5)
    }

    @Test("Many threads get the same answers from one model")
    func concurrent() async throws {
        let model = try Sample.model("news2")
        var inputs = try Self.inputs(Self.healthy, model)
        inputs[1] = .number(91)
        let complete = model.evaluate(inputs)
        var open = inputs
        open[2] = .missing
        let incomplete = model.evaluate(open)
        #expect(complete.value == 3)
        let agreed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { [inputs, open] in
                    (0..<500).allSatisfy { _ in
                        model.evaluate(inputs) == complete && model.evaluate(open) == incomplete
                    }
                }
            }
            return await group.allSatisfy { $0 }
        }
        #expect(agreed)
    }
}
