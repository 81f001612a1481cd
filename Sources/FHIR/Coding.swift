package import JSON

/// A code as a system defines it (FHIR R4, section 2.24.0.4).
package struct Coding: ElementView {
    /// The JSON object.
    package let json: JSONValue

    /// Makes a view; `nil` when the value is no object.
    package init?(_ json: JSONValue) {
        guard json.kind == .object else { return nil }
        self.json = json
    }

    /// The code system's URI.
    package var system: String? { json["system"]?.stringValue }
    /// The code.
    package var code: String? { json["code"]?.stringValue }
    /// The text the system gives the code.
    package var display: String? { json["display"]?.stringValue }
    /// The version of the code system.
    package var version: String? { json["version"]?.stringValue }

    /// Whether this is that code of that system, compared byte by byte and without allocating.
    package func matches(_ token: CodeToken) -> Bool {
        guard let code = json["code"], code.isString(token.code) else { return false }
        guard let system = token.system else { return json["system"] == nil }
        return json["system"]?.isString(system) ?? false
    }
}

/// A `system|code` token as FHIR search writes it (FHIR R4, section 3.1.1.4.10).
///
/// `|code` asks for a code that has no system.
package struct CodeToken: Sendable, Hashable {
    /// The code system's URI; `nil` asks for a coding without one.
    package let system: String?
    /// The code.
    package let code: String

    /// Makes a token.
    package init(system: String?, code: String) {
        self.system = system
        self.code = code
    }

    /// Reads `system|code`; `nil` without a bar or a code.
    package init?(_ text: String) {
        guard let bar = text.utf8.lastIndex(of: UInt8(ascii: "|")) else { return nil }
        let code = String(text[text.utf8.index(after: bar)...])
        let system = String(text[..<bar])
        guard !code.isEmpty else { return nil }
        self.init(system: system.isEmpty ? nil : system, code: code)
    }

    /// The token as `system|code`.
    package var text: String { (system ?? "") + "|" + code }
}
