package import FHIRPath

import Basics

/// Text of a card with FHIRPath between double braces.
///
///     "NEWS2 {{ %result.score }}: {{ %inputs.missing }} missing"
///
/// What an expression gives is escaped for Markdown and HTML. The exception are the members of
/// `%explain`, which are Markdown that this gateway wrote and escaped itself; they may stand in a
/// detail, not in a summary.
package struct CardTemplate: Sendable {
    /// Where the text stands.
    package enum Place: Sendable {
        case summary
        case detail
    }

    enum Segment: Sendable {
        case text(String)
        case expression(FHIRPathExpression)
        case markup(CardMarkup.Name)
    }

    /// Where the text stands.
    package let place: Place
    let segments: [Segment]

    /// Reads a template.
    ///
    /// - Throws: `CardTemplateError` with the byte offset of the fault.
    package init(parsing text: String, place: Place) throws(CardTemplateError) {
        self.place = place
        var segments: [Segment] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex {
                segments.append(.text(String(rest[..<open.lowerBound])))
            }
            let offset = text.utf8.distance(from: text.startIndex, to: open.lowerBound)
            guard let close = Self.end(of: rest[open.upperBound...]) else {
                throw CardTemplateError(code: .unclosed, offset: offset)
            }
            let source = Self.trimmed(rest[open.upperBound..<close])
            segments.append(try Self.expression(source, place, offset))
            rest = rest[rest.index(close, offsetBy: 2)...]
        }
        if !rest.isEmpty { segments.append(.text(String(rest))) }
        self.segments = segments
    }

    /// The expressions of the template.
    package var expressions: [FHIRPathExpression] {
        segments.compactMap {
            switch $0 {
            case .text, .markup: nil
            case .expression(let expression): expression
            }
        }
    }

    private static func expression(
        _ source: String,
        _ place: Place,
        _ offset: Int
    ) throws(CardTemplateError) -> Segment {
        let prefix = "%explain."
        if source.hasPrefix(prefix) {
            guard place == .detail else {
                throw CardTemplateError(code: .markupInSummary, offset: offset)
            }
            // Nothing is computed with markup, so that it cannot mix with other text.
            guard let name = CardMarkup.Name(rawValue: String(source.dropFirst(prefix.count)))
            else { throw CardTemplateError(code: .expression, offset: offset + 2) }
            return .markup(name)
        }
        do {
            return .expression(try FHIRPathExpression(parsing: source))
        } catch {
            throw CardTemplateError(code: .expression, offset: offset + 2 + error.offset)
        }
    }

    /// The place of the closing braces; braces inside a FHIRPath string do not count.
    private static func end(of text: Substring) -> String.Index? {
        var quote: Character?
        var position = text.startIndex
        while position < text.endIndex {
            let character = text[position]
            if let open = quote {
                if character == "\\" {
                    position = text.index(after: position)
                    guard position < text.endIndex else { return nil }
                } else if character == open {
                    quote = nil
                }
            } else if character == "'" || character == "`" {
                quote = character
            } else if text[position...].hasPrefix("}}") {
                return position
            }
            position = text.index(after: position)
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

/// Why a template cannot be read or rendered.
package struct CardTemplateError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        case unclosed = "LIMEN-CARD-001"
        case expression = "LIMEN-CARD-002"
        case markupInSummary = "LIMEN-CARD-003"
        case notText = "LIMEN-CARD-004"
        case tooWide = "LIMEN-CARD-005"
        case empty = "LIMEN-CARD-006"
        case summaryTooLong = "LIMEN-CARD-007"
    }

    /// What is wrong.
    package let code: Code
    /// The byte offset in the template, or of the expression that gave the value.
    package let offset: Int

    /// Makes an error.
    package init(code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }
}
