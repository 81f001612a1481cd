import Basics
import JSON
import Testing

@testable import Mapping

@Suite("Resources other than Observation")
struct ResourceTypeTests {
    private func input(
        _ from: String,
        _ resources: [String],
        type: String = "\"boolean\",\"select\":\"exists\"",
        patient: String? = nil
    ) throws -> (input: MappingReport.Input, report: MappingReport) {
        let profile = try Probe.profile(
            "{\"name\":\"x\",\"type\":\(type),\"within\":\"P30D\",\"from\":[\(from)]}"
        )
        let report = try Probe.map(profile, resources, patient: patient)
        return (report.inputs[0], report)
    }

    private static let order = """
        {"resource":"MedicationRequest","code":["s|a"],"status":["active"]}
        """

    @Test(
        "A medicine is found as concept, as CodeableReference, contained or sent along",
        arguments: [
            "\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"s\",\"code\":\"a\"}]}",
            "\"medication\":{\"concept\":{\"coding\":[{\"system\":\"s\",\"code\":\"a\"}]}}",
            "\"medicationReference\":{\"reference\":\"Medication/m\"}",
            "\"medicationReference\":{\"reference\":\"https://x.example/Medication/m/_history/2\"}",
            "\"medication\":{\"reference\":{\"reference\":\"Medication/m\"}}",
            """
            "contained":[{"resourceType":"Medication","id":"c",
            "code":{"coding":[{"system":"s","code":"a"}]}}],
            "medicationReference":{"reference":"#c"}
            """,
        ]
    )
    func findsMedicines(members: String) throws {
        let order = Probe.resource(
            "MedicationRequest",
            "r",
            "\"status\":\"active\",\"authoredOn\":\"\(try Probe.ago(60))\",\(members)"
        )
        let medicine = """
            {"resourceType":"Medication","id":"m","code":{"coding":[{"system":"s","code":"a"}]}}
            """
        let found = try input(Self.order, [order, medicine]).input
        #expect(found.value == .boolean(true))
        #expect(found.source?.resource == "MedicationRequest/r")
        #expect(found.source?.effective?.text == (try Probe.ago(60)))
    }

    @Test("A medicine that cannot be looked up is not none, unless its order is over")
    func unresolved() throws {
        func report(_ status: String) throws -> MappingReport {
            let profile = try Probe.profile(
                """
                {"name":"x","type":"boolean","select":"exists","within":"P30D",
                "absent":{"value":false,"reason":"r"},"from":[\(Self.order)]}
                """
            )
            return try Probe.map(
                profile,
                [
                    Probe.resource(
                        "MedicationRequest",
                        "r",
                        """
                        "status":"\(status)","authoredOn":"\(try Probe.ago(60))",
                        "medicationReference":{"reference":"Medication/elsewhere"}
                        """
                    )
                ]
            )
        }
        let open = try report("active")
        #expect(open.inputs[0].value == nil)
        #expect(open.inputs[0].missingReason == .code)
        #expect(open.rejections.map(\.path) == ["medication[x]"])
        #expect(try report("stopped").inputs[0].value == .boolean(false))
    }

    @Test(
        "A status that is over, or a negation, is no record of the thing",
        arguments: [
            ("\"status\":\"stopped\"", RejectionReason.status, "status"),
            ("\"status\":\"entered-in-error\"", .status, "status"),
            ("\"status\":\"active\",\"doNotPerform\":true", .status, "doNotPerform"),
        ]
    )
    func statuses(members: String, reason: RejectionReason, path: String) throws {
        let order = Probe.resource(
            "MedicationRequest",
            "r",
            """
            "authoredOn":"\(try Probe.ago(60))",\(members),
            "medicationCodeableConcept":{"coding":[{"system":"s","code":"a"}]}
            """
        )
        let (input, report) = try input(Self.order, [order])
        #expect(input.value == nil)
        #expect(report.rejections.map(\.reason) == [reason])
        #expect(report.rejections.map(\.path) == [path])
    }

    @Test("An infusion's rate is read with its unit, and goes on while its period is open")
    func rates() throws {
        let infusion = Probe.resource(
            "MedicationAdministration",
            "i",
            """
            "status":"in-progress","effectivePeriod":{"start":"\(try Probe.ago(90_000))"},
            "medicationCodeableConcept":{"coding":[{"system":"s","code":"a"}]},
            "dosage":{"rateQuantity":{"value":12,"system":"http://unitsofmeasure.org","code":"ug/min"}}
            """
        )
        let found = try input(
            """
            {"resource":"MedicationAdministration","code":["s|a"],"status":["in-progress"],
            "path":"dosage.rate.ofType(Quantity)"}
            """,
            [infusion],
            type: "\"quantity\",\"unit\":\"mg/h\""
        ).input
        #expect(found.value?.text == "0.72 mg/h")
    }

