import FHIRPath
import Foundation
import JSON
import Support
import Testing

@testable import SQLOnFHIR

@Suite("View definitions")
struct ViewDefinitionTests {
    private func rows(
        _ view: String,
        of resource: JSONValue,
        in source: BundleKeys? = nil,
        fullURL: String? = nil
    ) throws -> [String] {
        let view = try ViewDefinition(parsing: try JSONDocument(parsing: view))
        var writer = ViewTableWriter(format: .csv, columns: view.columns)
        for row in try view.rows(of: resource, in: source, fullURL: fullURL, now: ViewCase.now) {
            writer.append(row)
        }
        return String(decoding: writer.take(), as: UTF8.self)
            .split(separator: "\r\n").dropFirst().map(String.init)
    }

    @Test("An error names line, column and what would be accepted, and quotes nothing")
    func place() throws {
        let text = """
            {"resource": "Patient",
             "select": [{"column": [
               {"name": "id", "path": "id"},
               {"name": "secret-name", "path": "id"}]}]}
            """
        let error = try #require(throws: ViewError.self) {
            try ViewDefinition(parsing: try JSONDocument(parsing: text))
        }
        #expect(error.line == 4)
        #expect(error.column == 13)
        #expect(error.pointer == "/select/0/column/1/name")
        #expect(!error.sentence.contains("secret"))
        #expect(error.sentence.contains("accepted: a letter"))
    }

    @Test("A fault in a FHIRPath says at which byte of it")
    func pathOffset() throws {
        let text =
            #"{"resource":"Observation","select":[{"forEach":"component","column":"#
            + #"[{"name":"a","path":"code.coding.cod"}]}]}"#
        let error = try #require(throws: ViewError.self) {
            try ViewDefinition(parsing: try JSONDocument(parsing: text))
        }
        #expect(error.cause?.code == .unknownElement)
        #expect(error.cause?.offset == 12)
    }

    @Test("References between the entries of a Bundle become keys by their fullUrl")
    func bundleKeys() throws {
        let bundle = try JSONDocument(
            parsing: """
                {"resourceType":"Bundle","type":"transaction","entry":[
                 {"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"a"}},
                 {"fullUrl":"urn:uuid:n","resource":{"resourceType":"Patient"}},
                 {"fullUrl":"urn:uuid:o","resource":{"resourceType":"Observation",
                  "subject":{"reference":"urn:uuid:p"},
                  "focus":[{"reference":"urn:uuid:n"}],
                  "performer":[{"reference":"urn:uuid:elsewhere","type":"Practitioner"}]}}]}
                """
        ).root
        let entries = try #require(bundle["entry"]).elements.compactMap { $0["resource"] }
        let view = """
            {"resource":"Observation","select":[{"column":[
             {"name":"a","path":"getResourceKey()"},
             {"name":"b","path":"subject.getReferenceKey(Patient)"},
             {"name":"c","path":"focus.getReferenceKey()"},
             {"name":"d","path":"performer.getReferenceKey(Practitioner)"},
             {"name":"e","path":"subject.getReferenceKey(Group)"},
             {"name":"f","path":"subject.resolve().id"}]}]}
            """
        let rows = try rows(
            view,
            of: entries[2],
            in: BundleKeys(bundle),
            fullURL: "urn:uuid:o"
        )
        #expect(rows == ["urn:uuid:o,Patient/a,urn:uuid:n,urn:uuid:elsewhere,,a"])
        let patients =
            #"{"resource":"Patient","select":[{"column":[{"name":"k","path":"#
            + #""getResourceKey()"}]}]}"#
        #expect(
            try self.rows(patients, of: entries[1], in: BundleKeys(bundle), fullURL: "urn:uuid:n")
                == ["urn:uuid:n"]
        )
        #expect(try self.rows(patients, of: entries[0]) == ["Patient/a"])
    }

    @Test("A column keeps its description, type and tags")
    func columns() throws {
        let view = try ViewDefinition(
            parsing: try JSONDocument(
                parsing: #"""
                    {"resource":"Patient","name":"people","title":"T","url":"http://x","select":[
                     {"column":[{"name":"id","path":"id","type":"id","description":"D",
                      "tag":[{"name":"ansi/type","value":"CHAR(64)"}]}]}]}
                    """#
            )
        )
        let column = try #require(view.columns.first)
        #expect(column.type?.name == "id")
        #expect(column.description == "D")
        #expect(column.tags == [ViewColumn.Tag(name: "ansi/type", value: "CHAR(64)")])
        #expect(view.name == "people")
        #expect(view.title == "T")
        #expect(view.url == "http://x")
    }

    @Test("Every shipped view is read, and says of every column what it means")
    func shipped() throws {
        let folder = Shared.checkout.appendingPathComponent("Profiles/views").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".json") }
        #expect(names.count >= 2)
        for name in names {
            let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
            let view = try ViewDefinition(parsing: try JSONDocument(parsing: Array(data)))
            #expect(name.hasSuffix(".view.json"))
            for column in view.columns {
                #expect(column.description != nil, "\(name): \(column.name)")
                #expect(column.type != nil, "\(name): \(column.name)")
            }
        }
    }

    @Test("The shipped view of vital signs shows each value with its unit as it was sent")
    func vitalSigns() throws {
        let url = Shared.checkout.appendingPathComponent("Profiles/views/vital-signs.view.json")
        let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
        let pressure = try JSONDocument(
            parsing: #"""
                {"resourceType":"Observation","id":"bp","status":"final","code":{"coding":[
                 {"system":"http://loinc.org","code":"85354-9"}],"text":"BP"},
                 "subject":{"reference":"Patient/1"},"effectiveInstant":"2026-03-01T08:00:00Z",
                 "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6",
                  "display":"Systolic"}]},"valueQuantity":{"value":120.0,"unit":"mmHg",
                  "system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
                  {"code":{"coding":[{"code":"local"}]},"valueQuantity":{"value":5,
                   "comparator":"<"}}]}
                """#
        ).root
        let start = "Patient/1,Observation/bp,2026-03-01T08:00:00Z,final,"
        #expect(
            try rows(text, of: pressure) == [
                start + "Systolic,,120.0,mmHg,mm[Hg],,http://loinc.org|8480-6",
                start + ",<,5,,,,|local",
            ]
        )
        let other = try JSONDocument(
            parsing: #"""
                {"resourceType":"Observation","id":"x","status":"final","code":{"coding":[
                 {"system":"http://loinc.org","code":"2339-0"}]},"valueInteger":5}
                """#
        ).root
        #expect(try rows(text, of: other).isEmpty)
    }
}
