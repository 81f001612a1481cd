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
    /// - Returns: the groups by name, and how many items of feedback are about no card of ours.
    /// - Throws: `AuditStoreError`.
    package func feedbackReport(
        tenant: String,
        by grouping: FeedbackGroup.Grouping,
        from: Instant?,
        until end: Instant?
    ) throws(AuditStoreError) -> (groups: [FeedbackGroup], orphanCount: Int) {
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
                let last = groups.last?.name == name ? groups.removeLast() : nil
                groups.append(
                    FeedbackGroup(
                        name: name,
                        shown: (last?.shown ?? 0) + count,
                        accepted: (last?.accepted ?? 0) + (outcome == "accepted" ? count : 0),
                        overridden: (last?.overridden ?? [])
                            + (outcome == "overridden" ? [(reason, count)] : [])
                    )
                )
            }
            var orphanValues = Parameters()
            orphanValues.add(text: tenant)
            orphanValues.add(instant: from)
            orphanValues.add(instant: end)
            let orphans = try execute(Self.orphans, orphanValues)
            let orphanCount = orphans.rowCount > 0 ? Int(try orphans.integer(0, 0) ?? 0) : 0
            return (groups, orphanCount)
        } catch {
            throw AuditStoreError(error)
        }
    }

    private static let responses: StaticString = """
        SELECT name, outcome, reason, pg_catalog.count(*) FROM (
            SELECT coalesce(CASE $4::pg_catalog.text
                       WHEN 'service' THEN service
                       WHEN 'card' THEN coalesce(service, '') || '/' || coalesce(name, '')
                       WHEN 'client' THEN client
                       WHEN 'hour' THEN pg_catalog.to_char(shown_at AT TIME ZONE 'UTC', 'HH24')
                   END, '') AS name,
                   outcome,
                   CASE WHEN outcome = 'overridden' THEN coalesce(override_reason,
                       CASE WHEN has_comment THEN 'comment only' ELSE '' END) END AS reason
            FROM audit.card_response
            WHERE tenant = $1
                AND ($2::pg_catalog.timestamptz IS NULL OR shown_at >= $2)
                AND ($3::pg_catalog.timestamptz IS NULL OR shown_at < $3)
        ) shown
        GROUP BY name, outcome, reason
        ORDER BY name, outcome, pg_catalog.count(*) DESC, reason
        """

    private static let orphans: StaticString = """
        SELECT pg_catalog.count(*) FROM audit.card_feedback
        WHERE tenant = $1 AND is_orphan
            AND ($2::pg_catalog.timestamptz IS NULL OR received_at >= $2)
            AND ($3::pg_catalog.timestamptz IS NULL OR received_at < $3)
        """
}
