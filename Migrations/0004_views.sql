-- What a compliance officer asks for, readable. The views run as their reader (security_invoker),
-- so the row policies of the tables hold.

-- Decisions with their look-up columns, pseudonyms and trace ids as hexadecimal text.
CREATE VIEW audit.decision WITH (security_invoker = true, security_barrier = true) AS
SELECT tenant, started_at, event_id, outcome, status, client, service, hook, hook_instance,
       encode(patient_pseudonym, 'hex') AS patient,
       encode(user_pseudonym, 'hex') AS "user",
       indicator, missing_inputs, reason_code, flags, replayed_at,
       encode(trace_id, 'hex') AS trace_id
FROM audit.event
WHERE kind = 'decision';

-- Feedback joined to the event that showed the card. `is_orphan`: this tenant was never shown such
-- a card.
CREATE VIEW audit.card_feedback WITH (security_invoker = true, security_barrier = true) AS
SELECT f.tenant, f.started_at AS received_at, f.event_id AS feedback_event_id, f.item,
       f.card_id, f.outcome, f.accepted_suggestions, f.override_reason, f.user_comment,
       f.outcome_at, shown.event_id AS answered_event_id, shown.started_at AS answered_at,
       shown.event_id IS NULL AS is_orphan
FROM audit.feedback f
LEFT JOIN LATERAL (
    SELECT c.event_id, c.started_at FROM audit.card c
    WHERE c.tenant = f.tenant AND c.card_id = f.card_id
    ORDER BY c.started_at DESC, c.event_id DESC
    LIMIT 1
) shown ON true;

GRANT SELECT ON audit.decision, audit.card_feedback TO limen_auditor;
