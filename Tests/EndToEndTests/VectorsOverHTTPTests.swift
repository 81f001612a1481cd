import HTTPMessages
import JSON
import Support
import Testing

/// FHIR in over HTTP, card out, with the audit row committed: the reference vectors.
@Suite(
    "The reference vectors over HTTP",
    .enabled(if: LiveGateway.isPresent, LiveGateway.absence),
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct VectorsOverHTTPTests {
    @Test("NEWS2 scores 110 of 110 vectors with their risk")
    func news2() throws {
        let risks = [
            "low": "low risk", "low-medium": "low-medium risk", "medium": "medium risk",
            "high": "high risk",
        ]
        var right = 0
        for row in try Self.rows("news2_vectors.csv") {
            var patient = ChartedPatient()
            patient.measure("9279-1", row["respiratory_rate_per_min"] ?? "", "/min")
            patient.measure("2708-6", row["spo2_percent"] ?? "", "%")
            patient.scale(row["spo2_scale"] ?? "")
            if row["supplemental_oxygen"] == "true" {
                patient.measure("3151-8", "2", "L/min")
            } else {
                patient.state("722742002")
            }
            patient.measure("8480-6", row["systolic_mmHg"] ?? "", "mm[Hg]")
            patient.measure("8867-4", row["pulse_per_min"] ?? "", "/min")
            patient.consciousness(row["acvpu"] ?? "")
            patient.measure("8310-5", row["temperature_Cel"] ?? "", "Cel")
            let summary = try Self.summary("news2", patient)
            let expected = "NEWS2 \(row["total"] ?? "?"): \(risks[row["risk"] ?? ""] ?? "?")"
            #expect(summary.hasPrefix(expected), "\(row["id"] ?? ""): \(summary)")
            if summary.hasPrefix(expected) { right += 1 }
        }
        #expect(right == 110)
    }

    @Test("NEWS2 charts and converts before it scores, 19 of 19 vectors")
    func precision() throws {
        var right = 0
        for row in try Self.rows("news2_precision_vectors.csv") {
            let parameter = row["parameter"] ?? ""
            var patient = ChartedPatient()
            // Every parameter but the one on trial is in the zero band.
            for (name, code, value, unit) in [
                ("respiratory_rate", "9279-1", "16", "/min"), ("spo2", "59408-5", "97", "%"),
                ("systolic", "8480-6", "120", "mm[Hg]"), ("pulse", "8867-4", "70", "/min"),
                ("temperature", "8310-5", "37.0", "Cel"),
            ] {
                let isOnTrial = name == parameter
                patient.measure(
                    code,
                    isOnTrial ? row["fhir_value_text"] ?? "" : value,
                    isOnTrial ? row["unit"] ?? "" : unit
                )
            }
            patient.state("722742002")
            patient.consciousness("A")
            let summary = try Self.summary("news2", patient)
            let expected = "NEWS2 \(row["points"] ?? "?"): "
            #expect(summary.hasPrefix(expected), "\(row["id"] ?? ""): \(summary)")
            if summary.hasPrefix(expected) { right += 1 }
        }
        #expect(right == 19)
    }

    @Test("qSOFA scores 14 of 14 vectors")
    func qsofa() throws {
        var right = 0
        for row in try Self.rows("qsofa_vectors.csv") {
            var patient = ChartedPatient()
            patient.measure("9279-1", row["respiratory_rate_per_min"] ?? "", "/min")
            patient.measure("8480-6", row["systolic_mmHg"] ?? "", "mm[Hg]")
            patient.measure("9269-2", row["gcs_total"] ?? "", "{score}")
            let summary = try Self.summary("qsofa", patient)
            let word = row["positive_ge2"] == "true" ? "positive" : "negative"
            let expected = "qSOFA \(row["total"] ?? "?"): \(word)"
            #expect(summary.hasPrefix(expected), "\(row["id"] ?? ""): \(summary)")
            if summary.hasPrefix(expected) { right += 1 }
        }
        #expect(right == 14)
    }

    private static func summary(_ service: String, _ patient: ChartedPatient) throws -> String {
        let response = try LiveGateway.post(service, patient.body)
        try #require(response.status == 200)
        let document = try JSONDocument(parsing: response.body)
        let card = document.root["cards"]?.elements.first { _ in true }
        return card?["summary"]?.stringValue ?? ""
    }

    private static func rows(_ name: String) throws -> [[String: String]] {
        let lines = try Shared.lines("models-reference/" + name)
        let header = lines[0].split(separator: ",").map(String.init)
        return lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            return Dictionary(
                zip(header, cells.map(String.init)),
                uniquingKeysWith: { first, _ in first }
            )
        }
    }
}
