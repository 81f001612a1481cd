import Foundation
import JSON
import Mapping
import Testing

@Suite("A profile is read strictly")
struct ProfileRefusalTests {
    /// A small profile in which one text is replaced by another.
    private static let source = """
        {"format":"limen-profile/1","url":"https://x.example/p","version":"1","status":"active",
        "model":"model.pmml","applies":[{"when":"birthDate.exists()","else":"no"}],
        "defaults":{"within":"PT12H"},
        "facts":[{"name":"fact","from":[{"code":["s|f"],"constant":true}]}],
        "inputs":[{"name":"a","type":"quantity","unit":"Cel","round":"0.1","plausible":[25,45],
        "unitAliases":{"F":"[degF]"},
        "from":[{"code":["s|a"],"path":"value.ofType(Quantity)"}],"missing":{"policy":"reject"}},
        {"name":"b","type":"code","values":["x","y"],
        "from":[{"code":["s|b"],"path":"value","conceptMap":"m.json","textSystem":"t"}],
        "missing":{"policy":"assume","value":"x"}}]}
        """

    private static let map = """
        {"resourceType":"ConceptMap","group":[{"source":"s","element":[
        {"code":"1","target":[{"code":"x","equivalence":"equal"}]},
        {"code":"2","target":[{"code":"y","relationship":"equivalent"}]}]}]}
        """

    private func load(_ profile: String, _ map: String) throws -> Profile {
        try Profile(
            parsing: JSONDocument(parsing: profile),
            conceptMaps: ["m.json": JSONDocument(parsing: map)]
        )
    }

    private func replace(_ text: String, _ old: String, _ new: String) throws -> String {
        let range = try #require(text.range(of: old), "the text to replace is not there")
        return text.replacingCharacters(in: range, with: new)
    }

    @Test("The profile that the others are made from is accepted")
    func acceptsTheSource() throws {
        let profile = try load(Self.source, Self.map)
        #expect(profile.inputNames == ["a", "b"])
        #expect(profile.codes == ["s|a", "s|b", "s|f"])
        #expect(profile.windowSeconds == 43_200)
        #expect(profile.model == "model.pmml")
        #expect(profile.declarations[0].unit == "Cel")
        #expect(profile.declarations[1].values == ["x", "y"])
    }

