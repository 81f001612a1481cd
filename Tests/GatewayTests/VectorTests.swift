import Audit
import Basics
import CDSHooks
import HTTPMessages
import JSON
import Support
import Synchronization
import Telemetry
import Testing

@testable import Gateway

/// FHIR in, card out: the reference vectors through the whole gateway.
@Suite(
    "The reference vectors",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct VectorTests {
    static func rows(_ name: String) throws -> [[String: String]] {
        let lines = try Shared.lines("models-reference/" + name)
        let header = lines[0].split(separator: ",").map(String.init)
        return lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            return Dictionary(zip(header, cells.map(String.init)), uniquingKeysWith: { a, _ in a })
        }
    }

    /// The indicator and the words of a NEWS2 band.
    static let bands = [
        "low": ("info", "low risk"), "low-medium": ("warning", "low-medium risk"),
        "medium": ("warning", "medium risk"), "high": ("critical", "high risk"),
    ]

    @Test("of NEWS2 give the score, the band and the indicator, 110 of 110")
    func news2() async throws {
        let fixture = try GatewayFixture()
        var right = 0
        let rows = try Self.rows("news2_vectors.csv")
        for row in rows {
            var body = HookBody()
            body.observations = HookBody.vitals(
                rr: row["respiratory_rate_per_min"],
                spo2: row["spo2_percent"],
                scale: row["spo2_scale"],
                oxygen: row["supplemental_oxygen"] == "true",
                systolic: row["systolic_mmHg"],
                pulse: row["pulse_per_min"],
                acvpu: row["acvpu"],
                temperature: row["temperature_Cel"]
            )
            let response = await fixture.post("/cds-services/news2", body.text)
            let card = try response.card
            let band = try #require(Self.bands[row["risk"] ?? ""])
            let summary = card?["summary"]?.stringValue ?? ""
            let isRight =
                response.status == 200
                && summary.hasPrefix("NEWS2 \(row["total"] ?? "?"): \(band.1)")
                && card?["indicator"]?.stringValue == band.0
            #expect(isRight, "\(row["id"] ?? ""): \(response.status) \(summary)")
            if isRight { right += 1 }
        }
        #expect(right == 110)
        #expect(fixture.sink.records.count == 110)
    }

    @Test("of chart precision and units give the points, 19 of 19")
    func precision() async throws {
        let fixture = try GatewayFixture()
        var right = 0
        for row in try Self.rows("news2_precision_vectors.csv") {
            let value = row["fhir_value_text"]
            let unit = row["unit"] ?? ""
            let parameter = row["parameter"] ?? ""
            var body = HookBody()
            switch parameter {
            case "temperature":
                body.observations = HookBody.vitals(temperature: value, temperatureUnit: unit)
            case "respiratory_rate": body.observations = HookBody.vitals(rr: value)
            case "spo2": body.observations = HookBody.vitals(spo2: value, spo2Unit: unit)
            case "systolic":
                body.observations = HookBody.vitals(systolic: value, systolicUnit: unit)
            default: body.observations = HookBody.vitals(pulse: value)
            }
            let response = await fixture.post("/cds-services/news2", body.text)
            let summary = try response.card?["summary"]?.stringValue ?? ""
            // All other parameters are in the zero band, so the score is the points of this one.
            let isRight = summary.hasPrefix("NEWS2 \(row["points"] ?? "?"): ")
            #expect(isRight, "\(row["id"] ?? ""): \(response.status) \(summary)")
            if isRight { right += 1 }
        }
        #expect(right == 19)
    }

    @Test("of qSOFA give the score and what it means, 14 of 14")
    func qsofa() async throws {
        let fixture = try GatewayFixture()
        var right = 0
        for row in try Self.rows("qsofa_vectors.csv") {
            var body = HookBody()
            body.observations = [
                HookBody.quantity(
                    "rr",
                    loinc: "9279-1",
                    row["respiratory_rate_per_min"] ?? "",
                    "/min"
                ),
                HookBody.quantity(
                    "sbp",
                    loinc: "8480-6",
                    row["systolic_mmHg"] ?? "",
                    "mm[Hg]"
                ),
                HookBody.quantity("gcs", loinc: "9269-2", row["gcs_total"] ?? "", "{score}"),
            ]
            let response = await fixture.post("/cds-services/qsofa", body.text)
            let summary = try response.card?["summary"]?.stringValue ?? ""
            let word = row["positive_ge2"] == "true" ? "positive" : "negative"
            let isRight = summary.hasPrefix("qSOFA \(row["total"] ?? "?"): \(word)")
            #expect(isRight, "\(row["id"] ?? ""): \(response.status) \(summary)")
            if isRight { right += 1 }
        }
        #expect(right == 14)
    }
}
