import Basics
import JSON

/// What came of fetching one key.
struct FetchedKey: Sendable {
    /// The key.
    let name: String
    /// What was read, page by page.
    var pages: [FetchedPage] = []
    /// Why there is nothing, or no more.
    var failure: FetchFailure?
    /// Whether the pages go on where those that were sent end; otherwise they take their place.
    var continuesSent = false
    /// Whether there is more than was read.
    var isCut = false
    /// What becomes of what the client sent.
    var sentPart = SentPart.replaced
    /// How many requests were sent.
    var requestCount = 0
    /// How many bytes came back.
    var byteCount = 0

    /// What becomes of what the client sent for the key.
    enum SentPart: Sendable {
        /// What was fetched takes its place.
        case replaced
        /// It stands beside what was fetched, which is not whole.
        case added
        /// It stands alone, because nothing that was fetched can be used.
        case alone
    }

    /// Writes what takes the place of the key in the prefetch; `sent` is what the client sent.
    func write(sent: JSONValue?, to writer: inout JSONWriter) {
        guard let first = pages.first, sentPart != .alone else {
            if let sent {
                // What was sent stands, and so does what it says of itself: that there are more
                // pages, that a part is lacking, that there was an error.
                writer.value(sent)
            } else {
                Self.writeOutcome("error", to: &writer)
            }
            return
        }
        guard first.json["resourceType"]?.isString("Bundle") ?? false else {
            writer.value(first.json)
            return
        }
        let own = continuesSent ? sent : nil
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("type", "searchset")
        if isCut {
            writer.name("link")
            writer.beginArray()
            writer.beginObject()
            writer.member("relation", "next")
            writer.endObject()
            writer.endArray()
        }
        let bundles = (own.map { [$0] } ?? []) + pages.map(\.json)
        let entries = bundles.flatMap { Array($0["entry"]?.elements ?? $0.elements) }
        // What came is held against it: a search that sends fewer matches than it counts is no
        // whole answer.
        if let total = Self.total(of: bundles) {
            writer.name("total")
            writer.value(total)
        }
        writer.name("entry")
        writer.beginArray()
        for entry in entries { writer.value(entry) }
        if sentPart == .added, let sent {
            for entry in Self.entries(of: sent, without: entries) { writer.value(entry) }
            writer.beginObject()
            writer.name("resource")
            Self.writeOutcome("warning", to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    /// The total of a search of several pages: one that cannot be read, or else the largest.
    private static func total(of bundles: [JSONValue]) -> JSONValue? {
        let totals = bundles.compactMap { $0["total"] }.filter { !$0.isNull }
        return totals.first { $0.integerValue == nil }
            ?? totals.max { ($0.integerValue ?? 0) < ($1.integerValue ?? 0) }
    }

    /// The entries of what was sent whose resources were not fetched.
    ///
    /// One without an id may be one of those: that it counts twice is better than not at all,
    /// and no value is made of all records where some are lacking.
    private static func entries(
        of sent: JSONValue,
        without fetched: [JSONValue]
    ) -> [JSONValue] {
        let known = Set(fetched.compactMap { $0["resource"].flatMap(identity) })
        // The Bundle may be in the wrapper used before CDS Hooks 1.0.
        let entries = (sent["resource"] ?? sent)["entry"]
        return entries.map { Array($0.elements) }?.filter { entry in
            guard let resource = entry["resource"], let type = resource["resourceType"],
                !type.isString("Bundle"), !type.isString("OperationOutcome")
            else { return false }
            return identity(of: resource).map { !known.contains($0) } ?? true
        } ?? []
    }

    /// Type and id of a resource; `nil` for one without.
    private static func identity(of resource: JSONValue) -> String? {
        guard let type = resource["resourceType"]?.stringValue,
            let id = resource["id"]?.stringValue
        else { return nil }
        return type + "/" + id
    }

    private static func writeOutcome(_ severity: String, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("resourceType", "OperationOutcome")
        writer.name("issue")
        writer.beginArray()
        writer.beginObject()
        writer.member("severity", severity)
        writer.member("code", "incomplete")
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }
}
