import CDSHooks

/// What a reader must know of the data that the client could not or did not send.
struct DataGaps: Sendable {
    /// Whether a key has more pages than were sent.
    var isPaged = false
    /// Whether the client reported an error for a key or for a part of one, or a part is lacking.
    var hasError = false
    /// What optional keys that were not sent would have fed, each once.
    var unsent: [String] = []
    /// What keys feed for which the client reported an error, or of which a part is lacking, each once.
    var failed: [String] = []
    /// Whether of a key not all was sent, or can be read, without the client saying so.
    var isLacking = false
    /// What such keys feed, each once; these are among `failed`.
    var lacking: [String] = []
    /// What keys feed that have more pages than were sent, each once.
    var paged: [String] = []
    /// The resource types of which not all that was asked for is there, for whatever reason.
    var incompleteTypes: Set<String> = []
    /// Why what keys feed could not be fetched, by name.
    var reasons: [String: FetchFailure] = [:]
    /// Whether we could not fetch all pages ourselves.
    var isCut = false

    /// Whether more may be known of the patient than was sent.
    var isPartial: Bool { isPaged || hasError }

    /// Whether nothing that is mapped can hang on what was not sent.
    var isEmpty: Bool { !isPaged && failed.isEmpty && unsent.isEmpty }

    /// What the client itself reported an error for; `nil` when it reported none.
    var reported: [String]? {
        let names = failed.filter { reasons[$0] == nil && !lacking.contains($0) }
        return hasError && (!names.isEmpty || reasons.isEmpty && !isLacking) ? names : nil
    }

    /// What could not be fetched, by the reason for it.
    var unavailable: [(names: [String], failure: FetchFailure)] {
        FetchFailure.allCases.compactMap { failure in
            let names = reasons.filter { $0.value == failure }.map(\.key).sorted()
            return names.isEmpty ? nil : (names, failure)
        }
    }

    /// Gaps for samples.
    init(isPaged: Bool, hasError: Bool, unsent: [String], failed: [String]) {
        self.isPaged = isPaged
        self.hasError = hasError
        self.unsent = unsent
        self.failed = failed
    }

    /// The gaps of a prefetch that holds every required key.
    init(_ prefetch: Prefetch, _ service: LoadedService, _ fetch: FetchReport = FetchReport()) {
        isCut = fetch.keys.contains(where: \.isCut)
        isPaged = prefetch.flags.contains(.paged)
        var fed: [String: Set<String>] = [:]
        var absent: [(name: String, type: String)] = []
        for (entry, template) in zip(prefetch.entries, service.hook.prefetch) {
            switch entry.state {
            case .absent: absent += template.feeds.map { ($0, template.resourceType) }
            case .failed, .unreadable: break
            case .empty, .resources:
                fed[template.resourceType, default: []].formUnion(template.feeds)
            }
            if entry.isPaged {
                for name in template.feeds where !paged.contains(name) { paged.append(name) }
            }
            if entry.isPaged || entry.isPartial
                || entry.state != .empty && entry.state != .resources
            {
                incompleteTypes.insert(template.resourceType)
            }
            if let failure = fetch.failures[entry.key], failure.isAttempted,
                entry.state != .empty && entry.state != .resources || entry.isPartial
            {
                for name in template.feeds { reasons[name] = failure }
            }
            guard entry.state == .failed || entry.state == .unreadable || entry.isPartial else {
                continue
            }
            hasError = true
            if entry.isLacking || entry.state == .unreadable {
                isLacking = true
                for name in template.feeds where !lacking.contains(name) { lacking.append(name) }
            }
            for name in template.feeds where !failed.contains(name) { failed.append(name) }
        }
        // Another key of the same type may have fed it all the same.
        for (name, type) in absent
        where !(fed[type]?.contains(name) ?? false) && !failed.contains(name)
            && !unsent.contains(name)
        {
            unsent.append(name)
        }
    }
}
