package import Audit
package import Basics
package import Crypto
import HTTPMessages
package import JOSE

/// What a gateway is given beside its catalogue: keys, clock, randomness and checks.
package struct GatewayConfiguration: Sendable {
    /// One thing that must be right before traffic is let in.
    package struct ReadinessCheck: Sendable {
        /// The name, such as `migrations`.
        package let name: String
        /// Whether it is right now.
        package let isReady: @Sendable () -> Bool
        /// What an operator should see although traffic may come; `nil` when there is nothing.
        package let note: @Sendable () -> String?

        /// Makes a check.
        package init(
            name: String,
            note: @escaping @Sendable () -> String? = { nil },
            isReady: @escaping @Sendable () -> Bool
        ) {
            self.name = name
            self.note = note
            self.isReady = isReady
        }
    }

    /// The key of each tenant for pseudonyms, digests and card identifiers.
    package var tenantKeys: [String: AuthenticationKey]
    /// The key of a tenant that makes pseudonyms at present; `nil` when its own key makes them,
    /// which is the first epoch.
    package var pseudonymKey: @Sendable (_ tenant: String) -> PseudonymKey? = { _ in nil }
    /// The key for rows that belong to no tenant yet.
    package var systemKey: AuthenticationKey
    /// The version of this program.
    package var version: String
    /// The clock.
    package var now: @Sendable () -> Instant
    /// A fresh random UUID.
    package var randomUUID: @Sendable () -> UUIDBytes
    /// What `/readyz` asks beside configuration and audit.
    package var readinessChecks: [ReadinessCheck]
    /// Who fetches what a request did not bring; `nil` when nothing is ever fetched.
    package var fetcher: (any FHIRFetching)?
    /// The URLs under which clients know this gateway, without a slash at the end.
    package var publicURLs: [String] = []
    /// The proxies that are believed.
    package var edge = EdgeTrust.none
    /// Where the uses of tokens are remembered.
    package var tokenLedger: any TokenLedger = ProcessLedger()
    /// Where what was shown is looked up; `nil` when every card is shown each time.
    package var shownMemory: (any ShownMemory)?
    /// How often one address may call; `nil` for as often as it likes.
    ///
    /// Behind a proxy that reports no addresses all clients share one.
    package var addressRate: RateAllowance?
    /// How often one address may call that is not of this machine, where `addressRate` says nothing.
    package var remoteAddressRate: RateAllowance?
    /// How many logins of one address may fail before the others have no row each.
    package var failureRate = RateAllowance(
        perSecond: Limits.failedLoginsPerSecond,
        burst: Limits.failedLoginsAtOnce
    )
    /// The keys that made the pseudonyms of a tenant, one for each epoch; none when the tenant's own
    /// key makes them all.
    package var pseudonymKeys: @Sendable (String) -> [PseudonymKey] = { _ in [] }
    /// Where the audit trail is read for callers with the scope for it; `nil` when it is not.
    package var auditReader: (any AuditReading)?
    /// The last checkpoint of the audit trail, for the field `limen-audit-checkpoint`; `nil` when the
    /// answers do not have it.
    package var auditCheckpoint: (@Sendable () -> String?)?
    /// Whether metrics are for callers with the scope for it; for everybody otherwise.
    package var guardsMetrics = false
    /// Whether discovery is for clients only; otherwise whoever shows no credentials sees all.
    package var guardsDiscovery = false

    /// How often the whole of an address may call.
    func addressRate(of address: String) -> RateAllowance? {
        if let addressRate { return addressRate }
        if let one = IPAddress(address), AddressPolicy.isLoopback(one) { return nil }
        return remoteAddressRate
    }

    /// Makes a configuration.
    package init(
        tenantKeys: [String: AuthenticationKey],
        systemKey: AuthenticationKey,
        version: String = "0",
        now: @escaping @Sendable () -> Instant,
        randomUUID: @escaping @Sendable () -> UUIDBytes,
        readinessChecks: [ReadinessCheck] = [],
        fetcher: (any FHIRFetching)? = nil
    ) {
        self.tenantKeys = tenantKeys
        self.systemKey = systemKey
        self.version = version
        self.now = now
        self.randomUUID = randomUUID
        self.readinessChecks = readinessChecks
        self.fetcher = fetcher
    }
}
