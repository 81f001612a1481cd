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
}
