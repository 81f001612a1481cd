import Basics
import JSON
import Mapping
import Testing

@Suite("A mapping report as JSON and as a table")
struct MappingReportTests {
    private let report: MappingReport = {
        let at = Instant(microseconds: 1_777_888_800_000_000)
        return MappingReport(
            applicability: .notApplicable(code: "pregnancy", rule: "unless pregnant"),
            inputs: [
                .init(
                    name: "temperature",
                    value: .quantity(
                        DecimalNumber(text: "39.1") ?? DecimalNumber(0),
                        unit: "Cel"
                    ),
                    source: .init(
                        resource: "Observation/t2",
                        path: "valueQuantity",
                        effective: at,
                        ageSeconds: 8_040
                    ),
                    conversion: .init(
                        originalText: "102.3",
                        originalUnit: "[degF]",
                        formula: "(x - 32) x 5/9",
                        unrounded: "39.0555"
                    ),
                    rule: 0,
                    flags: [.converted, .rounded],
                    missingReason: nil,
                    isOptional: false
                ),
                .init(
                    name: "spo2",
                    value: nil,
                    source: nil,
                    conversion: nil,
                    rule: nil,
                    flags: [],
                    missingReason: .stale,
                    isOptional: true
                ),
                .init(
                    name: "onOxygen",
                    value: .boolean(true),
                    source: nil,
                    conversion: nil,
                    rule: nil,
                    flags: [.assumed],
                    missingReason: nil,
                    isOptional: false
                ),
            ],
            rejections: [
                .init(
                    reason: .stale,
                    input: "spo2",
                    resource: "Observation/s1",
                    path: "effectiveDateTime",
                    sentence: "it is older than the window",
                    accepted: "within >= PT15H"
                )
            ],
            unaskedCount: 41,
            facts: [
                .init(
                    name: "pregnant",
                    value: .boolean(true),
                    source: .init(
                        resource: "Condition/c",
                        path: "code",
                        effective: nil,
                        ageSeconds: nil
                    ),
                    conversion: nil,
                    rule: 1,
                    flags: [],
                    missingReason: nil,
                    isOptional: false
                )
            ]
        )
    }()

    @Test("The JSON holds every value with its provenance")
    func json() throws {
        var writer = JSONWriter()
        report.writeJSON(to: &writer)
        let expected = """
            {"applicability":{"status":"not-applicable","code":"pregnancy",\
            "rule":"unless pregnant"},"inputs":[{"name":"temperature","value":39.1,"unit":"Cel",\
            "source":{"resource":"Observation/t2","path":"valueQuantity",\
            "effective":"2026-05-04T10:00:00Z","ageSeconds":8040},\
            "conversion":{"originalText":"102.3","originalUnit":"[degF]",\
            "formula":"(x - 32) x 5/9","unrounded":"39.0555"},"rule":0,\
            "flags":["converted","rounded"]},{"name":"spo2","missingReason":"stale",\
            "isMissing":true,"isOptional":true},\
            {"name":"onOxygen","value":true,"flags":["assumed"]}],\
            "facts":[{"name":"pregnant","value":true,\
            "source":{"resource":"Condition/c","path":"code"},"rule":1}],\
            "rejections":{"counts":{"stale":1},"unasked":41,"items":[\
            {"reason":"stale","input":"spo2","resource":"Observation/s1",\
            "path":"effectiveDateTime","sentence":"it is older than the window",\
            "accepted":"within >= PT15H"}]}}
            """
        #expect(writer.text == expected)
        _ = try JSONDocument(parsing: writer.text)
    }

    @Test("What is missing is named in order")
    func missing() {
        #expect(report.missingNames == ["spo2"])
    }
}
