import CPostgreSQL
package import Posix

/// One connection to PostgreSQL, owned by one thread at a time.
///
/// Every statement is a literal of this program; values only ever travel as bound parameters, so
/// there is no way to put input into SQL text. All waiting has a deadline.
@safe
package struct Connection: ~Copyable, @unchecked Sendable {
    // Not shared: the struct cannot be copied, so one owner at a time calls libpq with it.
    let raw: OpaquePointer

    init(adopting raw: OpaquePointer) {
        unsafe self.raw = unsafe raw
    }

    deinit {
        unsafe PQfinish(raw)
    }

    /// Connects and logs in.
    ///
    /// - Throws: `PostgreSQLError`; `sqlState` is `nil` because libpq does not tell it here.
    package static func open(
        _ settings: ConnectionSettings,
        timeoutMilliseconds: Int = 10_000
    ) throws(PostgreSQLError) -> Connection {
        var attempt = try ConnectionAttempt.begin(settings)
        let clock = Deadline(milliseconds: timeoutMilliseconds)
        while try !attempt.advance() {
            let rest = clock.restMilliseconds
            guard rest > 0 else { throw PostgreSQLError(code: .timeout) }
            attempt.wait(timeoutMilliseconds: rest)
        }
        return attempt.finish()
    }

    /// The server's version, such as 150018.
    package var serverVersion: Int { Int(unsafe PQserverVersion(raw)) }

    /// Whether the connection is known to be broken.
    package var isBroken: Bool { unsafe PQstatus(raw) == CONNECTION_BAD }

    /// Runs one statement and waits for its rows.
    package func execute(
        _ statement: StaticString,
        _ parameters: Parameters = Parameters(),
        timeoutMilliseconds: Int = 30_000
    ) throws(PostgreSQLError) -> QueryResult {
        try execute(
            statement,
            parameters,
            timeoutMilliseconds: timeoutMilliseconds,
            sliceMilliseconds: timeoutMilliseconds,
            whileWaiting: {}
        )
    }

    /// Runs one statement; after each slice of the wait the caller minds its other business.
    package func execute(
        _ statement: StaticString,
        _ parameters: Parameters = Parameters(),
        timeoutMilliseconds: Int,
        sliceMilliseconds: Int,
        whileWaiting: () -> Void
    ) throws(PostgreSQLError) -> QueryResult {
        let isSent = unsafe parameters.withArrays { arrays in
            unsafe PQsendQueryParams(
                raw,
                Self.text(statement),
                Int32(parameters.count),
                arrays.types,
                arrays.values,
                arrays.lengths,
                arrays.formats,
                1
            )
        }
        guard isSent == 1 else { throw failure() }
        return try finish(timeoutMilliseconds, sliceMilliseconds, whileWaiting)
    }

    /// Prepares a statement under a name.
    package func prepare(
        _ name: StaticString,
        _ statement: StaticString,
        timeoutMilliseconds: Int = 30_000
    ) throws(PostgreSQLError) {
        try prepare(
            name,
            statement,
            timeoutMilliseconds: timeoutMilliseconds,
            sliceMilliseconds: timeoutMilliseconds,
            whileWaiting: {}
        )
    }

    /// Prepares a statement; after each slice of the wait the caller minds its other business.
    ///
    /// - Parameters:
    ///   - name: the name that it is run by.
    ///   - statement: its text.
    ///   - ending: what follows the text, when several statements differ in that alone.
    ///   - timeoutMilliseconds: how long the server may take.
    ///   - sliceMilliseconds: how long a wait lasts at most.
    ///   - whileWaiting: is called after each wait.
    /// - Throws: `PostgreSQLError` when the server does not take it, or is away or late.
    package func prepare(
        _ name: StaticString,
        _ statement: StaticString,
        ending: StaticString = " ",
        timeoutMilliseconds: Int,
        sliceMilliseconds: Int,
        whileWaiting: () -> Void
    ) throws(PostgreSQLError) {
        let text = statement.description + ending.description
        guard unsafe PQsendPrepare(raw, Self.text(name), text, 0, nil) == 1 else {
            throw failure()
        }
        _ = try finish(timeoutMilliseconds, sliceMilliseconds, whileWaiting)
    }

    /// Runs a script of several statements, as migrations are; never given any input.
    package func runScript(
        _ script: String,
        timeoutMilliseconds: Int = 120_000
    ) throws(PostgreSQLError) {
        guard unsafe PQsendQuery(raw, script) == 1 else { throw failure() }
        _ = try finish(timeoutMilliseconds, timeoutMilliseconds, {})
    }

    /// A password as the SCRAM-SHA-256 verifier that the server keeps (RFC 5802, 7677).
    ///
    /// The clear password does not reach the server, its log or its statistics.
    package func passwordVerifier(
        user: String,
        password: String
    ) throws(PostgreSQLError) -> String {
        guard
            let text = unsafe PQencryptPasswordConn(raw, password, user, "scram-sha-256")
        else { throw PostgreSQLError(code: .unexpectedResult) }
        defer { unsafe PQfreemem(text) }
        return unsafe String(cString: text)
    }

    // MARK: Driving libpq

    /// Sends what is left to send; whether nothing is left.
    package func flush() throws(PostgreSQLError) -> Bool {
        let result = unsafe PQflush(raw)
        guard result >= 0 else { throw PostgreSQLError(code: .connectionLost) }
        return result == 0
    }

    /// Takes in what has arrived.
    package func consumeInput() throws(PostgreSQLError) {
        guard unsafe PQconsumeInput(raw) == 1 else {
            throw PostgreSQLError(code: .connectionLost)
        }
    }

    /// Waits until the socket is ready, at most so long.
    package func wait(for readiness: Readiness, timeoutMilliseconds: Int) {
        let descriptor = unsafe PQsocket(raw)
        guard descriptor >= 0 else { return }
        _ = Readiness.wait(
            for: readiness,
            of: descriptor,
            timeoutMilliseconds: timeoutMilliseconds
        )
    }

    /// The error of a call that failed without a result.
    func failure() -> PostgreSQLError {
        PostgreSQLError(code: isBroken ? .connectionLost : .unexpectedResult)
    }

    /// The error that a result stands for, or `nil` when it is none.
    static func error(of result: OpaquePointer) -> PostgreSQLError? {
        let status = unsafe PQresultStatus(result)
        switch status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_PIPELINE_SYNC:
            return nil
        case PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR, PGRES_BAD_RESPONSE:
            guard let state = unsafe limen_result_sqlstate(result) else {
                return PostgreSQLError(code: .connectionLost)
            }
            return PostgreSQLError(
                code: .statementFailed,
                sqlState: unsafe String(cString: state)
            )
        default:
            return PostgreSQLError(code: .unexpectedResult)
        }
    }

    /// The characters of a literal.
    static func text(_ literal: StaticString) -> UnsafePointer<CChar> {
        precondition(literal.hasPointerRepresentation, "a statement has more than one character")
        return unsafe UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    /// Waits for the last result of a statement and gives it, or throws the first error.
    private func finish(
        _ timeoutMilliseconds: Int,
        _ sliceMilliseconds: Int,
        _ whileWaiting: () -> Void
    ) throws(PostgreSQLError) -> QueryResult {
        let clock = Deadline(milliseconds: timeoutMilliseconds)
        var last: OpaquePointer?
        var problem: PostgreSQLError?
        repeat {
            do throws(PostgreSQLError) {
                try awaitResult(before: clock, sliceMilliseconds, whileWaiting)
            } catch {
                unsafe PQclear(last)
                throw problem ?? error
            }
            guard let result = unsafe PQgetResult(raw) else { break }
            if problem == nil { problem = unsafe Self.error(of: result) }
            unsafe PQclear(last)
            unsafe last = unsafe result
        } while problem?.code != .unexpectedResult && problem?.code != .connectionLost
        guard let result = unsafe last else { throw problem ?? failure() }
        let rows = unsafe QueryResult(adopting: result)
        if let problem { throw problem }
        return rows
    }

    private func awaitResult(
        before clock: Deadline,
        _ sliceMilliseconds: Int,
        _ whileWaiting: () -> Void
    ) throws(PostgreSQLError) {
        while true {
            let isFlushed = try flush()
            if isFlushed, unsafe PQisBusy(raw) == 0 { return }
            let rest = clock.restMilliseconds
            guard rest > 0 else { throw PostgreSQLError(code: .timeout) }
            wait(
                for: isFlushed ? .reading : .readingOrWriting,
                timeoutMilliseconds: min(rest, sliceMilliseconds)
            )
            try consumeInput()
            whileWaiting()
        }
    }
}
