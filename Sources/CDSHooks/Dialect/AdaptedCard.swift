import Basics
import JSON

/// A card of an answer while it is adapted to a dialect.
struct AdaptedCard {
    var uuid: String?
    var summary: String
    var indicator: Card.Indicator
    var detail: String?
    /// The `source` object as JSON text.
    var source: [UInt8]
    /// The suggestions that are shown, as JSON text.
    var suggestions: [[UInt8]] = []
    var selectionBehavior: String?
    /// The `overrideReasons` array as JSON text.
    var overrideReasons: [UInt8]?
    /// The links that are shown, as JSON text.
    var links: [[UInt8]] = []
    /// The members that no dialect speaks of, such as `extension`.
    var others: [RawMember] = []

    /// What the suggestions and links that are shown offer, in words.
    var offers: [String] = []

    /// Text that goes in front of the detail, such as a summary that was shortened.
    var leading: [String] = []
    /// Text that goes behind the detail, such as a suggestion that is not shown.
    var trailing: [String] = []

    /// Writes the card; members that hold nothing are left out (CDS Hooks 2.0, JSON rules).
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("uuid", ifPresent: uuid)
        writer.member("summary", summary)
        writer.member("indicator", indicator.rawValue)
        writer.member("detail", ifPresent: detail)
        writer.name("source")
        writer.rawValue(source)
        Self.write(suggestions, "suggestions", to: &writer)
        writer.member("selectionBehavior", ifPresent: selectionBehavior)
        if let overrideReasons {
            writer.name("overrideReasons")
            writer.rawValue(overrideReasons)
        }
        Self.write(links, "links", to: &writer)
        writer.members(others)
        writer.endObject()
    }

    private static func write(_ values: [[UInt8]], _ name: String, to writer: inout JSONWriter) {
        guard !values.isEmpty else { return }
        writer.name(name)
        writer.beginArray()
        for value in values { writer.rawValue(value) }
        writer.endArray()
    }

    /// Puts what was gathered around the detail into it.
    mutating func gatherText() {
        let parts = leading + [detail].compactMap { $0 } + trailing
        detail = parts.isEmpty ? nil : parts.joined(separator: "\n\n")
        leading = []
        trailing = []
    }
}
