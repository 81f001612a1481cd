import Basics
import JSON
import Testing

@testable import Mapping

@Suite("Windows, spans and quorums")
struct WindowTests {
    private static let trend = """
        {"name":"now","type":"quantity","unit":"mg/dL",
        "from":[{"code":["s|a"],"path":"value.ofType(Quantity)"}]},
        {"name":"earlier","type":"quantity","unit":"mg/dL","within":"P2D","before":"P1D",
        "from":[{"code":["s|a"],"path":"value.ofType(Quantity)"}]}
        """

    private func value(_ minutes: Int, _ value: String) throws -> String {
        try Probe.observation("m\(minutes)", minutes: minutes, Probe.quantity(value, "mg/dL"))
    }

    @Test("An input with `before` takes the newest that is older, for a trend")
    func trend() throws {
        let profile = try Probe.profile(Self.trend)
        let report = try Probe.map(
            profile,
            [value(30, "3"), value(1_439, "2"), value(1_440, "1.5"), value(2_881, "1")]
        )
        #expect(report.inputs.map { $0.value?.text } == ["3 mg/dL", "1.5 mg/dL"])
        #expect(
            report.rejections.filter { $0.input == "earlier" }.map(\.reason)
                == [.recent, .recent, .stale]
        )
        #expect(profile.retrievals.map(\.windowSeconds) == [43_200, 172_800])
    }

    @Test("A day is older than the bound only when all of it is")
    func days() throws {
        let profile = try Probe.profile(Self.trend)
        func day(_ text: String) throws -> MappingReport.Input {
            let resource = try value(0, "2").replacing("\(try Probe.ago(0))", with: text)
            return try Probe.map(profile, [resource]).inputs[1]
        }
        #expect(try day("2026-05-03").missingReason == .noTime)
        #expect(try day("2026-05-04").missingReason == .noTime)
        #expect(try day("2026-05-05").missingReason == .recent)
        #expect(try day("2026-05-02").value == nil)
    }

    @Test("The future is the future, and not merely too recent")
    func future() throws {
        let report = try Probe.map(Probe.profile(Self.trend), [value(-60, "3")])
        #expect(report.rejections.map(\.reason) == [.future, .future])
    }

    private static func pair(_ quorum: String) throws -> Profile {
        try Probe.profile(
            """
            {"name":"a","type":"quantity","unit":"/min",
            "from":[{"code":["s|a"],"path":"value.ofType(Quantity)"}]},
            {"name":"b","type":"quantity","unit":"/min","missing":{"policy":"assume","value":1},
            "from":[{"code":["s|b"],"path":"value.ofType(Quantity)"}]},
            {"name":"c","type":"quantity","unit":"/min","missing":{"policy":"partial"},
            "from":[{"code":["s|c"],"path":"value.ofType(Quantity)"}]}
            """,
            more: "\"quorum\":[\(quorum)],"
        )
    }

    @Test(
        "A quorum counts what was observed, and a span what was observed together",
        arguments: [
            ("\"atLeast\":2", [("a", 1), ("b", 2)], true),
            ("\"atLeast\":2", [("a", 1)], false),
            ("\"atLeast\":2,\"of\":[\"b\",\"c\"]", [("a", 1), ("b", 2)], false),
            ("\"span\":\"PT1H\"", [("a", 1), ("c", 61)], true),
            ("\"span\":\"PT1H\"", [("a", 1), ("c", 62)], false),
            ("\"span\":\"PT1H\"", [("a", 1)], true),
            ("\"span\":\"PT1H\"", [], true),
            ("\"span\":\"PT1H\",\"of\":[\"a\",\"b\"]", [("a", 1), ("c", 99)], true),
            ("\"span\":\"PT1H\",\"atLeast\":2", [("a", 1)], false),
        ] as [(String, [(String, Int)], Bool)]
    )
    func quorums(members: String, observed: [(String, Int)], holds: Bool) throws {
        let profile = try Self.pair("{\(members),\"else\":\"not-one-set\"}")
        let report = try Probe.map(
            profile,
            observed.map { code, minutes in
                try Probe.observation(
                    code,
                    code: code,
                    minutes: minutes,
                    Probe.quantity("60", "/min")
                )
            }
        )
        switch report.applicability {
        case .applies: #expect(holds)
        case .undecided(let code, let rule):
            #expect(!holds)
            #expect(code == "not-one-set")
            #expect(rule.contains("of"))
        case .notApplicable: Issue.record("a quorum never bars a model for good")
        }
    }

    @Test(
        "A quorum that says nothing, or too much, is refused",
        arguments: [
            ("{\"else\":\"x\"}", "quorum[0].atLeast"),
            ("{\"atLeast\":4,\"else\":\"x\"}", "quorum[0].atLeast"),
            ("{\"atLeast\":0,\"else\":\"x\"}", "quorum[0].atLeast"),
            ("{\"atLeast\":1,\"of\":[\"z\"],\"else\":\"x\"}", "quorum[0].of[0]"),
            ("{\"atLeast\":1}", "quorum[0].else"),
            ("{\"span\":\"1h\",\"else\":\"x\"}", "quorum[0].span"),
        ]
    )
    func refuses(quorum: String, path: String) {
        let error = #expect(throws: ProfileError.self) { try Self.pair(quorum) }
        #expect(error?.path == path)
    }

    @Test(
        "A length of time is told in its two largest units",
        arguments: [
            (0, "0 s"), (59, "59 s"), (60, "1 min"), (3_661, "1 h 1 min"), (43_200, "12 h"),
            (183_600, "2 d 3 h"), (86_460, "1 d"), (3_841 * 3_600, "160 d 1 h"),
        ]
    )
    func durations(seconds: Int, text: String) {
        #expect(DurationText.text(seconds: seconds) == text)
    }
}
