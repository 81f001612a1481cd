package import Audit
package import Basics
package import PostgreSQL
package import Vault

/// Reads the audit trail, and records that it was read.
///
/// Row security decides what is seen. An auditor's login is mapped to its tenants by `session_user`,
/// which no statement can change; the login of the gateway reads one tenant at a time, named by a
/// setting that ends with its transaction (`perform`).
package struct AuditQuery: ~Copyable {
    private let connection: Connection
    /// What opens sealed rows.
    let opener: RecordOpener

    /// The tenants that are read.
    package private(set) var tenants: [String]

    /// Logs in as an auditor; without an opener sealed rows are said to be sealed.
    package static func open(
        _ settings: ConnectionSettings,
        opener: RecordOpener = RecordOpener(KeyRing())
    ) throws(AuditStoreError) -> AuditQuery {
        do throws(PostgreSQLError) {
            let connection = try Connection.open(settings)
            _ = try connection.execute(AuditStatements.settings)
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
            return AuditQuery(connection: connection, tenants: tenants, opener: opener)
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Logs in as `limen_audit_api`, which reads nothing until it says for which tenant.
    package static func openForGateway(
        _ settings: ConnectionSettings,
        opener: RecordOpener = RecordOpener(KeyRing()),
        timeoutMilliseconds: Int = 10_000
    ) throws(AuditStoreError) -> AuditQuery {
        do throws(PostgreSQLError) {
            let connection = try Connection.open(
                settings,
                timeoutMilliseconds: timeoutMilliseconds
            )
            _ = try connection.execute(AuditStatements.settings)
            return AuditQuery(connection: connection, tenants: [], opener: opener)
        } catch {
            throw AuditStoreError(error)
        }
    }

    private init(
        connection: consuming Connection,
        tenants: [String],
        opener: RecordOpener
    ) {
        self.connection = connection
        self.tenants = tenants
        self.opener = opener
    }

    /// Whether the connection is known to be broken.
    package var isBroken: Bool { connection.isBroken }

    /// Reads on behalf of one tenant, in one transaction that alone knows of it.
    ///
    /// The setting is local to the transaction: whoever uses the connection next finds none, which
    /// shows no row, whatever became of this one.
    ///
    /// - Throws: `AuditStoreError`; the transaction is then rolled back.
    package mutating func perform<Answer>(
        as tenant: String,
        _ body: (borrowing AuditQuery) throws(AuditStoreError) -> Answer
    ) throws(AuditStoreError) -> Answer {
        tenants = [tenant]
        defer { tenants = [] }
        do throws(AuditStoreError) {
            do throws(PostgreSQLError) {
                _ = try connection.execute("BEGIN")
                var values = Parameters()
                values.add(text: tenant)
                _ = try connection.execute(
                    "SELECT pg_catalog.set_config('limen.tenant', $1, true)",
                    values
                )
            } catch {
                throw AuditStoreError(error)
            }
            let answer = try body(self)
            do throws(PostgreSQLError) {
                _ = try connection.execute("COMMIT")
            } catch {
                throw AuditStoreError(error)
            }
            return answer
        } catch {
            _ = try? connection.execute("ROLLBACK")
            throw error
        }
    }

    /// Runs a statement of an extension.
    func execute(
        _ statement: StaticString,
        _ values: Parameters = Parameters()
    ) throws(PostgreSQLError) -> QueryResult {
        try connection.execute(statement, values)
    }

    /// Lists events, newest first.
    ///
    /// A tenant that the reader may not read gives no events, just as one that does not exist.
    ///
    /// - Parameters:
    ///   - filter: Which events, how many, and from where on.
    ///   - hasDocuments: Whether inputs, results, cards and the like come with them.
    /// - Returns: A page of them, and where the next begins.
    /// - Throws: `AuditStoreError`.
    package func list(
        _ filter: AuditFilter,
        hasDocuments: Bool = false
    ) throws(AuditStoreError) -> AuditPage {
        var events: [StoredEvent] = []
        let limit = filter.boundedLimit
        do throws(PostgreSQLError) {
            // Query by query, so that each walks its index backwards and stops.
            for tenant in filter.tenant.map({ [$0] }) ?? tenants {
                if let cardID = filter.cardID {
                    events += try about(cardID, filter, tenant, hasDocuments)
                } else {
                    events += try list(filter, tenant: tenant, hasDocuments)
                }
            }
        } catch {
            throw AuditStoreError(error)
        }
        events.sort { $0.record.isListed(before: $1.record) }
        let hasMore = events.count > limit
        events.removeLast(max(0, events.count - limit))
        if hasDocuments { try addFeedback(to: &events) }
        do throws(PostgreSQLError) {
            try unseal(&events)
        } catch {
            throw AuditStoreError(error)
        }
        return AuditPage(
            events: events,
            next: hasMore ? events.last.map { AuditCursor(after: $0.record) } : nil
        )
    }

    /// One event with its documents and the feedback on its cards; `nil` when there is none that
    /// this reader may read.
    ///
    /// An id names one event. Where a trail of before that was enforced holds several, what an
    /// auditor wrote of a read stands behind what it could hide, and how many there are is told.
    package func show(
        _ eventID: UUIDBytes,
        of tenant: String? = nil
    ) throws(AuditStoreError) -> StoredEvent? {
        var filter = AuditFilter()
        filter.eventID = eventID
        filter.limit = 1
        let count: Int
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(texts: tenant.map { [$0] } ?? tenants)
            values.add(uuid: eventID)
            let rows = try execute(AuditStatements.bearer, values)
            guard rows.rowCount > 0, let startedAt = try rows.instant(0, 1) else { return nil }
            filter.tenant = try rows.text(0, 0)
            filter.from = startedAt
            filter.to = startedAt.advanced(byMicroseconds: 1)
            count = try rows.integer(0, 2) ?? 1
        } catch {
            throw AuditStoreError(error)
        }
        guard var event = try list(filter, hasDocuments: true).events.first else { return nil }
        event.namesakeCount = count - 1
        event.answers = try answers(to: event.record)
        return event
    }

    /// The feedback on the cards of an event.
    package func answers(
        to record: AuditRecord
    ) throws(AuditStoreError) -> [StoredFeedback] {
        guard !record.cardIDs.isEmpty, record.kind != .feedback else { return [] }
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: record.tenant)
            values.add(uuids: record.cardIDs)
            var feedback = try EventReader.feedback(try execute(AuditStatements.answers, values))
            try unseal(&feedback, of: record.tenant)
            return feedback
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Feedback on cards that its tenant was never shown, newest first.
    package func orphanedFeedback(
        limit: Int = 50
    ) throws(AuditStoreError) -> [StoredFeedback] {
        let limit = min(max(limit, 1), Limits.auditListRowsMax)
        var all: [StoredFeedback] = []
        do throws(PostgreSQLError) {
            for tenant in tenants {
                var values = Parameters()
                values.add(int64: Int64(limit))
                values.add(text: tenant)
                var feedback = try EventReader.feedback(
                    try execute(AuditStatements.orphans, values)
                )
                try unseal(&feedback, of: tenant)
                all += feedback
            }
            return Array(all.sorted { $0.receivedAt > $1.receivedAt }.prefix(limit))
        } catch {
            throw AuditStoreError(error)
        }
    }

    // MARK: Steps

    /// One query for each pair of pseudonyms: those of other epochs are other values.
    private func list(
        _ filter: AuditFilter,
        tenant: String,
        _ hasDocuments: Bool
    ) throws(PostgreSQLError) -> [StoredEvent] {
        var events: [StoredEvent] = []
        let any: [[UInt8]?] = [nil]
        let patients = filter.patientPseudonyms.isEmpty ? any : filter.patientPseudonyms
        let users = filter.userPseudonyms.isEmpty ? any : filter.userPseudonyms
        for patient in patients {
            for user in users {
                let values = FilterParameters(
                    tenant: tenant,
                    patient: patient,
                    user: user,
                    hasDocuments: hasDocuments
                )
                let rows = try execute(AuditStatements.list, values.parameters(of: filter))
                for row in 0..<rows.rowCount {
                    events.append(try EventReader.event(rows, row))
                }
            }
        }
        return events
    }

    /// The events that showed a card or brought feedback on it, as far as the filter lets them.
    private func about(
        _ cardID: UUIDBytes,
        _ filter: AuditFilter,
        _ tenant: String,
        _ hasDocuments: Bool
    ) throws(PostgreSQLError) -> [StoredEvent] {
        var values = Parameters()
        values.add(text: tenant)
        values.add(uuid: cardID)
        values.add(int64: Int64(Limits.auditListRowsMax))
        var ids: Set<UUIDBytes> = []
        try Self.read(execute(AuditStatements.showing, values), into: &ids)
        try Self.read(execute(AuditStatements.answering, values), into: &ids)
        var events: [StoredEvent] = []
        var single = filter
        for id in ids where filter.eventID == nil || filter.eventID == id {
            single.eventID = id
            events += try list(single, tenant: tenant, hasDocuments)
        }
        return events
    }

    private static func read(
        _ rows: borrowing QueryResult,
        into ids: inout Set<UUIDBytes>
    ) throws(PostgreSQLError) {
        for row in 0..<rows.rowCount {
            if let id = try rows.uuid(row, 1) { ids.insert(id) }
        }
    }

    private func addFeedback(to events: inout [StoredEvent]) throws(AuditStoreError) {
        do throws(PostgreSQLError) {
            for position in events.indices where events[position].record.kind == .feedback {
                var values = Parameters()
                values.add(text: events[position].record.tenant)
                values.add(instant: events[position].record.startedAt)
                values.add(uuid: events[position].record.eventID)
                let rows = try connection.execute(AuditStatements.items, values)
                var feedback = try EventReader.feedback(rows)
                try unseal(&feedback, of: events[position].record.tenant)
                events[position].record.feedback = feedback.map(\.feedback)
                guard let told = feedback.first(where: { $0.sealing != .plain }) else { continue }
                events[position].sealing = told.sealing
                events[position].erasure = told.erasure
            }
        } catch {
            throw AuditStoreError(error)
        }
    }
}

extension AuditRecord {
    /// Whether it stands before another one where the newest stands first.
    package func isListed(before other: AuditRecord) -> Bool {
        (startedAt, eventID.high, eventID.low)
            > (other.startedAt, other.eventID.high, other.eventID.low)
    }
}
