import Synchronization

/// The keys of all tenants of a process, which change only as a whole.
package final class KeyRing: Sendable {
    private let tenants: Mutex<[String: TenantKeys]>

    /// Takes the keys of some tenants.
    package init(_ keys: [TenantKeys] = []) {
        tenants = Mutex(Self.byTenant(keys))
    }

    /// The keys of a tenant; `nil` when there are none.
    package func keys(of tenant: String) -> TenantKeys? {
        tenants.withLock { $0[tenant] }
    }

    /// The tenants that there are keys of, by name.
    package var names: [String] { tenants.withLock { $0.keys.sorted() } }

    /// Puts other keys in place of all.
    package func replace(by keys: [TenantKeys]) {
        tenants.withLock { $0 = Self.byTenant(keys) }
    }

    private static func byTenant(_ keys: [TenantKeys]) -> [String: TenantKeys] {
        Dictionary(keys.map { ($0.tenant, $0) }, uniquingKeysWith: { $1 })
    }
}
