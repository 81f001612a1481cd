import Basics
import JSON
import Mapping
import Testing

@Suite("Applicability rules, Patient inputs and what is fetched")
struct ApplicabilityTests {
    private func profile(_ applies: String, inputs: String? = nil) throws -> Profile {
        let pulse = """
            {"name":"pulse","type":"quantity","unit":"/min",
            "from":[{"code":["s|p"],"path":"value.ofType(Quantity)"}]}
            """
        return try Profile(
            parsing: JSONDocument(
                parsing: """
                    {"format":"limen-profile/1","url":"u","version":"1","status":"draft",
                    "model":"m","defaults":{"within":"PT12H"},"applies":[\(applies)],
                    "facts":[{"name":"known","within":"P300D","from":[
                    {"code":["s|k"],"constant":true},
                    {"resource":"Condition","code":["s|c"],"status":["active"],"time":"optional",
                    "constant":true}]}],
                    "inputs":[\(inputs ?? pulse)]}
                    """
            ),
            conceptMaps: [:]
        )
    }

    private func report(
        _ profile: Profile,
        patient: String? = #"{"resourceType":"Patient","id":"p","gender":"female"}"#,
        _ resources: [String] = []
    ) throws -> MappingReport {
        profile.map(
            patient: try patient.map { try JSONDocument(parsing: $0).root },
            resources: try resources.map { try JSONDocument(parsing: $0).root },
            patientID: "p",
            now: try moment("2026-05-04T10:00:00Z")
        )
    }

    private let known = """
        {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"s",
        "code":"k"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-04-01"}
        """

