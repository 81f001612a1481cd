package import Basics

import JSON

/// Writes events as JSON, one line each.
///
///     {"Timestamp":"2026-05-04T10:00:00Z","SeverityText":"INFO","SeverityNumber":9,
///      "Body":"hook answered","Attributes":{"cds.service.id":"news2"}}
///
/// The names are those of the OpenTelemetry logs data model. Control, bidirectional and invisible
/// characters are escaped or left out and values are capped, so one event is always one line.
package struct LogWriter: Sendable {
    private let now: @Sendable () -> Instant
    private let write: @Sendable ([UInt8]) -> Void
    private let resource: [(String, String)]

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - resource: what all lines say of the process, such as `service.name`.
    ///   - now: the clock.
    ///   - write: takes a line with its line feed.
    package init(
        resource: [(String, String)] = [("service.name", "limen")],
        now: @escaping @Sendable () -> Instant,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.resource = resource
        self.now = now
        self.write = write
    }

    /// Writes an event.
    package func log(_ event: LogEvent) { write(line(event)) }

    /// The line of an event.
    package func line(_ event: LogEvent) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 384)
        writer.beginObject()
        writer.member("Timestamp", now().text)
        writer.member("SeverityText", event.severity.rawValue)
        writer.member("SeverityNumber", event.severity.number)
        writer.member("Body", event.body.description)
        if let traceID = event.traceID { writer.member("TraceId", hexText(traceID)) }
        writer.name("Resource")
        writer.beginObject()
        for (name, value) in resource { writer.member(name, Self.capped(value)) }
        writer.endObject()
        if !event.attributes.isEmpty {
            writer.name("Attributes")
            writer.beginObject()
            for (attribute, value) in event.attributes {
                switch value {
                case .text(let text): writer.member(attribute.rawValue, Self.capped(text))
                case .number(let number): writer.member(attribute.rawValue, number)
                }
            }
            writer.endObject()
        }
        writer.endObject()
        var bytes = writer.bytes
        bytes.append(0x0A)
        return bytes
    }

    /// The text without characters that do not show, and not longer than the limit.
    private static func capped(_ text: String) -> String {
        let isShort = text.utf8.count <= Limits.logValueCharactersMax
        if isShort, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < Limits.logValueCharactersMax else { return result + "..." }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
                .paragraphSeparator:
                result += "?"
            default:
                result.unicodeScalars.append(scalar)
            }
            count += 1
        }
        return result
    }
}

/// The lower-case hexadecimal text of bytes.
package func hexText(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
