import Basics
import Synchronization

/// Answers of which nobody knows whether they were seen, although their rows may say so.
///
/// A row may become durable after its answer was given up: its write was not confirmed in time, or
/// took longer than the client waits. What such an answer would have shown was perhaps seen by
/// nobody, so for its subject the memory is not believed until a later answer went out in time.
///
/// The set belongs to one process and is bounded. When it is full, no subject is believed until the
/// last of those that had no room is forgotten: that shows more, and never less.
final class ShownDoubts: Sendable {
    /// A subject in doubt, and which doubt it is.
    struct Doubt: Sendable, Equatable {
        fileprivate let number: Int
    }

    private struct Entry {
        let number: Int
        /// When the answer began that may be the last in the memory.
        let startedAt: Instant
        /// When the memory has forgotten that answer.
        let until: Instant
    }

    private struct State {
        var entries: [[UInt8]: Entry] = [:]
        var number = 0
        /// Until when every subject is in doubt, because there was no room.
        var everyUntil = Instant(microseconds: .min)
    }

    private let state = Mutex(State())
    private let entriesMax: Int

    init(entriesMax: Int = Limits.shownDoubtsMax) { self.entriesMax = entriesMax }

    /// How many subjects are in doubt.
    var count: Int { state.withLock { $0.entries.count } }

    /// An answer was perhaps not seen.
    ///
    /// - Parameters:
    ///   - subject: whom and what it is about.
    ///   - startedAt: when its request came.
    ///   - until: when the memory has forgotten it.
    ///   - now: the moment.
    func add(_ subject: [UInt8], startedAt: Instant, until: Instant, now: Instant) {
        state.withLock { state in
            state.number += 1
            let old = state.entries[subject]
            if old == nil, state.entries.count >= entriesMax {
                state.entries = state.entries.filter { now < $1.until }
                guard state.entries.count < entriesMax else {
                    state.everyUntil = max(state.everyUntil, until)
                    return
                }
            }
            state.entries[subject] = Entry(
                number: state.number,
                startedAt: max(startedAt, old?.startedAt ?? startedAt),
                until: max(until, old?.until ?? until)
            )
        }
    }

    /// The doubt about a subject; `nil` when the memory can be believed.
    func doubt(about subject: [UInt8], now: Instant) -> Doubt? {
        state.withLock { state in
            if let entry = state.entries[subject] {
                if now < entry.until { return Doubt(number: entry.number) }
                state.entries[subject] = nil
            }
            return now < state.everyUntil ? Doubt(number: 0) : nil
        }
    }

    /// An answer that knew of the doubt, and so told everything in full, went out in time.
    ///
    /// It ends the doubt when it is the last one in the memory from now on, and no other answer
    /// was lost meanwhile.
    func settle(_ doubt: Doubt, about subject: [UInt8], startedAt: Instant) {
        state.withLock { state in
            guard let entry = state.entries[subject], entry.number == doubt.number,
                entry.startedAt < startedAt
            else { return }
            state.entries[subject] = nil
        }
    }
}
