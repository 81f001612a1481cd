import Foundation
import Testing

/// What a reader may rely on in every source file.
@Suite("Sources")
struct SourceTests {
    @Test("Every public and package declaration has a documentation comment")
    func declarationsAreDocumented() throws {
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for (index, line) in file.lines.enumerated() where Self.declares(line) {
                let isDocumented = Self.precedingLine(index, in: file)?.hasPrefix("///") ?? false
                #expect(isDocumented, "\(file.path):\(index + 1) has no /// comment")
            }
        }
    }

    @Test("No source holds a forced step or a word for work not done")
    func sourcesAreFinished() throws {
        let forbidden = [
            "try!", "as!", "fatalError(", "TODO", "FIXME", "XXX", "unowned ", "/*",
        ]
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for (index, line) in file.lines.enumerated() {
                for word in forbidden where line.contains(word) && !Self.isQuoted(word, in: line) {
                    Issue.record("\(file.path):\(index + 1) holds \(word)")
                }
            }
        }
    }

    @Test("No source file is longer than 500 lines")
    func filesStayShort() throws {
        for file in try SourceTree.swiftFiles(below: "Sources") {
            #expect(file.lines.count <= 501, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test("Error codes are unique across targets")
    func errorCodesAreUnique() throws {
        var places: [String: String] = [:]
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for (index, line) in file.lines.enumerated() {
                guard let code = Self.errorCodeDefined(in: line) else { continue }
                let place = "\(file.path):\(index + 1)"
                if let other = places[code] {
                    Issue.record("\(code) stands at \(other) and at \(place)")
                }
                places[code] = place
            }
        }
        #expect(!places.isEmpty)
    }

    @Test("Nothing that is committed names a path of one machine")
    func noMachinePaths() throws {
        for folder in ["Sources", "Tests"] {
            for file in try SourceTree.swiftFiles(below: folder) {
                for (index, line) in file.lines.enumerated() {
                    let isPath = ["/wor" + "k/", "/roo" + "t/", "/hom" + "e/"].contains {
                        line.contains($0)
                    }
                    #expect(!isPath, "\(file.path):\(index + 1) names a path of one machine")
                }
            }
        }
    }

    // MARK: Reading lines

    private static func declares(_ line: String) -> Bool {
        let text = line.drop { $0 == " " }
        guard text.hasPrefix("public ") || text.hasPrefix("package ") else { return false }
        let rest = text.drop { $0 != " " }.dropFirst()
        return !rest.hasPrefix("import ") && !rest.hasPrefix("extension ")
    }

    /// The line above, stepping over attributes.
    private static func precedingLine(_ index: Int, in file: SourceTree.File) -> Substring? {
        var above = index - 1
        while above >= 0 {
            let text = file.lines[above].drop { $0 == " " }
            if !text.hasPrefix("@") { return text }
            above -= 1
        }
        return nil
    }

    private static func isQuoted(_ word: String, in line: String) -> Bool {
        line.contains("\"\(word)") || line.contains("\(word)\"")
    }

    /// The code in a line such as `case empty = "LIMEN-JSON-001"`.
    private static func errorCodeDefined(in line: String) -> String? {
        let text = line.drop { $0 == " " }
        guard text.hasPrefix("case "), let start = text.range(of: "= \"LIMEN-") else { return nil }
        let code = text[text.index(start.lowerBound, offsetBy: 3)...].prefix { $0 != "\"" }
        return String(code)
    }
}
