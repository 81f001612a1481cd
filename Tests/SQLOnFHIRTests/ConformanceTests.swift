import Foundation
import JSON
import Support
import Testing

@testable import SQLOnFHIR

/// The public suite of SQL on FHIR 2.
@Suite(
    "SQL on FHIR conformance",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct ConformanceTests {
    private static let folder = "conformance/sql-on-fhir/tests"

    static func cases() throws -> [ViewCase] {
        var cases: [ViewCase] = []
        for name in try Shared.names(inFolder: folder) where name.hasSuffix(".json") {
            let document = try JSONDocument(parsing: try Shared.bytes("\(folder)/\(name)"))
            cases += ViewCase.cases(file: name, document)
        }
        return cases
    }

    @Test("Every shareable case gives the expected table or error")
    func shareable() throws {
        let cases = try Self.cases().filter { $0.tags.contains("shareable") }
        for test in cases {
            let difference = try test.difference()
            #expect(difference == nil, "\(test.testDescription)")
        }
        #expect(cases.count >= 123)
    }

    @Test("Every experimental case comes out as the list beside this test says")
    func experimental() throws {
        let list = Shared.checkout.appendingPathComponent(
            "Tests/SQLOnFHIRTests/ExperimentalCases.md"
        )
        let rows = try String(contentsOf: list, encoding: .utf8)
            .split(separator: "\n").filter { $0.contains(".json |") }
        var listed: [String: String] = [:]
        for row in rows {
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            try #require(cells.count == 4, "a row has file, title, result and reason")
            listed["\(cells[0]): \(cells[1])"] = cells[2]
        }
        let cases = try Self.cases().filter { !$0.tags.contains("shareable") }
        for test in cases {
            let difference = try test.difference()
            let result = difference == nil ? "pass" : "fail"
            #expect(
                listed[test.testDescription] == result,
                "\(test.testDescription): \(difference ?? "passes")"
            )
        }
        #expect(Set(cases.map(\.testDescription)) == Set(listed.keys))
    }
}
