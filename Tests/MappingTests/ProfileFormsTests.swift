import Mapping
import Testing

@Suite("What a profile takes at a place")
struct ProfileFormsTests {
    @Test(
        "The object counts as well as the member",
        arguments: [
            ("status", "draft, active or retired"),
            ("defaults.status", "a list of statuses"),
            ("inputs[0].from[1].status", "a list of statuses"),
            ("inputs[3].missing.value", "a value of the input's type, with assume"),
            ("inputs[3].absent.value", "false with select exists"),
            ("inputs[3].convert[0].factor", "a number other than 0"),
            ("inputs[3].worst", "high, low or outside"),
            ("inputs[3].unitAliases.", "a unit text of the site"),
            ("quorum[0].of[2]", "a list of names of inputs"), ("earlier.of[0]", "a list of names"),
            ("url", "the canonical url"), ("", "one JSON object"),
        ]
    )
    func accepted(path: String, text: String) throws {
        #expect(try #require(ProfileForms.accepted(at: path)).hasPrefix(text))
    }

    @Test(
        "Every member of the format has a text",
        arguments: [
            ("", ProfileFormat.profile.filter { $0 != "title" && $0 != "description" }),
            ("defaults.", ProfileFormat.defaults), ("applies[0].", ProfileFormat.applies),
            ("quorum[0].", ProfileFormat.quorum), ("inputs[0].", ProfileFormat.input),
            ("facts[0].", ProfileFormat.fact), ("inputs[0].from[0].", ProfileFormat.from),
            ("earlier.", ProfileFormat.earlier), ("inputs[0].missing.", ProfileFormat.missing),
            ("inputs[0].absent.", ProfileFormat.absent),
            ("inputs[0].molarMass.", ProfileFormat.molarMass),
            ("inputs[0].convert[0].", ProfileFormat.convert),
        ]
    )
    func complete(place: String, names: [String]) {
        for name in names {
            #expect(ProfileForms.accepted(at: place + name) != nil, "\(place)\(name)")
        }
    }

    @Test("The loader says what it would take")
    func loader() throws {
        let error = #expect(throws: ProfileError.self) {
            _ = try Probe.profile(
                "{\"name\":\"x\",\"type\":\"quantity\",\"unit\":\"Cel\",\"select\":\"mean\",\"from\":[]}"
            )
        }
        #expect(
            error?.sentence.hasSuffix("; accepted: round beside mean, which is rounded to it")
                == true
        )
    }
}
