/// The statements of saved reviews.
enum ReviewStatements {
    static let add: StaticString = """
        INSERT INTO audit.review (
            tenant, review_id, made_by, title, question, period_from, period_to, settings)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """

    static let addRun: StaticString = """
        INSERT INTO audit.review_run (
            tenant, review_id, run_id, ran_by, found_count, is_complete, groups, found_digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """

    static let close: StaticString = """
        INSERT INTO audit.review_closing (tenant, review_id, closed_by, finding, run_id)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """

    static let list: StaticString = """
        SELECT review_id, made_at, made_by, title, question, period_from, period_to, settings
        FROM audit.review
        WHERE tenant = $1 AND ($2::pg_catalog.uuid IS NULL OR review_id = $2)
        ORDER BY made_at DESC, review_id DESC
        LIMIT $3
        """

    static let runs: StaticString = """
        SELECT run_id, ran_at, ran_by, found_count, is_complete, groups, found_digest
        FROM audit.review_run
        WHERE tenant = $1 AND review_id = $2
        ORDER BY ran_at DESC, run_id DESC
        LIMIT $3
        """

    static let closing: StaticString = """
        SELECT closed_at, closed_by, finding, run_id FROM audit.review_closing
        WHERE tenant = $1 AND review_id = $2
        """

    /// Cards of a time that nobody answered, newest first.
    static let unanswered: StaticString = """
        SELECT c.started_at, c.event_id, c.card_id, c.name FROM audit.card c
        WHERE c.tenant = $1 AND c.started_at >= $2 AND c.started_at < $3
          AND ($4::pg_catalog.timestamptz IS NULL OR c.started_at <= $4)
          AND ($4::pg_catalog.timestamptz IS NULL
               OR (c.started_at, c.event_id, c.card_id)
                   < ($4, $5::pg_catalog.uuid, $6::pg_catalog.uuid))
          AND NOT EXISTS (
              SELECT FROM audit.feedback f
              WHERE f.tenant = c.tenant AND f.card_id = c.card_id)
        ORDER BY c.started_at DESC, c.event_id DESC, c.card_id DESC
        LIMIT $7
        """
}
