import Basics
import JSON
import Mapping
import Support
import Testing

/// The reference vectors of the models, as FHIR Observations through the profiles.
@Suite(
    "Reference vectors",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct VectorTests {
    private static let now = Instant(microseconds: 1_777_888_800_000_000)

    private struct Row {
        let fields: [String: String]
        subscript(name: String) -> String { fields[name] ?? "" }
    }

    private func rows(_ name: String) throws -> [Row] {
        let lines = try Shared.lines("models-reference/" + name)
        let names = try #require(lines.first).split(
            separator: ",",
            omittingEmptySubsequences: false
        )
        return lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            var fields: [String: String] = [:]
            for (name, cell) in zip(names, cells) { fields[String(name)] = String(cell) }
            return Row(fields: fields)
        }
    }

    private func quantity(_ code: String, _ value: String, _ unit: String) -> String {
        observation(
            "http://loinc.org",
            code,
            """
            ,"valueQuantity":{"value":\(value),"system":"http://unitsofmeasure.org",\
            "code":"\(unit)"}
            """
        )
    }

    private func observation(_ system: String, _ code: String, _ value: String) -> String {
        """
        {"resourceType":"Observation","status":"final",\
        "code":{"coding":[{"system":"\(system)","code":"\(code)"}]},\
        "subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-05-04T09:59:00Z"\(value)}
        """
    }

    private func report(_ profile: Profile, _ observations: [String]) throws -> MappingReport {
        let patient = #"{"resourceType":"Patient","id":"p","birthDate":"1960-02-03"}"#
        return profile.map(
            patient: try JSONDocument(parsing: patient).root,
            resources: try observations.map { try JSONDocument(parsing: $0).root },
            patientID: "p",
            now: Self.now
        )
    }

    private func value(_ report: MappingReport, _ name: String) -> MappingReport.Value? {
        report.inputs.first { $0.name == name }?.value
    }

    private func number(_ text: String, _ unit: String) throws -> MappingReport.Value {
        .quantity(try #require(DecimalNumber(text: text)), unit: unit)
    }

    @Test("NEWS2: every input of the 110 vectors arrives as written")
    func news2() throws {
        let profile = try ShippedProfile("news2").profile
        let rows = try rows("news2_vectors.csv")
        #expect(rows.count == 110)
        let snomed = "http://snomed.info/sct"
        for row in rows {
            let isOnOxygen = row["supplemental_oxygen"] == "true"
            let report = try report(
                profile,
                [
                    quantity("9279-1", row["respiratory_rate_per_min"], "/min"),
                    quantity("59408-5", row["spo2_percent"], "%"),
                    quantity("8480-6", row["systolic_mmHg"], "mm[Hg]"),
                    quantity("8867-4", row["pulse_per_min"], "/min"),
                    quantity("8310-5", row["temperature_Cel"], "Cel"),
                    observation(snomed, isOnOxygen ? "57485005" : "722742002", ""),
                    observation(
                        "http://loinc.org",
                        "67775-7",
                        ",\"valueString\":\"\(row["acvpu"])\""
                    ),
                    observation(
                        "http://limen.example/codes",
                        "spo2-scale",
                        ",\"valueInteger\":\(row["spo2_scale"])"
                    ),
                ]
            )
            let expected: [(String, MappingReport.Value)] = [
                ("respiratoryRate", try number(row["respiratory_rate_per_min"], "/min")),
                ("spo2", try number(row["spo2_percent"], "%")),
                ("spo2Scale", .code(row["spo2_scale"])),
                ("onOxygen", .boolean(isOnOxygen)),
                ("systolic", try number(row["systolic_mmHg"], "mm[Hg]")),
                ("pulse", try number(row["pulse_per_min"], "/min")),
                ("consciousness", .code(row["acvpu"])),
                ("temperature", try number(row["temperature_Cel"], "Cel")),
            ]
            for (name, wanted) in expected {
                #expect(value(report, name) == wanted, "\(row["id"]): \(name)")
            }
            #expect(report.rejections.isEmpty, "\(row["id"])")
        }
    }

    @Test("NEWS2: values are charted as the 19 precision vectors say")
    func news2Precision() throws {
        let profile = try ShippedProfile("news2").profile
        let rows = try rows("news2_precision_vectors.csv")
        #expect(rows.count == 19)
        let inputs = [
            "temperature": ("8310-5", "temperature", "Cel"),
            "respiratory_rate": ("9279-1", "respiratoryRate", "/min"),
            "spo2": ("2708-6", "spo2", "%"), "systolic": ("8480-6", "systolic", "mm[Hg]"),
            "pulse": ("8867-4", "pulse", "/min"),
        ]
        for row in rows {
            let (code, name, unit) = try #require(inputs[row["parameter"]])
            let report = try report(
                profile,
                [quantity(code, row["fhir_value_text"], row["unit"])]
            )
            #expect(
                value(report, name) == (try number(row["charted_value"], unit)),
                "\(row["id"])"
            )
        }
    }

    @Test("qSOFA: the 14 vectors arrive without rounding")
    func qsofa() throws {
        let profile = try ShippedProfile("qsofa").profile
        let rows = try rows("qsofa_vectors.csv")
        #expect(rows.count == 14)
        for row in rows {
            let report = try report(
                profile,
                [
                    quantity("9279-1", row["respiratory_rate_per_min"], "/min"),
                    quantity("8480-6", row["systolic_mmHg"], "mm[Hg]"),
                    quantity("9269-2", row["gcs_total"], "{score}"),
                ]
            )
            let expected = [
                ("respiratoryRate", row["respiratory_rate_per_min"], "/min"),
                ("systolic", row["systolic_mmHg"], "mm[Hg]"),
                ("mentation", row["gcs_total"], "{score}"),
            ]
            for (name, text, unit) in expected {
                #expect(value(report, name) == (try number(text, unit)), "\(row["id"]): \(name)")
                #expect(report.inputs.first { $0.name == name }?.flags.isEmpty ?? false)
            }
        }
    }
}
