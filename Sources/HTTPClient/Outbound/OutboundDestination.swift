package import Crypto
package import HTTPMessages

/// A server that may be called: where it is, whom it must prove to be, and on whose behalf.
///
/// Connections are shared only between requests to destinations that are equal, so never between
/// tenants and never between registrations that trust or allow different things.
package struct OutboundDestination: Hashable, Sendable {
    /// On whose behalf: a tenant, or a part of this program.
    package let owner: String
    /// Scheme, host and port.
    package let origin: WebURL.Origin
    /// Which addresses its name may stand for.
    package let policy: AddressPolicy
    /// Whose certificates are trusted.
    package let trust: TLSTrust

    /// Makes a destination.
    package init(owner: String, origin: WebURL.Origin, policy: AddressPolicy, trust: TLSTrust) {
        self.owner = owner
        self.origin = origin
        self.policy = policy
        self.trust = trust
    }

    /// Whether both are the same.
    package static func == (one: OutboundDestination, other: OutboundDestination) -> Bool {
        one.owner == other.owner && one.origin == other.origin && one.policy == other.policy
            && one.trust === other.trust
    }

    /// Hashes what equality compares.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(owner)
        hasher.combine(origin)
        hasher.combine(policy)
        hasher.combine(ObjectIdentifier(trust))
    }
}
