import Foundation
import JSON
import Support
import Testing

@testable import Mapping

@Suite("The JSON Schemas of the formats")
struct SchemaTests {
    private func schema(_ name: String) throws -> SchemaCheck {
        let url = Shared.checkout.appendingPathComponent(
            "Profiles/schema/limen-\(name)-1.schema.json"
        )
        return SchemaCheck(root: try JSONDocument(parsing: Array(Data(contentsOf: url))).root)
    }

    @Test(
        "A schema uses no keyword that this check ignores",
        arguments: ["profile", "conceptmap", "cases"]
    )
    func isUnderstood(_ name: String) throws {
        #expect(try schema(name).unknownKeywords().isEmpty)
    }

    @Test(
        "Every shipped file fits its schema",
        arguments: ShippedProfile.names + ShippedProfile.syntheticNames
    )
    func fits(_ name: String) throws {
        let profile = try ShippedProfile.document("profile.json", of: name)
        #expect(try schema("profile").faults(profile.root).isEmpty)
        for (file, map) in try ShippedProfile.conceptMaps(of: name) {
            #expect(try schema("conceptmap").faults(map.root).isEmpty, "\(file)")
        }
        let folder = ShippedProfile.folder(name).appendingPathComponent("cases").path
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let cases = try ShippedProfile.document("cases/" + file, of: name)
            #expect(try schema("cases").faults(cases.root).isEmpty, "\(file)")
            #expect(cases.root["profile"]?.stringValue == name)
        }
    }

    @Test(
        "Every shipped hook and client fits its schema, as far as the keywords are understood",
        arguments: [
            ("limen-hook-1.schema.json", "Hooks/news2.json"),
            ("limen-hook-1.schema.json", "Hooks/qsofa.json"),
            ("limen-hook-1.schema.json", "Hooks/interactions-order-select.json"),
            ("limen-hook-1.schema.json", "Hooks/interactions-order-sign.json"),
            ("limen-interactions-1.schema.json", "Profiles/interactions-onc/interactions.json"),
            ("limen-reference-1.schema.json", "Tests/Cases/monitoring/reference.json"),
            ("limen-client-1.schema.json", "Hooks/clients/example.json"),
            ("limen-dialect-1.schema.json", "Hooks/dialects/cds-hooks-sandbox.json"),
            ("limen-dialect-1.schema.json", "Hooks/dialects/epic-unconfirmed.json"),
            ("limen-dialect-1.schema.json", "Hooks/dialects/oracle-health-unconfirmed.json"),
        ]
    )
    func fits(_ schema: String, _ file: String) throws {
        func document(_ path: String) throws -> JSONDocument {
            let url = Shared.checkout.appendingPathComponent(path)
            return try JSONDocument(parsing: Array(Data(contentsOf: url)))
        }
        let check = SchemaCheck(root: try document("Profiles/schema/" + schema).root)
        #expect(check.faults(try document(file).root).isEmpty)
        #expect(!check.faults(try JSONDocument(parsing: #"{"id":1}"#).root).isEmpty)
    }

    @Test(
        "What does not fit is found",
        arguments: [
            ("{}", " required format"), ("[]", " type"),
            (#"{"inputs":[{"nam":"x"}]}"#, ".inputs[0].nam additionalProperties"),
            (#"{"inputs":[]}"#, ".inputs minItems"),
            (#"{"format":"limen-profile/2"}"#, ".format const"),
            (#"{"inputs":[{"type":"text"}]}"#, ".inputs[0].type enum"),
        ]
    )
    func refuses(text: String, fault: String) throws {
        let faults = try schema("profile").faults(JSONDocument(parsing: text).root)
        #expect(faults.contains(fault))
    }

    @Test(
        "Each object of the profile's schema knows just the members that the reader knows",
        arguments: [
            ("", ProfileFormat.profile), ("defaults", ProfileFormat.defaults),
            ("applies", ProfileFormat.applies), ("quorum", ProfileFormat.quorum),
            ("input", ProfileFormat.input), ("fact", ProfileFormat.fact),
            ("from", ProfileFormat.from), ("missing", ProfileFormat.missing),
            ("absent", ProfileFormat.absent), ("earlier", ProfileFormat.earlier),
            ("molarMass", ProfileFormat.molarMass),
        ]
    )
    func knowsTheMembers(definition: String, members: [String]) throws {
        let root = try schema("profile").root
        let object = try #require(definition.isEmpty ? root : root["$defs"]?[definition])
        let known = try #require(object["properties"]).members.map { $0.name.stringValue ?? "" }
        #expect(Set(known) == Set(members + ["note"]))
        #expect(known.count == Set(known).count)
        #expect(object["additionalProperties"]?.boolValue == false)
    }

    @Test("The schema's lists of words are the reader's")
    func knowsTheWords() throws {
        let root = try schema("profile").root
        func words(_ value: JSONValue?) -> [String] {
            value?["enum"]?.elements.compactMap(\.stringValue) ?? []
        }
        let definitions = root["$defs"]
        #expect(
            Set(words(definitions?["resourceType"]))
                == Set(ResourceType.allCases.map(\.rawValue))
        )
        #expect(
            words(definitions?["select"]) == InputPlan.Selection.allCases.map(\.rawValue)
        )
        let cases = try schema("cases").root["$defs"]
        let reasons = RejectionReason.allCases.map(\.rawValue)
        #expect(words(cases?["input"]?["properties"]?["missing"]).filter { !$0.isEmpty } == reasons)
        #expect(words(cases?["rejection"]?["properties"]?["reason"]) == reasons)
        let flags = MappingReport.Flag.allCases.map(\.rawValue)
        #expect(words(cases?["input"]?["properties"]?["flags"]?["items"]) == flags)
    }

    /// A profile in which every member of the format stands.
    private static let whole = """
        {"format":"limen-profile/1","url":"u","version":"1","status":"active","title":"t",
        "description":"d","model":"m","note":"n","variables":{"v":"birthDate"},
        "systemAliases":{"urn:oid:1.2":"s"},"applies":[{"when":"%v.exists()","else":"e",
        "unknown":"k"},{"requires":"f","else":"e"}],"quorum":[{"of":["a"],"atLeast":1,"span":"PT1H","else":"q"}],
        "defaults":{"resource":"Observation","status":["final"],"within":"PT12H",
        "future":"PT5M","select":"latest","prefer":"rule"},
        "facts":[{"name":"f","type":"boolean","within":"P1D","from":[{"code":["s|f"],
        "constant":true,"time":"optional"}]}],
        "inputs":[{"name":"a","type":"quantity","unit":"mmol/L","round":"0.1",
        "plausible":[1,9],"before":"PT1H","onTie":2,"tieWithin":"PT5M",
        "unitAliases":{"x":"mmol/L"},"molarMass":{"grams":"18","source":"c"},
        "convert":[{"from":"Cel","factor":1,"offset":2,"source":"c"}],
        "from":[{"code":["s|a"],"notCode":["s|z"],"component":["s|b"],"where":"%v.exists()",
        "path":"value.ofType(Quantity)",
        "standIn":true,"profile":["u"],"plausible":[1,9]},
        {"code":["s|c"],"path":"value","conceptMap":"m.conceptmap.json","textSystem":"t"}],
        "missing":{"policy":"impute","value":2,"source":"s"}},
        {"name":"b","type":"boolean","select":"exists","absent":{"value":false,"reason":"r"},
        "from":[{"code":["s|d"],"path":"value.ofType(Quantity)","unit":"Cel","above":1}]},
        {"name":"c","type":"code","values":["x"],"from":[{"code":["s|c"],"path":"value"}]},
        {"name":"d","type":"quantity","unit":"a","select":"worst","worst":"outside",
        "normal":[1,2],"from":[{"resource":"Patient","since":"birthDate","until":"%v"}]}]}
        """

    private func isLoaded(_ text: String) throws -> Bool {
        let map = """
            {"resourceType":"ConceptMap","group":[{"source":"s","element":[
            {"code":"1","target":[{"code":"3","equivalence":"equal"}]}]}]}
            """
        return try Profile.findings(
            parsing: JSONDocument(parsing: text),
            conceptMaps: ["m.conceptmap.json": JSONDocument(parsing: map)]
        ).isEmpty
    }

    @Test("A profile with every member fits the schema and loads")
    func acceptsTheWhole() throws {
        #expect(try schema("profile").faults(JSONDocument(parsing: Self.whole).root) == [])
        #expect(try isLoaded(Self.whole))
    }

    @Test(
        "What the schema refuses, the reader refuses too",
        arguments: [
            ("\"limen-profile/1\"", "\"limen-profile/9\""), ("\"active\"", "\"live\""),
            ("\"url\":\"u\"", "\"url\":\"\""), ("\"note\":\"n\"", "\"note\":1"),
            ("\"model\":\"m\",", ""), ("\"v\":\"birthDate\"", "\"v\":1"),
            ("\"urn:oid:1.2\":\"s\"", "\"urn:oid:1.2\":\"\""), ("\"else\":\"e\",", ""),
            ("\"atLeast\":1", "\"atLeast\":0"), ("\"of\":[\"a\"]", "\"of\":[]"),
            ("\"span\"", "\"spann\""), ("\"prefer\":\"rule\"", "\"prefer\":\"old\""),
            ("\"Observation\"", "\"Device\""), ("\"latest\"", "\"newest\""),
            ("\"type\":\"boolean\",\"within\"", "\"type\":\"code\",\"within\""),
            ("\"round\":\"0.1\"", "\"round\":true"), ("[1,9],\"before\"", "[1],\"before\""),
            ("\"x\":\"mmol/L\"", "\"x\":1"), ("\"grams\":\"18\",", ""),
            ("\"grams\":\"18\"", "\"gram\":\"18\""), ("\"factor\":1,", ""),
            ("\"source\":\"c\"}]", "\"source\":\"\"}]"), ("\"s|a\"", "\"a\""),
            ("\"standIn\":true", "\"standIn\":1"),
            ("\"policy\":\"impute\"", "\"policy\":\"guess\""),
            ("\"reason\":\"r\"", "\"reasons\":\"r\""), ("\"values\":[\"x\"]", "\"values\":[]"),
            ("\"outside\"", "\"inside\""), ("\"normal\":[1,2]", "\"normal\":[1]"),
            ("\"time\":\"optional\"", "\"time\":\"never\""),
            ("\"m.conceptmap.json\"", "\"m.json\""),
            ("\"from\":[{\"code\":[\"s|c\"],\"path\":\"value\"}]", "\"from\":[]"),
            ("\"within\":\"PT12H\"", "\"within\":\"12h\""),
        ]
    )
    func refusesWhatTheReaderRefuses(old: String, new: String) throws {
        let range = try #require(Self.whole.range(of: old))
        let text = Self.whole.replacingCharacters(in: range, with: new)
        #expect(try !schema("profile").faults(JSONDocument(parsing: text).root).isEmpty)
        #expect(try !isLoaded(text))
    }
}
