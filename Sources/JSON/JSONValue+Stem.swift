extension JSONValue {
    /// The first member whose name is a stem with a word behind it, such as `valueQuantity` for
    /// `value`; with the name of a member, the first one behind that.
    ///
    /// This is how FHIR writes choice elements (R4, section 2.6.2.3). Names with escapes are not
    /// looked at. Nothing is copied or counted on the way.
    package func firstMember(
        withStem stem: String,
        after earlier: JSONValue? = nil
    ) -> (name: JSONValue, value: JSONValue)? {
        let entry = entry
        guard entry.kind == .object else { return nil }
        let wanted = stem.utf8.span
        let bytes = tape.bytes
        var position = earlier.map { Int(tape.entries[$0.index + 1].next) } ?? index + 1
        let end = Int(entry.next)
        while position < end {
            if Self.has(wanted, tape.entries[position], in: bytes.span) {
                return (
                    JSONValue(tape: tape, index: position),
                    JSONValue(tape: tape, index: position + 1)
                )
            }
            position = Int(tape.entries[position + 1].next)
        }
        return nil
    }

    private static func has(
        _ stem: Span<UInt8>,
        _ name: TapeEntry,
        in bytes: Span<UInt8>
    ) -> Bool {
        guard !name.isEscaped, Int(name.length) > stem.count else { return false }
        let start = Int(name.offset)
        let initial = bytes[start + stem.count]
        guard initial >= UInt8(ascii: "A"), initial <= UInt8(ascii: "Z") else { return false }
        for index in stem.indices where bytes[start + index] != stem[index] { return false }
        return true
    }
}
