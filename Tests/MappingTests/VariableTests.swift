import Basics
import JSON
import Testing

@testable import Mapping

@Suite("Variables and aliases of code systems")
struct VariableTests {
    private static let patient =
        "{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"1960-02-03\",\"gender\":\"female\"}"

    private static let input = """
        {"name":"x","type":"boolean",
        "from":[{"code":["s|a"],"path":"value.ofType(Quantity).value > %limit"}]}
        """

    @Test("A variable is read on the Patient and may read others and all resources")
    func evaluates() throws {
        let profile = try Probe.profile(
            Self.input,
            more: """
                "variables":{"limit":"iif(%isWoman, 10, 20)","isWoman":"gender = 'female'",
                "count":"%resources.count()"},
                "applies":[{"when":"%count = 1 and %isWoman","else":"no"}],
                """
        )
        let reading = try Probe.observation("o", minutes: 5, Probe.quantity("15", "1"))
        let woman = try Probe.map(profile, [reading], patient: Self.patient)
        #expect(woman.inputs[0].value == .boolean(true))
        #expect(woman.applicability == .applies)
        let man = try Probe.map(
            profile,
            [reading],
            patient: Self.patient.replacing("female", with: "male")
        )
        #expect(man.inputs[0].value == .boolean(false))
        // Without a Patient nothing is known, and nothing is guessed.
        let unknown = try Probe.map(profile, [reading])
        #expect(unknown.inputs[0].value == nil)
        #expect(unknown.inputs[0].missingReason == .valueType)
    }

    @Test(
        "A circle, a bad name and an unknown name are refused",
        arguments: [
            ("\"limit\":\"%limit + 1\"", "LIMEN-MAP-008", "variables.limit"),
            ("\"limit\":\"%b\",\"b\":\"%c\",\"c\":\"%limit\"", "LIMEN-MAP-008", "variables.limit"),
            ("\"limit\":\"%c\"", "LIMEN-MAP-004", "variables.limit"),
            ("\"limit\":\"1\",\"resources\":\"1\"", "LIMEN-MAP-001", "variables.resources"),
            ("\"limit\":\"1\",\"1a\":\"1\"", "LIMEN-MAP-001", "variables.1a"),
            ("\"limit\":1", "LIMEN-MAP-001", "variables.limit"),
            ("\"limit\":\"1\",\"encounterId\":\"1\"", "LIMEN-MAP-001", "variables.encounterId"),
        ]
    )
    func refuses(variables: String, code: String, path: String) {
        let error = #expect(throws: ProfileError.self) {
            try Probe.profile(Self.input, more: "\"variables\":{\(variables)},")
        }
        #expect(error?.code.rawValue == code)
        #expect(error?.path == path)
    }

    @Test("An expression that asks for too much ends as a rejection of its own")
    func explodes() throws {
        let profile = try Probe.profile(
            """
            {"name":"x","type":"boolean","from":[{"code":["s|a"],
            "path":"(1 | 2).repeat($this + 1).exists()"}]}
            """
        )
        let report = try Probe.map(
            profile,
            [try Probe.observation("o", minutes: 5, Probe.quantity("15", "1"))]
        )
        #expect(report.inputs[0].value == nil)
        #expect(report.rejections.map(\.sentence) == [Finding.expressionTooLarge.sentence])
    }

    @Test("Another name of a code system counts only where it is declared")
    func aliases() throws {
        let input = """
            {"name":"x","type":"quantity","unit":"Cel",
            "from":[{"code":["http://loinc.org|8310-5"],"path":"value.ofType(Quantity)"}]}
            """
        let reading = try Probe.observation("o", minutes: 5, Probe.quantity("37", "Cel"))
        func coded(_ system: String) -> String {
            reading.replacing(
                "\"system\":\"s\",\"code\":\"a\"",
                with: "\(system)\"code\":\"8310-5\""
            )
        }
        let oid = coded("\"system\":\"urn:oid:2.16.840.1.113883.6.1\",")
        let plain = try Probe.profile(input)
        let aliased = try Probe.profile(
            input,
            more: "\"systemAliases\":{\"urn:oid:2.16.840.1.113883.6.1\":\"http://loinc.org\"},"
        )
        #expect(try Probe.map(plain, [oid]).inputs[0].value == nil)
        #expect(try Probe.map(aliased, [oid]).inputs[0].value?.text == "37 Cel")
        #expect(
            aliased.retrievals[0].codes == [
                "http://loinc.org|8310-5", "urn:oid:2.16.840.1.113883.6.1|8310-5",
            ]
        )
        // A local code, or one without a system, only looks like LOINC.
        for system in ["\"system\":\"urn:site\",", "", "\"system\":\"http://loinc.org/\","] {
            let report = try Probe.map(aliased, [coded(system)])
            #expect(report.inputs[0].value == nil)
            #expect(report.unaskedCount == 1)
        }
    }
}
