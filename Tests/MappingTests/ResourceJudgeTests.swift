import Testing

@testable import Mapping

@Suite("Records that contradict themselves")
struct ResourceJudgeTests {
    private static let from = """
        {"name":"x","type":"quantity","unit":"Cel",
        "from":[{"code":["s|a"],"path":"value.ofType(Quantity)"}]}
        """

    @Test("Of two effective times none is taken")
    func times() throws {
        let members = Probe.quantity("37", "Cel") + ",\"effectiveInstant\":\"2026-05-01T09:00:00Z\""
        let report = try Probe.map(
            try Probe.profile(Self.from),
            [try Probe.observation("o", minutes: 5, members)]
        )
        #expect(report.inputs[0].value == nil)
        #expect(report.rejections.map(\.reason) == [.noTime])
        #expect(report.rejections.map(\.path) == ["effective[x]"])
        #expect(report.rejections.map(\.accepted) == ["one effective[x]"])
    }

    @Test(
        "Versions whose number and time say opposite things are none the newest",
        arguments: [("1", "2026-05-04T09:30:00Z"), ("2", "2026-05-04T08:00:00Z")]
    )
    func versions(number: String, updated: String) throws {
        let other = number == "1" ? "2" : "1"
        let report = try Probe.map(
            try Probe.profile(Self.from),
            [
                try Probe.observation(
                    "o",
                    minutes: 5,
                    Probe.quantity("37", "Cel")
                        + ",\"meta\":{\"versionId\":\"\(number)\",\"lastUpdated\":\"\(updated)\"}"
                ),
                try Probe.observation(
                    "o",
                    minutes: 5,
                    Probe.quantity("39", "Cel")
                        + ",\"meta\":{\"versionId\":\"\(other)\","
                        + "\"lastUpdated\":\"2026-05-04T09:00:00Z\"}"
                ),
            ]
        )
        #expect(report.inputs[0].value == nil)
        #expect(report.rejections.map(\.reason) == [.duplicate, .duplicate])
    }

    @Test("A number without a unit is no percentage")
    func percentage() throws {
        let profile = try Probe.profile(
            "{\"name\":\"x\",\"type\":\"quantity\",\"unit\":\"%\","
                + "\"from\":[{\"code\":[\"s|a\"],\"path\":\"value\"}]}"
        )
        let report = try Probe.map(
            profile,
            [try Probe.observation("o", minutes: 5, "\"valueInteger\":1")]
        )
        #expect(report.inputs[0].value == nil)
        #expect(report.rejections.map(\.reason) == [.unitMissing])
    }

    private static let active = #""clinicalStatus":{"coding":[{"code":"active"}]},"#

    private static func conditions(_ statuses: String, _ members: String, code: String) throws
        -> MappingReport
    {
        let codes = #"["http://hl7.org/fhir/sid/icd-10-cm|I48.91","http://snomed.info/sct|1.23"]"#
        let profile = try Probe.profile(
            #"{"name":"x","type":"boolean","from":[{"resource":"Condition","code":\#(codes),"#
                + #""status":[\#(statuses)],"time":"optional","constant":true}]}"#
        )
        return try Probe.map(
            profile,
            [
                #"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},"#
                    + members + #""code":{"coding":[\#(code)]}}"#
            ]
        )
    }

    @Test("A diagnosis without a clinical status counts where any status does, and there only")
    func withoutClinicalStatus() throws {
        let code = #"{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":"I48.91"}"#
        let active = #""active","recurrence","relapse""#
        let any = active + #","inactive","remission","resolved""#
        #expect(try Self.conditions(any, "", code: code).inputs[0].value == .boolean(true))
        let report = try Self.conditions(active, "", code: code)
        #expect(report.inputs[0].value == nil)
        #expect(report.rejections.map(\.path) == ["clinicalStatus"])
        let refuted = #""verificationStatus":{"coding":[{"code":"refuted"}]},"#
        #expect(try Self.conditions(any, refuted, code: code).inputs[0].value == nil)
    }

    @Test(
        "A code of ICD-10 counts without its point, and no code of another system does",
        arguments: [
            ("http://hl7.org/fhir/sid/icd-10-cm", "I4891", true),
            ("http://hl7.org/fhir/sid/icd-10-cm", "I48.91", true),
            ("http://hl7.org/fhir/sid/icd-10-cm", "I48", false),
            ("http://hl7.org/fhir/sid/icd-10-cm", "I489", false),
            ("http://snomed.info/sct", "123", false), ("http://snomed.info/sct", "1.23", true),
        ]
    )
    func withoutPoint(_ system: String, _ code: String, _ isTaken: Bool) throws {
        let report = try Self.conditions(
            #""active""#,
            Self.active,
            code: #"{"system":"\#(system)","code":"\#(code)"}"#
        )
        #expect((report.inputs[0].value == .boolean(true)) == isTaken)
    }
}
