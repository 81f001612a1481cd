import Audit
import Basics
import Crypto
import Synchronization

/// The data keys that a process seals with at present, in bounded memory.
///
/// A key seals for a short time and a bounded number of messages; then a new one takes its place.
/// Keys lie in two generations: when the younger has half of what is allowed, the older one is let
/// go of and wiped.
final class DataKeyBook: Sendable {
    /// Whose rows of which month.
    struct Slot: Hashable {
        let tenant: String
        let subject: [UInt8]
        let month: CivilDate
    }

    private struct Entry {
        let key: DataKey
        let bornNanoseconds: Int64
        var usesLeft: Int
        var isSettled = false
    }

    private struct State {
        var young: [Slot: Entry] = [:]
        var old: [Slot: Entry] = [:]
    }

    private let state = Mutex(State())
    private let entriesMax: Int
    private let usesMax: Int
    private let lifeNanoseconds: Int64

    init(
        entriesMax: Int = Limits.dataKeysMax,
        usesMax: Int = Limits.dataKeyUsesMax,
        lifeSeconds: Int = Limits.dataKeySeconds
    ) {
        precondition(entriesMax >= 2, "room for one key a generation")
        self.entriesMax = entriesMax
        self.usesMax = usesMax
        lifeNanoseconds = Int64(lifeSeconds) * 1_000_000_000
    }

    /// The key of a slot for so many messages, and whether its row is known to be durable.
    func key(
        _ slot: Slot,
        uses: Int,
        under wrapping: TenantKeys.Wrapping,
        createdAt: Instant,
        now: Int64
    ) -> (key: DataKey, isSettled: Bool) {
        precondition(uses <= usesMax, "a row has few parts")
        let found = state.withLock { state -> (DataKey, Bool)? in
            guard var entry = state.young[slot] ?? state.old[slot],
                entry.usesLeft >= uses, now - entry.bornNanoseconds < lifeNanoseconds,
                entry.key.wrapped.wrappingKey == wrapping.name
            else { return nil }
            entry.usesLeft -= uses
            state.old[slot] = nil
            put(entry, slot, &state)
            return (entry.key, entry.isSettled)
        }
        if let found { return found }
        // Made outside the lock; two tasks that meet here make a key each, and both are sent.
        let key = DataKey.generate(
            WrappedKey(
                tenant: slot.tenant,
                keyID: .version4(),
                subject: slot.subject,
                month: slot.month,
                wrappingKey: wrapping.name,
                wrapped: [],
                createdAt: createdAt
            ),
            under: wrapping
        )
        state.withLock { state in
            put(
                Entry(key: key, bornNanoseconds: now, usesLeft: usesMax - uses),
                slot,
                &state
            )
        }
        return (key, false)
    }

    /// The row of a key is durable; it need not be sent again.
    func settle(_ wrapped: WrappedKey) {
        let slot = Slot(tenant: wrapped.tenant, subject: wrapped.subject, month: wrapped.month)
        state.withLock { state in
            if state.young[slot]?.key.wrapped.keyID == wrapped.keyID {
                state.young[slot]?.isSettled = true
            }
            if state.old[slot]?.key.wrapped.keyID == wrapped.keyID {
                state.old[slot]?.isSettled = true
            }
        }
    }

    /// How many keys are held.
    var count: Int { state.withLock { $0.young.count + $0.old.count } }

    private func put(_ entry: Entry, _ slot: Slot, _ state: inout State) {
        if state.young[slot] == nil, state.young.count >= entriesMax / 2 {
            state.old = state.young
            state.young = [:]
        }
        state.young[slot] = entry
        state.old[slot] = nil
    }
}
