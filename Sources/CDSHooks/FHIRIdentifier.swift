/// The shapes of identifiers and references that a hook's context holds.
package enum FHIRIdentifier {
    /// Whether a text is a FHIR id: 1 to 64 letters, digits, hyphens and dots (FHIR R4, 2.24.0.1).
    package static func isID(_ text: some StringProtocol) -> Bool {
        let bytes = text.utf8
        guard bytes.count >= 1, bytes.count <= 64 else { return false }
        return bytes.allSatisfy {
            isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
    }

    /// Whether a text is a relative reference such as `Practitioner/abc`.
    package static func isRelativeReference(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let type = parts.first, let id = parts.last else { return false }
        return isTypeName(type) && isID(id)
    }

    /// Whether a text looks like the name of a resource type: letters, the first a capital.
    package static func isTypeName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, first >= 0x41, first <= 0x5A else { return false }
        guard text.utf8.count <= 64 else { return false }
        return text.utf8.allSatisfy {
            ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x61 && $0 <= 0x7A)
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A)
            || (byte >= 0x61 && byte <= 0x7A)
    }
}
