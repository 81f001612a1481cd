import JSON

/// What was fetched for a request, for its audit row and its cards; no token and no data.
struct FetchReport: Sendable {
    /// Why keys are not there, or not whole.
    var failures: [String: FetchFailure] = [:]
    /// Which keys the client did not send.
    var wasAbsent: Set<String> = []
    /// What was fetched.
    var keys: [FetchedKey.Summary] = []
    /// The base that was asked.
    var base: String?

    /// Whether any request left.
    var isSent: Bool { keys.contains { $0.requestCount > 0 } }

    /// The report as JSON text, such as
    /// `{"base":"https://...","keys":[{"key":"patient","requests":1,"bytes":912}]}`.
    var json: [UInt8] {
        var writer = JSONWriter(reservingBytes: 256)
        writer.beginObject()
        writer.member("base", ifPresent: base)
        writer.name("keys")
        writer.beginArray()
        for key in keys {
            writer.beginObject()
            writer.member("key", key.name)
            writer.member("requests", key.requestCount)
            writer.member("pages", key.pageCount)
            writer.member("bytes", key.byteCount)
            if key.isCut { writer.member("cut", true) }
            writer.member("failure", ifPresent: key.failure?.rawValue)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}

extension FetchedKey {
    /// What is kept of a key when its data have gone on.
    struct Summary: Sendable {
        let name: String
        let requestCount: Int
        let pageCount: Int
        let byteCount: Int
        let isCut: Bool
        let failure: FetchFailure?
    }

    /// What is kept of it.
    var summary: Summary {
        Summary(
            name: name,
            requestCount: requestCount,
            pageCount: pages.count,
            byteCount: byteCount,
            isCut: isCut,
            failure: failure
        )
    }
}
