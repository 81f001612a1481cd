package import Basics
import Synchronization

/// The keys of one issuer as they change: the current set, and for a while what it left out.
///
/// A key that a new set no longer names is still believed for the overlap, so that tokens signed
/// just before a rotation are not refused. Without an overlap a key that was withdrawn because it is
/// lost is out of use as soon as the new set is read.
package final class KeyStore: Sendable {
    /// What came of a refresh.
    package enum Outcome: Sendable, Equatable {
        /// The source holds what is in force.
        case unchanged
        /// Another set is in force.
        case replaced
        /// The source could not be read; the old keys stay.
        case unreachable(KeySourceError)
        /// The source gave a set that cannot be trusted; the old keys stay.
        case refused(KeySetError)
    }

    /// A key that no set names any more, and until when it is believed.
    private struct Retired {
        let key: JSONWebKey
        let until: Instant
    }

    private struct State {
        var current: KeySet?
        var retired: [String: Retired] = [:]
        /// The current set and the retired keys, until the first of them is over.
        var merged: KeySet?
        var mergedUntil = Instant(microseconds: .min)
        var confirmedAt = Instant(microseconds: .min)
        var schedule: RefreshSchedule
        /// How long a key is still believed that a new set no longer names; `nil` for not at all.
        var overlapMicroseconds: Int64?
    }

    private let state: Mutex<State>
    private let ageMicroseconds: Int64?
    private let isOpen: @Sendable (JSONWebKey) -> Bool

    /// Makes a store.
    ///
    /// - Parameters:
    ///   - keys: The keys to begin with, when there are any yet.
    ///   - now: The moment they were read.
    ///   - overlapSeconds: How long a key that a new set no longer names is still believed.
    ///   - ageSecondsMax: How long keys are believed without a refresh that succeeded; `nil` for a
    ///     file, which is as true as the machine it lies on.
    ///   - refreshSeconds: How often to refresh when nobody asks.
    ///   - isOpen: Whether everybody can sign with a key; a set that is read with such a key is
    ///     refused.
    package init(
        _ keys: KeySet?,
        now: Instant,
        overlapSeconds: Int = Limits.tokenLifetimeSecondsDefault + Limits.tokenSkewSecondsDefault,
        ageSecondsMax: Int? = nil,
        refreshSeconds: Int = Limits.keyRefreshSecondsDefault,
        isOpen: @escaping @Sendable (JSONWebKey) -> Bool = { _ in false }
    ) {
        var initial = State(
            schedule: RefreshSchedule(intervalSeconds: refreshSeconds),
            overlapMicroseconds: Int64(overlapSeconds) * 1_000_000
        )
        initial.current = keys
        if keys != nil {
            initial.confirmedAt = now
            initial.schedule.attempted(now, succeeded: true)
        }
        state = Mutex(initial)
        ageMicroseconds = ageSecondsMax.map { Int64($0) * 1_000_000 }
        self.isOpen = isOpen
    }

    /// The keys to check with at a moment.
    ///
    /// - Throws: `keysUnavailable` when there are none, or none that are fresh enough.
    package func keys(at now: Instant) throws(TokenRejection) -> KeySet {
        let keys = state.withLock { state -> KeySet? in
            if let age = ageMicroseconds, now.microseconds(since: state.confirmedAt) > age {
                return nil
            }
            if now < state.mergedUntil, let merged = state.merged { return merged }
            state.retired = state.retired.filter { now < $1.until }
            state.merged = nil
            guard let current = state.current, !state.retired.isEmpty else { return state.current }
            let merged = current.overlapping(KeySet(state.retired.values.map(\.key)))
            state.merged = merged
            state.mergedUntil = state.retired.values.map(\.until).min() ?? now
            return merged
        }
        guard let keys else { throw .keysUnavailable }
        return keys
    }

    /// Puts a set in force; keys of the old one that it does not name overlap for a while, if any.
    ///
    /// - Returns: Whether it differs from the one before.
    @discardableResult
    package func replace(_ keys: KeySet, now: Instant) -> Bool {
        state.withLock { state in
            state.confirmedAt = now
            guard let old = state.current else {
                state.current = keys
                return true
            }
            guard !old.isSame(as: keys) else { return false }
            state.current = keys
            state.merged = nil
            guard let overlap = state.overlapMicroseconds else { return true }
            // Each key has its own while, however often sets follow one another.
            let until = now.advanced(byMicroseconds: overlap)
            for (name, key) in old.keys { state.retired[name] = Retired(key: key, until: until) }
            for name in keys.keys.keys { state.retired[name] = nil }
            return true
        }
    }

    /// From the next rotation on, how long a key is still believed that a new set no longer names.
    ///
    /// - Parameter seconds: `nil` for not at all; then those that an earlier set left out are out of
    ///   use at once.
    package func overlap(seconds: Int?) {
        state.withLock { state in
            state.overlapMicroseconds = seconds.map { Int64($0) * 1_000_000 }
            guard seconds == nil else { return }
            state.retired = [:]
            state.merged = nil
        }
    }

    /// Makes the next refresh due at once: somebody knows that the source holds something else.
    package func hurry() {
        state.withLock { $0.schedule.hurry() }
    }

    /// Whether the source should be read now; asked by whoever refreshes in the background.
    package func isRefreshDue(at now: Instant) -> Bool {
        state.withLock { $0.schedule.isDue(now) }
    }

    /// Takes note that a token named a key id that no key has.
    ///
    /// The next refresh may come sooner for it, but not sooner than the limit, and not again for
    /// the same id.
    package func missed(keyID: String, now: Instant) {
        state.withLock { $0.schedule.missed(keyID, now) }
    }

    /// Reads the source and puts its keys in force when they can be trusted.
    package func refresh(
        from source: any KeySource,
        now: @Sendable () -> Instant
    ) async -> Outcome {
        state.withLock { $0.schedule.began(now()) }
        let outcome: Outcome
        do throws(KeySourceError) {
            let bytes = try await source.load()
            do throws(KeySetError) {
                outcome = replace(try trusted(bytes), now: now()) ? .replaced : .unchanged
            } catch {
                outcome = .refused(error)
            }
        } catch {
            outcome = .unreachable(error)
        }
        let succeeded =
            switch outcome {
            case .unchanged, .replaced: true
            case .unreachable, .refused: false
            }
        state.withLock { $0.schedule.attempted(now(), succeeded: succeeded) }
        return outcome
    }
    /// A set that was read; a key whose private half is known proves nothing, wherever it lies.
    private func trusted(_ bytes: [UInt8]) throws(KeySetError) -> KeySet {
        let keys = try KeySet(parsing: bytes)
        guard !keys.keys.values.contains(where: isOpen) else { throw KeySetError(.openKey) }
        return keys
    }
}