    @Test(
        "A fault is named by code and path",
        arguments: [
            ("\"limen-profile/1\"", "\"limen-profile/2\"", "LIMEN-MAP-001", "format"),
            ("\"version\":\"1\",", "", "LIMEN-MAP-001", "version"),
            ("\"active\"", "\"live\"", "LIMEN-MAP-001", "status"),
            ("\"model\":\"model.pmml\",", "", "LIMEN-MAP-001", "model"),
            ("\"version\":\"1\"", "\"version\":1", "LIMEN-MAP-001", "version"),
            ("\"url\"", "\"uri\"", "LIMEN-MAP-002", "uri"),
            ("\"within\"", "\"withim\"", "LIMEN-MAP-002", "defaults.withim"),
            ("PT12H", "12h", "LIMEN-MAP-001", "defaults.within"),
            ("PT12H", "P1Y", "LIMEN-MAP-001", "defaults.within"),
            ("\"name\":\"b\"", "\"name\":\"a\"", "LIMEN-MAP-005", "inputs[1].name"),
            ("\"name\":\"fact\"", "\"name\":\"b\"", "LIMEN-MAP-005", "facts[0].name"),
            ("\"unit\":\"Cel\"", "\"unit\":\"Celsius\"", "LIMEN-MAP-003", "inputs[0].unit"),
            ("\"unit\":\"Cel\",", "", "LIMEN-MAP-001", "inputs[0].unit"),
            ("\"[degF]\"", "\"degrees\"", "LIMEN-MAP-003", "inputs[0].unitAliases.F"),
            ("\"[degF]\"", "\"kg\"", "LIMEN-MAP-003", "inputs[0].unitAliases.F"),
            ("\"0.1\"", "\"0\"", "LIMEN-MAP-001", "inputs[0].round"),
            ("[25,45]", "[45,25]", "LIMEN-MAP-001", "inputs[0].plausible"),
            ("[25,45]", "[25]", "LIMEN-MAP-001", "inputs[0].plausible"),
            ("\"type\":\"code\"", "\"type\":\"text\"", "LIMEN-MAP-001", "inputs[1].type"),
            ("\"values\":[\"x\",\"y\"],", "", "LIMEN-MAP-001", "inputs[1].values"),
            ("[\"x\",\"y\"]", "[\"x\",\"x\"]", "LIMEN-MAP-001", "inputs[1].values[1]"),
            ("\"s|a\"", "\"a\"", "LIMEN-MAP-001", "inputs[0].from[0].code[0]"),
            ("\"s|a\"", "\"s|\"", "LIMEN-MAP-001", "inputs[0].from[0].code[0]"),
            ("\"code\":[\"s|a\"],", "", "LIMEN-MAP-001", "inputs[0].from[0].code"),
            (
                "{\"code\":[\"s|a\"],", "{\"resource\":\"Device\",\"code\":[\"s|a\"],",
                "LIMEN-MAP-001", "inputs[0].from[0].resource"
            ),
            (
                "{\"code\":[\"s|a\"],", "{\"resource\":\"Encounter\",\"code\":[\"s|a\"],",
                "LIMEN-MAP-001", "inputs[0].from[0].status"
            ),
            (
                "value.ofType(Quantity)", "value.ofType(", "LIMEN-MAP-004",
                "inputs[0].from[0].path"
            ),
            (
                "value.ofType(Quantity)", "%patient.value", "LIMEN-MAP-004",
                "inputs[0].from[0].path"
            ),
            ("birthDate.exists()", "birthDate.(", "LIMEN-MAP-004", "applies[0].when"),
            ("\"else\":\"no\"", "\"then\":\"no\"", "LIMEN-MAP-002", "applies[0].then"),
            (
                "\"when\":\"birthDate.exists()\"", "\"unless\":\"a\"", "LIMEN-MAP-001",
                "applies[0].unless"
            ),
            ("\"m.json\"", "\"n.json\"", "LIMEN-MAP-006", "inputs[1].from[0].conceptMap"),
            (
                "\"conceptMap\":\"m.json\",", "", "LIMEN-MAP-001",
                "inputs[1].from[0].textSystem"
            ),
            ("\"value\":\"x\"", "\"value\":\"z\"", "LIMEN-MAP-001", "inputs[1].missing.value"),
            (",\"value\":\"x\"", "", "LIMEN-MAP-001", "inputs[1].missing.value"),
            ("\"assume\"", "\"guess\"", "LIMEN-MAP-001", "inputs[1].missing.policy"),
            ("\"assume\"", "\"impute\"", "LIMEN-MAP-001", "inputs[1].missing.source"),
            (
                "\"type\":\"code\"", "\"type\":\"code\",\"select\":\"max\"", "LIMEN-MAP-001",
                "inputs[1].select"
            ),
            (
                "\"type\":\"code\"", "\"type\":\"code\",\"select\":\"median\"", "LIMEN-MAP-001",
                "inputs[1].select"
            ),
            (
                "\"constant\":true", "\"constant\":\"yes\"", "LIMEN-MAP-001",
                "facts[0].from[0].constant"
            ),
            (
                "\"constant\":true", "\"status\":[\"final\"]", "LIMEN-MAP-001",
                "facts[0].from[0].path"
            ),
            ("\"inputs\":[", "\"inputs\":[],\"note\":[", "LIMEN-MAP-001", "note"),
        ]
    )
    func refuses(old: String, new: String, code: String, path: String) throws {
        let profile = try replace(Self.source, old, new)
        let error = #expect(throws: ProfileError.self) { try load(profile, Self.map) }
        #expect(error?.code.rawValue == code)
        #expect(error?.path == path)
    }

    @Test(
        "A ConceptMap is read strictly too",
        arguments: [
            ("\"ConceptMap\"", "\"ValueSet\"", "m.json#"),
            ("\"group\"", "\"groups\"", "m.json#group"),
            ("\"source\":\"s\",", "", "m.json#group[0].source"),
            (
                "\"source\":\"s\",", "\"source\":\"s\",\"unmapped\":{\"mode\":\"provided\"},",
                "m.json#group[0].unmapped"
            ),
            (
                "\"equivalence\":\"equal\"", "\"equivalence\":\"about\"",
                "m.json#group[0].element[0].target[0]"
            ),
            (
                ",\"equivalence\":\"equal\"", "", "m.json#group[0].element[0].target[0]"
            ),
            (
                "\"equivalence\":\"equal\"", "\"equivalence\":\"equal\",\"dependsOn\":[]",
                "m.json#group[0].element[0].target[0].dependsOn"
            ),
            (
                "\"equivalence\":\"equal\"", "\"equivalence\":\"equal\",\"product\":[]",
                "m.json#group[0].element[0].target[0].product"
            ),
            (
                "\"equivalence\":\"equal\"",
                "\"equivalence\":\"equal\",\"relationship\":\"equivalent\"",
                "m.json#group[0].element[0].target[0]"
            ),
            (
                "\"code\":\"1\",", "\"code\":\"1\",\"noMap\":true,",
                "m.json#group[0].element[0].noMap"
            ),
            (
                "\"code\":\"1\",", "\"code\":\"1\",\"valueSet\":\"v\",",
                "m.json#group[0].element[0].valueSet"
            ),
            (
                "\"source\":\"s\",",
                "\"source\":\"s\",\"unmapped\":{\"mode\":\"other-map\",\"otherMap\":\"u\"},",
                "m.json#group[0].unmapped"
            ),
            ("\"group\"", "\"modifierExtension\":[],\"group\"", "m.json#modifierExtension"),
            ("\"code\":\"y\"", "\"code\":\"z\"", "m.json#group[0].element[1].target[0].code"),
        ]
    )
    func refusesConceptMap(old: String, new: String, path: String) throws {
        let map = try replace(Self.map, old, new)
        let error = #expect(throws: ProfileError.self) { try load(Self.source, map) }
        #expect(error?.code == .invalidConceptMap)
        #expect(error?.path == path)
    }

