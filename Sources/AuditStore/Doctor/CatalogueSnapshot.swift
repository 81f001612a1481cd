/// What a freshly migrated database looks like, as the file `Migrations/catalogue.txt` says it.
///
/// One fact a line, sorted, four columns parted by tabs, so that two branches that each add a
/// migration merge line by line:
///
///     row-security<TAB>audit.event<TAB><TAB>on
package struct CatalogueSnapshot: Sendable, Equatable {
    /// The facts by what they are about.
    let values: [CatalogueFact.Key: String]
    /// The major version of PostgreSQL that worded them.
    package let major: Int

    /// The name of the file in `Migrations/`.
    package static let fileName = "catalogue.txt"

    /// Reads the text of the file.
    ///
    /// - Throws: `unreadableCatalogue` with the number of the line.
    package init(text: String) throws(AuditStoreError) {
        var values: [CatalogueFact.Key: String] = [:]
        var major: Int?
        for (number, line) in text.split(separator: "\n").enumerated() {
            if line.hasPrefix("#") { continue }
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
                .map { Self.unescaped(String($0)) }
            if columns.count == 2, columns[0] == "major" {
                major = Int(columns[1])
                continue
            }
            guard columns.count == 4, let kind = CatalogueFact.Kind(rawValue: columns[0]) else {
                throw AuditStoreError(code: .unreadableCatalogue, subject: "line \(number + 1)")
            }
            let key = CatalogueFact.Key(kind: kind, object: columns[1], detail: columns[2])
            values[key] = columns[3]
        }
        guard let major else {
            throw AuditStoreError(code: .unreadableCatalogue, subject: "the major version")
        }
        self.values = values
        self.major = major
    }

    /// Takes a freshly migrated database as the expectation.
    package init(facts: [CatalogueFact], serverVersion: Int) {
        var values: [CatalogueFact.Key: String] = [:]
        for fact in CatalogueScope(facts: facts).houseFacts { values[fact.key] = fact.value }
        self.values = values
        major = serverVersion / 10_000
    }

    /// The text of the file.
    package var text: String {
        let lines = values.map { key, value in
            [key.kind.rawValue, key.object, key.detail, value].map(Self.escaped)
                .joined(separator: "\t")
        }
        return """
            # What a freshly migrated database looks like. Made by: ./limen doctor --expectation
            # Each migration changes it; Tests/AuditStoreTests/DoctorTests holds it to the files.
            major\t\(major)
            \(lines.sorted().joined(separator: "\n"))

            """
    }

    /// The roles that the migrations make.
    var roles: Set<String> {
        Set(values.keys.filter { $0.kind == .role }.map(\.object))
    }

    /// The value of a fact.
    func value(_ kind: CatalogueFact.Kind, _ object: String, _ detail: String = "") -> String? {
        values[CatalogueFact.Key(kind: kind, object: object, detail: detail)]
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
            .replacing("\t", with: "\\t")
    }

    private static func unescaped(_ text: String) -> String {
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                result.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}
