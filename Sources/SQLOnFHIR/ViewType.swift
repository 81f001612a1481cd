/// The type that a column declares.
package struct ViewType: Hashable, Sendable {
    /// The name, such as `dateTime`, `CodeableConcept` or `Observation.component`.
    package let name: String
    /// How its values are written.
    package let kind: Kind

    /// The ways in which values are written.
    package enum Kind: Sendable, CaseIterable {
        case boolean, integer, longInteger, decimal, date, dateTime, instant, time, text, structure
    }

    /// Reads the type of a column: a name, or the canonical of a StructureDefinition.
    ///
    /// SQL on FHIR 2, `ViewDefinition.select.column.type`: a relative URI is taken below
    /// `http://hl7.org/fhir/StructureDefinition/`. The types of FHIRPath are those of the same
    /// name.
    ///
    /// - Returns: `nil` when there is no such type.
    package init?(_ text: String) {
        var name = text
        for prefix in Self.prefixes where text.hasPrefix(prefix) {
            name = String(text.dropFirst(prefix.count))
            guard prefix != Self.prefixes[0] else { break }
            // `System.DateTime` is written `dateTime`.
            name = name.prefix(1).lowercased() + name.dropFirst()
        }
        self.name = name
        if let kind = Self.primitives[name] {
            self.kind = kind
            return
        }
        guard let first = name.utf8.first, first >= UInt8(ascii: "A"), first <= UInt8(ascii: "Z")
        else {
            return nil
        }
        kind = .structure
    }

    /// The names of the primitive types.
    static var primitiveNames: [String] { primitives.keys.sorted() }

    private static let prefixes = [
        "http://hl7.org/fhir/StructureDefinition/", "http://hl7.org/fhirpath/System.",
    ]

    /// FHIR R4, section 2.24.0.1, and the `integer64` of R5.
    private static let primitives: [String: Kind] = [
        "base64Binary": .text, "boolean": .boolean, "canonical": .text, "code": .text,
        "date": .date, "dateTime": .dateTime, "decimal": .decimal, "id": .text,
        "instant": .instant, "integer": .integer, "integer64": .longInteger, "markdown": .text,
        "oid": .text, "positiveInt": .integer, "string": .text, "time": .time,
        "unsignedInt": .integer, "uri": .text, "url": .text, "uuid": .text, "xhtml": .text,
    ]
}
