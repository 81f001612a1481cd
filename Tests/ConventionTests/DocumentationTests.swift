import Foundation
import Testing

/// What the documentation says and the sources must agree.
@Suite("Documentation")
struct DocumentationTests {
    @Test("Every error code of the sources is listed, and no other")
    func errorCodes() throws {
        let page = try #require(
            try SourceTree.text("Sources/limen/limen.docc/ErrorCodes.md"),
            "the list of error codes is missing"
        )
        var defined: Set<String> = []
        for file in try SourceTree.swiftFiles(below: "Sources") {
            for line in file.lines {
                guard let start = line.range(of: "= \"LIMEN-") else { continue }
                let code = line[start.upperBound...].prefix { $0 != "\"" }
                defined.insert("LIMEN-" + code)
            }
        }
        var listed: Set<String> = []
        for part in page.components(separatedBy: "`") where part.hasPrefix("LIMEN-") {
            listed.insert(part)
        }
        #expect(defined.subtracting(listed).isEmpty, "not listed")
        #expect(listed.subtracting(defined).isEmpty, "listed, and not in the sources")
        #expect(!defined.isEmpty)
    }

    @Test("The README shows the two commands and names only commands that exist")
    func readme() throws {
        let readme = try #require(try SourceTree.text("README.md"), "README.md is missing")
        let help = try #require(try SourceTree.text("Sources/limen/Limen.swift"))
        #expect(readme.contains("./limen up"))
        #expect(readme.contains("./limen test"))
        for line in readme.components(separatedBy: "\n") where line.hasPrefix("./limen ") {
            let command = line.dropFirst("./limen ".count).prefix { $0.isLetter }
            let isKnown = command == "test" || help.contains("case \"\(command)\"")
            #expect(isKnown, "README.md names ./limen \(command)")
        }
    }
}
