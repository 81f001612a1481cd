import Audit
import Basics
import Synchronization

/// Audit rows of what came to pass beside any request, each kept until it is durable.
///
/// Such a row has no answer that could be held back for it, so nothing may push it out: it takes no
/// place among the shadows, and what could not be written is tried again at the next look at what
/// is in force. Its key stays the same, so a row that had landed is not written twice. What a
/// process could not write before its end is owed anew by the next one, which meets the same state.
final class OwedRows: Sendable {
    private struct State {
        var rows: [AuditRecord] = []
        var task: Task<Void, Never>?
    }

    private let state = Mutex(State())

    /// How many are not durable yet.
    var count: Int { state.withLock { $0.rows.count } }

    /// Takes a row; `false` when as many are owed as are kept, which is said where it is asked.
    func add(_ row: AuditRecord) -> Bool {
        state.withLock { state in
            guard state.rows.count < Limits.owedRowsMax else { return false }
            state.rows.append(row)
            return true
        }
    }

    /// Begins to write what is owed, unless that is under way.
    ///
    /// - Parameters:
    ///   - sink: where rows become durable.
    ///   - onFailure: is told of each row that could not be written this time.
    func settle(
        through sink: any AuditSink,
        onFailure: @escaping @Sendable (AuditError) -> Void
    ) {
        state.withLock { state in
            guard state.task == nil, !state.rows.isEmpty else { return }
            // It ends under the lock, so it is noted before it can be over.
            state.task = Task.detached { [self] in await write(through: sink, onFailure) }
        }
    }

    /// Waits for the writing that is under way.
    func finish() async {
        if let task = state.withLock({ $0.task }) { await task.value }
    }

    private func write(
        through sink: any AuditSink,
        _ onFailure: @Sendable (AuditError) -> Void
    ) async {
        var tried: Set<UUIDBytes> = []
        while let row = next(notIn: tried) {
            tried.insert(row.eventID)
            do throws(AuditError) {
                try await sink.append(row)
                state.withLock { $0.rows.removeAll { $0.eventID == row.eventID } }
            } catch {
                onFailure(error)
            }
        }
    }

    /// The next row to be tried; without one the writing has ended.
    private func next(notIn tried: Set<UUIDBytes>) -> AuditRecord? {
        state.withLock { state in
            let row = state.rows.first { !tried.contains($0.eventID) }
            if row == nil { state.task = nil }
            return row
        }
    }
}
