import Basics
import Foundation
import JSON
import Posix
import SQLOnFHIR
import Support
import Testing

@testable import limen

@Suite("limen map table")
final class TableCommandTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-table-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    private func write(_ name: String, _ text: String) throws -> String {
        let url = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    private static let view = """
        {"resource":"Patient","select":[{"column":[{"name":"key","path":"getResourceKey()"},
         {"name":"family","path":"name.family","type":"string"}]}]}
        """

    /// Runs the command with its output in a file, and answers its exit code and the rows.
    private func run(_ files: [(String, String)]) throws -> (ExitCode, [String]) {
        let view = try write("v.view", Self.view)
        let data = folder.appendingPathComponent("data")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        for (name, text) in files { _ = try write("data/" + name, text) }
        let output = folder.appendingPathComponent("rows.ndjson")
        let code = try TableCommand.run([
            view, data.path, "--format", "ndjson", "--out", output.path,
        ])
        let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.contains { $0.hasSuffix(".part") })
        return (code, text.split(separator: "\n").map(String.init).sorted())
    }

    @Test("reads resources, Bundles and lines alike")
    func shapes() throws {
        let (code, rows) = try run([
            ("a.json", #"{"resourceType":"Patient","id":"1","name":[{"family":"A"}]}"#),
            (
                "b.json",
                """
                {"resourceType":"Bundle","entry":[
                 {"resource":{"resourceType":"Patient","id":"2"}},
                 {"fullUrl":"urn:uuid:3","resource":{"resourceType":"Patient"}},
                 {"resource":{"resourceType":"Bundle","entry":[
                  {"resource":{"resourceType":"Patient","id":"4"}}]}},
                 {"response":{"status":"204"}},
                 {"resource":{"resourceType":"Encounter","id":"5"}}]}
                """
            ),
            (
                "c.ndjson",
                #"{"resourceType":"Patient","id":"6"}"# + "\n\n"
                    + #"{"resourceType":"Patient","id":"7"}"#
            ),
        ])
        #expect(code == .ok)
        #expect(
            rows == [
                #"{"key":"Patient/1","family":"A"}"#, #"{"key":"Patient/2","family":null}"#,
                #"{"key":"Patient/4","family":null}"#, #"{"key":"Patient/6","family":null}"#,
                #"{"key":"Patient/7","family":null}"#, #"{"key":"urn:uuid:3","family":null}"#,
            ]
        )
    }

    @Test(
        "reports what cannot be used, and the others go on",
        arguments: [
            ("x.json", "{"), ("x.json", "[]x"), ("x.json", #"{"id":"1"}"#), ("x.json", "5"),
            ("x.ndjson", "{}\nnull"), ("x.json", ""),
            (
                "x.json",
                #"{"resourceType":"Patient","name":[{"family":"A"},{"family":"B"}]}"#
            ),
            ("x.json", #"{"resourceType":"Bundle","entry":[{"resource":{"id":"1"}}]}"#),
            ("x.json", #"{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:1"}]}"#),
            ("x.json", #"{"resourceType":"Bundle","entry":[{"resource":null}]}"#),
            ("x.json", #"{"resourceType":"Bundle","entry":[null]}"#),
            ("x.json", #"{"resourceType":"Bundle","entry":{"resource":{}}}"#),
        ]
    )
    func findings(name: String, text: String) throws {
        let (code, rows) = try run([
            ("a.json", #"{"resourceType":"Patient","id":"1"}"#), (name, text),
            ("z.json", #"{"resourceType":"Patient","id":"2"}"#),
        ])
        #expect(code == .findings)
        #expect(rows.count == 2)
    }

    @Test("refuses what it does not understand, and makes no file")
    func usage() throws {
        let view = try write("v.view", Self.view)
        let data = try write("p.json", #"{"resourceType":"Patient"}"#)
        let broken = try write("broken.view", #"{"resource":"Patient"}"#)
        let output = folder.appendingPathComponent("rows").path
        let lines: [([String], ExitCode)] = [
            ([], .usage), ([view], .usage), ([view, data, "--format", "xml"], .usage),
            ([view, data, "--at", "yesterday"], .usage), ([view, data, "--ouput", "x"], .usage),
            ([view, data + ".absent"], .badInput), ([view + ".absent", data], .badInput),
            ([broken, data], .badInput), ([data, data], .badInput),
            ([view, data, "--out", output + "/no/folder"], .badInput),
        ]
        for (arguments, exitCode) in lines {
            let error = #expect(throws: CommandError.self, "\(arguments)") {
                try TableCommand.run(
                    arguments
                        + ["--out", output].filter { _ in
                            !arguments.contains("--out")
                        }
                )
            }
            #expect(error?.exitCode == exitCode, "\(arguments)")
        }
        #expect(!File.exists(path: output))
    }

    @Test("shows of a profile's observations those with its codes, however many it has")
    func profile() throws {
        let url = Shared.checkout.appendingPathComponent("Profiles/views/observations.view.json")
        let shipped = try JSONDocument(parsing: Array(try Data(contentsOf: url)))
        let codes = (0..<2_000).map { "http://limen.example/codes|\($0)" }
        let text = ProfileView.document(shipped.root, codes: codes)
        let view = try ViewDefinition(parsing: try JSONDocument(parsing: text))
        func rowCount(_ coding: String) throws -> Int {
            let json = try JSONDocument(
                parsing: #"{"resourceType":"Observation","code":{"coding":[\#(coding)]}}"#
            )
            return try view.rows(of: json.root, now: Instant(microseconds: 0)).count
        }
        #expect(try rowCount(#"{"system":"http://limen.example/codes","code":"1999"}"#) == 1)
        #expect(try rowCount(#"{"system":"http://limen.example/codes","code":"199"}"#) == 1)
        #expect(try rowCount(#"{"system":"http://limen.example/codes","code":"2000"}"#) == 0)
        #expect(try rowCount(#"{"system":"http://limen.example/code","code":"199"}"#) == 0)
        #expect(try rowCount(#"{"code":"199"}"#) == 0)
        #expect(try rowCount("") == 0)
    }

    @Test("sets a table for the eye, and lets no text steer the terminal")
    func text() {
        var text = TableText(columns: ["id", "note"])
        text.append([TableText.text(.text("1")), TableText.text(.text("a\u{1B}[31mb\u{202E}"))])
        text.append([TableText.text(.null), TableText.text(.list([.integer(1), .boolean(true)]))])
        text.append(["2", String(repeating: "x", count: 50)])
        text.end()
        let lines = String(decoding: text.take(), as: UTF8.self).split(separator: "\n").map(
            String.init
        )
        #expect(
            lines == [
                "id  note", "--  ----", "1   a\u{B7}[31mb\u{B7}", "    1, true",
                "2   " + String(repeating: "x", count: 39) + "\u{2026}",
            ]
        )
    }
}
