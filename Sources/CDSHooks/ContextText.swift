import JSON

/// JSON text with tokens of the context in its strings, such as the patient of an order.
///
///     { "resourceType": "ServiceRequest", "subject": { "reference": "Patient/{{context.patientId}}" } }
///
/// The tokens are those of prefetch templates (CDS Hooks 2.0, prefetch tokens): root-level fields
/// of the context that hold one value. Only ids and relative references are filled in, which need
/// no escaping in JSON, in a URL or in Markdown.
package struct ContextText: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case text([UInt8])
        case token(String)
    }

    private let parts: [Part]

    /// Reads the text.
    ///
    /// - Parameters:
    ///   - json: the JSON text.
    ///   - names: the names of the context that may stand in tokens.
    /// - Throws: `Fault` when a token is not closed or names something else.
    init(_ json: [UInt8], names: [String]) throws(Fault) {
        var parts: [Part] = []
        var rest = String(decoding: json, as: UTF8.self)[...]
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                throw .notClosed
            }
            let token = rest[open.upperBound..<close.lowerBound].filter { $0 != " " }
            let name = String(token.dropFirst("context.".count))
            guard token.hasPrefix("context."), names.contains(name) else { throw .unknownToken }
            parts.append(.text(Array(rest[..<open.lowerBound].utf8)))
            parts.append(.token(name))
            rest = rest[close.upperBound...]
        }
        parts.append(.text(Array(rest.utf8)))
        self.parts = parts
    }

    /// What is wrong with a text.
    enum Fault: Error {
        case notClosed
        case unknownToken
    }

    /// Whether there is anything to fill in.
    var hasTokens: Bool { parts.count > 1 }

    /// The text with the values filled in; `nil` when one of them is not known.
    package func filled(with values: ContextValues) -> [UInt8]? {
        var bytes: [UInt8] = []
        for part in parts {
            switch part {
            case .text(let text): bytes += text
            case .token(let name):
                guard let value = values[name] else { return nil }
                bytes += Array(value.utf8)
            }
        }
        return bytes
    }
}