    @Test("A stay is found by class or type, and its length is computed")
    func stays() throws {
        let stay = Probe.resource(
            "Encounter",
            "e",
            """
            "status":"in-progress","class":{"system":"s","code":"IMP"},
            "type":[{"coding":[{"system":"s","code":"ward"}]}],
            "period":{"start":"\(try Probe.ago(4_320))"}
            """
        )
        for code in ["IMP", "ward"] {
            let from = """
                {"resource":"Encounter","code":["s|\(code)"],"status":["in-progress"],
                "since":"period.start","until":"period.end"}
                """
            let found = try input(from, [stay], type: "\"quantity\",\"unit\":\"d\"").input
            #expect(found.value?.text == "3 d")
            #expect(found.source?.path == "period.start")
        }
        let any = "{\"resource\":\"Encounter\",\"status\":[\"in-progress\"]}"
        #expect(try input(any, [stay]).input.value == .boolean(true))
        let other = "{\"resource\":\"Encounter\",\"code\":[\"s|AMB\"],\"status\":[\"in-progress\"]}"
        #expect(try input(other, [stay]).report.unaskedCount == 1)
    }

    @Test(
        "An age is counted in whole years, and only where the date leaves no doubt",
        arguments: [
            ("1960-05-04", "66"), ("1960-05-05", "65"), ("1960-02-29", "66"), ("1960-04", "66"),
            ("1960", nil), ("1960-05", nil), ("2026-05-04", "0"), ("2027-01-01", nil),
        ]
    )
    func ages(birth: String, years: String?) throws {
        let found = try input(
            "{\"resource\":\"Patient\",\"since\":\"birthDate\"}",
            [],
            type: "\"quantity\",\"unit\":\"a\"",
            patient: "{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"\(birth)\"}"
        ).input
        #expect(found.value?.text == years.map { $0 + " a" })
    }

    @Test(
        "Each type is read with its own status, code and time",
        arguments: [
            (
                "Procedure", "completed",
                "\"code\":{\"coding\":[{\"system\":\"s\",\"code\":\"a\"}]},\"performedPeriod\":{\"end\":\"T\"}"
            ),
            (
                "DiagnosticReport", "final",
                "\"code\":{\"coding\":[{\"system\":\"s\",\"code\":\"a\"}]},\"effectiveDateTime\":\"T\""
            ),
            (
                "ServiceRequest", "active",
                "\"code\":{\"coding\":[{\"system\":\"s\",\"code\":\"a\"}]},\"authoredOn\":\"T\""
            ),
            (
                "Immunization", "completed",
                "\"vaccineCode\":{\"coding\":[{\"system\":\"s\",\"code\":\"a\"}]},\"occurrenceDateTime\":\"T\""
            ),
            (
                "MedicationStatement", "active",
                """
                "medicationCodeableConcept":{"coding":[{"system":"s","code":"a"}]},"dateAsserted":"T"
                """
            ),
        ]
    )
    func types(type: String, status: String, members: String) throws {
        let resource = Probe.resource(
            type,
            "x",
            "\"status\":\"\(status)\","
                + members.replacing("\"T\"", with: "\"\(try Probe.ago(30))\"")
        )
        let from = "{\"resource\":\"\(type)\",\"code\":[\"s|a\"],\"status\":[\"\(status)\"]}"
        let found = try input(from, [resource]).input
        #expect(found.value == .boolean(true))
        #expect(found.source?.ageSeconds == 1_800)
    }

    @Test("An allergy is read with its clinical and verification status, and does not age")
    func allergies() throws {
        func allergy(_ clinical: String, _ verification: String) -> String {
            """
            {"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p"},
            "clinicalStatus":{"coding":[{"code":"\(clinical)"}]},
            "verificationStatus":{"coding":[{"code":"\(verification)"}]},
            "code":{"coding":[{"system":"s","code":"a"}]},"recordedDate":"2001-01-01"}
            """
        }
        let from = """
            {"resource":"AllergyIntolerance","code":["s|a"],"status":["active"],"time":"optional"}
            """
        #expect(try input(from, [allergy("active", "confirmed")]).input.value == .boolean(true))
        #expect(try input(from, [allergy("active", "refuted")]).input.value == nil)
        #expect(try input(from, [allergy("resolved", "confirmed")]).input.value == nil)
    }

