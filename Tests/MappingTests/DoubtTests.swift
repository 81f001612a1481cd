import Basics
import JSON
import Mapping
import Testing

@Suite("Records in doubt are never taken, and never pass for none")
struct DoubtTests {
    private static let coding = "{\"coding\":[{\"system\":\"s\",\"code\":\"a\"}]}"

    private static func flag(_ resource: String, _ missing: String, _ more: String = "") -> String {
        """
        {"name":"x","type":"boolean","within":"P30D",\(missing),"from":[
        {"resource":"\(resource)","code":["s|a"],"status":["active"]\(more),"constant":true}]}
        """
    }

    private static let assumed =
        "\"missing\":{\"policy\":\"assume\",\"value\":false,\"source\":\"r\"}"
    private static let absent = """
        "select":"exists","absent":{"value":false,"reason":"r"}
        """

    private func outcome(_ input: String, _ resources: [String]) throws -> String {
        let report = try Probe.map(Probe.profile(input), resources)
        let found = report.inputs[0]
        let rejection = report.rejections.first.map { " \($0.reason.rawValue) \($0.path)" } ?? ""
        switch found.value {
        case .boolean(let flag): return "\(flag)" + rejection
        case .quantity(let number, let unit): return number.text + " " + unit + rejection
        case .code(let code): return code + rejection
        case nil: return "none" + rejection
        }
    }

    private func request(_ members: String, medicine: String? = nil) throws -> String {
        let medicine = medicine ?? "\"medicationCodeableConcept\":\(Self.coding)"
        return Probe.resource(
            "MedicationRequest",
            "r",
            "\"status\":\"active\",\"authoredOn\":\"\(try Probe.ago(60))\",\(medicine)\(members)"
        )
    }

    @Test(
        "Only an order is an order",
        arguments: [
            ("order", "true"), ("instance-order", "true"), ("filler-order", "true"),
            ("proposal", "false status intent"), ("plan", "false status intent"),
            ("option", "false status intent"), ("directive", "none status intent"),
        ]
    )
    func intents(intent: String, expected: String) throws {
        let order = try request(",\"intent\":\"\(intent)\"")
        #expect(try outcome(Self.flag("MedicationRequest", Self.assumed), [order]) == expected)
        let service = Probe.resource(
            "ServiceRequest",
            "r",
            """
            "status":"active","intent":"\(intent)","authoredOn":"\(try Probe.ago(60))",
            "code":\(Self.coding)
            """
        )
        #expect(try outcome(Self.flag("ServiceRequest", Self.assumed), [service]) == expected)
    }

    private static func status(_ codes: String, _ system: String) -> String {
        let codings = codes.split(separator: " ").map { code in
            "{\"system\":\"http://terminology.hl7.org/CodeSystem/\(system)\",\"code\":\"\(code)\"}"
        }
        return "{\"coding\":[\(codings.joined(separator: ","))]}"
    }

    private func condition(
        _ clinical: String,
        _ verification: String? = nil,
        code: String = coding,
        subject: Bool = true
    ) throws -> String {
        """
        {"resourceType":"Condition","id":"c","code":\(code),"clinicalStatus":\(clinical),
        \(verification.map { "\"verificationStatus\":\($0)," } ?? "")
        \(subject ? "\"subject\":{\"reference\":\"Patient/p\"}," : "")
        "onsetDateTime":"\(try Probe.ago(60))"}
        """
    }

    @Test(
        "A condition that is not confirmed is neither so nor not so",
        arguments: [
            ("confirmed", "true"), ("unconfirmed", "none status verificationStatus"),
            ("provisional", "none status verificationStatus"),
            ("nonsense", "none status verificationStatus"),
            ("confirmed refuted", "none status verificationStatus"),
            ("refuted", "false status verificationStatus"),
            ("entered-in-error", "false status verificationStatus"),
        ]
    )
    func verification(codes: String, expected: String) throws {
        let record = try condition(
            Self.status("active", "condition-clinical"),
            Self.status(codes, "condition-ver-status")
        )
        #expect(try outcome(Self.flag("Condition", Self.absent), [record]) == expected)
    }

