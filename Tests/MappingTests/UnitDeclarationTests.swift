import Basics
import JSON
import Testing

@testable import Mapping

@Suite("Conversions that a profile declares")
struct UnitDeclarationTests {
    private func input(
        _ members: String,
        unit: String,
        _ value: String,
        _ code: String
    ) throws -> MappingReport.Input {
        let profile = try Probe.profile(
            """
            {"name":"x","type":"quantity","unit":"\(unit)",\(members),
            "from":[{"code":["s|a"],"path":"value.ofType(Quantity)"}]}
            """
        )
        return try Probe.map(
            profile,
            [try Probe.observation("o", minutes: 5, Probe.quantity(value, code))]
        )
        .inputs[0]
    }

    private static func mass(_ grams: String) -> String {
        "\"molarMass\":{\"grams\":\"\(grams)\",\"source\":\"table\"}"
    }

    @Test(
        "A molar mass leads from mass to substance and back, exactly",
        arguments: [
            ("180.156", "mmol/L", "180.156", "mg/dL", "10"),
            ("180.156", "mg/dL", "10", "mmol/L", "180.156"),
            ("113.12", "umol/L", "1.1312", "mg/dL", "100"),
            ("113.12", "mg/dL", "100", "umol/L", "1.1312"),
            ("584.66", "umol/L", "0.58466", "mg/dL", "10"),
            ("100", "mmol/L", "5", "mmol/L", "5"),
            ("100", "mmol", "0.5", "g", "5"),
            ("100", "mmol/d", "1", "g/d", "10"),
        ]
    )
    func molar(
        grams: String,
        unit: String,
        value: String,
        code: String,
        expected: String
    ) throws {
        let input = try input(Self.mass(grams), unit: unit, value, code)
        guard case .quantity(let number, _) = input.value else {
            Issue.record(
                "\(code) to \(unit) gives nothing: \(String(describing: input.missingReason))"
            )
            return
        }
        #expect(number == DecimalNumber(text: expected))
        if unit != code {
            #expect(input.flags == [.converted])
            #expect(input.conversion?.formula == "by molar mass \(grams) g/mol (table)")
            #expect(input.conversion?.originalText == value)
        }
    }

    @Test(
        "A molar mass says nothing of counts, of another container or of another kind",
        arguments: [
            // UCUM itself takes a mole for a number, so a count of cells is comparable with it.
            ("mmol/L", "10*9/L"), ("mmol/L", "mg/kg"), ("mg/dL", "Cel"), ("mg/dL", "10*9/L"),
            ("mmol/L", "[iU]/L"),
        ]
    )
    func molarOnly(unit: String, code: String) throws {
        let input = try input(Self.mass("180.156"), unit: unit, "5", code)
        #expect(input.value == nil)
        #expect(input.missingReason == .unitIncompatible)
    }

    private static let haemoglobin = """
        "convert":[{"from":"mmol/mol","factor":"0.09148","offset":"2.152","source":"NGSP"}]
        """

