package import Mapping

/// What is wrong with the configuration: file, element and one sentence.
package struct CatalogueFinding: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case notJSON = "LIMEN-CONF-001"
        case missingFile = "LIMEN-CONF-002"
        case hook = "LIMEN-CONF-003"
        case profile = "LIMEN-CONF-004"
        case model = "LIMEN-CONF-005"
        case fieldsDiffer = "LIMEN-CONF-006"
        case client = "LIMEN-CONF-007"
        case duplicate = "LIMEN-CONF-008"
        case tenantKey = "LIMEN-CONF-009"
        case unknownName = "LIMEN-CONF-010"
        case open = "LIMEN-CONF-011"
        case cases = "LIMEN-CONF-012"
        case interactions = "LIMEN-CONF-013"
        case dialect = "LIMEN-CONF-014"
        case version = "LIMEN-CONF-015"
        /// Tokens must name a URL that is not known; a warning of the running service.
        case audience = "LIMEN-CONF-016"
        case reference = "LIMEN-CONF-040"
    }

    /// What is wrong.
    package let code: Code
    /// The file, relative to the root of the configuration.
    package var file: String
    /// The element: a path in JSON, an element and line in XML, or a byte offset.
    package let path: String
    /// One sentence.
    package let sentence: String
    /// Where in the file; `nil` where the path is all that is known.
    package let place: TextPlace?
    /// What would be accepted instead; `nil` where the sentence says all.
    package let accepted: String?

    /// Makes a finding.
    package init(
        code: Code,
        file: String,
        path: String,
        sentence: String,
        place: TextPlace? = nil,
        accepted: String? = nil
    ) {
        self.place = place
        self.accepted = accepted
        self.code = code
        self.file = file
        self.path = path
        self.sentence = sentence
    }

    /// The finding on one line, such as `Hooks/clients/a.json:4:3: tenant: ... [LIMEN-...]`.
    package var text: String {
        file + (place.map { ":\($0.line):\($0.column)" } ?? "") + ": "
            + (path.isEmpty ? "" : path + ": ") + sentence
            + (accepted.map { "; accepted: " + $0 } ?? "") + " [" + code.rawValue + "]"
    }
}

/// Everything that is wrong with the configuration.
package struct CatalogueError: Error, Equatable, Sendable {
    /// The findings in the order of the files.
    package let findings: [CatalogueFinding]
}
