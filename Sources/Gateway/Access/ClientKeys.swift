package import Basics
package import JOSE

import Synchronization

/// The keys of all clients that sign tokens, kept over changes of the configuration.
///
/// A rotation needs no gap: keys that a new document no longer names are believed for a while
/// longer, unless the client's document says `"overlap": false`, which puts a lost key out of use
/// at once: with the change of a document, or as soon as the address has been read, which a reload
/// of the configuration hastens. A key set from an address is read in the background, never because
/// a token says so.
package final class ClientKeys: Sendable {
    private struct Entry {
        let store: KeyStore
        let issuer: String
        let source: TokenRegistration.KeySource
    }

    private let entries = Mutex<[String: Entry]>([:])

    init() {}

    /// Takes over the clients of a configuration.
    func update(_ catalogue: Catalogue, now: Instant) {
        let clients = catalogue.clients.clients.values
        let isDevelopment = catalogue.isDevelopment
        entries.withLock { entries in
            var next: [String: Entry] = [:]
            for client in clients {
                guard let token = client.token else { continue }
                var store: KeyStore?
                if let old = entries[client.id], old.issuer == token.issuer,
                    old.source.isAddress == token.keys.isAddress
                {
                    store = old.source.address == token.keys.address ? old.store : nil
                }
                next[client.id] = Entry(
                    store: Self.store(store, token, isDevelopment, now),
                    issuer: token.issuer,
                    source: token.keys
                )
            }
            entries = next
        }
    }

    private static func store(
        _ old: KeyStore?,
        _ token: TokenRegistration,
        _ isDevelopment: Bool,
        _ now: Instant
    ) -> KeyStore {
        let overlapSeconds = token.overlaps ? token.overlapSeconds : nil
        let store: KeyStore
        switch token.keys {
        case .set(let keys):
            store = old ?? KeyStore(keys, now: now)
            store.overlap(seconds: overlapSeconds)
            if old != nil { store.replace(keys, now: now) }
        case .address:
            store =
                old
                ?? KeyStore(
                    nil,
                    now: now,
                    ageSecondsMax: Limits.keySetAgeSecondsMax,
                    isOpen: { !isDevelopment && KnownPublicKeys.isOpen($0) }
                )
            store.overlap(seconds: overlapSeconds)
            // Whoever says so has lost a key: it must not live until the next read at leisure.
            if overlapSeconds == nil { store.hurry() }
        }
        return store
    }

    /// The keys of a client.
    func store(of client: Client) -> KeyStore? {
        entries.withLock { $0[client.id]?.store }
    }

    /// The key sets that should be read again now, with their clients and addresses.
    package func due(at now: Instant) -> [(client: String, address: String, store: KeyStore)] {
        let addressed = entries.withLock { entries in
            entries.compactMap { id, entry in
                entry.source.address.map { (client: id, address: $0, store: entry.store) }
            }
        }
        return addressed.filter { $0.store.isRefreshDue(at: now) }
            .sorted { $0.client < $1.client }
    }
}