    @Test(
        "A code that a ConceptMap maps twice is refused, whatever it is mapped to",
        arguments: [
            ("\"code\":\"2\"", "\"code\":\"1\"", "m.json#group[0].element[1].code"),
            (
                "[{\"code\":\"x\",\"equivalence\":\"equal\"}]",
                "[{\"code\":\"x\",\"equivalence\":\"equal\"},"
                    + "{\"code\":\"x\",\"equivalence\":\"wider\"}]",
                "m.json#group[0].element[0].target[1]"
            ),
            (
                "{\"code\":\"2\",\"target\":[{\"code\":\"y\",\"relationship\":\"equivalent\"}]}",
                "{\"code\":\"1\"}", "m.json#group[0].element[1].code"
            ),
        ]
    )
    func refusesSecondMapping(old: String, new: String, path: String) throws {
        let map = try replace(Self.map, old, new)
        let error = #expect(throws: ProfileError.self) { try load(Self.source, map) }
        #expect(error?.code == .duplicateMapping)
        #expect(error?.path == path)
        #expect(error?.file == "m.json")
        #expect((error?.place.line ?? 0) > 1)
    }

    @Test(
        "A fault tells its line and column, in an expression that of the fault inside it",
        arguments: [
            ("\"version\":\"1\"", "\"version\":1", "1,\"status\""),
            ("\"defaults\":{\"within\"", "\"defaults\":{\"widthin\"", "\"widthin\""),
            ("birthDate.exists()", "birthDate.nosuch()", "nosuch()"),
            ("\"x\",\"y\"]", "\"ä\",\"x\",\"y\",\"y\"]", "\"y\"],"),
            ("[25,45]", "[45,25]", "[45,25]"),
            ("value.ofType(Quantity)", "value.nosuch()", "nosuch()"),
            ("\"s|a\"", "\"a\"", "\"a\"],\"path\""),
        ]
    )
    func tellsThePlace(old: String, new: String, marker: String) throws {
        let profile = try replace(Self.source, old, new)
        let start = try #require(profile.range(of: marker)).lowerBound
        let before = profile[..<start].split(separator: "\n", omittingEmptySubsequences: false)
        let error = #expect(throws: ProfileError.self) { try load(profile, Self.map) }
        #expect(error?.place.line == before.count)
        #expect(error?.place.column == (before.last?.unicodeScalars.count ?? 0) + 1)
        #expect(error?.file == nil)
        #expect(!(error?.sentence.isEmpty ?? true))
    }

    @Test("An unknown function and an unknown variable name the code of the expression")
    func namesTheExpressionFault() throws {
        let function = try replace(Self.source, "birthDate.exists()", "birthDate.nosuch()")
        let variable = try replace(Self.source, "birthDate.exists()", "%nosuch.exists()")
        #expect(
            #expect(throws: ProfileError.self) { try load(function, Self.map) }?.expressionCode
                == "LIMEN-PATH-002"
        )
        #expect(
            #expect(throws: ProfileError.self) { try load(variable, Self.map) }?.expressionCode
                == "LIMEN-PATH-003"
        )
    }

    @Test("All faults are found, and what follows from one of them is none")
    func findsAll() throws {
        var profile = Self.source
        for (old, new) in [
            ("\"active\"", "\"live\""), ("birthDate.exists()", "birthDate.("),
            ("\"unit\":\"Cel\"", "\"unit\":\"Celsius\""), ("\"s|b\"", "\"b\""),
            ("\"else\":\"no\"}", "\"else\":\"no\"},{\"unless\":\"fact\",\"else\":\"f\"}"),
            ("\"m.json\"", "\"n.json\""),
        ] {
            profile = try replace(profile, old, new)
        }
        let findings = Profile.findings(
            parsing: try JSONDocument(parsing: profile),
            conceptMaps: [:]
        )
        #expect(
            findings.map(\.path) == [
                "status", "inputs[0].unit", "inputs[1].from[0].code[0]", "applies[0].when",
            ]
        )
        #expect(findings.allSatisfy { $0.severity == .error && $0.place.line >= 1 })
        let sound = Profile.findings(
            parsing: try JSONDocument(parsing: Self.source),
            conceptMaps: ["m.json": try JSONDocument(parsing: Self.map)]
        )
        #expect(sound.isEmpty)
    }

    @Test("A profile that is no object is refused", arguments: ["[]", "1", "null", "{}"])
    func refusesOtherShapes(_ text: String) {
        #expect(throws: ProfileError.self) { try load(text, Self.map) }
    }
}
