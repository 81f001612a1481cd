import JSON

extension TextCoding {
    /// The text of a JSON string; `nil` when the bytes are none.
    static func jsonString(_ bytes: [UInt8]) -> String? {
        do throws(JSONError) {
            return try JSONDocument(parsing: bytes).root.stringValue
        } catch {
            // Text that is no JSON string has no unescaped form, which is the empty collection.
            return nil
        }
    }
}
