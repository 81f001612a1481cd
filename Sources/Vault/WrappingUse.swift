/// Which wrapping keys of a tenant a process uses and holds, at one moment.
package struct WrappingUse: Equatable, Sendable {
    /// The tenant.
    package let tenant: String
    /// The key that rows on their way may be under: the current one, or one that is being left.
    package let used: String
    /// The current key of the key file.
    package let current: String
    /// The other keys of the key file, in its order.
    package let old: [String]

    /// Says what a process uses.
    package init(tenant: String, used: String, current: String, old: [String]) {
        self.tenant = tenant
        self.used = used
        self.current = current
        self.old = old
    }
}
