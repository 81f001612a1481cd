import Foundation
import JSON
import ProfileLint
import Testing

@Suite("What loads and will hardly do what was meant")
struct LintMeaningTests {
    /// The findings of the sound profile after a piece of its text was put in place of another.
    private func findings(_ old: String, _ new: String) throws -> [LintFinding] {
        var files = try LintCase.files(LintCase.folder.appendingPathComponent("sound"))
        let bytes = try #require(files["profile.json"])
        // The document without blanks, so that a piece of it is found however it is laid out.
        let text = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .map { $0.drop { $0 == " " } }.joined()
        #expect(text.contains(old))
        let parts = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        files["profile.json"] = Array(parts.joined(separator: new).utf8)
        return ProfileLint.findings(files: files)
    }

    private static let temperature = "\"name\": \"temperature\",\"type\": \"quantity\","
    private static let head = "\"status\": \"active\",\"model\""

    @Test(
        "It is found, at its place",
        arguments: [
            (temperature, temperature + "\"select\": \"first\",", "window", "inputs[2].select"),
            (temperature, temperature + "\"select\": \"max\",", "window", "inputs[2].select"),
            (temperature, temperature + "\"within\": \"PT12M\",", "window", "inputs[2].within"),
            (
                "\"code\": [\"http://loinc.org|8310-5\",",
                "\"within\": \"PT12M\",\"code\": [\"http://loinc.org|8310-5\",",
                "window", "inputs[2].from[0].within"
            ),
            (
                "\"code\": [\"http://loinc.org|8310-5\",",
                "\"within\": \"P30D\",\"code\": [\"http://loinc.org|8310-5\",",
                "window", "inputs[2].from[0].within"
            ),
            (
                "\"code\": [\"http://loinc.org|8310-5\",",
                "\"within\": \"PT12H\",\"code\": [\"http://loinc.org|8310-5\",",
                "window", "inputs[2].from[0].within"
            ),
            ("\"future\": \"PT5M\"", "\"future\": \"P1D\"", "window", "defaults.future"),
            (head, "\"status\": \"retired\",\"model\"", "status", "status"),
            (
                head, "\"variables\": { \"unread\": \"birthDate\" }," + head, "expression",
                "variables.unread"
            ),
            (
                head, "\"variables\": { \"v\": \"birthdate\", \"w\": \"%v\" }," + head,
                "expression", "variables.v"
            ),
            (
                head, "\"systemAliases\": { \"urn:oid:1.2.3\": \"http://lost.example\" }," + head,
                "code-system", "systemAliases.urn:oid:1.2.3"
            ),
            (
                head,
                "\"quorum\": [ { \"of\": [ \"systolic\" ], \"span\": \"P30D\", \"else\": \"x\" } ],"
                    + head, "window", "quorum[0].span"
            ),
            (
                temperature,
                temperature + "\"convert\": [ { \"from\": \"[degF]\", \"factor\": \"0.5\","
                    + " \"offset\": \"-17\", \"source\": \"s\" } ],", "unit-alias",
                "inputs[2].convert[0].from"
            ),
            (
                "\"code\": [\"http://loinc.org|8310-5\",",
                "\"notCode\": [ \"http://loinc.org|8310-5\" ],\"code\": [\"http://loinc.org|8310-5\",",
                "unreachable", "inputs[2].from[0].notCode[0]"
            ),
        ]
    )
    func found(old: String, new: String, rule: String, path: String) throws {
        let findings = try findings(old, new)
        let found = findings.map { "\($0.rule.rawValue) \($0.path)" }
        #expect(found.contains("\(rule) \(path)"), "\(found)")
    }

    @Test(
        "One fault has one finding, with what was probably meant",
        arguments: [
            ("\"unit\": \"Cel\"", "\"unit\": \"CEL\"", "unit-unknown", "Cel"),
            ("today()", "todya()", "expression", "today()"),
            ("birthDate", "birthdate", "expression", "birthDate"),
            (
                "\"unit\": \"Cel\",",
                "\"unit\": \"Cel\",\"molarMass\": { \"grams\": 0,"
                    + " \"source\": \"s\" },", "form", "how many grams a mole has"
            ),
            (temperature, temperature + "\"select\": \"mean\",", "form", "mean"),
        ]
    )
    func suggestions(old: String, new: String, rule: String, accepted: String) throws {
        let all = try findings(old, new)
        let findings = all.filter { $0.rule.rawValue == rule && $0.severity == .error }
        if accepted != "mean" { #expect(findings.count == 1, "\(all)") }
        #expect(findings.contains { $0.accepted.contains(accepted) } || accepted == "mean")
    }

    @Test("A profile that is no object, and an alias without a text, are named for what they are")
    func names() throws {
        let list = ProfileLint.findings(files: ["profile.json": Array("[]".utf8)])
        #expect(list.contains { $0.sentence.hasPrefix("the profile is no JSON object") })
        #expect(!list.contains { $0.sentence.contains("\"\"") })
        let alias = try findings("\"mmHg\": \"mm[Hg]\"", "\"\": \"mm[Hg]\"")
        #expect(alias.contains { $0.accepted.hasPrefix("a unit text of the site") })
    }
}
