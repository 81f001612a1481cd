import CPostgreSQL
import Posix

/// A connection that is being made, without blocking.
///
///     var attempt = try ConnectionAttempt.begin(settings)
///     while try !attempt.advance() { attempt.wait(timeoutMilliseconds: 20) }
///     let connection = attempt.finish()
@safe
package struct ConnectionAttempt: ~Copyable {
    private let raw: OpaquePointer
    private var progress = Progress.writing

    private enum Progress {
        case reading
        case writing
        case connected
    }

    /// Begins to connect.
    ///
    /// A host name is resolved here and may take the resolver's time; use a socket folder or an
    /// address where that matters.
    package static func begin(
        _ settings: ConnectionSettings
    ) throws(PostgreSQLError) -> ConnectionAttempt {
        let keywords = settings.keywords
        let names = CStrings(keywords.map(\.name))
        let values = CStrings(keywords.map(\.value))
        let started = unsafe names.withPointers { names in
            unsafe values.withPointers { values in
                unsafe PQconnectStartParams(names, values, 1)
            }
        }
        guard let raw = unsafe started else { throw PostgreSQLError(code: .connectionFailed) }
        let attempt = unsafe ConnectionAttempt(adopting: raw)
        guard unsafe PQstatus(raw) != CONNECTION_BAD else {
            throw PostgreSQLError(code: .connectionFailed)
        }
        return attempt
    }

    private init(adopting raw: OpaquePointer) {
        unsafe self.raw = unsafe raw
    }

    deinit {
        unsafe PQfinish(raw)
    }

    /// Goes one step further; whether the connection stands.
    package mutating func advance() throws(PostgreSQLError) -> Bool {
        switch unsafe PQconnectPoll(raw) {
        case PGRES_POLLING_OK: progress = .connected
        case PGRES_POLLING_READING: progress = .reading
        case PGRES_POLLING_WRITING: progress = .writing
        default: throw PostgreSQLError(code: .connectionFailed)
        }
        return progress == .connected
    }

    /// Waits until a further step can be made, at most so long.
    ///
    /// - Returns: Whether it can.
    @discardableResult
    package func wait(timeoutMilliseconds: Int) -> Bool {
        let descriptor = unsafe PQsocket(raw)
        guard descriptor >= 0 else { return true }
        return Readiness.wait(
            for: progress == .reading ? .reading : .writing,
            of: descriptor,
            timeoutMilliseconds: timeoutMilliseconds
        )
    }

    /// Gives the connection that stands.
    package consuming func finish() -> Connection {
        precondition(progress == .connected, "the connection does not stand yet")
        let raw = unsafe raw
        discard self
        _ = unsafe PQsetErrorVerbosity(raw, PQERRORS_TERSE)
        unsafe limen_drop_notices(raw)
        _ = unsafe PQsetnonblocking(raw, 1)
        return unsafe Connection(adopting: raw)
    }
}
