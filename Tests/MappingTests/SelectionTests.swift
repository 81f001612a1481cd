import Basics
import JSON
import Mapping
import Testing

@Suite("Selection, preference and missing policies of small profiles")
struct SelectionTests {
    private static let now = "2026-05-04T10:00:00Z"

    private func report(
        _ members: String,
        from: String = "{\"code\":[\"s|a\"],\"path\":\"value.ofType(Quantity)\"}",
        _ observations: [(code: String, minutes: Int, value: String)],
        type: String = "\"quantity\",\"unit\":\"Cel\""
    ) throws -> MappingReport {
        let profile = try Profile(
            parsing: JSONDocument(
                parsing: """
                    {"format":"limen-profile/1","url":"u","version":"1","status":"draft",
                    "model":"m","defaults":{"within":"PT12H"},
                    "inputs":[{"name":"x","type":\(type),\(members)"from":[\(from)]}]}
                    """
            ),
            conceptMaps: [:]
        )
        let resources = try observations.map { observation in
            let time = Instant(microseconds: try moment(Self.now).microseconds)
                .advanced(byMicroseconds: Int64(observation.minutes) * -60_000_000)
            return try JSONDocument(
                parsing: """
                    {"resourceType":"Observation","status":"final",
                    "code":{"coding":[{"system":"s","code":"\(observation.code)"}]},
                    "subject":{"reference":"Patient/p"},"effectiveDateTime":"\(time.text)",
                    \(observation.value)}
                    """
            ).root
        }
        return profile.map(
            patient: nil,
            resources: resources,
            patientID: "p",
            now: try moment(Self.now)
        )
    }

    private func degrees(_ value: String, _ unit: String = "Cel") -> String {
        """
        "valueQuantity":{"value":\(value),"system":"http://unitsofmeasure.org","code":"\(unit)"}
        """
    }

    @Test(
        "The selection decides which of several is taken",
        arguments: [("latest", "37"), ("first", "38"), ("max", "39"), ("min", "36")]
    )
    func selects(selection: String, value: String) throws {
        let report = try report(
            "\"select\":\"\(selection)\",",
            [
                ("a", 30, degrees("36")), ("a", 60, degrees("38")), ("a", 20, degrees("39")),
                ("a", 10, degrees("37")),
            ]
        )
        #expect(report.inputs[0].value?.text == value + " Cel")
        #expect(report.rejections.map(\.reason) == [.superseded, .superseded, .superseded])
    }

    @Test("Extremes are compared after conversion")
    func comparesConverted() throws {
        let report = try report(
            "\"select\":\"max\",",
            [("a", 30, degrees("99", "[degF]")), ("a", 20, degrees("38"))]
        )
        #expect(report.inputs[0].value?.text == "38 Cel")
    }

    @Test(
        "By rule the earlier alternative wins, by newest the newer observation",
        arguments: [("rule", "36", 0), ("newest", "38", 1)]
    )
    func prefers(preference: String, value: String, rule: Int) throws {
        let from = """
            {"code":["s|a"],"path":"value.ofType(Quantity)"},
            {"code":["s|b"],"path":"value.ofType(Quantity)"}
            """
        let report = try report(
            "\"prefer\":\"\(preference)\",",
            from: from,
            [("b", 5, degrees("38")), ("a", 60, degrees("36"))]
        )
        #expect(report.inputs[0].value?.text == value + " Cel")
        #expect(report.inputs[0].rule == rule)
        #expect(report.inputs[0].flags.isEmpty)
    }

    @Test(
        "What is missing follows its policy",
        arguments: [
            ("{\"policy\":\"reject\"}", nil, [], false),
            ("{\"policy\":\"partial\"}", nil, [], true),
            ("{\"policy\":\"model\"}", nil, [], true),
            ("{\"policy\":\"assume\",\"value\":37}", "37 Cel", [.assumed], false),
            (
                "{\"policy\":\"impute\",\"value\":36.6,\"source\":\"median\"}", "36.6 Cel",
                [.imputed], false
            ),
        ] as [(String, String?, [MappingReport.Flag], Bool)]
    )
    func follows(
        policy: String,
        value: String?,
        flags: [MappingReport.Flag],
        isOptional: Bool
    ) throws {
        let input = try report("\"missing\":\(policy),", []).inputs[0]
        #expect(input.value?.text == value)
        #expect(input.flags == flags)
        #expect(input.isOptional == isOptional)
        #expect(input.source == nil)
    }

    @Test("An assumed value never covers a record that is unread, or stale and says otherwise")
    func neverCoversEvidence() throws {
        let policy = "\"missing\":{\"policy\":\"assume\",\"value\":37},"
        let unread = try report(policy, [("a", 10, degrees("38", "warmth"))]).inputs[0]
        #expect(unread.value == nil)
        #expect(unread.missingReason == .unitUnknown)
        let same = try report(policy, [("a", 1_000, degrees("37"))]).inputs[0]
        #expect(same.flags == [.assumed])
        let other = try report(policy, [("a", 1_000, degrees("38"))]).inputs[0]
        #expect(other.value == nil)
        #expect(other.missingReason == .stale)
    }

    @Test("A site's alias makes its own unit readable, and only that one")
    func readsAliases() throws {
        let aliases = "\"unitAliases\":{\"F\":\"[degF]\",\"urn:site|C\":\"Cel\"},"
        let text = "\"valueQuantity\":{\"value\":212,\"unit\":\"F\"}"
        let input = try report(aliases, [("a", 10, text)]).inputs[0]
        #expect(input.value?.text == "100 Cel")
        #expect(input.flags == [.unitFromText, .converted])
        let site = "\"valueQuantity\":{\"value\":37,\"system\":\"urn:site\",\"code\":\"C\"}"
        #expect(try report(aliases, [("a", 10, site)]).inputs[0].value?.text == "37 Cel")
        let other = "\"valueQuantity\":{\"value\":37,\"unit\":\"C\"}"
        #expect(
            try report(aliases, [("a", 10, other)]).inputs[0].missingReason == .unitIncompatible
        )
    }

    @Test("A path beyond the everyday ones is evaluated as FHIRPath")
    func evaluatesExpressions() throws {
        let from = "{\"code\":[\"s|a\"],\"path\":\"value.ofType(Quantity).value > 0\"}"
        let input = try report("", from: from, [("a", 10, degrees("2"))], type: "\"boolean\"")
            .inputs[0]
        #expect(input.value == .boolean(true))
        #expect(input.source?.path == "value.ofType(Quantity).value > 0")
    }

    @Test("An integer is a whole number, and a count needs no unit")
    func readsIntegers() throws {
        let from = "{\"code\":[\"s|a\"],\"path\":\"value\"}"
        let whole = try report(
            "",
            from: from,
            [("a", 10, "\"valueInteger\":3")],
            type: "\"integer\""
        )
        #expect(whole.inputs[0].value == .quantity(DecimalNumber(3), unit: "1"))
        let part = try report("", from: from, [("a", 10, degrees("3.5", "1"))], type: "\"integer\"")
        #expect(part.inputs[0].missingReason == .valueType)
        let count = try report("", from: from, [("a", 10, "\"valueInteger\":37")])
        #expect(count.inputs[0].missingReason == .unitMissing)
    }
}
