-- The life of a model: which version decided, and the kinds of event that come with it.

ALTER TABLE audit.event
    ADD COLUMN arm text CHECK (arm IN ('live', 'canary', 'shadow'));
GRANT INSERT (arm) ON audit.event TO limen_writer;

-- A new check that only allows more: what is there has passed the old one.
ALTER TABLE audit.event DROP CONSTRAINT event_kind_check;
ALTER TABLE audit.event ADD CONSTRAINT event_kind_check CHECK (kind IN (
    'decision', 'feedback', 'rejected-request', 'authentication-failure',
    'configuration-change', 'start', 'stop', 'audit-read', 'evaluation', 'model-change', 'fetch'));

-- The columns that are there keep their places: a view can only be added to at its end.
CREATE OR REPLACE VIEW audit.decision WITH (security_invoker = true, security_barrier = true) AS
SELECT tenant, started_at, event_id, outcome, status, client, service, hook, hook_instance,
       encode(patient_pseudonym, 'hex') AS patient,
       encode(user_pseudonym, 'hex') AS "user",
       indicator, missing_inputs, reason_code, flags, replayed_at,
       encode(trace_id, 'hex') AS trace_id,
       arm, kind
FROM audit.event
WHERE kind IN ('decision', 'evaluation');
