import Basics
import JSON
import Testing

@testable import Mapping

@Suite("Values that are made of several records, or looked for")
struct AggregateTests {
    private static let from = "\"from\":[{\"code\":[\"s|a\"],\"path\":\"value.ofType(Quantity)\"}]"

    private func celsius(_ members: String, _ readings: [(Int, String)]) throws -> MappingReport {
        let profile = try Probe.profile(
            "{\"name\":\"x\",\"type\":\"quantity\",\"unit\":\"Cel\",\(members)\(Self.from)}"
        )
        return try Probe.map(
            profile,
            readings.enumerated().map { place, reading in
                try Probe.observation(
                    "o\(place)",
                    minutes: reading.0,
                    Probe.quantity(reading.1, "Cel")
                )
            }
        )
    }

    @Test(
        "A mean is the exact sum over the count, rounded once and half up",
        arguments: [
            (["37.0", "37.1"], "0.1", "37.1"), (["37.0", "37.0", "37.1"], "0.01", "37.03"),
            (["36.95", "36.94"], "0.1", "36.9"), (["0.1", "0.2", "0.3"], "0.1", "0.2"),
            (["-0.1", "-0.2"], "0.1", "-0.2"), (["1", "2"], "5", "0"),
            (["36.5"], "0.1", "36.5"),
        ]
    )
    func means(values: [String], increment: String, expected: String) throws {
        let report = try celsius(
            "\"select\":\"mean\",\"round\":\"\(increment)\",",
            values.enumerated().map { ($0 * 10, $1) }
        )
        #expect(report.inputs[0].value?.text == expected + " Cel")
        #expect(report.inputs[0].flags == [.aggregated])
        #expect(
            report.inputs[0].aggregate?.parts.map { $0.value.text } == values.map { $0 + " Cel" }
        )
        #expect(report.rejections.isEmpty)
    }

    @Test(
        "A median is the middle value, or half of the middle two",
        arguments: [
            (["36", "39", "37"], "37"), (["36", "39", "37", "38"], "37.5"), (["36.1"], "36.1"),
            (["36.15", "36.10"], "36.125"),
        ]
    )
    func medians(values: [String], expected: String) throws {
        let report = try celsius(
            "\"select\":\"median\",",
            values.enumerated().map { ($0 * 10, $1) }
        )
        #expect(report.inputs[0].value?.text == expected + " Cel")
        #expect(report.inputs[0].aggregate?.parts.count == values.count)
        // The newest of them stands for all where one source is asked for.
        #expect(report.inputs[0].source?.resource == "Observation/o0")
    }

    @Test("A copy goes into a mean once, a record that cannot be read leaves it open")
    func meansOnlyWhatIsKnown() throws {
        let members = "\"select\":\"mean\",\"round\":\"0.1\","
        let copied = try celsius(members, [(10, "37"), (10, "37"), (20, "40")])
        #expect(copied.inputs[0].value?.text == "38.5 Cel")
        #expect(copied.rejections.map(\.reason) == [.duplicate])
        let profile = try Probe.profile(
            "{\"name\":\"x\",\"type\":\"quantity\",\"unit\":\"Cel\",\(members)\(Self.from)}"
        )
        let unread = try Probe.map(
            profile,
            [
                Probe.observation("a", minutes: 5, Probe.quantity("37", "Cel")),
                Probe.observation("b", minutes: 300, Probe.quantity("37", "C")),
            ]
        )
        #expect(unread.inputs[0].value == nil)
        #expect(unread.inputs[0].missingReason == .unitIncompatible)
    }

    @Test(
        "The worst is what the profile says is worse",
        arguments: [
            ("\"worst\":\"high\"", "40.5"), ("\"worst\":\"low\"", "34"),
            ("\"worst\":\"outside\",\"normal\":[36,38]", "40.5"),
            ("\"worst\":\"outside\",\"normal\":[37,40]", "34"),
        ]
    )
    func worst(members: String, expected: String) throws {
        let report = try celsius(
            "\"select\":\"worst\",\(members),",
            [(10, "37"), (20, "34"), (30, "40.5"), (40, "39")]
        )
        #expect(report.inputs[0].value?.text == expected + " Cel")
        #expect(report.rejections.count == 3)
    }

    @Test("The worst code is the one farthest along its values")
    func worstCode() throws {
        let profile = try Probe.profile(
            """
            {"name":"x","type":"code","values":["A","C","V"],"select":"worst","worst":"high",
            "from":[{"code":["s|a"],"path":"value.ofType(string)"}]}
            """
        )
        let report = try Probe.map(
            profile,
            [
                Probe.observation("a", minutes: 5, "\"valueString\":\"A\""),
                Probe.observation("b", minutes: 50, "\"valueString\":\"V\""),
                Probe.observation("c", minutes: 90, "\"valueString\":\"C\""),
            ]
        )
        #expect(report.inputs[0].value == .code("V"))
        #expect(report.inputs[0].source?.resource == "Observation/b")
    }

    private static let absent = "\"absent\":{\"value\":0,\"reason\":\"all are charted\"},"

    @Test("A count counts what passes every test, and says so of each record")
    func counts() throws {
        let profile = try Probe.profile(
            """
            {"name":"x","type":"integer","select":"count","before":"PT1H",
            "from":[{"code":["s|a"],"path":"value.ofType(Quantity)","unit":"Cel","above":"38"}]}
            """
        )
        let report = try Probe.map(
            profile,
            [
                Probe.observation("a", minutes: 70, Probe.quantity("39", "Cel")),
                Probe.observation("b", minutes: 80, Probe.quantity("102", "[degF]")),
                Probe.observation("c", minutes: 90, Probe.quantity("37", "Cel")),
                Probe.observation("d", minutes: 30, Probe.quantity("40", "Cel")),
            ]
        )
        #expect(report.inputs[0].value?.text == "2")
        #expect(
            report.inputs[0].aggregate?.parts.map(\.source.resource)
                == ["Observation/a", "Observation/b"]
        )
        #expect(report.rejections.map(\.reason) == [.recent])
        #expect(report.rejections[0].accepted == "a time more than 1 h ago")
    }

    @Test("No record is no answer, unless the profile says what it means and why")
    func absence() throws {
        func exists(_ members: String, _ resources: [String]) throws -> MappingReport.Input {
            let profile = try Probe.profile(
                "{\"name\":\"x\",\"type\":\"boolean\",\"select\":\"exists\",\(members)"
                    + "\"from\":[{\"code\":[\"s|a\"]}]}"
            )
            #expect(profile.retrievals[0].isRequired)
            return try Probe.map(profile, resources).inputs[0]
        }
        let absent = "\"absent\":{\"value\":false,\"reason\":\"all are charted\"},"
        let unsaid = try exists("", [])
        #expect(unsaid.value == nil)
        let said = try exists(absent, [])
        #expect(said.value == .boolean(false))
        #expect(said.flags == [.fromAbsence])
        #expect(said.basis == "all are charted")
        #expect(said.source == nil)
        // What is outside the window is not what was looked for.
        let old = try Probe.observation("a", minutes: 1_000, "\"valueBoolean\":true")
        #expect(try exists(absent, [old]).value == .boolean(false))
        // What cannot be read may be the very thing.
        let preliminary = try Probe.observation(
            "a",
            minutes: 10,
            "\"valueBoolean\":true",
            status: "preliminary"
        )
        let open = try exists(absent, [preliminary])
        #expect(open.value == nil)
        #expect(open.missingReason == .status)
        let found = try exists(
            absent,
            [preliminary, try Probe.observation("b", minutes: 700, "\"valueBoolean\":true")]
        )
        #expect(found.value == .boolean(true))
        #expect(found.source?.resource == "Observation/b")
    }

    @Test("A record that says no is evidence, and needs no word on absence")
    func evidenceOfAbsence() throws {
        let profile = try Probe.profile(
            """
            {"name":"x","type":"boolean","select":"exists",
            "from":[{"code":["s|a"],"path":"value.ofType(Quantity).where(value > 0)"}]},
            {"name":"n","type":"integer","select":"count",
            "from":[{"code":["s|a"],"path":"value.ofType(Quantity).value > 0"}]}
            """
        )
        let report = try Probe.map(
            profile,
            [try Probe.observation("a", minutes: 9, Probe.quantity("0", "L/min"))]
        )
        #expect(report.inputs[0].value == .boolean(false))
        #expect(report.inputs[0].source?.resource == "Observation/a")
        #expect(report.inputs[1].value?.text == "0")
        #expect(report.rejections.isEmpty)
    }

    @Test(
        "A condition that comes out empty is no answer, whereas a filter that finds nothing says no",
        arguments: [
            ("value.ofType(Quantity).value > 0", nil),
            ("status = 'final' and value.ofType(Quantity).value > 0", nil),
            ("status = 'x' and value.ofType(Quantity).value > 0", false),
            ("value.ofType(Quantity).where(value > 0)", false),
            ("value.ofType(Quantity).value | component.value", false),
        ] as [(String, Bool?)]
    )
    func openConditions(path: String, expected: Bool?) throws {
        let profile = try Probe.profile(
            """
            {"name":"x","type":"boolean","select":"exists",
            "absent":{"value":false,"reason":"r"},"from":[{"code":["s|a"],"path":"\(path)"}]}
            """
        )
        let record = try Probe.observation("a", minutes: 9, "\"note\":[]")
        let report = try Probe.map(profile, [record])
        #expect(report.inputs[0].value == expected.map { MappingReport.Value.boolean($0) })
        #expect(report.rejections.map(\.reason) == (expected == nil ? [.valueType] : []))
        // Without a time it is told that there is none.
        let untimed = record.replacing("effectiveDateTime", with: "other")
        #expect(try Probe.map(profile, [untimed]).inputs[0].missingReason == .noTime)
    }

    @Test(
        "What does not fit the kind of value is refused",
        arguments: [
            ("\"type\":\"quantity\",\"unit\":\"Cel\",\"select\":\"mean\"", "select"),
            ("\"type\":\"quantity\",\"unit\":\"Cel\",\"select\":\"exists\"", "select"),
            ("\"type\":\"boolean\",\"select\":\"count\"", "select"),
            ("\"type\":\"boolean\",\"select\":\"median\"", "select"),
            ("\"type\":\"quantity\",\"unit\":\"Cel\",\"select\":\"worst\"", "worst"),
            ("\"type\":\"quantity\",\"unit\":\"Cel\",\"worst\":\"high\"", "worst"),
            (
                "\"type\":\"quantity\",\"unit\":\"Cel\",\"select\":\"worst\",\"worst\":\"outside\"",
                "normal"
            ),
            (
                "\"type\":\"quantity\",\"unit\":\"Cel\",\"select\":\"median\",\"onTie\":1", "onTie"
            ),
            (
                "\"type\":\"boolean\",\"select\":\"exists\",\"absent\":{\"value\":true,\"reason\":\"r\"}",
                "absent.value"
            ),
            (
                "\"type\":\"boolean\",\"select\":\"exists\",\"absent\":{\"value\":false}",
                "absent.reason"
            ),
            ("\"type\":\"boolean\",\"absent\":{\"value\":false,\"reason\":\"r\"}", "absent"),
            ("\"type\":\"boolean\",\"before\":\"PT12H\"", "before"),
        ]
    )
    func refuses(members: String, path: String) {
        let error = #expect(throws: ProfileError.self) {
            try Probe.profile(
                "{\"name\":\"x\",\(members),\"from\":[{\"code\":[\"s|a\"],\"path\":\"value\"}]}"
            )
        }
        #expect(error?.code == .malformed)
        #expect(error?.path == "inputs[0]." + path)
    }
}
