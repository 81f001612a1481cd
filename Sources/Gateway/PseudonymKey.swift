package import Crypto

/// The key that makes the pseudonyms of a tenant in one epoch.
package struct PseudonymKey: Sendable {
    /// The number of the epoch, from one.
    package let epoch: Int
    /// The key.
    package let key: AuthenticationKey

    /// Takes a key.
    package init(epoch: Int, key: AuthenticationKey) {
        self.epoch = epoch
        self.key = key
    }

    /// The pseudonym of a patient by the logical id.
    ///
    /// The FHIR server is no part of it: whoever searches the trail or erases has the id, and rows
    /// that are stored are found by it. Two servers of one tenant that give two people the same id
    /// therefore share a pseudonym; such servers belong to a tenant each.
    package func patient(_ id: String) -> [UInt8] { key.authenticate("Patient/" + id) }

    /// The pseudonym of an encounter by the logical id.
    package func encounter(_ id: String) -> [UInt8] { key.authenticate("Encounter/" + id) }

    /// The pseudonym of a user by the reference.
    package func user(_ reference: String) -> [UInt8] { key.authenticate(reference) }
}
