import Basics
import FHIRPath
import JSON

extension CardTemplate {
    /// A part of the text, which may be a list that can be shortened.
    private struct Part {
        var items: [String]
        var keptCount: Int

        init(_ items: [String]) {
            self.items = items
            keptCount = items.count
        }

        /// The items as one text; a shortened list says how many it leaves out.
        var text: String {
            guard keptCount < items.count else { return items.joined(separator: ", ") }
            let kept = items[..<keptCount].joined(separator: ", ")
            let rest = items.count - keptCount
            return keptCount == 0 ? "\(rest) items" : "\(kept) and \(rest) more"
        }
    }

    /// Renders the text.
    ///
    /// A summary is held below its limit in one way only: lists end early with "and N more". A
    /// number is never cut; one that is too wide, or text that is still too long, is an error.
    ///
    /// - Throws: `CardTemplateError`.
    package func render(
        in environment: CardEnvironment
    ) throws(CardTemplateError) -> String {
        switch place {
        case .detail: try detail(in: environment)
        case .summary: try summary(in: environment)
        }
    }

    private func detail(in environment: CardEnvironment) throws(CardTemplateError) -> String {
        var text = ""
        text.reserveCapacity(2_048)
        for segment in segments {
            switch segment {
            case .text(let part): text += part
            case .markup(let name): text += environment.markup(name)
            case .expression(let expression):
                text += try items(of: expression, in: environment).joined(separator: ", ")
            }
        }
        return Self.tidied(text)
    }

    /// The text without the empty lines that parts leave which had nothing to say.
    private static func tidied(_ text: String) -> String {
        let lineFeed = UInt8(ascii: "\n")
        let source = text.utf8.span
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var feedCount = 0
        for index in source.indices {
            let byte = source[index]
            feedCount = byte == lineFeed ? feedCount + 1 : 0
            if feedCount <= 2 { result.append(byte) }
        }
        while result.last == lineFeed { result.removeLast() }
        return result.count == source.count ? text : String(decoding: result, as: UTF8.self)
    }

    private func summary(in environment: CardEnvironment) throws(CardTemplateError) -> String {
        var parts: [Part] = []
        parts.reserveCapacity(segments.count)
        for segment in segments {
            switch segment {
            case .text(let text):
                parts.append(Part([text]))
            case .markup(let name):
                parts.append(Part([environment.markup(name)]))
            case .expression(let expression):
                parts.append(Part(try items(of: expression, in: environment)))
            }
        }
        return try Self.fitted(&parts)
    }

    /// What an expression gives, each item as escaped text.
    private func items(
        of expression: FHIRPathExpression,
        in environment: CardEnvironment
    ) throws(CardTemplateError) -> [String] {
        let values: [FHIRPathValue]
        do {
            values = try expression.evaluate(in: environment.fhirPath)
        } catch {
            throw CardTemplateError(code: .expression, offset: error.offset)
        }
        var items: [String] = []
        items.reserveCapacity(values.count)
        for value in values { items.append(try text(of: value)) }
        return items
    }

    private static func fitted(_ parts: inout [Part]) throws(CardTemplateError) -> String {
        var text = parts.map(\.text).joined()
        while text.utf16.count >= Limits.summaryUnitsEnd {
            var longest: Int?
            for index in parts.indices
            where parts[index].items.count > 1 && parts[index].keptCount > 0 {
                if let best = longest, parts[best].keptCount >= parts[index].keptCount { continue }
                longest = index
            }
            guard let longest else {
                throw CardTemplateError(code: .summaryTooLong, offset: 0)
            }
            parts[longest].keptCount -= 1
            text = parts.map(\.text).joined()
        }
        return text
    }

    private func text(
        of value: FHIRPathValue
    ) throws(CardTemplateError) -> String {
        guard let (raw, isNumber) = value.cardText else {
            throw CardTemplateError(code: .notText, offset: 0)
        }
        switch place {
        case .detail:
            return isNumber ? raw : CardMarkup.escaped(raw)
        case .summary:
            if isNumber {
                guard raw.utf16.count <= Limits.summaryNumberUnitsMax else {
                    throw CardTemplateError(code: .tooWide, offset: 0)
                }
                return raw
            }
            return CardMarkup.plain(raw)
        }
    }
}

extension FHIRPathValue {
    /// The value as text and whether it is a number; `nil` when it has no text.
    fileprivate var cardText: (text: String, isNumber: Bool)? {
        switch self {
        case .integer, .decimal: text.map { ($0, true) }
        case .boolean, .string, .date, .dateTime, .time, .quantity: text.map { ($0, false) }
        case .element(let element): text.map { ($0, element.kind == .number) }
        }
    }
}
