/// The statements of saved reviews.
enum ReviewStatements {
    static let add: StaticString = """
        INSERT INTO audit.review (
            tenant, review_id, made_by, title, question, period_from, period_to, settings)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """

    /// A review with a sealed title, and its key, which the database takes only behind its note.
    static let addSealed: StaticString = """
        WITH review AS (
            INSERT INTO audit.review (
                tenant, review_id, made_by, sealed_title, question, period_from, period_to,
                settings, key_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            RETURNING key_id
        )
        INSERT INTO audit.data_key (
            tenant, key_id, subject, month, wrapping_key, wrapped, created_at, is_note)
        SELECT $1, key_id, $10, $11::text::pg_catalog.date, $12, $13, $14, true FROM review
        """

    static let addRun: StaticString = """
        INSERT INTO audit.review_run (
            tenant, review_id, run_id, ran_by, found_count, is_complete, groups, found_digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """

    /// The end of a review with its sealed words, and their key when there was none before.
    static let close: StaticString = """
        WITH closing AS (
            INSERT INTO audit.review_closing (
                tenant, review_id, closed_by, sealed_finding, run_id, key_id)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT DO NOTHING RETURNING key_id
        )
        INSERT INTO audit.data_key (
            tenant, key_id, subject, month, wrapping_key, wrapped, created_at, is_note)
        SELECT $1, key_id, $7, $8::text::pg_catalog.date, $9, $10, $11, true FROM closing
        """

    static let list: StaticString = """
        SELECT review_id, made_at, made_by, title, question, period_from, period_to, settings,
               key_id, sealed_title
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
        SELECT closed_at, closed_by, finding, run_id, key_id, sealed_finding
        FROM audit.review_closing
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