    @Test("An alternative may take more verification statuses than confirmed")
    func moreVerifications() throws {
        let rule = Self.flag("Condition", Self.absent, ",\"verification\":[\"provisional\"]")
        func record(_ code: String) throws -> String {
            try condition("\"active\"", "\"\(code)\"")
        }
        #expect(try outcome(rule, [record("provisional")]) == "true")
        #expect(try outcome(rule, [record("confirmed")]) == "none status verificationStatus")
    }

    @Test(
        "A clinical status counts in its own code system, and not when it contradicts itself",
        arguments: [
            ("active", "condition-clinical", "true"),
            ("active recurrence", "condition-clinical", "true"),
            ("active resolved", "condition-clinical", "none status clinicalStatus"),
            ("active", "of-a-friend", "none status clinicalStatus"),
            ("resolved", "condition-clinical", "false status clinicalStatus"),
        ]
    )
    func clinical(codes: String, system: String, expected: String) throws {
        let record = try condition(Self.status(codes, system))
        #expect(try outcome(Self.flag("Condition", Self.absent), [record]) == expected)
    }

    @Test(
        "A record that may be the one looked for is not none",
        arguments: [
            ("{\"text\":\"t\"}", true, "none code code"),
            ("{\"coding\":[{\"code\":\"a\"}]}", true, "none code code"),
            ("{\"coding\":[{\"system\":\"s\",\"display\":\"d\"}]}", true, "none code code"),
            ("{\"coding\":[{\"system\":\"t\",\"code\":\"b\"}]}", true, "false"),
            ("{\"coding\":[{\"system\":\"s\",\"code\":\"a\"}]}", false, "none subject subject"),
        ]
    )
    func uncoded(code: String, hasSubject: Bool, expected: String) throws {
        let record = try condition("\"active\"", code: code, subject: hasSubject)
        for missing in [Self.absent, Self.assumed] {
            #expect(try outcome(Self.flag("Condition", missing), [record]) == expected)
        }
        // What is over, or about something else, is no such record.
        let over = try condition("\"resolved\"", code: "{\"text\":\"t\"}")
        #expect(try outcome(Self.flag("Condition", Self.absent), [over]) == "false")
    }

    @Test(
        "A medicine that is not known by a code that is asked for may be any",
        arguments: [
            "\"medicationCodeableConcept\":{\"coding\":[{\"display\":\"d\"}]}",
            "\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"local\",\"code\":\"W\"}]}",
            "\"medicationReference\":{\"reference\":\"Medication/twice\"}",
            "\"medicationReference\":{\"reference\":\"Medication/error\"}",
            "\"medicationReference\":{\"reference\":\"ftp/Medication/m\"}",
            """
            "contained":[{"resourceType":"Medication","id":"c","status":"entered-in-error",
            "code":{"coding":[{"system":"s","code":"a"}]}}],
            "medicationReference":{"reference":"#c"}
            """,
        ]
    )
    func medicines(members: String) throws {
        func medicine(_ id: String, _ code: String, _ status: String = "active") -> String {
            """
            {"resourceType":"Medication","id":"\(id)","status":"\(status)",
            "code":{"coding":[{"system":"s","code":"\(code)"}]}}
            """
        }
        let found = try outcome(
            Self.flag("MedicationRequest", Self.assumed),
            [
                request("", medicine: members), medicine("twice", "a"), medicine("twice", "b"),
                medicine("error", "a", "entered-in-error"), medicine("m", "a"),
            ]
        )
        #expect(found == "none code medication[x]")
    }

    @Test("A medicine that is named twice and differently is in doubt")
    func contradiction() throws {
        let order = try request(
            "",
            medicine: """
                "medicationCodeableConcept":{"coding":[{"system":"s","code":"b"}]},
                "medicationReference":{"reference":"Medication/m"}
                """
        )
        let medicine = "{\"resourceType\":\"Medication\",\"id\":\"m\",\"code\":\(Self.coding)}"
        let found = try outcome(Self.flag("MedicationRequest", Self.assumed), [order, medicine])
        #expect(found == "none value-type medication[x]")
    }

