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
    /// How many requests were sent.
    var requestCount = 0
    /// How many bytes came back.
    var byteCount = 0

    /// Writes what takes the place of the key in the prefetch; `sent` is what the client sent.
    func write(sent: JSONValue?, to writer: inout JSONWriter) {
        guard let first = pages.first else {
            if let sent, FetchedPage.nextLink(sent) != nil {
                // The pages that were sent stand, and so does the link that says there are more.
                writer.value(sent)
            } else {
                Self.writeOutcome(to: &writer)
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
        // A search that counts matches and sends none is no answer with no data.
        if entries.isEmpty, let total = first.json["total"] {
            writer.name("total")
            writer.value(total)
        }
        writer.name("entry")
        writer.beginArray()
        for entry in entries { writer.value(entry) }
        writer.endArray()
        writer.endObject()
    }

    private static func writeOutcome(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("resourceType", "OperationOutcome")
        writer.name("issue")
        writer.beginArray()
        writer.beginObject()
        writer.member("severity", "error")
        writer.member("code", "incomplete")
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }
}
