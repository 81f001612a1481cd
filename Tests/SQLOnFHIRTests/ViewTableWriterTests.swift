import Basics
import JSON
import Testing

@testable import SQLOnFHIR

@Suite("The table of a view as text")
struct ViewTableWriterTests {
    private static let view = #"""
        {"resource":"Patient","select":[{"column":[
         {"name":"id","path":"id","type":"id"},
         {"name":"text","path":"maritalStatus.text","type":"string"},
         {"name":"size","path":"extension.value.ofType(decimal)","type":"decimal"},
         {"name":"given","path":"name.given","type":"string","collection":true},
         {"name":"status","path":"maritalStatus","type":"CodeableConcept"}]}]}
        """#

    private func table(_ format: ViewTableWriter.Format, _ patients: [String]) throws -> String {
        let view = try ViewDefinition(parsing: try JSONDocument(parsing: Self.view))
        var writer = ViewTableWriter(format: format, columns: view.columns)
        for patient in patients {
            let json = try JSONDocument(parsing: patient).root
            for row in try view.rows(of: json, now: ViewCase.now) { writer.append(row) }
        }
        writer.end()
        return String(decoding: writer.take(), as: UTF8.self)
    }

    private func patient(_ text: String) -> String {
        #"{"resourceType":"Patient","id":"p","maritalStatus":{"text":\#(text)}}"#
    }

    @Test(
        "CSV quotes what RFC 4180 asks for, and nothing else",
        arguments: [
            (#""plain""#, "plain"), (#""a,b""#, #""a,b""#), (#""say \"x\"""#, #""say ""x""""#),
            (#""two\nlines""#, "\"two\nlines\""), (#""two\r\nlines""#, "\"two\r\nlines\""),
            (#"" blank""#, #"" blank""#), (#""\u00e9\u00df""#, "\u{E9}\u{DF}"), (#""""#, #""""#),
            (#""a\tb""#, "a\tb"), (#""a;b|c""#, "a;b|c"),
        ]
    )
    func quoting(text: String, cell: String) throws {
        let line = try table(.csv, [patient(text)]).dropFirst("id,text,size,given,status\r\n".count)
        #expect(line.hasPrefix("p,\(cell),,"), "\(line)")
        #expect(line.hasSuffix("\r\n"))
    }

    @Test("A null is empty in CSV and null in JSON, and an empty list stays a list")
    func nulls() throws {
        let patients = [#"{"resourceType":"Patient","id":"p"}"#]
        #expect(try table(.csv, patients) == "id,text,size,given,status\r\np,,,[],\r\n")
        #expect(
            try table(.ndjson, patients)
                == #"{"id":"p","text":null,"size":null,"given":[],"status":null}"# + "\n"
        )
    }

    @Test("Decimals keep their text, lists and structures are JSON")
    func values() throws {
        let patient =
            #"{"resourceType":"Patient","id":"p","extension":[{"url":"u","valueDecimal":7.10}],"#
            + #""name":[{"given":["A","B"]}],"maritalStatus":{"text":"x"}}"#
        #expect(
            try table(.csv, [patient]).split(separator: "\r\n").last
                == #"p,x,7.10,"[""A"",""B""]","{""text"":""x""}""#
        )
        #expect(
            try table(.json, [patient, patient])
                == "[\n" + Self.row + ",\n" + Self.row + "\n]\n"
        )
    }

    private static let row =
        #"{"id":"p","text":"x","size":7.10,"given":["A","B"],"status":{"text":"x"}}"#

    @Test("A table without rows is whole in every format")
    func empty() throws {
        #expect(try table(.csv, []) == "id,text,size,given,status\r\n")
        #expect(try table(.ndjson, []).isEmpty)
        #expect(try JSONDocument(parsing: try table(.json, [])).root.kind == .array)
    }
}
