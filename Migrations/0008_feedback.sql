-- What became of each card: by its name in the hook document, which its uuid does not tell.

ALTER TABLE audit.card ADD COLUMN name text;

-- Feedback joined to the decision that showed the card. Feedback itself shows nothing, so its own
-- event does not count: a card that no decision showed is an orphan.
CREATE OR REPLACE VIEW audit.card_feedback
    WITH (security_invoker = true, security_barrier = true) AS
SELECT f.tenant, f.started_at AS received_at, f.event_id AS feedback_event_id, f.item,
       f.card_id, f.outcome, f.accepted_suggestions, f.override_reason, f.user_comment,
       f.outcome_at, shown.event_id AS answered_event_id, shown.started_at AS answered_at,
       shown.event_id IS NULL AS is_orphan
FROM audit.feedback f
LEFT JOIN LATERAL (
    SELECT c.event_id, c.started_at
    FROM audit.card c
    JOIN audit.event e
        ON e.tenant = c.tenant AND e.started_at = c.started_at AND e.event_id = c.event_id
    WHERE c.tenant = f.tenant AND c.card_id = f.card_id AND e.kind = 'decision'
    ORDER BY c.started_at DESC, c.event_id DESC
    LIMIT 1
) shown ON true;

-- One row for each card that was shown, with the last that was said of it. A repeated hookInstance
-- shows the same card again, and feedback may come again: each counts once (CDS Hooks 2.0,
-- feedback: a card that was ignored may be accepted later).
CREATE VIEW audit.card_response WITH (security_invoker = true, security_barrier = true) AS
SELECT first.tenant, first.card_id, first.started_at AS shown_at, first.name, e.service, e.hook,
       e.client, e.indicator, said.outcome, said.override_reason,
       said.user_comment IS NOT NULL AS has_comment, said.said_at
FROM (
    SELECT DISTINCT ON (c.tenant, c.card_id) c.tenant, c.card_id, c.started_at, c.event_id, c.name
    FROM audit.card c
    JOIN audit.event d
        ON d.tenant = c.tenant AND d.started_at = c.started_at AND d.event_id = c.event_id
    WHERE d.kind = 'decision'
    ORDER BY c.tenant, c.card_id, c.started_at, c.event_id
) first
JOIN audit.event e
    ON e.tenant = first.tenant AND e.started_at = first.started_at
    AND e.event_id = first.event_id
LEFT JOIN LATERAL (
    SELECT f.outcome, f.override_reason, f.user_comment,
           coalesce(f.outcome_at, f.started_at) AS said_at
    FROM audit.feedback f
    WHERE f.tenant = first.tenant AND f.card_id = first.card_id
    ORDER BY coalesce(f.outcome_at, f.started_at) DESC, f.started_at DESC, f.event_id DESC,
             f.item DESC
    LIMIT 1
) said ON true;

GRANT SELECT ON audit.card_response TO limen_auditor;
