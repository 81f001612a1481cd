package import Basics
import PostgreSQL

extension AuditQuery {
    /// What became of the cards that were shown in a time, and of feedback on cards nobody showed.
    ///
    /// - Parameters:
    ///   - tenant: the tenant; one that the auditor may not read gives no groups.
    ///   - grouping: what cards are grouped by; an hour is one of the day, in UTC.
    ///   - from: the first moment at which a card was shown.
    ///   - end: the moment before which it was shown.
    /// - Returns: the groups by name, how many items of feedback are about no card of ours, and how
    ///   many came later than their client was granted.
    /// - Throws: `AuditStoreError`.
    package func feedbackReport(
        tenant: String,
        by grouping: FeedbackGroup.Grouping,
        from: Instant?,
        until end: Instant?
    ) throws(AuditStoreError) -> (
        groups: [FeedbackGroup], orphanCount: Int, lateCount: Int
    ) {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: tenant)
            values.add(instant: from)
            values.add(instant: end)
            values.add(text: grouping.rawValue)
            let rows = try execute(Self.responses, values)
            var groups: [FeedbackGroup] = []
            for row in 0..<rows.rowCount {
                let name = try rows.text(row, 0) ?? ""
                let outcome = try rows.text(row, 1)
                let reason = try rows.text(row, 2) ?? ""
                let count = Int(try rows.integer(row, 3) ?? 0)
                let isRepeated = try rows.bool(row, 4) ?? false
                let last = groups.last?.name == name ? groups.removeLast() : nil
                groups.append(
                    FeedbackGroup(
                        name: name,
                        shown: (last?.shown ?? 0) + (isRepeated ? 0 : count),
                        suppressed: (last?.suppressed ?? 0) + (isRepeated ? count : 0),
                        accepted: (last?.accepted ?? 0)
                            + (outcome == "accepted" && !isRepeated ? count : 0),
                        overridden: (last?.overridden ?? [])
                            + (outcome == "overridden" && !isRepeated ? [(reason, count)] : [])
                    )
                )
            }
            var orphanValues = Parameters()
            orphanValues.add(text: tenant)
            orphanValues.add(instant: from)
            orphanValues.add(instant: end)
            let orphans = try execute(Self.orphans, orphanValues)
            guard orphans.rowCount > 0 else { throw PostgreSQLError(code: .unexpectedResult) }
            return (
                groups, try orphans.integer(0, 0) ?? 0, try orphans.integer(0, 1) ?? 0
            )
        } catch {
            throw AuditStoreError(error)
        }
    }

    private static let responses: StaticString = """
        SELECT name, outcome, reason, pg_catalog.count(*), is_repeated FROM (
            SELECT coalesce(CASE $4::pg_catalog.text
                       WHEN 'service' THEN service
                       WHEN 'card' THEN coalesce(service, '') || '/' || coalesce(name, '')
                       WHEN 'client' THEN client
                       WHEN 'hour' THEN pg_catalog.to_char(shown_at AT TIME ZONE 'UTC', 'HH24')
                   END, '') AS name,
                   outcome, is_repeated,
                   CASE WHEN outcome = 'overridden' THEN coalesce(override_reason,
                       CASE WHEN has_comment THEN 'comment only' ELSE '' END) END AS reason
            FROM audit.card_response
            WHERE tenant = $1
                AND ($2::pg_catalog.timestamptz IS NULL OR shown_at >= $2)
                AND ($3::pg_catalog.timestamptz IS NULL OR shown_at < $3)
        ) shown
        GROUP BY name, outcome, reason, is_repeated
        ORDER BY name, is_repeated, outcome, pg_catalog.count(*) DESC, reason
        """

    private static let orphans: StaticString = """
        SELECT pg_catalog.count(*) FILTER (WHERE is_orphan),
               pg_catalog.count(*) FILTER (WHERE is_late)
        FROM audit.card_feedback
        WHERE tenant = $1
            AND ($2::pg_catalog.timestamptz IS NULL OR received_at >= $2)
            AND ($3::pg_catalog.timestamptz IS NULL OR received_at < $3)
        """
}
