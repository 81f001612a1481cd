/// The statements about what is in force.
enum DeploymentStatements {
    static let newest: StaticString = """
        SELECT DISTINCT ON (service) service, number, kind, made_at, made_by, reason, live_profile,
            live_digest, canary_profile, canary_digest, is_canary_active, evidence::text
        FROM model.deployment
        ORDER BY service, number DESC
        """

    static let history: StaticString = """
        SELECT service, number, kind, made_at, made_by, reason, live_profile, live_digest,
            canary_profile, canary_digest, is_canary_active, evidence::text
        FROM model.deployment
        WHERE service = $1
        ORDER BY number DESC
        LIMIT $2
        """

    /// Counts belong to the change that started a canary: its own number, or the one after which
    /// an automatic rollback ended it.
    static let totals: StaticString = """
        SELECT c.service, c.number, c.arm, c.profile, sum(c.cases)::int8, sum(c.refused)::int8,
            sum(c.failed)::int8, sum(c.slow)::int8
        FROM model.arm_count c
        WHERE c.number = (SELECT max(d.number) FROM model.deployment d
            WHERE d.service = c.service AND d.kind = 'canary-start')
        GROUP BY c.service, c.number, c.arm, c.profile
        """

    static let append: StaticString = """
        INSERT INTO model.deployment (service, number, kind, reason, live_profile, live_digest,
            canary_profile, canary_digest, is_canary_active)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """
}
