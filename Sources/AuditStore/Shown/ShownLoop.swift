import Audit
import Basics
import Posix
import PostgreSQL

/// The thread that asks what was shown last, and connects again.
final class ShownLoop: Sendable {
    let queue: ShownQueue
    private let settings: ConnectionSettings
    let timing: ShownTiming

    private static let lastShown: StaticString =
        "SELECT audit.last_shown($1::text, $2::bytea, $3::timestamptz)"
    /// How long an idle connection is left alone before it is asked whether it is still there.
    private static let idleMilliseconds = 5_000

    init(settings: ConnectionSettings, timing: ShownTiming, queue: ShownQueue) {
        self.settings = settings
        self.timing = timing
        self.queue = queue
    }

    /// Serves until the queue is closed.
    func run() {
        var backOff = timing.backOffMillisecondsMin
        while !queue.isClosing {
            do throws(PostgreSQLError) {
                let connection = try Connection.open(
                    settings,
                    timeoutMilliseconds: timing.connectMilliseconds
                )
                queue.connected()
                backOff = timing.backOffMillisecondsMin
                try serve(connection)
            } catch {
                queue.disconnected()
                queue.wait(milliseconds: backOff)
                backOff = min(backOff * 2, timing.backOffMillisecondsMax)
            }
        }
        queue.disconnected()
    }

    /// Serves by one connection until it fails or the queue is closed.
    private func serve(_ connection: borrowing Connection) throws(PostgreSQLError) {
        while !queue.isClosing {
            let questions = queue.take()
            if questions.isEmpty {
                queue.wait(milliseconds: Self.idleMilliseconds)
                if !queue.isClosing, connection.isBroken {
                    throw PostgreSQLError(code: .connectionLost)
                }
                continue
            }
            for (position, question) in questions.enumerated() {
                do throws(PostgreSQLError) {
                    question.resume(try answer(question, connection))
                } catch {
                    // Whoever came later waits for no other connection.
                    for late in questions[position...] {
                        late.resume(.failure(AuditError(code: .unavailable)))
                    }
                    throw error
                }
            }
        }
    }

    private func answer(
        _ question: ShownQuestion,
        _ connection: borrowing Connection
    ) throws(PostgreSQLError) -> ShownQuestion.Answer {
        // Rounded up: a part of a millisecond is time too, and the task is woken at its end.
        let left = question.endNanoseconds - Clock.monotonicNanoseconds()
        let rest = Int(clamping: (left + 999_999) / 1_000_000)
        guard left > 0 else { return .failure(AuditError(code: .timeout)) }
        var values = Parameters()
        values.add(text: question.tenant)
        values.add(bytes: question.subject)
        values.add(instant: question.since)
        do throws(PostgreSQLError) {
            let rows = try connection.execute(
                Self.lastShown,
                values,
                timeoutMilliseconds: rest
            )
            return .success(rows.rowCount > 0 ? rows.bytes(0, 0) : nil)
        } catch  where error.code == .statementFailed {
            return .failure(AuditError(code: .refused, sqlState: error.sqlState))
        }
    }
}
