package import JSON

/// A reference to another resource (FHIR R4, section 2.3).
package struct Reference: ElementView {
    /// The JSON object.
    package let json: JSONValue

    /// What the text of a reference points to.
    package enum Target: Sendable, Hashable {
        /// `Patient/1` or `Patient/1/_history/2`.
        case relative(type: String, id: String, version: String?)
        /// `https://server/fhir/Patient/1`, with the base before the type.
        case absolute(base: String, type: String, id: String, version: String?)
        /// `urn:uuid:...` or `urn:oid:...`, which must be an entry's `fullUrl`.
        case urn(String)
        /// `#p1`, a contained resource; `#` alone is the containing resource.
        case contained(String)
        /// Any other URI.
        case other(String)
    }

    /// Makes a view; `nil` when the value is no object.
    package init?(_ json: JSONValue) {
        guard json.kind == .object else { return nil }
        self.json = json
    }

    /// The text of `reference`.
    package var text: String? { json["reference"]?.stringValue }
    /// The type given beside the reference.
    package var type: String? { json["type"]?.stringValue }
    /// Whether only a business identifier says what is meant.
    package var isByIdentifier: Bool { json["reference"] == nil && json["identifier"] != nil }

    /// What it points to; `nil` without `reference` text.
    package var target: Target? { text.flatMap { Self.target(of: $0) } }

    /// Takes a reference text apart; `nil` when it is empty.
    package static func target(of text: String) -> Target? {
        guard let first = text.utf8.first else { return nil }
        if first == UInt8(ascii: "#") { return .contained(String(text.dropFirst())) }
        if text.utf8.starts(with: "urn:".utf8) { return .urn(text) }
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)
        var version: String?
        if parts.count >= 4, parts[parts.count - 2] == "_history" {
            version = String(parts[parts.count - 1])
            parts.removeLast(2)
        }
        guard parts.count >= 2 else { return .other(text) }
        let id = String(parts[parts.count - 1])
        let type = String(parts[parts.count - 2])
        guard isResourceType(type), isLogicalID(id) else { return .other(text) }
        guard parts.count > 2 else { return .relative(type: type, id: id, version: version) }
        guard text.utf8.starts(with: "http://".utf8) || text.utf8.starts(with: "https://".utf8)
        else {
            return .other(text)
        }
        let base = parts.dropLast(2).joined(separator: "/")
        return .absolute(base: base, type: type, id: id, version: version)
    }

    /// The form of resource ids: `[A-Za-z0-9\-\.]{1,64}` (FHIR R4, section 2.24.0.1, id).
    package static func isLogicalID(_ text: String) -> Bool {
        guard text.utf8.count >= 1, text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy { byte in
            isLetter(byte) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
    }

    private static func isResourceType(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        guard first >= UInt8(ascii: "A"), first <= UInt8(ascii: "Z") else { return false }
        return text.utf8.allSatisfy { isLetter($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
    }
}
