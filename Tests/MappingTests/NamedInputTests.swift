import Basics
import JSON
import Testing

@testable import Mapping

@Suite("Rows of named inputs")
struct NamedInputTests {
    private static func row(_ text: String, _ name: String = "news2") throws -> Profile.NamedRow {
        try ShippedProfile(name).profile.map(row: JSONDocument(parsing: text).root, at: "/rows/0")
    }

    private static func inputs(
        _ text: String,
        _ name: String = "news2"
    ) throws -> MappingReport {
        switch try row(text, name) {
        case .inputs(let report): return report
        case .faults(let faults):
            Issue.record("faults: \(faults.map(\.code.rawValue))")
            throw faults[0]
        }
    }

    private static func faults(
        _ text: String,
        _ name: String = "news2"
    ) throws -> [NamedInputFault] {
        switch try row(text, name) {
        case .inputs: []
        case .faults(let faults): faults
        }
    }

    private static func value(_ text: String, _ input: String) throws -> MappingReport.Input {
        let report = try inputs("{\"\(input)\":\(text)}")
        return try #require(report.inputs.first { $0.name == input })
    }

    @Test(
        "A value is taken exactly, converted and rounded as one from FHIR",
        arguments: [
            ("temperature", "38.5", "38.5 Cel", []),
            ("temperature", "38.50", "38.5 Cel", []),
            ("temperature", "38.45", "38.5 Cel", ["rounded"]),
            ("temperature", "38.44999999999999999999999999", "38.4 Cel", ["rounded"]),
            ("temperature", #"{"value":101.3,"unit":"[degF]"}"#, "38.5 Cel", ["converted"]),
            ("temperature", #"{"value":38.5,"unit":"Cel"}"#, "38.5 Cel", []),
            ("temperature", #"{"value":38.5}"#, "38.5 Cel", []),
            ("spo2", #"{"value":0.96,"unit":"1"}"#, "96 %", ["converted"]),
            ("systolic", #"{"value":16,"unit":"kPa"}"#, "120 mm[Hg]", ["converted", "rounded"]),
            ("pulse", "88", "88 /min", []),
            ("onOxygen", "false", "no", []),
            ("consciousness", #""C""#, "C", []),
            ("spo2Scale", "2", "2", []),
            ("spo2Scale", #""2""#, "2", []),
        ] as [(String, String, String, [String])]
    )
    func taken(input: String, text: String, expected: String, flags: [String]) throws {
        let found = try Self.value(text, input)
        #expect(found.value?.text == expected)
        #expect(found.flags.map(\.rawValue) == flags)
        #expect(found.source?.path == "/rows/0/" + input)
    }

    @Test(
        "What cannot be read is a fault with its input, and never missing",
        arguments: [
            ("temperature", #""38.5""#, "wrongType"), ("temperature", "true", "wrongType"),
            ("temperature", "[38.5]", "wrongType"), ("temperature", "{}", "wrongType"),
            ("temperature", #"{"value":"38.5","unit":"Cel"}"#, "wrongType"),
            ("temperature", #"{"value":38.5,"unit":1}"#, "wrongType"),
            ("temperature", #"{"value":38.5,"unit":"Cel","comparator":"<"}"#, "unknownMember"),
            ("temperature", #"{"value":38.5,"unit":"degrees"}"#, "unknownUnit"),
            ("temperature", #"{"value":38.5,"unit":""}"#, "unknownUnit"),
            // Under UCUM this is the coulomb.
            ("temperature", #"{"value":38.5,"unit":"C"}"#, "incompatibleUnit"),
            ("temperature", #"{"value":38.5,"unit":"mm[Hg]"}"#, "incompatibleUnit"),
            ("temperature", "101.3", "implausible"), ("temperature", "24.99", "implausible"),
            ("spo2", "0.96", "implausible"), ("pulse", "1e300", "numberTooLong"),
            ("pulse", "8.1234567890123456789012345678901234567890123", "numberTooLong"),
            ("onOxygen", "1", "wrongType"), ("onOxygen", #""true""#, "wrongType"),
            ("consciousness", #""alert""#, "unknownCode"), ("consciousness", "true", "wrongType"),
            ("spo2Scale", "3", "unknownCode"), ("spo2Scale", "1.5", "unknownCode"),
        ]
    )
    func unreadable(input: String, text: String, code: String) throws {
        let faults = try Self.faults("{\"\(input)\":\(text)}")
        #expect(faults.map { String(describing: $0.code) } == [code])
        #expect(faults.first?.input == input)
        #expect(faults.first?.accepted.isEmpty == false)
    }

    @Test("Unknown names are told by their place and never repeated")
    func unknownNames() throws {
        let faults = try Self.faults(
            #"{"pulse":88,"Erika Mustermann":1,"Pulse":2,"temperature":9}"#
        )
        #expect(faults.map(\.code) == [.implausible, .unknownName, .unknownName])
        #expect(faults.map(\.input) == ["temperature", nil, nil])
        #expect(faults.map(\.offset) == [57, 12, 33])
        #expect(!faults.contains { $0.accepted.contains("Erika") })
        #expect(faults[1].accepted.contains("respiratoryRate"))
    }

    @Test("A row that is no object is a fault", arguments: ["[]", "1", "null", #""x""#])
    func notAnObject(text: String) throws {
        #expect(try Self.faults(text).map(\.code) == [.notAnObject])
    }

    @Test("What is left out follows the policy of the profile, and is flagged")
    func missing() throws {
        let report = try Self.inputs("{}")
        let scale = try #require(report.inputs.first { $0.name == "spo2Scale" })
        #expect(scale.value == .code("1"))
        #expect(scale.flags == [.assumed])
        #expect(report.missingNames.count == 7)
        #expect(report.applicability == .applies)
    }

    @Test("Only null says that nothing is recorded")
    func absence() throws {
        let left = try Self.inputs("{}", "cha2ds2-vasc")
        #expect(left.missingNames.contains("heartFailure"))
        let looked = try Self.inputs(#"{"heartFailure":null}"#, "cha2ds2-vasc")
        let input = try #require(looked.inputs.first { $0.name == "heartFailure" })
        #expect(input.value == .boolean(false))
        #expect(input.flags == [.fromAbsence])
        #expect(input.basis?.isEmpty == false)
        // Where nothing is read from absence, null is no value either.
        #expect(try Self.inputs(#"{"pulse":null}"#).missingNames.contains("pulse"))
    }

    @Test("A fact that bars the model bars it, and rules about the patient are told of")
    func facts() throws {
        let profile = try ShippedProfile("news2").profile
        #expect(profile.factNames == ["pregnant"])
        let report = try Self.inputs(#"{"pulse":88,"pregnant":true}"#)
        guard case .notApplicable(let code, _) = report.applicability else {
            Issue.record("a known pregnancy does not bar NEWS2")
            return
        }
        #expect(code == "pregnancy")
        #expect(try Self.inputs(#"{"pregnant":false}"#).applicability == .applies)
        #expect(profile.uncheckedRules.contains { $0.code == "age-under-16" })
        #expect(!profile.uncheckedRules.contains { $0.code == "pregnancy" })
    }

    @Test("A required fact that is named false or null bars the model, one left out is told of")
    func requiredFacts() throws {
        let profile = try ShippedProfile("cha2ds2-va").profile
        #expect(profile.factNames == ["fibrillation", "valveDisease"])
        #expect(profile.uncheckedRules.contains { $0.code == "no-atrial-fibrillation" })
        for (row, isBarred) in [
            (#"{"fibrillation":true}"#, false), ("{}", false),
            (#"{"fibrillation":false}"#, true), (#"{"fibrillation":null}"#, true),
        ] {
            let report = try Self.inputs(row, "cha2ds2-va")
            let wanted = MappingReport.Applicability.notApplicable(
                code: "no-atrial-fibrillation",
                rule: "requires fibrillation"
            )
            #expect((report.applicability == wanted) == isBarred, "\(row)")
        }
    }

    @Test("A molar mass counts when it is declared for the input as a whole")
    func molarMass() throws {
        let text = #"{"creatinine":{"value":113.12,"unit":"umol/L"}}"#
        let report = try Self.inputs(text, "egfr-ckd-epi-2021")
        let input = try #require(report.inputs.first { $0.name == "creatinine" })
        #expect(input.value?.text == "1.27961344 mg/dL")
        #expect(input.conversion?.formula.contains("molar mass") == true)
        // In CURB-65 urea and urea nitrogen have masses of their own: neither is guessed.
        let urea = #"{"urea":{"value":20,"unit":"mg/dL"}}"#
        #expect(try Self.faults(urea, "curb-65").map(\.code) == [.incompatibleUnit])
    }

    @Test("Every shipped profile reads an empty row", arguments: ShippedProfile.names)
    func everyProfile(name: String) throws {
        let profile = try ShippedProfile(name).profile
        let report = try Self.inputs("{}", name)
        #expect(report.inputs.map(\.name) == profile.inputNames)
        #expect(profile.declarations.map(\.name) == profile.inputNames)
    }
}
