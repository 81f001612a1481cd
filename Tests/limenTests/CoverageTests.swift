import Basics
import Foundation
import JSON
import Posix
import ProfileLint
import Support
import Testing

@testable import limen

@Suite("Coverage, comparison and lint of profiles")
struct CoverageTests {
    /// A patient with a temperature in one unit, as lines of an export.
    private static func patient(_ id: String, _ value: String, _ unit: String) -> String {
        """
        {"resourceType":"Patient","id":"\(id)","birthDate":"1960-01-01"}
        {"resourceType":"Observation","id":"t-\(id)","status":"final",\
        "subject":{"reference":"Patient/\(id)"},"effectiveDateTime":"2026-05-04T10:00:00Z",\
        "code":{"coding":[{"system":"http://loinc.org","code":"8310-5","display":"Someone"}]},\
        "valueQuantity":{"value":\(value),"system":"http://unitsofmeasure.org","code":"\(unit)"}}
        {"resourceType":"Observation","id":"x-\(id)","status":"final",\
        "subject":{"reference":"Patient/\(id)"},"effectiveDateTime":"2026-05-04T10:00:00Z",\
        "code":{"coding":[{"system":"https://loinc.org","code":"8867-4"}]},\
        "valueQuantity":{"value":80,"system":"http://unitsofmeasure.org","code":"/min"}}

        """
    }

    private static func data() throws -> DataFolder {
        try DataFolder([
            "all.ndjson": patient("anna", "38.5", "Cel") + patient("berta", "101.3", "[degF]")
                + patient("carla", "37", "C") + "{broken\n"
        ])
    }

    private static func report(_ data: DataFolder, keepsDisplays: Bool = false) throws
        -> CoverageReport
    {
        var report = CoverageReport(
            moment: try EvaluationMoment(nil),
            folders: [try ProfileFolder("news2")],
            topCount: 10,
            keepsDisplays: keepsDisplays
        )
        var source = try PatientSource([data.path], showsProgress: false)
        try source.forEachPatient { (record) throws(CommandError) in report.add(record) }
        report.finish(source, milliseconds: 1)
        return report
    }

