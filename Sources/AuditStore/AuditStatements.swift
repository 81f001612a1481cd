/// The statements of an auditor.
///
/// A value that is NULL does not narrow: the server folds it away before it plans, because the
/// statement is planned for these values.
enum AuditStatements {
    /// How pages are planned: each walks an index in the order of the list; and that what stands now
    /// is seen, as the record of a read needs it.
    ///
    /// Left to itself the planner sorts when it expects few rows, and scans months that are empty.
    static let settings: StaticString = """
        SELECT pg_catalog.set_config('enable_sort', 'off', false),
               pg_catalog.set_config('default_transaction_isolation', 'read committed', false)
        """

    /// Events by equality and time, newest first; each combination walks one index and stops.
    ///
    /// The documents are left out where `$21` is false: a CASE over a constant is folded away, so
    /// that nothing is read from where large values are kept.
    static let list: StaticString = """
        SELECT tenant, started_at, event_id, kind, outcome, status, recorded_at, replayed_at,
               client, service, hook, hook_instance, patient_pseudonym, user_pseudonym,
               encounter_pseudonym, card_ids, indicator, missing_inputs, reason_code, trace_id,
               parent_span_id, flags, arm,
               artifacts, CASE WHEN $21 THEN inputs END, CASE WHEN $21 THEN rejections END,
               CASE WHEN $21 THEN result END, CASE WHEN $21 THEN cards END, stage_microseconds,
               request_digest, response_digest, duration_microseconds, client_method, client_key,
               client_algorithm, token_digest, certificate_digest, peer_address, hook_version,
               program_version, caused_by, details, pseudonym_epoch,
               schema_version, log_id, seq, leaf_hash, key_id,
               CASE WHEN $21 THEN sealed_patient END, CASE WHEN $21 THEN sealed_user END,
               CASE WHEN $21 THEN sealed_encounter END, CASE WHEN $21 THEN sealed_inputs END,
               CASE WHEN $21 THEN sealed_rejections END, CASE WHEN $21 THEN sealed_result END,
               CASE WHEN $21 THEN sealed_cards END
        FROM audit.event
        WHERE tenant = $1
          AND ($2::text IS NULL OR kind = $2)
          AND ($3::text IS NULL OR outcome = $3)
          AND ($4::text IS NULL OR service = $4)
          AND ($5::bytea IS NULL OR patient_pseudonym = $5)
          AND ($6::uuid IS NULL OR hook_instance = $6)
          AND ($7::bytea IS NULL OR trace_id = $7)
          AND ($8::timestamptz IS NULL OR started_at >= $8)
          AND ($9::timestamptz IS NULL OR started_at < $9)
          AND ($10::timestamptz IS NULL OR started_at <= $10)
          AND ($10::timestamptz IS NULL OR (started_at, event_id) < ($10, $11::uuid))
          AND ($12::text IS NULL OR arm = $12)
          AND ($14::text IS NULL OR client = $14)
          AND ($15::text IS NULL OR profile_name = $15)
          AND ($16::text IS NULL OR model_sha256 = $16)
          AND ($17::text IS NULL OR reason_code = $17)
          AND ($18::bytea IS NULL OR user_pseudonym = $18)
          AND ($19::uuid IS NULL OR event_id = $19)
          AND ($20::uuid IS NULL OR caused_by = $20)
          AND (NOT $22 OR patient_pseudonym IS NULL)
        ORDER BY started_at DESC, event_id DESC
        LIMIT $13
        """

    /// The event of an id that is shown, and how many bear the id in its tenant.
    ///
    /// What an auditor wrote of a read stands behind what it could hide, however much it is.
    static let bearer: StaticString = """
        SELECT tenant, started_at, count(*) OVER (PARTITION BY tenant)
        FROM audit.event
        WHERE tenant = ANY ($1::text[]) AND event_id = $2
        ORDER BY kind IN ('audit-read', 'audit-export', 'audit-review'), started_at
        LIMIT 1
        """

    /// Which events showed a card, newest first.
    static let showing: StaticString = """
        SELECT started_at, event_id FROM audit.card
        WHERE tenant = $1 AND card_id = $2
        ORDER BY started_at DESC, event_id DESC
        LIMIT $3
        """

    /// Which events brought feedback on a card, newest first.
    static let answering: StaticString = """
        SELECT started_at, event_id FROM audit.feedback
        WHERE tenant = $1 AND card_id = $2
        ORDER BY started_at DESC, event_id DESC
        LIMIT $3
        """

    /// The months for which there are partitions; rows of others lie in the default partition.
    static let months: StaticString = """
        SELECT c.relname::pg_catalog.text FROM pg_catalog.pg_inherits i
        JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
        JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
        WHERE p.relname = 'event'
          AND p.relnamespace = 'audit'::pg_catalog.regnamespace
        ORDER BY 1
        """

    static let items: StaticString = """
        SELECT card_id, outcome, accepted_suggestions, override_reason, user_comment, outcome_at,
               event_id, started_at, key_id, sealed_comment
        FROM audit.feedback
        WHERE tenant = $1 AND started_at = $2 AND event_id = $3
        ORDER BY item
        LIMIT 1000
        """

    static let answers: StaticString = """
        SELECT card_id, outcome, accepted_suggestions, override_reason, user_comment, outcome_at,
               event_id, started_at, key_id, sealed_comment
        FROM audit.feedback
        WHERE tenant = $1 AND card_id = ANY ($2)
        ORDER BY started_at, event_id, item
        LIMIT 1000
        """

    static let orphans: StaticString = """
        SELECT c.card_id, c.outcome, c.accepted_suggestions, c.override_reason, c.user_comment,
               c.outcome_at, c.feedback_event_id, c.received_at, f.key_id, f.sealed_comment
        FROM audit.card_feedback c
        JOIN audit.feedback f ON f.tenant = c.tenant AND f.started_at = c.received_at
            AND f.event_id = c.feedback_event_id AND f.item = c.item
        WHERE c.is_orphan AND c.tenant = $2
        ORDER BY c.received_at DESC, c.feedback_event_id, c.item
        LIMIT $1
        """
}
