import CDSHooks

/// What a reader must know of the data that the client could not or did not send.
struct DataGaps: Sendable {
    /// Whether a key has more pages than were sent.
    var isPaged = false
    /// Whether the client reported an error for a key or for a part of one.
    var hasError = false
    /// What optional keys that were not sent would have fed, each once.
    var unsent: [String] = []
    /// What keys feed for which the client reported an error, each once.
    var failed: [String] = []

    /// Whether more may be known of the patient than was sent.
    var isPartial: Bool { isPaged || hasError }

    /// Gaps for samples.
    init(isPaged: Bool, hasError: Bool, unsent: [String], failed: [String]) {
        self.isPaged = isPaged
        self.hasError = hasError
        self.unsent = unsent
        self.failed = failed
    }

    /// The gaps of a prefetch that holds every required key.
    init(_ prefetch: Prefetch, _ service: LoadedService) {
        isPaged = prefetch.flags.contains(.paged)
        var fed: Set<String> = []
        var absent: [String] = []
        for (entry, template) in zip(prefetch.entries, service.hook.prefetch) {
            switch entry.state {
            case .absent: absent += template.feeds
            case .failed: break
            case .empty, .resources: fed.formUnion(template.feeds)
            }
            guard entry.state == .failed || entry.isPartial else { continue }
            hasError = true
            for name in template.feeds where !failed.contains(name) { failed.append(name) }
        }
        // Another key of the same kind may have fed it all the same.
        for name in absent
        where !fed.contains(name) && !failed.contains(name) && !unsent.contains(name) {
            unsent.append(name)
        }
    }
}
