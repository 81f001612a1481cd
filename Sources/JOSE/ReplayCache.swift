import Basics

/// The uses that one process remembers, bounded.
///
/// It answers for tokens that this process has seen; the ledger decides for all others. When it is
/// full of uses that still count, further ones are not remembered here, only in the ledger.
struct ReplayCache {
    private var entries: [TokenUse: Instant] = [:]
    private let entriesMax: Int
    /// When the earliest entry can go; before it, looking for old ones is in vain.
    private var earliest = Instant(microseconds: .max)

    init(entriesMax: Int = Limits.replayCacheEntriesMax) {
        precondition(entriesMax > 0, "a cache holds at least one entry")
        self.entriesMax = entriesMax
    }

    /// How many uses are remembered.
    var count: Int { entries.count }

    /// Whether a use is remembered.
    func contains(_ use: TokenUse) -> Bool { entries[use.withoutMoment] != nil }

    /// Remembers a use; `false` when it is remembered already.
    mutating func insert(_ use: TokenUse, now: Instant) -> Bool {
        let key = use.withoutMoment
        if entries[key] != nil { return false }
        if entries.count >= entriesMax { removeForgotten(now) }
        guard entries.count < entriesMax else { return true }
        entries[key] = use.forgottenAt
        earliest = min(earliest, use.forgottenAt)
        return true
    }

    /// Forgets a use that did not come about.
    mutating func remove(_ use: TokenUse) {
        entries[use.withoutMoment] = nil
    }

    private mutating func removeForgotten(_ now: Instant) {
        guard earliest <= now else { return }
        entries = entries.filter { now < $0.value }
        earliest = entries.values.min() ?? Instant(microseconds: .max)
    }
}

extension TokenUse {
    /// The same use, whatever the expiry: a repeated `jti` with another `exp` is a repetition.
    fileprivate var withoutMoment: TokenUse {
        TokenUse(
            tenant: tenant,
            issuerDigest: issuerDigest,
            tokenIDDigest: tokenIDDigest,
            forgottenAt: Instant(microseconds: 0)
        )
    }
}
