import Audit
package import Basics
package import PostgreSQL

/// Reads the audit trail as an auditor.
///
/// Row security decides what is seen: the login is mapped to its tenants by `session_user`, which
/// no statement can change. Whoever reads on behalf of somebody records the read as an event of
/// the kind `audit-read` through a sink of his own; an auditor's login cannot write.
package struct AuditQuery: ~Copyable {
    private let connection: Connection

    /// The tenants that this login may read.
    package let tenants: [String]

    /// Logs in as an auditor.
    package static func open(
        _ settings: ConnectionSettings
    ) throws(AuditStoreError) -> AuditQuery {
        do throws(PostgreSQLError) {
            let connection = try Connection.open(settings)
            var values = Parameters()
            values.add(int64: Int64(Limits.auditTenantsPerAuditorMax))
            let rows = try connection.execute(
                """
                SELECT tenant FROM audit.auditor_tenant WHERE login = session_user
                ORDER BY tenant LIMIT $1
                """,
                values
            )
            var tenants: [String] = []
            for row in 0..<rows.rowCount {
                if let tenant = try rows.text(row, 0) { tenants.append(tenant) }
            }
            return AuditQuery(connection: connection, tenants: tenants)
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Runs a statement of an extension.
    func execute(
        _ statement: StaticString,
        _ values: Parameters
    ) throws(PostgreSQLError) -> QueryResult {
        try connection.execute(statement, values)
    }

    private init(connection: consuming Connection, tenants: [String]) {
        self.connection = connection
        self.tenants = tenants
    }

    /// Lists events, newest first.
    ///
    /// A tenant that the auditor may not read gives no events, just as one that does not exist.
    package func list(_ filter: AuditFilter) throws(AuditStoreError) -> AuditPage {
        var events: [StoredEvent] = []
        let limit = filter.boundedLimit
        do throws(PostgreSQLError) {
            // Tenant by tenant, so that each query walks its index backwards and stops.
            for tenant in filter.tenant.map({ [$0] }) ?? tenants {
                var values = Self.values(of: filter, tenant: tenant)
                values.add(int64: Int64(limit + 1))
                let rows = try connection.execute(AuditStatements.list, values)
                for row in 0..<rows.rowCount {
                    events.append(try EventReader.event(rows, row, hasDocuments: false))
                }
            }
        } catch {
            throw AuditStoreError(error)
        }
        events.sort { left, right in
            let first = (left.record.startedAt, left.record.eventID.high, left.record.eventID.low)
            let second = (
                right.record.startedAt, right.record.eventID.high, right.record.eventID.low
            )
            return first > second
        }
        let hasMore = events.count > limit
        events.removeLast(max(0, events.count - limit))
        let next = hasMore ? events.last : nil
        return AuditPage(
            events: events,
            next: next.map {
                AuditCursor(startedAt: $0.record.startedAt, eventID: $0.record.eventID)
            }
        )
    }

    /// One event with its documents and the feedback on its cards; `nil` when there is none that
    /// this auditor may read.
    package func show(_ eventID: UUIDBytes) throws(AuditStoreError) -> StoredEvent? {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(texts: tenants)
            values.add(uuid: eventID)
            let rows = try connection.execute(AuditStatements.show, values)
            guard rows.rowCount > 0 else { return nil }
            var event = try EventReader.event(rows, 0, hasDocuments: true)
            event.record.feedback = try items(of: event.record)
            event.answers = try answers(to: event.record)
            return event
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Feedback on cards that its tenant was never shown, newest first.
    package func orphanedFeedback(
        limit: Int = 50
    ) throws(AuditStoreError) -> [StoredFeedback] {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(int64: Int64(min(max(limit, 1), Limits.auditListRowsMax)))
            let rows = try connection.execute(AuditStatements.orphans, values)
            return try EventReader.feedback(rows)
        } catch {
            throw AuditStoreError(error)
        }
    }

    private func items(
        of record: AuditRecord
    ) throws(PostgreSQLError) -> [AuditFeedback] {
        var values = Parameters()
        values.add(text: record.tenant)
        values.add(instant: record.startedAt)
        values.add(uuid: record.eventID)
        return try EventReader.feedback(try connection.execute(AuditStatements.items, values))
            .map(\.feedback)
    }

    private func answers(
        to record: AuditRecord
    ) throws(PostgreSQLError) -> [StoredFeedback] {
        guard !record.cardIDs.isEmpty else { return [] }
        var values = Parameters()
        values.add(text: record.tenant)
        values.add(uuids: record.cardIDs)
        return try EventReader.feedback(try connection.execute(AuditStatements.answers, values))
    }

    private static func values(of filter: AuditFilter, tenant: String) -> Parameters {
        var values = Parameters()
        values.add(text: tenant)
        values.add(text: filter.kind?.rawValue)
        values.add(text: filter.outcome?.rawValue)
        values.add(text: filter.service)
        values.add(bytes: filter.patientPseudonym)
        values.add(uuid: filter.hookInstance)
        values.add(bytes: filter.traceID)
        values.add(instant: filter.from)
        values.add(instant: filter.to)
        values.add(instant: filter.cursor?.startedAt)
        values.add(uuid: filter.cursor?.eventID)
        values.add(text: filter.arm?.rawValue)
        return values
    }
}
