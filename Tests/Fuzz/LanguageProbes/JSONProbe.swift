import JSON

/// What must hold for any bytes given to the reader of JSON.
public enum JSONProbe {
    /// Reads a document; whether it was accepted.
    ///
    /// What is accepted is written again and read again, and must then be the same. Both ways of
    /// scanning must accept the same texts and make the same tape.
    @discardableResult
    public static func run(_ bytes: [UInt8]) -> Bool {
        precondition(JSONPaths.agree(on: bytes), "the two ways of scanning differ")
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            precondition(error.offset <= bytes.count, "a fault behind the end")
            return false
        }
        let first = written(document)
        guard let again = try? JSONDocument(parsing: first) else {
            preconditionFailure("what was written cannot be read")
        }
        precondition(written(again) == first, "a second reading differs")
        return true
    }

    private static func written(_ document: JSONDocument) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(document.root)
        return writer.bytes
    }
}
