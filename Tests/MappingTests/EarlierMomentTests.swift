import Basics
import JSON
import Testing

@testable import Mapping

@Suite("The moment of an earlier result")
struct EarlierMomentTests {
    private static let inputs = """
        {"name":"a","type":"quantity","unit":"/min",
        "from":[{"code":["s|a"],"path":"value.ofType(Quantity)"}]},
        {"name":"b","type":"quantity","unit":"/min","within":"P30D",
        "from":[{"code":["s|b"],"path":"value.ofType(Quantity)"}]}
        """

    private func report(_ profile: Profile, _ minutes: [(code: String, minutes: Int)]) throws
        -> MappingReport
    {
        try Probe.map(
            profile,
            minutes.map {
                try Probe.observation(
                    "\($0.code)\($0.minutes)",
                    code: $0.code,
                    minutes: $0.minutes,
                    Probe.quantity("1", "/min")
                )
            }
        )
    }

    @Test("goes back by a fixed time, and the prefetch reaches as far")
    func back() throws {
        let profile = try Probe.profile(Self.inputs, more: #""earlier":{"back":"PT24H"},"#)
        let now = try moment(Probe.now)
        let report = try report(profile, [])
        #expect(profile.earlierMoment(for: report, now: now)?.text == "2026-05-03T10:00:00Z")
        #expect(profile.retrievals.map(\.windowSeconds) == [129_600, 2_678_400])
    }

    @Test("is just before the set of observations of now, of which nothing is taken again")
    func previousSet() throws {
        let profile = try Probe.profile(
            Self.inputs,
            more: #""earlier":{"set":"previous","of":["a"]},"#
        )
        let now = try moment(Probe.now)
        let present = try report(profile, [("a", 30), ("b", 40_000), ("a", 90)])
        let earlier = try #require(profile.earlierMoment(for: present, now: now))
        // Five minutes of tolerance for clocks that go ahead, and a second.
        #expect(earlier.text == "2026-05-04T09:24:59Z")
        let before = profile.map(
            patient: nil,
            resources: try [30, 90].map {
                try JSONDocument(
                    parsing: Probe.observation(
                        "a\($0)",
                        minutes: $0,
                        Probe.quantity("1", "/min")
                    )
                ).root
            },
            patientID: "p",
            now: earlier
        )
        #expect(before.inputs[0].source?.resource == "Observation/a90")
        #expect(profile.earlierMoment(for: try report(profile, []), now: now) == nil)
        #expect(profile.retrievals.map(\.windowSeconds) == [86_701, 2_635_501])
    }

    @Test(
        "is refused when it cannot be told",
        arguments: [
            "{}", #"{"back":"PT0S"}"#, #"{"back":"PT1H","set":"previous"}"#, #"{"set":"next"}"#,
            #"{"set":"previous","of":["c"]}"#, #"{"back":"P400D"}"#, #"{"of":["a"]}"#,
            #"{"back":"PT1H","of":["a"]}"#, #"{"set":"previous","off":["a"]}"#,
        ]
    )
    func refusals(earlier: String) throws {
        #expect(throws: ProfileError.self) {
            _ = try Probe.profile(Self.inputs, more: #""earlier":\#(earlier),"#)
        }
    }
}
