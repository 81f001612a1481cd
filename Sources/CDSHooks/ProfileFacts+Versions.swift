extension HookService.ProfileFacts {
    /// The queries of several versions as those of one.
    ///
    /// The first version keeps its queries, and with them the keys of its prefetch: a client that
    /// read discovery before a canary came still sends what the live version needs. A query of
    /// another version joins the one it fits into; templates have no bound on time, so a window
    /// decides about keys only.
    package static func merged(
        _ versions: [HookService.ProfileFacts]
    ) -> [HookService.ProfileFacts.Query] {
        var merged = versions.first?.queries ?? []
        for query in versions.dropFirst().flatMap(\.queries) {
            guard let place = query.place(among: merged) else {
                merged.append(query)
                continue
            }
            let other = merged[place]
            // A query without codes fetches the whole type, whatever codes the other names.
            let isWhole = other.codes.isEmpty || query.codes.isEmpty
            merged[place] = Query(
                resource: other.resource,
                codes: isWhole
                    ? [] : other.codes + query.codes.filter { !other.codes.contains($0) },
                windowSeconds: other.windowSeconds,
                feeds: other.feeds + query.feeds.filter { !other.feeds.contains($0) },
                isRequired: other.isRequired || query.isRequired
            )
        }
        return merged
    }

    /// The facts that the templates are generated for: those of all versions, when there are some.
    var ofAllVersions: HookService.ProfileFacts {
        guard let allQueries else { return self }
        return HookService.ProfileFacts(queries: allQueries, inputNames: inputNames)
    }
}

extension HookService.ProfileFacts.Query {
    /// Which of some queries asks for this too: the same window, the same days, or the next longer
    /// window; `nil` when all look back less far.
    ///
    /// What is found here stays where it is when longer windows are added behind it.
    func place(among queries: [HookService.ProfileFacts.Query]) -> Int? {
        let own = queries.indices.filter { queries[$0].resource == resource }
        if let same = own.first(where: { queries[$0].windowSeconds == windowSeconds }) {
            return same
        }
        if let day = own.first(where: { queries[$0].days == days }) { return day }
        return own.filter { queries[$0].windowSeconds > windowSeconds }
            .min { queries[$0].windowSeconds < queries[$1].windowSeconds }
    }

    /// The days that the key of a template names.
    private var days: Int { max(1, windowSeconds / 86_400) }
}

extension PrefetchTemplate {
    /// The template as one of several versions needs it; `nil` when that one does not.
    ///
    /// The key and the text stay those of discovery. What it feeds and whether it is required are
    /// the version's own: data that only a canary asks for never hold up the live answer.
    func narrowed(to profile: HookService.ProfileFacts) -> PrefetchTemplate? {
        guard let windowSeconds, let all = profile.allQueries else { return self }
        let own = profile.queries.filter { query in
            guard let place = query.place(among: all) else { return false }
            return all[place].resource == resourceType
                && all[place].windowSeconds == windowSeconds
        }
        guard !own.isEmpty else { return nil }
        return PrefetchTemplate(
            key: key,
            text: text,
            feeds: own.flatMap(\.feeds),
            isRequired: own.contains(where: \.isRequired),
            codeCount: codeCount,
            windowSeconds: windowSeconds
        )
    }
}