    @Test("A Medication of another server is not the one that was sent")
    func otherServer() throws {
        let profile = try Probe.profile(Self.flag("MedicationRequest", Self.assumed))
        func value(_ reference: String) throws -> MappingReport.Value? {
            let order = try request(
                "",
                medicine: "\"medicationReference\":{\"reference\":\"\(reference)\"}"
            )
            let medicine = "{\"resourceType\":\"Medication\",\"id\":\"m\",\"code\":\(Self.coding)}"
            return try profile.map(
                patient: nil,
                resources: [order, medicine].map { try JSONDocument(parsing: $0).root },
                patientID: "p",
                patientFullURLs: ["https://ehr.example/Patient/p"],
                now: moment(Probe.now)
            ).inputs[0].value
        }
        #expect(try value("https://ehr.example/Medication/m") == .boolean(true))
        #expect(try value("urn:uuid:m") == .boolean(true))
        #expect(try value("https://other.example/Medication/m") == nil)
    }

    private static func temperature(_ path: String = "value.ofType(Quantity)") -> String {
        """
        {"name":"x","type":"quantity","unit":"Cel","round":"0.1",
        "from":[{"code":["s|a"],"path":"\(path)"}]}
        """
    }

    private static let reason = """
        "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        "valueCode":"unknown"}]
        """

    @Test(
        "A reason why a value is absent is believed wherever it stands",
        arguments: ["value.ofType(Quantity)", "value", "value.ofType(Quantity).first()"]
    )
    func absentReasons(path: String) throws {
        func outcome(_ quantity: String) throws -> String {
            let record = try Probe.observation("o", minutes: 5, "\"valueQuantity\":{\(quantity)}")
            return try self.outcome(Self.temperature(path), [record])
        }
        let unit = "\"system\":\"http://unitsofmeasure.org\",\"code\":\"Cel\""
        #expect(try outcome("\"value\":37,\(unit)") == "37.0 Cel")
        for quantity in [
            "\"value\":37,\(unit),\(Self.reason)", "\(unit),\"_value\":{\(Self.reason)}",
            "\"value\":37,\(unit),\"_value\":{\(Self.reason)}",
        ] {
            #expect(try outcome(quantity).hasPrefix("none absent"))
        }
    }

    @Test(
        "A path into a component minds what the component says of itself",
        arguments: [
            ("", "39.0 Cel"), ("\"modifierExtension\":[{\"url\":\"u\"}],", "none profile"),
            ("\"dataAbsentReason\":{\"text\":\"t\"},", "none absent"),
        ]
    )
    func components(members: String, expected: String) throws {
        let record = try Probe.observation(
            "o",
            minutes: 5,
            "\"component\":[{\(members)\"code\":\(Self.coding),\(Probe.quantity("39", "Cel"))}]"
        )
        for path in ["component.value.ofType(Quantity)", "component[0].value.first()"] {
            #expect(try outcome(Self.temperature(path), [record]).hasPrefix(expected))
        }
    }

    private static func panel(_ parts: String...) throws -> String {
        try Probe.observation(
            "panel",
            code: "panel",
            minutes: 5,
            "\"component\":[\(parts.joined(separator: ","))]"
        )
    }

    private static func part(_ code: String, _ members: String) -> String {
        "{\"code\":{\"coding\":[{\"system\":\"s\",\"code\":\"\(code)\"}]},\(members)}"
    }

    @Test(
        "A panel of other values is told of, and bars no value of another record",
        arguments: [
            ([Self.part("low", Probe.quantity("60", "mm[Hg]"))], "80 mm[Hg] absent component"),
            // One that is there without a value, or might be there, bars it.
            (
                [
                    Self.part("low", Probe.quantity("60", "mm[Hg]")),
                    Self.part("mean", "\"dataAbsentReason\":{\"text\":\"t\"}"),
                ], "none absent component[1].dataAbsentReason"
            ),
            (
                ["{\"code\":{\"text\":\"mean\"},\(Probe.quantity("60", "mm[Hg]"))}"],
                "none absent component"
            ),
            ([Self.part("low", "\"dataAbsentReason\":{\"text\":\"t\"}")], "none absent component"),
        ]
    )
    func otherParts(parts: [String], expected: String) throws {
        let input = """
            {"name":"x","type":"quantity","unit":"mm[Hg]","select":"worst","worst":"low",
            "from":[{"code":["s|panel"],"component":["s|mean"],"path":"value.ofType(Quantity)"},
            {"code":["s|a"],"path":"value.ofType(Quantity)"}]}
            """
        let mean = try Probe.observation("m", minutes: 30, Probe.quantity("80", "mm[Hg]"))
        let panel = try Probe.observation(
            "panel",
            code: "panel",
            minutes: 5,
            "\"component\":[\(parts.joined(separator: ","))]"
        )
        #expect(try outcome(input, [panel, mean]) == expected)
    }

