import Basics
import JSON
import Testing

@testable import Mapping

/// The largest map there may be: what takes the square of its rows would not come to an end here.
@Suite("A ConceptMap of as many rows as there may be")
struct ConceptMapSizeTests {
    private static let count = Limits.conceptMapElementsMax

    /// A map with one row to a line; the rows of `others` give a code of their own.
    private static func map(_ count: Int, others: [Int: String] = [:]) -> String {
        var text = "{\"resourceType\":\"ConceptMap\",\"group\":[{\"source\":\"s\",\"element\":[\n"
        for row in 0..<count {
            let code = others[row] ?? (row % 2 == 0 ? "x" : "y")
            text += "{\"code\":\"c\(row)\",\"display\":\"what the site calls its code \(row)\","
            text += "\"target\":[{\"code\":\"\(code)\",\"equivalence\":\"equal\"}]}"
            text += row == count - 1 ? "\n" : ",\n"
        }
        return text + "]}]}"
    }

    private static func table(_ text: String) throws -> CodeTable {
        try CodeTable(
            parsing: JSONDocument(parsing: text),
            fileName: "m.json",
            aliases: SystemAliases()
        )
    }

    private static func profile(_ map: String) throws -> Profile {
        let text = """
            {"format":"limen-profile/1","url":"https://x.example/p","version":"1","status":"active",
            "model":"model.pmml","applies":[{"when":"birthDate.exists()","else":"no"}],
            "defaults":{"within":"PT12H"},
            "inputs":[{"name":"b","type":"code","values":["x","y"],
            "from":[{"code":["s|b"],"path":"value","conceptMap":"m.json","textSystem":"t"},
            {"code":["s|c"],"path":"value","conceptMap":"m.json","textSystem":"t"}],
            "missing":{"policy":"assume","value":"x"}}]}
            """
        return try Profile(
            parsing: JSONDocument(parsing: text),
            conceptMaps: ["m.json": JSONDocument(parsing: map)]
        )
    }

    private static func error(_ map: String) throws -> ProfileError {
        try #require(throws: ProfileError.self) { _ = try profile(map) }
    }

    @Test("is read, and every row of it found")
    func full() throws {
        let table = try Self.table(Self.map(Self.count))
        for row in 0..<Self.count {
            let token = CodeToken(system: [UInt8(ascii: "s")], code: Array("c\(row)".utf8))
            guard table.target(of: token) == (row % 2 == 0 ? "x" : "y") else {
                Issue.record("row \(row) is not found")
                return
            }
        }
        let beyond = CodeToken(system: [UInt8(ascii: "s")], code: Array("c\(Self.count)".utf8))
        #expect(table.target(of: beyond) == nil)
        #expect(table.targets.map(\.code) == ["x", "y"])
        _ = try Self.profile(Self.map(Self.count))
    }

    @Test("names the first row that the input cannot take, with its line and column")
    func badTarget() throws {
        let last = try Self.error(Self.map(Self.count, others: [Self.count - 1: "z"]))
        #expect(last.code == .invalidConceptMap)
        #expect(last.path == "m.json#group[0].element[\(Self.count - 1)].target[0].code")
        #expect(last.place.line == Self.count + 1)
        let row = "{\"code\":\"c\(Self.count - 1)\",\"display\":\"what the site calls its code "
        let column = row.count + "\(Self.count - 1)\",\"target\":[{\"code\":".count + 1
        #expect(last.place.column == column)
        let first = try Self.error(Self.map(10, others: [3: "z", 4: "w", 7: "z"]))
        #expect(first.path == "m.json#group[0].element[3].target[0].code")
        #expect(first.place.line == 5)
    }

    @Test("with one row more is refused at that row")
    func tooMany() throws {
        let error = try Self.error(Self.map(Self.count + 1))
        #expect(error.code == .invalidConceptMap)
        #expect(error.path == "m.json#group[0].element[\(Self.count)]")
        #expect(error.place.line == Self.count + 2)
    }

    @Test("with a code twice is refused at the second one")
    func twice() throws {
        let text = Self.map(Self.count).replacing("\"c\(Self.count - 1)\"", with: "\"c7\"")
        let error = try Self.error(text)
        #expect(error.code == .duplicateMapping)
        #expect(error.path == "m.json#group[0].element[\(Self.count - 1)].code")
    }
}
