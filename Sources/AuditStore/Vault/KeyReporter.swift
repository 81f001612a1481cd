package import PostgreSQL
import Posix
import Synchronization
package import Vault

/// Says in the database which wrapping keys a gateway uses and how much lies in its spool, every ten
/// seconds and when it is told to, so that no key is removed that something still needs.
package final class KeyReporter: Sendable {
    /// What a gateway says.
    package struct Report: Sendable {
        /// The wrapping keys of each tenant.
        package var keys: [WrappingUse]
        /// How many entries wait in the spool.
        package var spooledCount: Int

        /// Makes a report.
        package init(keys: [WrappingUse], spooledCount: Int) {
            self.keys = keys
            self.spooledCount = spooledCount
        }
    }

    private struct State {
        var isEnding = false
        var thread: JoinableThread?
    }

    private static let periodMilliseconds = 10_000

    private let settings: ConnectionSettings
    private let place: [UInt8]
    private let report: @Sendable () -> Report
    private let learn: @Sendable ([(tenant: String, wrappingKey: String)]) -> Void
    private let bell: Doorbell
    private let state = Mutex(State())

    /// Starts to say so, on a thread of its own.
    ///
    /// - Parameters:
    ///   - settings: How to log in as `limen_gateway`.
    ///   - place: Who the gateway is, over restarts.
    ///   - report: What there is to say at the moment.
    ///   - learn: Takes those wrapping keys of the report that wrap nothing more: every gateway has
    ///     left them, or they were removed. It is called on the reporter's thread.
    /// - Throws: `AuditStoreError` when no descriptor is left.
    package init(
        _ settings: ConnectionSettings,
        place: [UInt8],
        report: @escaping @Sendable () -> Report,
        learn: @escaping @Sendable ([(tenant: String, wrappingKey: String)]) -> Void = { _ in }
    ) throws(AuditStoreError) {
        self.settings = settings
        self.place = place
        self.report = report
        self.learn = learn
        do throws(SystemError) {
            bell = try Doorbell()
        } catch {
            throw AuditStoreError(code: .noDescriptor)
        }
        let thread = JoinableThread { [self] in run() }
        state.withLock { $0.thread = thread }
    }

    /// Says it soon: something has changed.
    package func reportSoon() { bell.ring() }

    /// Says that the gateway has ended, and what it leaves in its spool; for the end of a program.
    ///
    /// When the database is away it cannot be said: then the gateway counts as silent.
    package func stop() {
        let thread = state.withLock { state in
            state.isEnding = true
            return state.thread.take()
        }
        bell.ring()
        thread?.join()
    }

    private var isEnding: Bool { state.withLock { $0.isEnding } }

    private func run() {
        while !isEnding {
            try? connectAndSay()
            if !isEnding { bell.wait(timeoutMilliseconds: Self.periodMilliseconds) }
        }
        try? say(on: Connection.openForTrail(settings, timeoutMilliseconds: 2_000), isEnded: true)
    }

    /// Says it as long as the connection holds.
    private func connectAndSay() throws(PostgreSQLError) {
        let connection = try Connection.openForTrail(settings, timeoutMilliseconds: 5_000)
        while !isEnding {
            try say(on: connection, isEnded: false)
            bell.wait(timeoutMilliseconds: Self.periodMilliseconds)
        }
    }

    private func say(
        on connection: borrowing Connection,
        isEnded: Bool
    ) throws(PostgreSQLError) {
        let report = report()
        var values = Parameters()
        values.add(bytes: place)
        values.add(texts: report.keys.map(\.tenant))
        values.add(texts: report.keys.map(\.used))
        values.add(texts: report.keys.map(\.current))
        values.add(texts: report.keys.flatMap { use in use.old.map { _ in use.tenant } })
        values.add(texts: report.keys.flatMap(\.old))
        values.add(int64: Int64(report.spooledCount))
        values.add(bool: isEnded)
        let rows = try connection.execute(
            """
            SELECT tenant, wrapping_key
            FROM audit.report_keys($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            values
        )
        var names: [(tenant: String, wrappingKey: String)] = []
        for row in 0..<rows.rowCount {
            if let tenant = try rows.text(row, 0), let name = try rows.text(row, 1) {
                names.append((tenant, name))
            }
        }
        if !names.isEmpty { learn(names) }
    }
}
