import Synchronization

/// The keys of all tenants of a process, which change only as a whole.
///
/// A wrapping key that has a successor opens what it has wrapped, and wraps nothing more.
package final class KeyRing: Sendable {
    /// A wrapping key by its name.
    package struct WrappingName: Hashable, Comparable, Sendable {
        /// The tenant.
        package let tenant: String
        /// The name of the key.
        package let name: String

        /// Names a key.
        package init(tenant: String, name: String) {
            self.tenant = tenant
            self.name = name
        }

        /// Whether a text is a name that a key file may give to a key.
        package static func isName(_ text: String) -> Bool { KeyTextReader.isName(text) }

        /// Orders by tenant, then by name.
        package static func < (left: WrappingName, right: WrappingName) -> Bool {
            (left.tenant, left.name) < (right.tenant, right.name)
        }
    }

    private struct State {
        var tenants: [String: TenantKeys]
        var superseded: Set<WrappingName> = []
    }

    private let state: Mutex<State>

    /// Takes the keys of some tenants.
    package init(_ keys: [TenantKeys] = []) {
        state = Mutex(State(tenants: Self.byTenant(keys)))
    }

    /// The keys of a tenant; `nil` when there are none.
    package func keys(of tenant: String) -> TenantKeys? {
        state.withLock { $0.tenants[tenant] }
    }

    /// The keys of a tenant for sealing something new.
    ///
    /// - Throws: `VaultError` with `keysMissing`, or with `superseded` when the current wrapping key
    ///   has a successor.
    func sealingKeys(of tenant: String) throws(VaultError) -> TenantKeys {
        let (keys, isSuperseded) = state.withLock { state in
            (state.tenants[tenant], state.superseded.contains(state.tenants[tenant]))
        }
        guard let keys else { throw VaultError(.keysMissing) }
        guard !isSuperseded else { throw VaultError(.superseded) }
        return keys
    }

    /// The keys of all tenants, by name.
    package var all: [TenantKeys] {
        state.withLock { $0.tenants.values.sorted { $0.tenant < $1.tenant } }
    }

    /// Puts other keys in place of all.
    package func replace(by keys: [TenantKeys]) {
        state.withLock { $0.tenants = Self.byTenant(keys) }
    }

    /// Takes the keys of a tenant when an epoch of pseudonyms has begun or ended in them: they have a
    /// later epoch than those at hand, or the same and fewer of the earlier ones.
    ///
    /// An older copy of a key file has an earlier epoch, or more of them, and is not taken.
    ///
    /// - Returns: Whether they were taken.
    package func adopt(_ keys: TenantKeys) -> Bool {
        state.withLock { state in
            guard let own = state.tenants[keys.tenant],
                let epoch = keys.currentPseudonym?.epoch
            else { return false }
            let held = Set(own.pseudonyms.map(\.epoch))
            let isLater = epoch > own.currentPseudonym?.epoch ?? 0
            let hasEnded =
                epoch == own.currentPseudonym?.epoch
                && held.isStrictSuperset(of: keys.pseudonyms.map(\.epoch))
            guard isLater || hasEnded else { return false }
            state.tenants[keys.tenant] = keys
            return true
        }
    }

    /// Learns that some wrapping keys have successors.
    ///
    /// - Returns: Whether that is news.
    @discardableResult
    package func supersede(_ names: some Sequence<WrappingName>) -> Bool {
        state.withLock { state in
            let count = state.superseded.count
            state.superseded.formUnion(names)
            return state.superseded.count > count
        }
    }

    /// The wrapping keys that are known to have successors.
    package var superseded: Set<WrappingName> { state.withLock { $0.superseded } }

    /// The tenants whose current wrapping key has a successor, by name: nothing new can be sealed for
    /// them, and all others are as ever.
    package var staleNames: [String] {
        state.withLock { state in
            state.tenants.values.filter { state.superseded.contains($0) }.map(\.tenant).sorted()
        }
    }

    private static func byTenant(_ keys: [TenantKeys]) -> [String: TenantKeys] {
        Dictionary(keys.map { ($0.tenant, $0) }, uniquingKeysWith: { $1 })
    }
}

extension Set<KeyRing.WrappingName> {
    fileprivate func contains(_ keys: TenantKeys?) -> Bool {
        guard let keys else { return false }
        return contains(
            KeyRing.WrappingName(tenant: keys.tenant, name: keys.currentWrapping.name)
        )
    }
}
