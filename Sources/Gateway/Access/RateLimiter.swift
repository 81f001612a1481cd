import Basics
import Synchronization

/// Counts how often something happens, by key, for all event loops.
final class RateLimiter: Sendable {
    private let buckets = Mutex(TokenBuckets())

    /// Takes one; each kind of key has a limiter of its own, so that allowances do not mix.
    func take(_ key: String, _ allowance: RateAllowance, now: Instant) -> TokenBuckets.Verdict {
        buckets.withLock { $0.take(key, allowance, now: now) }
    }

    /// Says whether one could be taken, and takes none.
    func look(_ key: String, _ allowance: RateAllowance, now: Instant) -> TokenBuckets.Verdict {
        buckets.withLock { $0.look(key, allowance, now: now) }
    }
}

/// The limiters of a gateway.
struct RateLimits: Sendable {
    /// All requests of an address.
    let addresses = RateLimiter()
    /// The failed logins of an address.
    let failures = RateLimiter()
    /// The tokens of an address that nobody could check.
    let uncheckable = RateLimiter()
    /// The requests of a client.
    let clients = RateLimiter()
    /// The requests of a client from one address.
    let clientAddresses = RateLimiter()
}
