import JSON

/// What a card falls back to when it does not say so itself: `limen.defaults`.
package struct CardDefaults: Sendable {
    /// The `source` object as JSON text.
    package let source: [UInt8]
    /// The `overrideReasons` array as JSON text; `nil` when the document wants none, which it says
    /// by an empty array.
    package let overrideReasons: [UInt8]?

    /// Reads the defaults; where the document states no source, cards name `title`.
    init(_ limen: HookDocumentReader, title: String) throws(HookServiceError) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("label", title)
        writer.endObject()
        var source = writer.bytes
        var overrideReasons: [UInt8]? = StandardCards.overrideReasons
        if let object = try limen.optionalObject("defaults") {
            try object.allow(["source", "overrideReasons"])
            if let stated = object.json["source"] {
                source = RawMember(name: "source", stated).value
            }
            if let reasons = object.json["overrideReasons"] {
                let isEmpty = try object.array("overrideReasons")?.isEmpty ?? true
                overrideReasons =
                    isEmpty ? nil : RawMember(name: "overrideReasons", reasons).value
            }
        }
        self.source = source
        self.overrideReasons = overrideReasons
    }
}
