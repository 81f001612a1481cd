import Basics
import Crypto
package import JSON

/// The public keys of one issuer (RFC 7517, section 5).
///
/// A set is refused whole when it cannot be trusted as a set: two keys with one kid, or a key that
/// must never be published. A single key that is too short, for another use or of an unknown kind
/// is passed over and remembered with the reason.
package struct KeySet: Sendable {
    /// What a key id leads to.
    package enum Lookup: Sendable {
        /// A key to check with.
        case key(JSONWebKey)
        /// A key that may not be used.
        case refused(KeyRefusal)
        /// Nothing.
        case unknown
    }

    /// A key that is not used.
    package struct RefusedKey: Sendable, Equatable {
        /// Its position in the set, from zero.
        package let position: Int
        /// Its name, when it has one.
        package let keyID: String?
        /// Why not.
        package let reason: KeyRefusal
    }

    /// The keys to check with, by their names.
    package let keys: [String: JSONWebKey]
    /// The keys that are not used.
    package let refused: [RefusedKey]
    private let refusedByID: [String: KeyRefusal]

    /// Makes a set of given keys; of two with one name the first counts.
    package init(_ keys: [JSONWebKey]) {
        self.init(Dictionary(keys.map { ($0.keyID, $0) }) { first, _ in first }, [])
    }

    private init(_ keys: [String: JSONWebKey], _ refused: [RefusedKey]) {
        self.keys = keys
        self.refused = refused
        let named = refused.compactMap { key in key.keyID.map { ($0, key.reason) } }
        refusedByID = Dictionary(named) { first, _ in first }
    }

    /// Reads a set.
    package init(parsing bytes: [UInt8]) throws(KeySetError) {
        guard bytes.count <= Limits.keySetBytesMax else { throw KeySetError(.tooLarge) }
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes).root
        } catch {
            throw KeySetError(.notJSON)
        }
        try self.init(reading: root)
    }

    /// Reads a set that stands in another document.
    package init(reading value: JSONValue) throws(KeySetError) {
        guard let list = value["keys"], list.kind == .array else {
            throw KeySetError(.notAKeySet)
        }
        var keys: [String: JSONWebKey] = [:]
        var refused: [RefusedKey] = []
        var names: Set<String> = []
        for (position, element) in list.elements.enumerated() {
            guard position < Limits.keySetKeysMax else { throw KeySetError(.tooManyKeys) }
            if Self.isSecret(element) { throw KeySetError(.secretKey, at: position) }
            let name = element["kid"]?.stringValue
            if let name, !names.insert(name).inserted {
                throw KeySetError(.duplicateKeyID, at: position)
            }
            do throws(KeyRefusal) {
                let key = try JSONWebKey(reading: element)
                keys[key.keyID] = key
            } catch {
                refused.append(RefusedKey(position: position, keyID: name, reason: error))
            }
        }
        guard !keys.isEmpty else { throw KeySetError(.noUsableKey) }
        self.init(keys, refused)
    }

    /// What a key id leads to; the ids are compared byte by byte.
    package func key(named keyID: String) -> Lookup {
        // Two texts that Unicode holds equal need not be the same bytes.
        if let key = keys[keyID], key.keyID.utf8.elementsEqual(keyID.utf8) { return .key(key) }
        if let reason = refusedByID[keyID] { return .refused(reason) }
        return .unknown
    }

    /// This set with those keys of an earlier one whose names it does not use itself.
    package func overlapping(_ earlier: KeySet) -> KeySet {
        let known = Set(keys.keys).union(refusedByID.keys)
        let kept = earlier.keys.filter { !known.contains($0.key) }
        return KeySet(keys.merging(kept) { own, _ in own }, refused)
    }

    /// Whether both hold the same keys for the same algorithms.
    package func isSame(as other: KeySet) -> Bool {
        guard keys.count == other.keys.count, refused == other.refused else { return false }
        return keys.allSatisfy { name, key in
            guard let match = other.keys[name] else { return false }
            return match.algorithm == key.algorithm
                && match.publicKey.material == key.publicKey.material
        }
    }

    /// Whether a key is symmetric or holds its private half (RFC 7518, sections 6.2.2 to 6.4).
    private static func isSecret(_ value: JSONValue) -> Bool {
        if value["kty"]?.isString("oct") == true { return true }
        return ["k", "d", "p", "q", "dp", "dq", "qi", "oth"].contains { value[$0] != nil }
    }
}
