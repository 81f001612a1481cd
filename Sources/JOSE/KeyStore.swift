package import Basics
import Synchronization

/// The keys of one issuer as they change: the current set, and for a while what it left out.
///
/// A key that a new set no longer names is still believed for the overlap, so that tokens signed
/// just before a rotation are not refused. A key that was withdrawn because it is lost is put out
/// of use at once by `replace` with an overlap of zero.
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
        var overlapMicroseconds: Int64
    }

    private let state: Mutex<State>
    private let ageMicroseconds: Int64?

    /// Makes a store.
    ///
    /// - Parameters:
    ///   - keys: The keys to begin with, when there are any yet.
    ///   - now: The moment they were read.
    ///   - overlapSeconds: How long a key that a new set no longer names is still believed.
    ///   - ageSecondsMax: How long keys are believed without a refresh that succeeded; `nil` for a
    ///     file, which is as true as the machine it lies on.
    ///   - refreshSeconds: How often to refresh when nobody asks.
    package init(
        _ keys: KeySet?,
        now: Instant,
        overlapSeconds: Int = Limits.tokenLifetimeSecondsDefault + Limits.tokenSkewSecondsDefault,
        ageSecondsMax: Int? = nil,
        refreshSeconds: Int = Limits.keyRefreshSecondsDefault
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

    /// Puts a set in force; keys of the old one that it does not name overlap for a while.
    ///
    /// - Returns: Whether it differs from the one before.
    @discardableResult
    package func replace(_ keys: KeySet, now: Instant, overlaps: Bool = true) -> Bool {
        state.withLock { state in
            state.confirmedAt = now
            guard let old = state.current else {
                state.current = keys
                return true
            }
            guard !old.isSame(as: keys) || !overlaps else { return false }
            state.current = keys
            state.merged = nil
            guard overlaps else {
                state.retired = [:]
                return true
            }
            // Each key has its own while, however often sets follow one another.
            let until = now.advanced(byMicroseconds: state.overlapMicroseconds)
            for (name, key) in old.keys { state.retired[name] = Retired(key: key, until: until) }
            for name in keys.keys.keys { state.retired[name] = nil }
            return true
        }
    }

    /// From the next rotation on, how long a key is still believed that a new set no longer names.
    package func overlap(seconds: Int) {
        state.withLock { $0.overlapMicroseconds = Int64(seconds) * 1_000_000 }
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
                outcome = replace(try KeySet(parsing: bytes), now: now()) ? .replaced : .unchanged
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
}