    private static let oxygen = """
        {"name":"x","type":"boolean","onTie":true,"tieWithin":"PT15M","from":[
        {"code":["s|panel"],"component":["s|flow"],"path":"value.ofType(Quantity)","unit":"L/min",
        "above":0},
        {"code":["s|panel"],"component":["s|part"],"path":"value.ofType(Quantity)","unit":"%",
        "above":21,"plausible":[20,100]},
        {"code":["s|flow"],"path":"value.ofType(Quantity)","unit":"L/min","above":0},
        {"code":["s|part"],"path":"value.ofType(Quantity)","unit":"%","above":21,
        "plausible":[20,100]},
        {"code":["s|air"],"constant":false}]}
        """

    @Test(
        "A fraction that cannot be read is not passed over for a flow of zero beside it",
        arguments: [
            (Probe.quantity("60", "%"), "true"), (Probe.quantity("21", "%"), "false"),
            ("\"valueQuantity\":{\"value\":60}", "none unit-missing"),
            ("\"valueString\":\"60%\"", "none value-type"),
            (Probe.quantity("0.6", "%"), "none implausible"),
            (Probe.quantity("60", "L/min"), "none unit-incompatible"),
            ("\"dataAbsentReason\":{\"text\":\"t\"}", "false"),
        ]
    )
    func unreadParts(part: String, expected: String) throws {
        let zero = Probe.quantity("0", "L/min")
        let panel = try Self.panel(Self.part("flow", zero), Self.part("part", part))
        #expect(try outcome(Self.oxygen, [panel]).hasPrefix(expected))
        // A flow that runs says enough.
        let flow = Probe.quantity("2", "L/min")
        let running = try Self.panel(Self.part("flow", flow), Self.part("part", part))
        #expect(try outcome(Self.oxygen, [running]).hasPrefix("true"))
    }

    @Test(
        "Nor for a flow of zero some minutes after it",
        arguments: [
            (21, "\"valueQuantity\":{\"value\":60}", "none unit-missing"),
            (36, "\"valueQuantity\":{\"value\":60}", "false"),
            (21, "\"valueString\":\"60%\"", "none value-type"),
            (21, "\"dataAbsentReason\":{\"text\":\"t\"}", "false"),
        ]
    )
    func unreadShortlyBefore(minutes: Int, part: String, expected: String) throws {
        let fraction = try Probe.observation("p", code: "part", minutes: minutes, part)
        let zero = Probe.quantity("0", "L/min")
        let flow = try Probe.observation("f", code: "flow", minutes: 20, zero)
        #expect(try outcome(Self.oxygen, [fraction, flow]).hasPrefix(expected))
        // An earlier flow that cannot be read is merely the earlier one.
        let older = try Probe.observation("o", code: "flow", minutes: 21, "\"valueString\":\"2\"")
        #expect(try outcome(Self.oxygen, [older, flow]).hasPrefix("false"))
    }

