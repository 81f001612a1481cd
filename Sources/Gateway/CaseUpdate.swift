import JSON

/// Rewrites what failing cases expect, and nothing else of their file.
///
/// The new text is spliced into the bytes, so that the order, the layout and everything that was
/// right stay as their author wrote them.
package struct CaseUpdate: Sendable {
    /// The file, relative to the root of the configuration.
    package let file: String
    /// The new text of the file.
    package let bytes: [UInt8]
    /// How many expectations were rewritten.
    package let changeCount: Int

    /// Makes the new text.
    ///
    /// - Parameters:
    ///   - file: the file, relative to the root of the configuration.
    ///   - bytes: its text as it is now.
    ///   - outcomes: how its cases ended; they were read from just these bytes.
    /// - Returns: `nil` when there is nothing to rewrite.
    /// - Throws: `CatalogueFinding` when the result would not hold the same inputs.
    package static func make(
        file: String,
        bytes: [UInt8],
        outcomes: [CaseOutcome]
    ) throws(CatalogueFinding) -> CaseUpdate? {
        var edits: [(range: Range<Int>, text: [UInt8])] = []
        for outcome in outcomes where outcome.fault == nil {
            for difference in outcome.differences {
                let range = Self.range(of: difference.place)
                guard !edits.contains(where: { $0.range == range }) else { continue }
                edits.append((range, Self.text(difference.replacement, at: range, in: bytes)))
            }
        }
        // An expectation that is replaced as a whole takes those inside it along.
        edits = edits.filter { edit in
            !edits.contains { other in
                other.range != edit.range && other.range.lowerBound <= edit.range.lowerBound
                    && edit.range.upperBound <= other.range.upperBound
            }
        }
        guard !edits.isEmpty else { return nil }
        var result = bytes
        for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            result.replaceSubrange(edit.range, with: edit.text)
        }
        guard Self.holdSameInputs(bytes, result) else {
            throw CatalogueFinding(
                code: .cases,
                file: file,
                path: "cases",
                sentence: "not updated: the input of a case would be lost"
            )
        }
        return CaseUpdate(file: file, bytes: result, changeCount: edits.count)
    }

    private static func range(of value: JSONValue) -> Range<Int> {
        let start = value.byteOffset
        let quotes = value.kind == .string ? 2 : 0
        return start..<start + value.rawBytes.count + quotes
    }

    private static func text(
        _ value: JSONLayout,
        at range: Range<Int>,
        in bytes: [UInt8]
    ) -> [UInt8] {
        let newline = UInt8(ascii: "\n")
        let start = bytes[..<range.lowerBound].lastIndex(of: newline).map { $0 + 1 } ?? 0
        let line = bytes[start..<range.lowerBound]
        let indent = line.prefix { $0 == UInt8(ascii: " ") }.count
        return Array(value.layout(indent: indent, column: line.count).utf8)
    }

    /// Whether both texts hold the same cases but for what they expect.
    private static func holdSameInputs(_ before: [UInt8], _ after: [UInt8]) -> Bool {
        guard let before = try? JSONDocument(parsing: before).root,
            let after = try? JSONDocument(parsing: after).root
        else { return false }
        let (old, new) = (before["cases"], after["cases"])
        guard let old = old?.elements.map({ $0 }), let new = new?.elements.map({ $0 }),
            old.count == new.count
        else { return false }
        return zip(old, new).allSatisfy { left, right in
            guard left["encounter"]?.stringValue == right["encounter"]?.stringValue else {
                return false
            }
            return ["name", "at", "patient", "bundle"].allSatisfy { name in
                guard let left = left[name], let right = right[name] else { return false }
                return left.rawBytes.elementsEqual(right.rawBytes)
            }
        }
    }
}
