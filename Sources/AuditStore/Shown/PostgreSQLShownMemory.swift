package import Audit
package import Basics
import Posix
package import PostgreSQL
import Synchronization

/// Looks up in PostgreSQL what was shown last, so that all instances know, and after a restart too.
///
/// One thread with one connection serves all tasks, and each question is answered or failed within
/// `ShownTiming.answerMilliseconds`. Whoever asks shows everything when there is no answer, so
/// nothing here is tried twice. What is shown is written with the row of the answer, by the writer.
/// While rows of answers lie in the spool, the table does not hold all that was shown, so no
/// question is answered then.
package final class PostgreSQLShownMemory: ShownMemory {
    private let queue: ShownQueue
    private let isWhole: @Sendable () -> Bool
    private let answerMilliseconds: Int
    private let thread: Mutex<JoinableThread?>

    /// Starts the thread, which connects as `limen_gateway`.
    ///
    /// - Parameters:
    ///   - settings: how to log in.
    ///   - timing: how long to wait for what.
    ///   - isWhole: whether the rows of all answers are in the database.
    /// - Returns: the memory, which connects on its own.
    /// - Throws: `AuditStoreError` when there is no descriptor left.
    package static func start(
        _ settings: ConnectionSettings,
        timing: ShownTiming = ShownTiming(),
        isWhole: @escaping @Sendable () -> Bool = { true }
    ) throws(AuditStoreError) -> PostgreSQLShownMemory {
        do throws(SystemError) {
            let queue = ShownQueue(bell: try Doorbell())
            return PostgreSQLShownMemory(
                ShownLoop(settings: settings, timing: timing, queue: queue),
                isWhole
            )
        } catch {
            throw AuditStoreError(code: .noDescriptor)
        }
    }

    private init(_ loop: ShownLoop, _ isWhole: @escaping @Sendable () -> Bool) {
        queue = loop.queue
        answerMilliseconds = loop.timing.answerMilliseconds
        self.isWhole = isWhole
        thread = Mutex(JoinableThread { loop.run() })
    }

    /// Whether a question would be asked now.
    package var isConnected: Bool { queue.isConnected }

    /// The sealed state of the last answer for a subject.
    package func last(
        _ subject: [UInt8],
        of tenant: String,
        since: Instant,
        within microseconds: Int
    ) async throws(AuditError) -> [UInt8]? {
        guard isWhole() else { throw AuditError(code: .unavailable) }
        let most = min(max(0, microseconds), answerMilliseconds * 1_000)
        let timer = Mutex<Task<Void, Never>?>(nil)
        let result = await withCheckedContinuation { continuation in
            let question = ShownQuestion(
                tenant: tenant,
                subject: subject,
                since: since,
                endNanoseconds: Clock.monotonicNanoseconds() + Int64(most) * 1_000,
                continuation: continuation
            )
            if let problem = queue.submit(question) { return question.resume(.failure(problem)) }
            // The thread may be waiting for the answer to a question that has more time.
            let ending = Task.detached {
                try? await Task.sleep(for: .microseconds(most))
                question.resume(.failure(AuditError(code: .timeout)))
            }
            timer.withLock { $0 = ending }
        }
        timer.withLock { $0 }?.cancel()
        let state = try result.get()
        // A row may have gone to the spool while this was asked.
        guard isWhole() else { throw AuditError(code: .unavailable) }
        return state
    }

    /// Takes no more questions and ends the thread.
    package func close() {
        queue.close()
        let running = thread.withLock { $0.take() }
        running?.join()
        queue.disconnected()
    }
}

/// How long the memory of what was shown waits for what.
package struct ShownTiming: Sendable {
    /// How long a question may take: the answer to a clinician does not wait for more.
    package var answerMilliseconds = 100
    /// The shortest wait between two attempts to connect; it doubles up to the longest.
    package var backOffMillisecondsMin = 50
    /// The longest wait between two attempts to connect.
    package var backOffMillisecondsMax = 1_000
    /// How long one attempt to connect may take.
    package var connectMilliseconds = 5_000

    /// The usual values.
    package init() {}
}