    @Test(
        "A code that is the fact is none with a component that says otherwise",
        arguments: [
            (Self.part("flow", Probe.quantity("4", "L/min")), "none value-type component[0]"),
            (Self.part("flow", Probe.quantity("4", "nonsense")), "none value-type component[0]"),
            (Self.part("flow", Probe.quantity("0", "L/min")), "false"),
            (Self.part("part", Probe.quantity("21", "%")), "false"),
            (Self.part("part", Probe.quantity("40", "%")), "none value-type component[0]"),
            (Self.part("other", Probe.quantity("4", "L/min")), "false"),
            (Self.part("flow", "\"dataAbsentReason\":{\"text\":\"t\"}"), "false"),
        ]
    )
    func factsWithParts(part: String, expected: String) throws {
        let air = try Probe.observation("a", code: "air", minutes: 5, "\"component\":[\(part)]")
        #expect(try outcome(Self.oxygen, [air]) == expected)
        // What was withdrawn is not doubted either.
        let withdrawn = air.replacing("\"final\"", with: "\"entered-in-error\"")
        #expect(try outcome(Self.oxygen, [withdrawn]) == "none status status")
    }

    @Test("A unit that a path puts to a bare number is no unit of the record")
    func unitPutOn() throws {
        let record = try Probe.observation("o", minutes: 5, Probe.quantity("40", "[degF]"))
        let path = "value.ofType(Quantity).value * 1 'Cel'"
        #expect(try outcome(Self.temperature(path), [record]).hasPrefix("none unit-missing"))
    }

    @Test(
        "A unit text that spells another unit than the code is not passed over",
        arguments: [
            ("Cel", "37.0 Cel"), ("C", "37.0 Cel"), ("deg C", "37.0 Cel"), ("whatever", "37.0 Cel"),
            ("Fahrenheit", "none"), ("deg F", "none"), ("°F", "none"), ("K", "none"),
            ("mmHg", "none"), ("mm Hg", "none"),
        ]
    )
    func unitTexts(text: String, expected: String) throws {
        let record = try Probe.observation(
            "o",
            minutes: 5,
            """
            "valueQuantity":{"value":37,"unit":"\(text)","system":"http://unitsofmeasure.org",
            "code":"Cel"}
            """
        )
        let found = try outcome(Self.temperature(), [record])
        #expect(found == expected || found == expected + " unit-incompatible valueQuantity.unit")
    }

    @Test(
        "A period tells a moment only when it ends after it starts and fits into the window",
        arguments: [
            (90, 60, "37.0 Cel"), (60, 60, "37.0 Cel"), (30, 60, "none no-time effectivePeriod"),
            (60 * 24 * 365 * 6, 60, "none no-time effectivePeriod"),
        ]
    )
    func periods(start: Int, end: Int, expected: String) throws {
        let record = Probe.resource(
            "Observation",
            "o",
            """
            "status":"final","code":\(Self.coding),\(Probe.quantity("37", "Cel")),
            "effectivePeriod":{"start":"\(try Probe.ago(start))","end":"\(try Probe.ago(end))"}
            """
        )
        #expect(try outcome(Self.temperature(), [record]) == expected)
    }

    @Test("An older record does not speak in the place of a newer one of unknown subject")
    func newerOfUnknownSubject() throws {
        let known = try Probe.observation("a", minutes: 30, Probe.quantity("37", "Cel"))
        func unknown(_ minutes: Int, _ subject: String) throws -> String {
            try Probe.observation("b", minutes: minutes, Probe.quantity("40", "Cel"))
                .replacing(#""subject":{"reference":"Patient/p"},"#, with: subject)
        }
        for subject in ["", #""subject":{"identifier":{"value":"1"}},"#] {
            let newer = try outcome(Self.temperature(), [known, unknown(5, subject)])
            #expect(newer.hasPrefix("none"), "\(newer)")
            let older = try outcome(Self.temperature(), [known, unknown(45, subject)])
            #expect(older.hasPrefix("37"), "\(older)")
        }
    }

    @Test("A copy without an id counts once")
    func copies() throws {
        let input = """
            {"name":"x","type":"integer","select":"count","from":[{"code":["s|a"]}]}
            """
        func record(_ minutes: Int) throws -> String {
            """
            {"resourceType":"Observation","status":"final","code":\(Self.coding),
            "subject":{"reference":"Patient/p"},"effectiveDateTime":"\(try Probe.ago(minutes))"}
            """
        }
        #expect(try outcome(input, [record(5), record(5)]).hasPrefix("1 1"))
        #expect(try outcome(input, [record(5), record(6)]) == "2 1")
    }
}
