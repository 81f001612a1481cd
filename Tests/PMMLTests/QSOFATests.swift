import ClinicalEngine
import Support
import Testing

@Suite("qSOFA")
struct QSOFATests {
    @Test(
        "All 14 vectors: total, every part and the reasons",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func vectors() throws {
        let model = try Sample.model("qsofa")
        let rows = Sample.table(try Shared.text("models-reference/qsofa_vectors.csv"))
        #expect(rows.count == 14)
        for row in rows {
            let id = row["id"] ?? ""
            let inputs = try ["respiratory_rate_per_min", "systolic_mmHg", "gcs_total"].map {
                InputValue.number(try #require(row[$0].flatMap(Double.init)))
            }
            let result = model.evaluate(inputs)
            let points = try ["pt_resp", "pt_sbp", "pt_mentation"].map {
                try #require(row[$0].flatMap(Double.init))
            }
            #expect(result.value == row["total"].flatMap(Double.init), "\(id)")
            #expect(result.contributions.map(\.points) == points, "\(id)")
            let reasons = zip(["RESP", "SBP", "GCS"], points).filter { $0.1 > 0 }.map(\.0)
            #expect(result.reasonCodes == reasons, "\(id)")
        }
    }

    @Test("The fields are those of the profile")
    func fields() throws {
        let model = try Sample.model("qsofa")
        #expect(model.fields.map(\.name) == ["respiratoryRate", "systolic", "mentation"])
        #expect(model.fields.map(\.unit) == ["/min", "mm[Hg]", "{score}"])
    }

    @Test("Each missing field widens the bounds by its one point", arguments: 0..<8)
    func bounds(mask: Int) throws {
        let model = try Sample.model("qsofa")
        let met: [InputValue] = [.number(22), .number(100), .number(14)]
        let inputs = (0..<3).map { mask >> $0 & 1 == 1 ? InputValue.missing : met[$0] }
        let result = model.evaluate(inputs)
        #expect(result.status == (mask == 0 ? .complete : .incomplete))
        #expect(result.lower == Double(3 - mask.nonzeroBitCount))
        #expect(result.upper == 3)
        #expect(result.missing.count == mask.nonzeroBitCount)
    }

    @Test(
        "A Glasgow Coma Scale outside 3 to 15 or in fractions is refused",
        arguments: [2, 16, 14.5, 0]
    )
    func impossible(total: Double) throws {
        let model = try Sample.model("qsofa")
        let result = model.evaluate([.number(16), .number(120), .number(total)])
        #expect(result.refusal == .init(code: .invalidValue, field: "mentation"))
    }
}
