import Basics
package import Crypto

/// The keys of a tenant that never go into the database.
///
/// Wrapping keys encrypt data keys; pseudonym keys make pseudonyms, one for each epoch. Of each
/// kind one is current and makes what is new; the others open and find what is old.
package struct TenantKeys: Sendable {
    /// A key that wraps data keys.
    package struct Wrapping: Sendable {
        /// Its name, as rows of wrapped keys have it.
        package let name: String
        /// The key, 32 bytes.
        package let secret: Secret

        /// Takes a key.
        package init(name: String, secret: Secret) {
            self.name = name
            self.secret = secret
        }
    }

    /// A key that makes pseudonyms, in one epoch.
    package struct Pseudonym: Sendable {
        /// The number of the epoch, from one.
        package let epoch: Int
        /// The key as it is stored.
        package let secret: Secret
        /// The key as it is used.
        package let key: AuthenticationKey

        /// Takes a key.
        package init(epoch: Int, secret: Secret) {
            self.epoch = epoch
            self.secret = secret
            var bytes = secret.copy()
            key = AuthenticationKey(bytes)
            Secret.wipe(&bytes)
        }
    }

    /// The tenant.
    package let tenant: String
    /// The wrapping keys in the order of the text.
    package internal(set) var wrapping: [Wrapping]
    /// The key that wraps new data keys.
    package internal(set) var currentWrapping: Wrapping
    /// The pseudonym keys, the oldest epoch first; empty when the tenant's own key makes them.
    package internal(set) var pseudonyms: [Pseudonym]

    init(
        tenant: String,
        wrapping: [Wrapping],
        currentWrapping: Wrapping,
        pseudonyms: [Pseudonym]
    ) {
        self.tenant = tenant
        self.wrapping = wrapping
        self.currentWrapping = currentWrapping
        self.pseudonyms = pseudonyms
    }

    /// The wrapping key of a name.
    package func wrapping(named name: String) -> Wrapping? {
        wrapping.first { $0.name == name }
    }

    /// The key of the newest epoch, which makes pseudonyms from now on.
    package var currentPseudonym: Pseudonym? { pseudonyms.last }

    /// Makes the first keys of a tenant.
    ///
    /// The first pseudonym key is a new one, or the one that made the pseudonyms of rows that are
    /// there already.
    package static func generate(
        tenant: String,
        name: String,
        pseudonymKey: Secret? = nil
    ) -> TenantKeys {
        let wrapping = Wrapping(name: name, secret: .random())
        return TenantKeys(
            tenant: tenant,
            wrapping: [wrapping],
            currentWrapping: wrapping,
            pseudonyms: [Pseudonym(epoch: 1, secret: pseudonymKey ?? .random())]
        )
    }

    /// Adds a new wrapping key and makes it the current one.
    package mutating func rotateWrapping(name: String) throws(VaultError) {
        guard wrapping.count < Limits.tenantKeysMax else { throw VaultError(.tooMany) }
        guard wrapping(named: name) == nil else { throw VaultError(.duplicate) }
        let added = Wrapping(name: name, secret: .random())
        wrapping.append(added)
        currentWrapping = added
    }

    /// Adds the key of a new epoch; behind `first`, when there is no key of any epoch yet.
    package mutating func rotatePseudonyms(first: Secret) throws(VaultError) {
        guard pseudonyms.count < Limits.tenantKeysMax else { throw VaultError(.tooMany) }
        if pseudonyms.isEmpty { pseudonyms.append(Pseudonym(epoch: 1, secret: first)) }
        let last = pseudonyms.last?.epoch ?? 1
        pseudonyms.append(Pseudonym(epoch: last + 1, secret: .random()))
    }

    /// Removes a wrapping key that is not the current one; `false` when there is none such.
    package mutating func removeWrapping(name: String) -> Bool {
        guard name != currentWrapping.name, wrapping(named: name) != nil else { return false }
        wrapping.removeAll { $0.name == name }
        return true
    }

    /// Removes the key of an epoch that is over; `false` when there is none such.
    package mutating func removePseudonym(epoch: Int) -> Bool {
        guard epoch != currentPseudonym?.epoch, pseudonyms.contains(where: { $0.epoch == epoch })
        else { return false }
        pseudonyms.removeAll { $0.epoch == epoch }
        return true
    }
}

extension Secret {
    /// A new key of 32 random bytes.
    static func random() -> Secret {
        var bytes = Crypto.RandomBytes.make(count: AuthenticatedCipher.keyByteCount)
        defer { wipe(&bytes) }
        return Secret(bytes)
    }
}