    @Test(
        "A cited formula is used for its unit, and keeps UCUM from a mere factor",
        arguments: [
            ("48", "mmol/mol", "6.54304"), ("6.5", "%", "6.5"), ("0", "mmol/mol", "2.152"),
            ("48", "umol/umol", nil), ("0.065", "1", nil), ("65", "10*-3", "8.0982"),
        ]
    )
    func formula(value: String, code: String, expected: String?) throws {
        let input = try input(Self.haemoglobin, unit: "%", value, code)
        #expect(input.value?.text == expected.map { $0 + " %" })
        if code == "mmol/mol" {
            #expect(input.conversion?.formula == "value x 0.09148 + 2.152 (NGSP)")
        }
        if expected == nil { #expect(input.missingReason == .unitIncompatible) }
    }

    @Test("An alias may lead to a unit that only a formula or a molar mass converts")
    func aliasOfDeclared() throws {
        let members =
            "\"unitAliases\":{\"urn:site|mg%\":\"mg/dL\"}," + Self.mass("180.156")
        let profile = try Probe.profile(
            """
            {"name":"x","type":"quantity","unit":"mmol/L",\(members),
            "from":[{"code":["s|a"],"path":"value.ofType(Quantity)"}]}
            """
        )
        let value = "\"valueQuantity\":{\"value\":180.156,\"system\":\"urn:site\",\"code\":\"mg%\"}"
        let report = try Probe.map(profile, [try Probe.observation("o", minutes: 5, value)])
        #expect(report.inputs[0].value?.text.hasPrefix("10") == true)
    }

    @Test(
        "A declaration that leads nowhere is refused",
        arguments: [
            ("\"molarMass\":{\"grams\":\"0\",\"source\":\"t\"}", "mmol/L", "molarMass.grams"),
            ("\"molarMass\":{\"grams\":\"18\"}", "mmol/L", "molarMass.source"),
            ("\"molarMass\":{\"grams\":\"18\",\"source\":\"t\"}", "Cel", "molarMass"),
            ("\"molarMass\":{\"grams\":\"18\",\"source\":\"t\"}", "10*9/L", "molarMass"),
            (
                "\"convert\":[{\"from\":\"mg\",\"factor\":0,\"source\":\"t\"}]", "%",
                "convert[0].factor"
            ),
            ("\"convert\":[{\"from\":\"mg\",\"factor\":1}]", "%", "convert[0].source"),
            (
                "\"convert\":[{\"from\":\"mgs\",\"factor\":1,\"source\":\"t\"}]", "%",
                "convert[0].from"
            ),
            (
                "\"convert\":[{\"from\":\"mg\",\"factor\":1,\"source\":\"t\"},"
                    + "{\"from\":\"mg\",\"factor\":2,\"source\":\"t\"}]", "%", "convert[1].from"
            ),
            ("\"unitAliases\":{\"F\":\"[degF]\"}", "%", "unitAliases.F"),
        ]
    )
    func refuses(members: String, unit: String, path: String) {
        let error = #expect(throws: ProfileError.self) {
            try input(members, unit: unit, "1", "1")
        }
        #expect(error?.path == "inputs[0]." + path)
    }

    @Test("A temperature in coulomb is not available, and the reader is told what C is")
    func coulomb() throws {
        let profile = try Probe.profile(
            """
            {"name":"x","type":"quantity","unit":"Cel",
            "from":[{"code":["s|a"],"path":"value.ofType(Quantity)"}]}
            """
        )
        let report = try Probe.map(
            profile,
            [try Probe.observation("o", minutes: 5, Probe.quantity("37", "C"))]
        )
        #expect(report.inputs[0].missingReason == .unitIncompatible)
        #expect(report.rejections[0].accepted.contains("C is the coulomb"))
    }

    @Test(
        "Moles, charges and osmotic particles never become one another",
        arguments: [
            ("mmol/L", "meq/L"), ("meq/L", "mmol/L"), ("mmol/L", "mosm/L"), ("mosm/kg", "mmol/kg"),
            ("mg/dL", "meq/L"), ("meq/L", "mosm/L"),
        ]
    )
    func charges(unit: String, code: String) throws {
        // What has no mass takes no molar mass at all.
        let members =
            unit.contains("eq") || unit.contains("osm") ? "\"round\":\"1\"" : Self.mass("40")
        let input = try input(members, unit: unit, "4", code)
        #expect(input.value == nil)
        #expect(input.missingReason == .unitIncompatible)
    }

    @Test("A declared formula leads from charges to moles")
    func declaredCharges() throws {
        let formula =
            "\"convert\":[{\"from\":\"meq/L\",\"factor\":\"0.5\",\"source\":\"calcium, 2+\"}]"
        let input = try input(formula, unit: "mmol/L", "4", "meq/L")
        #expect(input.value == .quantity(DecimalNumber(2), unit: "mmol/L"))
    }
}
