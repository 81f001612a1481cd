import Audit
import AuditStore
import Basics
import Crypto
import JSON

/// Prints audit rows for a reader.
enum EventPrinter {
    /// One line for each event, newest first.
    static func list(_ events: [StoredEvent], _ zone: ZoneOffset) -> String {
        guard !events.isEmpty else { return "no rows\n" }
        var table = TextTable()
        table.append([
            "time", "event", "kind", "client", "service", "arm", "outcome", "status", "",
            "patient", "user",
        ])
        for event in events {
            let record = event.record
            table.append([
                zone.text(record.startedAt), record.eventID.text, record.kind.rawValue,
                record.client ?? "", record.service ?? "", record.arm?.rawValue ?? "",
                record.outcome.rawValue, String(record.status),
                record.flags == [EventReader.unreadable]
                    ? EventReader.unreadable : record.indicator ?? record.reasonCode ?? "",
                short(record.patientPseudonym), short(record.userPseudonym),
            ])
        }
        return table.lines().joined(separator: "\n") + "\n"
    }

    /// The beginning of a pseudonym, enough to tell the rows of a page apart.
    private static func short(_ pseudonym: [UInt8]?) -> String {
        pseudonym.map { Hexadecimal.text($0.prefix(6)) } ?? ""
    }

    /// One event with all it holds, one member a line; documents and long texts are set out below
    /// their names.
    ///
    /// A row whose documents do not read back is shown as it is.
    static func story(_ event: StoredEvent, _ json: [UInt8]) -> String {
        guard let document = try? JSONDocument(parsing: json) else {
            return TextStyle.safe(String(decoding: json, as: UTF8.self)) + "\n"
        }
        var lines: [String] = []
        appendLines(of: document.root, indent: "", to: &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func appendLines(
        of value: JSONValue,
        indent: String,
        to lines: inout [String]
    ) {
        for element in value.elements { append("-", element, indent, &lines) }
        for (name, member) in value.members {
            append(name.stringValue ?? "", member, indent, &lines)
        }
        guard let text = value.stringValue else { return }
        lines += MarkdownText.plain(text).map { indent + $0 }
    }

    private static func append(
        _ title: String,
        _ value: JSONValue,
        _ indent: String,
        _ lines: inout [String]
    ) {
        if isFlat(value) {
            lines.append(indent + TextStyle.safe(title + "  " + flat(value)))
        } else {
            lines.append(indent + TextStyle.safe(title))
            appendLines(of: value, indent: indent + "  ", to: &lines)
        }
    }

    /// Whether a value reads well on one line.
    private static func isFlat(_ value: JSONValue) -> Bool {
        value.rawBytes.count <= 100 && !(value.stringValue ?? "").contains("\n")
    }

    private static func flat(_ value: JSONValue) -> String {
        switch value.kind {
        case .object:
            value.members.map { ($0.name.stringValue ?? "") + " " + flat($0.value) }
                .joined(separator: "  ")
        case .array: value.elements.map { flat($0) }.joined(separator: ", ")
        case .string, .number, .true, .false, .null: scalar(value)
        }
    }

    private static func scalar(_ value: JSONValue) -> String {
        value.stringValue ?? String(decoding: value.rawBytes, as: UTF8.self)
    }
}
