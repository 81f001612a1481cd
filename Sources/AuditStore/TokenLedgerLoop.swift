import Basics
import JOSE
import Posix
import PostgreSQL

/// The thread of the token ledger: sends what waits, tells each its answer, and connects again.
final class TokenLedgerLoop: Sendable {
    let queue: TokenUseQueue
    private let settings: ConnectionSettings
    private let migrations: [MigrationFile]
    private let timing: TokenLedgerTiming

    init(
        settings: ConnectionSettings,
        migrations: [MigrationFile],
        timing: TokenLedgerTiming,
        queue: TokenUseQueue
    ) {
        self.settings = settings
        self.migrations = migrations
        self.timing = timing
        self.queue = queue
    }

    /// Connects and makes the connection ready.
    func connect() throws(AuditStoreError) -> Connection {
        let connection: Connection
        do throws(PostgreSQLError) {
            connection = try Connection.open(
                settings,
                timeoutMilliseconds: timing.connectMilliseconds
            )
        } catch {
            throw AuditStoreError(error)
        }
        try TokenUseStatement.makeReady(connection, expecting: migrations)
        return connection
    }

    /// Serves until the queue is closed.
    func run(startingWith first: consuming Connection?) {
        var connection = first
        var backOff = timing.backOffMillisecondsMin
        while !queue.isClosing {
            if let ready = connection.take() {
                queue.connected()
                serve(ready)
                queue.disconnected()
                backOff = timing.backOffMillisecondsMin
            }
            if queue.isClosing { return }
            do throws(AuditStoreError) {
                connection = try connect()
            } catch {
                queue.wait(milliseconds: backOff)
                backOff = min(backOff * 2, timing.backOffMillisecondsMax)
            }
        }
    }

    /// Serves by one connection until it is lost or the queue is closed.
    private func serve(_ connection: borrowing Connection) {
        var heartbeat = Deadline(milliseconds: timing.heartbeatMilliseconds)
        while !queue.isClosing {
            let batch = queue.take()
            if batch.isEmpty, !heartbeat.isPast {
                queue.wait(milliseconds: heartbeat.restMilliseconds)
                continue
            }
            do throws(PostgreSQLError) {
                try fly(batch, on: connection)
            } catch {
                // Whether the rows landed is not known, so none of them counts as a first use.
                let code: TokenLedgerError.Code = error.code == .timeout ? .timeout : .unavailable
                for pending in batch { pending.resume(.failure(TokenLedgerError(code))) }
                return
            }
            heartbeat = Deadline(milliseconds: timing.heartbeatMilliseconds)
        }
    }

    /// Sends a batch in one flight and tells each use its answer; an empty one asks for a sign.
    private func fly(
        _ batch: [PendingTokenUse],
        on connection: borrowing Connection
    ) throws(PostgreSQLError) {
        for pending in batch {
            try connection.sendPrepared(
                TokenUseStatement.remember,
                TokenUseStatement.parameters(pending.use)
            )
            try connection.sendSync()
        }
        if batch.isEmpty {
            try connection.sendPrepared(TokenUseStatement.alive, Parameters())
            try connection.sendSync()
        }
        let deadline = Deadline(milliseconds: timing.answerMilliseconds)
        var answers = TokenAnswers(count: max(1, batch.count))
        while !answers.isComplete {
            let event = try connection.nextPipelineEvent()
            if event == .pending {
                if deadline.isPast { throw PostgreSQLError(code: .timeout) }
                let isFlushed = try connection.flush()
                connection.wait(
                    for: isFlushed ? .reading : .readingOrWriting,
                    timeoutMilliseconds: WriterLoop.sliceMilliseconds
                )
                try connection.consumeInput()
            } else if let (index, answer) = try answers.received(event), index < batch.count {
                batch[index].resume(answer)
            }
        }
    }
}
