import Basics
import JSON
import Testing

@testable import Mapping

@Suite("Periods of treatments and stays")
struct PeriodTests {
    private static let absent = #","absent":{"value":false,"reason":"r"}"#

    /// Whether an infusion ran in the last six hours, and why it was not told.
    private func ran(
        _ status: String,
        _ period: String,
        rate: String = "1",
        more: String = ""
    ) throws -> String {
        let profile = try Probe.profile(
            """
            {"name":"x","type":"boolean","select":"exists","within":"PT6H"\(Self.absent),
            "from":[{"resource":"MedicationAdministration","code":["s|a"],
            "status":["in-progress","completed","stopped"],
            "path":"dosage.rate.ofType(Quantity).value > 0"}]}
            """
        )
        let record = Probe.resource(
            "MedicationAdministration",
            "i",
            """
            "status":"\(status)","effectivePeriod":{\(period)},\(more)
            "medicationCodeableConcept":{"coding":[{"system":"s","code":"a"}]},
            "dosage":{"rateQuantity":{"value":\(rate)}}
            """
        )
        let input = try Probe.map(profile, [record]).inputs[0]
        guard case .boolean(let flag) = input.value else {
            return "missing " + (input.missingReason?.rawValue ?? "")
        }
        return "\(flag)" + (input.flags.contains(.fromAbsence) ? " from absence" : "")
    }

    private func period(_ start: Int?, _ end: Int?) throws -> String {
        let start = try start.map { "\"start\":\"\(try Probe.ago($0))\"" }
        let end = try end.map { "\"end\":\"\(try Probe.ago($0))\"" }
        return [start, end].compactMap { $0 }.joined(separator: ",")
    }

    @Test(
        "What runs until a planned end runs now, and what has begun is never none",
        arguments: [
            ("in-progress", 120, -480, "true"), ("in-progress", 6_000, -480, "true"),
            ("in-progress", -60, -480, "false from absence"),
            // An end that lies ahead of what is over contradicts it.
            ("completed", 120, -480, "missing future"),
            ("completed", -60, -480, "false from absence"),
            ("in-progress", nil, -480, "missing future"),
            ("completed", 600, 359, "true"), ("completed", 600, 361, "false from absence"),
        ] as [(String, Int?, Int, String)]
    )
    func plannedEnds(status: String, start: Int?, end: Int, expected: String) throws {
        #expect(try ran(status, period(start, end)) == expected)
    }

    @Test("A planned end by its date alone is one too, once its day has not begun")
    func plannedDays() throws {
        func until(_ day: String) throws -> String {
            try ran("in-progress", "\"start\":\"\(try Probe.ago(120))\",\"end\":\"\(day)\"")
        }
        #expect(try until("2026-05-05") == "true")
        #expect(try until("2026-05-08") == "true")
        // Whether today is over is not told.
        #expect(try until("2026-05-04") == "missing no-time")
    }

    @Test("A running treatment that cannot be read is not none for its planned end")
    func plannedUnread() throws {
        #expect(try ran("in-progress", period(120, -480), rate: "\"x\"") != "false from absence")
        #expect(try ran("on-hold", period(120, -480)) == "missing status")
        #expect(try ran("on-hold", period(-60, -480)) == "false from absence")
    }

    @Test(
        "What is over goes on no more, though no end of it is told",
        arguments: [
            ("in-progress", 6_000, "", "true"), ("stopped", 120, "", "true"),
            ("stopped", 360, "", "true"), ("stopped", 361, "", "missing no-time"),
            ("completed", 6_000, "", "missing no-time"),
            ("completed", -60, "", "false from absence"),
            // Its last change tells that it was over by then.
            ("completed", 6_000, "2026-05-04T03:59:59Z", "false from absence"),
            ("completed", 6_000, "2026-05-04T04:00:00Z", "missing no-time"),
        ]
    )
    func untoldEnds(status: String, start: Int, updated: String, expected: String) throws {
        let meta = updated.isEmpty ? "" : "\"meta\":{\"lastUpdated\":\"\(updated)\"},"
        #expect(try ran(status, period(start, nil), more: meta) == expected)
    }

    @Test("What runs until a planned end is as old as its start")
    func age() throws {
        let profile = try Probe.profile(
            """
            {"name":"x","type":"quantity","unit":"ug/min","within":"PT1H",
            "from":[{"resource":"MedicationAdministration","code":["s|a"],
            "status":["in-progress"],"path":"dosage.rate.ofType(Quantity)"}]}
            """
        )
        let infusion = Probe.resource(
            "MedicationAdministration",
            "i",
            """
            "status":"in-progress","effectivePeriod":{\(try period(600, -60))},
            "medicationCodeableConcept":{"coding":[{"system":"s","code":"a"}]},
            "dosage":{"rateQuantity":{"value":12,"system":"http://unitsofmeasure.org","code":"ug/min"}}
            """
        )
        let found = try Probe.map(profile, [infusion]).inputs[0]
        #expect(found.value?.text == "12 ug/min")
        #expect(found.source?.ageSeconds == 36_000)
    }

    @Test("A stay with a planned discharge is as long as it has lasted")
    func plannedDischarge() throws {
        let profile = try Probe.profile(
            """
            {"name":"stay","type":"quantity","unit":"d","from":[{"resource":"Encounter",
            "code":["s|IMP"],"status":["in-progress"],"since":"period.start","until":"period.end"}]}
            """
        )
        let stay = Probe.resource(
            "Encounter",
            "e",
            """
            "status":"in-progress","class":{"system":"s","code":"IMP"},
            "period":{\(try period(4_320, -1_440))}
            """
        )
        #expect(try Probe.map(profile, [stay]).inputs[0].value?.text == "3 d")
    }
}