    @Test("A rule may look at all resources")
    func readsResources() throws {
        let rule = #"{"when":"%resources.count() > 1","else":"few"}"#
        let profile = try profile(rule)
        #expect(try report(profile, [known, known]).applicability == .applies)
        #expect(
            try report(profile, [known]).applicability
                == .notApplicable(code: "few", rule: "%resources.count() > 1")
        )
    }

    @Test("A rule that fails because nothing was found is undecided where not all was read")
    func failsForLackOfRecords() throws {
        let found = "%resources.ofType(Observation).exists()"
        let none = "%resources.ofType(Observation).empty()"
        let byVariable = #"{"when":"%found","else":"few","unknown":"few-unknown"}"#
        func verdict(
            _ rule: String,
            variables: String = "{}",
            _ resources: [String],
            incomplete: Set<String>
        ) throws -> String {
            let text = """
                {"format":"limen-profile/1","url":"u","version":"1","status":"draft",
                "model":"m","variables":\(variables),"applies":[\(rule)],
                "defaults":{"within":"PT12H"},
                "inputs":[{"name":"pulse","type":"quantity","unit":"/min",
                "from":[{"code":["s|p"],"path":"value.ofType(Quantity)"}]}]}
                """
            let profile = try Profile(parsing: JSONDocument(parsing: text), conceptMaps: [:])
            let survey = profile.read(
                patient: try JSONDocument(
                    parsing: #"{"resourceType":"Patient","id":"p","birthDate":"2020-01-01"}"#
                ).root,
                resources: try resources.map { try JSONDocument(parsing: $0).root },
                patientID: "p"
            )
            let report = profile.map(
                survey,
                now: try moment("2026-05-04T10:00:00Z"),
                incomplete: incomplete
            )
            switch report.applicability {
            case .applies: return "applies"
            case .notApplicable(let code, _), .undecided(let code, _): return code
            }
        }
        func rule(_ when: String) -> String {
            #"{"when":"\#(when)","else":"few","unknown":"few-unknown"}"#
        }
        let variables = #"{"found":"\#(found)"}"#
        #expect(try verdict(rule(found), [], incomplete: []) == "few")
        #expect(try verdict(rule(found), [], incomplete: ["Observation"]) == "few-unknown")
        // Of the type that the rule asks for all was read.
        #expect(try verdict(rule(found), [], incomplete: ["Condition"]) == "few")
        // One that does not say which type it asks for may ask for any.
        let any = rule("%resources.where(code.exists()).exists()")
        #expect(try verdict(any, [], incomplete: ["Condition"]) == "few-unknown")
        #expect(
            try verdict(byVariable, variables: variables, [], incomplete: ["Observation"])
                == "few-unknown"
        )
        #expect(
            try verdict(byVariable, variables: variables, [known], incomplete: ["Observation"])
                == "applies"
        )
        // What fails because of a record that came, or of the Patient, fails all the same.
        #expect(try verdict(rule(none), [known], incomplete: ["Observation"]) == "few")
        let age = rule("birthDate <= today() - 18 years")
        #expect(try verdict(age, [], incomplete: ["Observation"]) == "few")
        // A rule that fails goes before one that is held open.
        let both = rule(found) + "," + age.replacing(#""few""#, with: #""young""#)
        #expect(try verdict(both, [], incomplete: ["Observation"]) == "young")
    }

    @Test("A rule without an answer, or without a Patient, is undecided")
    func isUndecided() throws {
        let rule = #"{"when":"birthDate < today()","else":"no","unknown":"age-unknown"}"#
        let undecided = MappingReport.Applicability.undecided(
            code: "age-unknown",
            rule: "birthDate < today()"
        )
        #expect(try report(profile(rule)).applicability == undecided)
        #expect(try report(profile(rule), patient: nil).applicability == undecided)
    }

    @Test("A rule that fails goes before one that is undecided")
    func prefersFailure() throws {
        let rules = #"{"when":"birthDate < today()","else":"age"},{"unless":"known","else":"x"}"#
        let report = try report(profile(rules), [known])
        #expect(report.applicability == .notApplicable(code: "x", rule: "unless known"))
        #expect(report.facts.map(\.value) == [.boolean(true)])
        #expect(report.inputs.map(\.name) == ["pulse"])
    }

    @Test("A fact that is required bars where there is none, and is open where that is in doubt")
    func requiresFact() throws {
        let rule = #"{"requires":"known","else":"none","unknown":"in-doubt"}"#
        let profile = try profile(rule)
        #expect(try report(profile, [known]).applicability == .applies)
        let none = try report(profile)
        #expect(none.applicability == .notApplicable(code: "none", rule: "requires known"))
        #expect(none.unmetFact?.name == "known")
        #expect(
            none.unmetFact?.heldOpen == .undecided(code: "in-doubt", rule: "requires known")
        )
        let doubt = MappingReport.Applicability.undecided(code: "in-doubt", rule: "requires known")
        let unread = known.replacing(#""final""#, with: #""unknown-word""#)
        let nobodys = known.replacing("Patient/p", with: "#p")
        let uncoded = """
            {"resourceType":"Condition","id":"u","subject":{"reference":"Patient/p"},
            "clinicalStatus":{"coding":[{"system":
            "http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},
            "code":{"text":"x"}}
            """
        for record in [unread, nobodys, uncoded] {
            let report = try report(profile, [record])
            #expect(report.applicability == doubt)
            #expect(report.unmetFact == nil)
            #expect(report.rejections.map(\.input) == ["known"])
        }
        #expect(profile.retrievals.contains { $0.feeds == ["known"] && $0.isRequired })
    }

    @Test(
        "A rule has one condition, and names a fact",
        arguments: [
            #"{"requires":"pulse","else":"x"}"#, #"{"requires":"nobody","else":"x"}"#,
            #"{"requires":"known","unless":"known","else":"x"}"#,
            #"{"requires":"known","when":"true","else":"x"}"#, #"{"else":"x"}"#,
        ]
    )
    func refusesRules(_ rule: String) {
        #expect(throws: ProfileError.self) { try profile(rule) }
    }

    @Test("An input may be read from the Patient")
    func readsPatient() throws {
        let input = """
            {"name":"sex","type":"code","values":["female","male"],
            "from":[{"resource":"Patient","path":"gender"}]}
            """
        let profile = try profile("", inputs: input)
        let found = try report(profile).inputs[0]
        #expect(found.value == .code("female"))
        #expect(found.source?.resource == "Patient/p")
        let other = #"{"resourceType":"Patient","id":"p","gender":"other"}"#
        let unread = try report(profile, patient: other).inputs[0]
        #expect(unread.missingReason == .untranslated)
        #expect(try report(profile, patient: nil).inputs[0].value == nil)
    }

    @Test("What is to be fetched is grouped by resource type and window")
    func retrievals() throws {
        let profile = try profile("")
        #expect(profile.codes == ["s|p", "s|k", "s|c"])
        #expect(profile.windowSeconds == 25_920_000)
        let groups = profile.retrievals
        #expect(groups.map(\.resource) == ["Observation", "Observation", "Condition"])
        #expect(groups.map(\.codes) == [["s|p"], ["s|k"], ["s|c"]])
        #expect(groups.map(\.windowSeconds) == [43_200, 25_920_000, 25_920_000])
    }

    @Test("The number of inputs is limited", arguments: [511, 512, 513])
    func limitsInputs(_ count: Int) throws {
        // One fact stands beside the inputs and counts too.
        let inputs = (1..<count).map { position in
            """
            {"name":"i\(position)","type":"boolean","from":[{"code":["s|\(position)"],
            "constant":true}]}
            """
        }
        .joined(separator: ",")
        if count <= Limits.profileInputsMax {
            #expect(try profile("", inputs: inputs).inputNames.count == count - 1)
        } else {
            #expect(throws: ProfileError(code: .malformed, path: "")) {
                try profile("", inputs: inputs)
            }
        }
    }
}
