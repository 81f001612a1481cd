package import Basics
import PostgreSQL

/// What became of a deed whose answer was lost.
extension AuditQuery {
    /// A deed that leaves a row which names the event that ordered it.
    package enum Deed: Sendable, CaseIterable {
        /// Keys were destroyed.
        case erasure
        /// A legal hold was lifted.
        case lift
        /// A policy was put in force.
        case policy
        /// A month was dropped.
        case drop
    }

    /// What the database knows of a deed.
    package enum Outcome: Sendable, Equatable {
        /// It was done, to so many keys, or once.
        case done(Int)
        /// It was not done, and will not be.
        case notDone
        /// The statement may still be running.
        case running
    }

    /// What became of a deed that an event has ordered.
    ///
    /// - Parameters:
    ///   - deed: The deed.
    ///   - eventID: The order.
    ///   - tenant: The tenant.
    ///   - process: The process of the server that was to do it; `nil` when none was sent anything.
    /// - Returns: Whether it was done.
    /// - Throws: `AuditStoreError` when that cannot be asked.
    package func outcome(
        of deed: Deed,
        orderedBy eventID: UUIDBytes,
        tenant: String,
        process: Int?
    ) throws(AuditStoreError) -> Outcome {
        do throws(PostgreSQLError) {
            var isRunning = false
            // Asked first: what ends in between is seen by the statement behind.
            if let process {
                var values = Parameters()
                values.add(int32: Int32(clamping: process))
                isRunning = try execute(Self.isThere, values).bool(0, 0) ?? false
            }
            var values = Parameters()
            values.add(uuid: eventID)
            if deed != .drop { values.add(text: tenant) }
            let rows = try execute(Self.trace(of: deed), values)
            if rows.rowCount > 0 { return .done(try rows.integer(0, 0) ?? 0) }
            return isRunning ? .running : .notDone
        } catch {
            throw AuditStoreError(error)
        }
    }

    private static func trace(of deed: Deed) -> StaticString {
        switch deed {
        case .erasure:
            """
            SELECT key_count FROM audit.erasure WHERE event_id = $1 AND tenant = $2
            """
        case .lift:
            """
            SELECT 1 FROM audit.lifted_hold WHERE event_id = $1 AND tenant = $2 LIMIT 1
            """
        case .policy:
            """
            SELECT 1 FROM audit.erasure_policy WHERE event_id = $1 AND tenant = $2 LIMIT 1
            """
        case .drop:
            """
            SELECT 1 FROM audit.dropped_month WHERE event_id = $1 LIMIT 1
            """
        }
    }

    private static let isThere: StaticString = """
        SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE pid = $1)
        """
}
