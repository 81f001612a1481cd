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
            [value(30, "3"), value(1_440, "2"), value(1_441, "1.5"), value(2_881, "1")]
        )
        #expect(report.inputs.map { $0.value?.text } == ["3 mg/dL", "1.5 mg/dL"])
        #expect(
            report.rejections.filter { $0.input == "earlier" }.map(\.reason)
                == [.recent, .recent, .stale]
        )
        #expect(profile.retrievals.map(\.windowSeconds) == [43_200, 172_800])
    }

    @Test("Windows that meet at the bound share no record")
    func bound() throws {
        let profile = try Probe.profile(
            Self.trend.replacing("\"name\":\"now\",", with: "\"name\":\"now\",\"within\":\"P1D\",")
        )
        for (minutes, isTaken) in [(1_440, [true, false]), (1_441, [false, true])] {
            let report = try Probe.map(profile, [value(minutes, "2")])
            #expect(report.inputs.map { $0.value != nil } == isTaken)
        }
    }

    @Test("A day is older than the bound only when all of it is")
    func days() throws {
        let profile = try Probe.profile(Self.trend)
        func day(_ text: String) throws -> MappingReport.Input {
            let resource = try value(0, "2").replacing("\(try Probe.ago(0))", with: text)
            return try Probe.map(profile, [resource]).inputs[1]
        }
        #expect(try day("2026-05-03").missingReason == .noTime)
        #expect(try day("2026-05-04").missingReason == .recent)
        #expect(try day("2026-05-05").missingReason == .recent)
        #expect(try day("2026-05-02").value == nil)
    }

    @Test("The future is the future, and not merely too recent")
    func future() throws {
        let report = try Probe.map(Probe.profile(Self.trend), [value(-60, "3")])
        #expect(report.rejections.map(\.reason) == [.future, .future])
    }

    /// A meter of the ward, whose reading counts for hours, and a laboratory.
    private static let meter = """
        {"name":"glucose","type":"quantity","unit":"mg/dL","within":"PT4H",
        "from":[{"code":["s|ward"],"path":"value.ofType(Quantity)"},
        {"code":["s|lab"],"path":"value.ofType(Quantity)","within":"P1D"},
        {"code":["s|strip"],"path":"value.ofType(Quantity)","within":"PT1H"}]}
        """

    @Test(
        "An alternative with a window of its own is held against that one, wider or narrower",
        arguments: [
            ("ward", 240, true), ("ward", 241, false), ("lab", 241, true), ("lab", 1_440, true),
            ("lab", 1_441, false), ("strip", 60, true), ("strip", 61, false),
        ]
    )
    func ownWindows(_ code: String, _ minutes: Int, _ isTaken: Bool) throws {
        let record = try Probe.observation(
            "o",
            code: code,
            minutes: minutes,
            Probe.quantity("90", "mg/dL")
        )
        let report = try Probe.map(Probe.profile(Self.meter), [record])
        #expect((report.inputs[0].value != nil) == isTaken)
        guard !isTaken else { return }
        let rejection = try #require(report.rejections.first)
        #expect(rejection.reason == .stale)
        let allowed = ["ward": "4 h", "lab": "1 d", "strip": "1 h"][code] ?? ""
        #expect(rejection.accepted.contains(" " + allowed), "\(rejection.accepted)")
    }

    @Test("The newest within the windows is taken, and each window is asked for by itself")
    func ownWindowsTogether() throws {
        let profile = try Probe.profile(Self.meter)
        func value(_ code: String, _ minutes: Int, _ value: String) throws -> String {
            let quantity = Probe.quantity(value, "mg/dL")
            return try Probe.observation(code, code: code, minutes: minutes, quantity)
        }
        // The strip is the newest of all, and too old for a strip.
        let records = try [
            value("strip", 90, "1"), value("ward", 200, "2"), value("lab", 210, "3"),
        ]
        #expect(try Probe.map(profile, records).inputs[0].value?.text == "2 mg/dL")
        #expect(
            try Probe.map(profile, [records[0], records[2]]).inputs[0].value?.text == "3 mg/dL"
        )
        #expect(profile.windowSeconds == 86_400)
        let asked = profile.retrievals.map { "\($0.windowSeconds) \($0.codes)" }
        #expect(asked == [#"14400 ["s|ward"]"#, #"86400 ["s|lab"]"#, #"3600 ["s|strip"]"#])
        #expect(profile.retrievals.allSatisfy { $0.feeds == ["glucose"] && $0.isRequired })
    }

    @Test("One code in two alternatives counts for each as long as it says")
    func sameCode() throws {
        let profile = try Probe.profile(
            """
            {"name":"a","type":"quantity","unit":"mg/dL","within":"PT1H",
            "from":[{"code":["s|a"],"path":"value.ofType(Quantity)"},
            {"code":["s|a"],"path":"value.ofType(Quantity)","within":"P1D","standIn":true}]}
            """
        )
        let fresh = try Probe.map(profile, [value(30, "3")]).inputs[0]
        let old = try Probe.map(profile, [value(300, "3")]).inputs[0]
        #expect(fresh.value?.text == "3 mg/dL" && !fresh.flags.contains(.standIn))
        #expect(old.value?.text == "3 mg/dL" && old.flags.contains(.standIn))
        #expect(try Probe.map(profile, [value(1_441, "3")]).inputs[0].value == nil)
    }

    @Test("What is too old for one alternative and cannot be read by another is not passed over")
    func unread() throws {
        let profile = try Probe.profile(
            """
            {"name":"flow","type":"boolean","missing":{"policy":"assume","value":false},
            "from":[{"code":["s|a"],"path":"value.ofType(Quantity).value > 0","within":"P2D"},
            {"code":["s|a"],"constant":true,"within":"PT1H"}]}
            """
        )
        let older = try value(1_800, "2")
        #expect(try Probe.map(profile, [older]).inputs[0].value == .boolean(true))
        // Newer, without a value: it might have said that the flow was ended.
        let newer = try Probe.observation("n", minutes: 300, #""note":[{"text":"x"}]"#)
        #expect(try Probe.map(profile, [older, newer]).inputs[0].value == nil)
        #expect(try Probe.map(profile, [newer]).inputs[0].value == nil, "nor is it assumed")
        // Beyond the longest window it bears on nothing.
        let past = try Probe.observation("n", minutes: 2_881, #""note":[{"text":"x"}]"#)
        #expect(try Probe.map(profile, [older, past]).inputs[0].value == .boolean(true))
    }

    @Test("What cannot be read bars only what lies in the window of its own alternative")
    func unreadElsewhere() throws {
        let profile = try Probe.profile(Self.meter)
        let lab = try Probe.observation(
            "lab",
            code: "lab",
            minutes: 1_000,
            Probe.quantity("90", "mg/dL")
        )
        func ward(_ minutes: Int) throws -> String {
            try Probe.observation(
                "w",
                code: "ward",
                minutes: minutes,
                Probe.quantity("5", "nonsense")
            )
        }
        #expect(try Probe.map(profile, [lab, ward(240)]).inputs[0].value == nil)
        #expect(try Probe.map(profile, [lab, ward(241)]).inputs[0].value?.text == "90 mg/dL")
    }

    @Test("The set before this one is looked for as far back as the longest alternative")
    func earlierSet() throws {
        let profile = try Probe.profile(
            Self.meter,
            more: #""earlier":{"set":"previous","of":["glucose"]},"#
        )
        #expect(profile.windowSeconds > 2 * 86_400)
        #expect(try Probe.profile(Self.meter).windowSeconds == 86_400)
    }

    @Test(
        "A window of an alternative that cannot be meant is refused at its place",
        arguments: [
            (#","before":"PT2H""#, #"{"code":["s|a"],"within":"PT2H","#, true),
            (#","before":"PT2H""#, #"{"code":["s|a"],"within":"PT2H1S","#, false),
            ("", #"{"code":["s|a"],"within":"P1Y","#, true),
            ("", #"{"code":["s|a"],"within":3600,"#, true),
            ("", #"{"resource":"Patient","within":"PT1H","#, true),
            ("", #"{"resource":"Patient","#, false),
        ]
    )
    func badWindows(_ input: String, _ from: String, _ isRefused: Bool) throws {
        let text = Probe.text(
            #"{"name":"a","type":"quantity","unit":"mg/dL"\#(input),"from":["#
                + from + #""path":"value.ofType(Quantity)"}]}"#
        )
        let findings = try Profile.findings(
            parsing: JSONDocument(parsing: text),
            conceptMaps: [:]
        )
        #expect(findings.map(\.path) == (isRefused ? ["inputs[0].from[0].within"] : []))
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