    @Test("What has to be fetched names a code only where a query by code misses nothing")
    func retrievals() throws {
        let profile = try Probe.profile(
            """
            {"name":"x","type":"boolean","select":"exists","from":[\(Self.order)]},
            {"name":"y","type":"boolean","select":"exists",
            "from":[{"resource":"Encounter","code":["s|IMP"],"status":["in-progress"]}]},
            {"name":"z","type":"boolean","select":"exists",
            "from":[{"resource":"Procedure","code":["s|q"],"status":["completed"]}]}
            """
        )
        #expect(
            profile.retrievals.map(\.resource) == ["MedicationRequest", "Encounter", "Procedure"]
        )
        #expect(profile.retrievals.map(\.codes) == [[], [], ["s|q"]])
    }

    @Test(
        "What is over is a history that counts where the rule takes it, also with its end",
        arguments: [
            ("resolved", "", true),
            ("resolved", ",\"abatementDateTime\":\"2026-04-20\"", true),
            ("resolved", ",\"abatementString\":\"long ago\"", true),
            ("active", "", true),
            // What was is history, also where nobody has changed the status since.
            ("active", ",\"abatementDateTime\":\"2026-04-20\"", true),
            ("remission", "", false),
        ]
    )
    func histories(status: String, end: String, counts: Bool) throws {
        let code = "\"code\":{\"coding\":[{\"system\":\"s\",\"code\":\"a\"}]}"
        let condition = Probe.resource(
            "Condition",
            "c",
            "\"clinicalStatus\":{\"coding\":[{\"code\":\"\(status)\"}]},"
                + "\"onsetDateTime\":\"2026-04-15\",\(code)\(end)"
        )
        let from = """
            {"resource":"Condition","code":["s|a"],"status":["active","resolved"]}
            """
        #expect(try input(from, [condition]).input.value == (counts ? .boolean(true) : nil))
    }

    @Test("Any procedure may be asked for, whatever its code, and is then fetched whole")
    func anyProcedure() throws {
        let any = """
            {"resource":"Procedure","status":["completed"],
            "path":"category.coding.where(code = 'no').empty()"}
            """
        func found(_ members: String) throws -> MappingReport.Input {
            let procedure = Probe.resource(
                "Procedure",
                "x",
                "\"performedDateTime\":\"\(try Probe.ago(60))\",\(members)"
            )
            return try input(any, [procedure]).input
        }
        let code = "\"code\":{\"coding\":[{\"system\":\"s\",\"code\":\"zz\"}]}"
        #expect(try found("\"status\":\"completed\",\(code)").value == .boolean(true))
        #expect(try found("\"status\":\"completed\"").value == .boolean(true))
        #expect(try found("\"status\":\"not-done\",\(code)").value == nil)
        #expect(
            try found(
                "\"status\":\"completed\",\(code),\"category\":{\"coding\":[{\"code\":\"no\"}]}"
            ).value == .boolean(false)
        )
        // Beside one rule that asks for all, another's codes must not narrow the query.
        for order in [[any, Self.coded], [Self.coded, any]] {
            let profile = try Probe.profile(
                "{\"name\":\"x\",\"type\":\"boolean\",\"select\":\"exists\",\"from\":["
                    + order.joined(separator: ",") + "]}"
            )
            #expect(profile.retrievals.map(\.codes) == [[]])
        }
        #expect(throws: ProfileError.self) {
            try Probe.profile(
                """
                {"name":"x","type":"boolean","select":"exists",
                "from":[{"resource":"Condition","status":["active"]}]}
                """
            )
        }
    }

    private static let coded = """
        {"resource":"Procedure","code":["s|q"],"status":["completed"]}
        """

    @Test("A record whose codes mean two inputs counts for neither")
    func sharedCodes() throws {
        let profile = try Probe.profile(
            """
            {"name":"high","type":"quantity","unit":"mm[Hg]",
            "from":[{"code":["s|h"],"path":"value.ofType(Quantity)"},
            {"code":["s|bp"],"component":["s|h"],"path":"value.ofType(Quantity)"}]},
            {"name":"low","type":"quantity","unit":"mm[Hg]",
            "from":[{"code":["s|l"],"path":"value.ofType(Quantity)"},
            {"code":["s|bp"],"component":["s|l"],"path":"value.ofType(Quantity)"}]},
            {"name":"worstHigh","type":"quantity","unit":"mm[Hg]","select":"max",
            "from":[{"code":["s|h"],"path":"value.ofType(Quantity)"}]}
            """
        )
        let both =
            "{\"coding\":[{\"system\":\"s\",\"code\":\"h\"},{\"system\":\"s\",\"code\":\"l\"}]}"
        let single = try Probe.observation("a", minutes: 5, Probe.quantity("120", "mm[Hg]"))
            .replacing("{\"coding\":[{\"system\":\"s\",\"code\":\"a\"}]}", with: both)
        let report = try Probe.map(profile, [single])
        #expect(report.inputs.map(\.missingReason) == [.code, .code, .code])
        #expect(Set(report.rejections.map(\.path)) == ["code.coding"])
        let panel = try Probe.observation(
            "p",
            code: "bp",
            minutes: 5,
            "\"component\":[{\"code\":\(both),\(Probe.quantity("120", "mm[Hg]"))}]"
        )
        let parts = try Probe.map(profile, [panel])
        #expect(parts.inputs.map { $0.value == nil } == [true, true, true])
        #expect(parts.rejections.map(\.path) == ["component.code.coding", "component.code.coding"])
        // What asks for the same code shares it by intention.
        let plain = try Probe.map(
            profile,
            [try Probe.observation("h", code: "h", minutes: 5, Probe.quantity("120", "mm[Hg]"))]
        )
        #expect(plain.inputs.map { $0.value != nil } == [true, false, true])
    }
}
