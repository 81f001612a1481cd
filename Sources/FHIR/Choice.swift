package import JSON

/// A choice element such as `value[x]`: the type its name ends in, and the value.
///
///     "valueQuantity": {...}      typeName "Quantity"
///     "effectiveDateTime": "..."  typeName "DateTime"
///
/// FHIR R4, section 2.6.2.3 (representations of choice types in JSON).
package struct Choice: Sendable {
    /// The whole member name.
    package let name: JSONValue
    /// The value.
    package let json: JSONValue
    /// How many bytes of the name stand before the type.
    let prefixLength: Int

    /// The type as the name spells it, such as `Quantity` or `DateTime`.
    package var typeName: String {
        String(decoding: name.rawBytes.dropFirst(prefixLength), as: UTF8.self)
    }

    /// Whether the type is this one, compared without making a `String`.
    package func isType(_ typeName: String) -> Bool {
        name.rawBytes.dropFirst(prefixLength).elementsEqual(typeName.utf8)
    }

    /// Finds the element `prefix[x]` of an object.
    ///
    /// - Throws: `.ambiguousChoice` when it stands there in more than one type.
    package static func find(
        _ prefix: String,
        in object: JSONValue
    ) throws(FHIRError) -> Choice? {
        let stem = prefix.utf8
        var found: Choice?
        for (name, value) in object.members {
            let bytes = name.rawBytes
            guard bytes.count > stem.count, bytes.starts(with: stem) else { continue }
            let initial = bytes[bytes.startIndex + stem.count]
            guard initial >= UInt8(ascii: "A"), initial <= UInt8(ascii: "Z") else { continue }
            guard found == nil else {
                throw FHIRError(code: .ambiguousChoice, path: object.path(of: prefix + "[x]"))
            }
            found = Choice(name: name, json: value, prefixLength: stem.count)
        }
        return found
    }
}