    @Test("Coverage counts who has a value, by which rule and why others have none")
    func coverage() throws {
        let data = try Self.data()
        let json = try JSONDocument(parsing: Self.report(data).json).root
        #expect(json["data"]?["unreadable"]?.integerValue == 1)
        let profile = try #require(json["profiles"]?.elements.first { _ in true })
        #expect(profile["patients"]?.integerValue == 3)
        #expect(profile["outcomes"]?["incomplete"]?.integerValue == 3)
        let inputs = profile["inputs"]?.elements.map { $0 } ?? []
        let temperature = try #require(
            inputs.first { $0["name"]?.isString("temperature") ?? false }
        )
        #expect(temperature["observed"]?.integerValue == 2)
        #expect(temperature["rules"]?["0"]?.integerValue == 2)
        #expect(temperature["ages"]?["<=1h"]?.integerValue == 2)
        #expect(temperature["missing"]?["unit-incompatible"]?.integerValue == 1)
        let unit = profile["units"]?.elements.first { _ in true }
        #expect(
            unit?["text"]?.stringValue
                == "temperature: unit-incompatible: http://unitsofmeasure.org|C"
        )
        let lookalike = json["unmatched"]?["lookalikes"]?.elements.first { _ in true }
        #expect(
            lookalike?["text"]?.stringValue
                == "https://loinc.org|8867-4  asked for as http://loinc.org|8867-4"
        )
        #expect(lookalike?["count"]?.integerValue == 3)
    }

    @Test("What is read from there being no record is not observed, nor a coded record uncoded")
    func absence() throws {
        let data = try DataFolder([
            "a.ndjson": """
            {"resourceType":"Patient","id":"anna","birthDate":"1960-01-01"}
            {"resourceType":"MedicationAdministration","id":"i","status":"in-progress",\
            "subject":{"reference":"Patient/anna"},"effectiveDateTime":"2026-05-04T10:00:00Z",\
            "medicationCodeableConcept":{"coding":[{"system":"s","code":"a"}]}}
            {"resourceType":"MedicationAdministration","id":"j","status":"in-progress",\
            "subject":{"reference":"Patient/anna"},"effectiveDateTime":"2026-05-04T10:00:00Z",\
            "medicationCodeableConcept":{"text":"t"}}

            """
        ])
        var report = CoverageReport(
            moment: try EvaluationMoment(nil),
            folders: [try ProfileFolder("meld")],
            topCount: 10,
            keepsDisplays: false
        )
        var source = try PatientSource([data.path], showsProgress: false)
        try source.forEachPatient { (record) throws(CommandError) in report.add(record) }
        report.finish(source, milliseconds: 1)
        let json = try JSONDocument(parsing: report.json).root
        let profile = try #require(json["profiles"]?.elements.first { _ in true })
        let dialysis = try #require(
            profile["inputs"]?.elements.first {
                $0["name"]?.isString("continuousDialysis") ?? false
            }
        )
        #expect(dialysis["observed"]?.integerValue == 0)
        #expect(dialysis["fromAbsence"]?.integerValue == 1)
        #expect(report.text.contains("from absence 1"))
        var survey = CodeSurvey(
            [
                try JSONDocument(
                    parsing: """
                        {"inputs":[{"from":[{"resource":"MedicationAdministration",
                        "code":["s|a"]}]}]}
                        """
                ).root
            ],
            keepsDisplays: false
        )
        try source.forEachPatient { (record) throws(CommandError) in survey.add(record) }
        #expect(survey.uncodedCount == 1)
        #expect(survey.codes.distinctCount == 0)
    }

    @Test("Coverage tells of an entry of a Bundle that cannot be read, with its place")
    func unreadEntries() throws {
        let data = try DataFolder([
            "b.json": """
            {"resourceType":"Bundle","entry":[
            {"resource":{"resourceType":"Patient","id":"p"}},
            {"resource":{"id":"secret"}}]}
            """
        ])
        let report = try Self.report(data)
        #expect(report.problemCount == 1)
        let sentence = "/entry/1: the entry holds no resource that can be read"
        #expect(report.text.contains("b.json:3: " + sentence))
        #expect(report.json.contains(sentence))
        #expect(!report.text.contains("secret"))
    }

    @Test("No identifier, value, date or display of a patient is in a coverage report")
    func noPatientData() throws {
        let data = try Self.data()
        let report = try Self.report(data)
        for text in [report.text, report.json] {
            for word in ["anna", "berta", "carla", "38.5", "101.3", "1960", "2026", "Someone"] {
                #expect(!text.contains(word), "\(word) is in the report")
            }
        }
    }

    @Test("Every golden case counts for what it exercises, and the rest is named")
    func cases() throws {
        let exercise = try CaseExercise(try ProfileFolder("news2"))
        var writer = JSONWriter()
        exercise.write(to: &writer)
        let json = try JSONDocument(parsing: writer.bytes).root
        let rules = try #require(json["rules"])
        let never = rules["never"]?.elements.compactMap(\.stringValue) ?? []
        #expect(try #require(json["cases"]?.integerValue) > 100)
        #expect(!never.contains("temperature rule 0"))
        #expect(never.count < (rules["all"]?.integerValue ?? 0))
    }

    @Test("A comparison says which patient changes in what, and nothing of those who do not")
    func diff() throws {
        let data = try Self.data()
        let shipped = Shared.checkout.appendingPathComponent("Profiles/news2").path
        let copy = try DataFolder([:])
        try Folder.create(path: copy.path)
        for (name, bytes) in try ConfigurationFiles.read(folder: shipped)
        where !name.contains("/") {
            var text = String(decoding: bytes, as: UTF8.self)
            if name == "profile.json" {
                text = text.replacing(
                    "\"plausible\": [ 25, 45 ]",
                    with: "\"plausible\": [ 25, 38.5 ]"
                )
                text = text.replacing(
                    "http://loinc.org|8867-4",
                    with: "https://loinc.org|8867-4"
                )
            }
            try File.writeAtomically(path: copy.path + "/" + name, Array(text.utf8))
        }
        let sides = try ProfileSides(old: "news2", new: copy.path)
        var report = DiffReport(sides, moment: try EvaluationMoment("newest"))
        var source = try PatientSource([data.path], showsProgress: false)
        try source.forEachPatient { (record) throws(CommandError) in report.add(record) }
        report.finish(source)
        let json = try JSONDocument(parsing: report.json).root
        #expect(json["patients"]?.integerValue == 3)
        #expect(json["changed"]?.integerValue == 3)
        #expect(json["byName"]?["pulse"]?["value"]?.integerValue == 3)
        #expect(json["byName"]?["temperature"] == nil)
        #expect(json["kinds"]?["score"]?.integerValue ?? 0 > 0)
        let first = try #require(json["changes"]?.elements.first { _ in true })
        #expect(first["place"]?.stringValue == data.path + "/all.ndjson:1")
        #expect(report.text(limit: 1).hasPrefix("3 of 3 patients change"))
        #expect(report.text(limit: 1).contains("and 2 more patients"))
    }

    @Test("A profile compared with itself changes nothing")
    func same() throws {
        let data = try Self.data()
        var report = DiffReport(
            try ProfileSides(old: "news2", new: "news2"),
            moment: try EvaluationMoment(nil)
        )
        var source = try PatientSource([data.path], showsProgress: false)
        try source.forEachPatient { (record) throws(CommandError) in report.add(record) }
        #expect(report.changedCount == 0)
        #expect(report.patientCount == 3)
    }

    @Test("Lint runs the golden cases and tells which fails, at its place")
    func goldenCase() throws {
        let folder = Shared.checkout.appendingPathComponent("Tests/Cases/lint/golden-case-fails")
        let findings = try LintCommand.report(folder.path).findings
        #expect(findings.map(\.rule) == [.goldenCase])
        #expect(findings.first?.path == "inputs.temperature.value")
        #expect(findings.first?.line ?? 0 > 1)
        #expect(findings.first?.accepted.contains("39.5") ?? false)
    }

    @Test("The shipped profiles and their hooks lint clean", arguments: ["news2", "qsofa"])
    func shipped(_ name: String) throws {
        #expect(try LintCommand.report(name).findings.filter { $0.severity != .note } == [])
    }

    @Test("A lint report as JSON has all that an editor needs")
    func lintJSON() throws {
        let folder = Shared.checkout.appendingPathComponent("Tests/Cases/lint/unit-none")
        let text = LintReport.json([try LintCommand.report(folder.path)])
        let finding = try JSONDocument(parsing: text).root["profiles"]?.elements
            .first { _ in true }?["findings"]?.elements.first { _ in true }
        for name in ["severity", "rule", "file", "path", "sentence"] {
            #expect(finding?[name]?.stringValue?.isEmpty == false)
        }
        #expect(finding?["line"]?.integerValue ?? 0 > 0)
        #expect(finding?["column"]?.integerValue ?? 0 > 0)
    }

    @Test("Words that name profiles are told from data; without one all profiles are meant")
    func words() throws {
        let data = try Self.data()
        let named = try CoverageCommand.words(["news2", data.path])
        #expect(named.profiles == ["news2"])
        #expect(named.data == [data.path])
        #expect(try CoverageCommand.words([data.path]).profiles.contains("qsofa"))
        #expect(throws: CommandError.self) {
            try CoverageCommand.run(["news2", data.path + "/none.json"])
        }
    }

    @Test("Peculiar texts do no harm to a terminal")
    func printable() {
        #expect("a\u{1B}[2Jb\u{202E}c".printable == "a?[2Jb?c")
        #expect(String(repeating: "x", count: 200).printable.count == 83)
    }
}
