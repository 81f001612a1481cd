/// The statements of an auditor.
///
/// A value that is NULL does not narrow: the server folds it away before it plans, because the
/// statement is planned for these values.
enum AuditStatements {
    static let list: StaticString = """
        SELECT tenant, started_at, event_id, kind, outcome, status, recorded_at, replayed_at,
               client, service, hook, hook_instance, patient_pseudonym, user_pseudonym,
               encounter_pseudonym, card_ids, indicator, missing_inputs, reason_code, trace_id,
               parent_span_id, flags, arm
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
        ORDER BY started_at DESC, event_id DESC
        LIMIT $13
        """

    static let show: StaticString = """
        SELECT tenant, started_at, event_id, kind, outcome, status, recorded_at, replayed_at,
               client, service, hook, hook_instance, patient_pseudonym, user_pseudonym,
               encounter_pseudonym, card_ids, indicator, missing_inputs, reason_code, trace_id,
               parent_span_id, flags, arm,
               artifacts, inputs, rejections, result, cards, stage_microseconds, request_digest,
               response_digest, duration_microseconds, client_method, client_key,
               client_algorithm, token_digest, certificate_digest, peer_address, hook_version,
               program_version, caused_by, details, pseudonym_epoch
        FROM audit.event
        WHERE tenant = ANY ($1) AND event_id = $2
        ORDER BY started_at
        LIMIT 1
        """

    static let items: StaticString = """
        SELECT card_id, outcome, accepted_suggestions, override_reason, user_comment, outcome_at,
               event_id, started_at
        FROM audit.feedback
        WHERE tenant = $1 AND started_at = $2 AND event_id = $3
        ORDER BY item
        LIMIT 1000
        """

    static let answers: StaticString = """
        SELECT card_id, outcome, accepted_suggestions, override_reason, user_comment, outcome_at,
               event_id, started_at
        FROM audit.feedback
        WHERE tenant = $1 AND card_id = ANY ($2)
        ORDER BY started_at, event_id, item
        LIMIT 1000
        """

    static let orphans: StaticString = """
        SELECT card_id, outcome, accepted_suggestions, override_reason, user_comment, outcome_at,
               feedback_event_id, received_at
        FROM audit.card_feedback
        WHERE is_orphan
        ORDER BY received_at DESC, feedback_event_id, item
        LIMIT $1
        """
}
