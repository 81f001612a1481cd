-- The full row: who called and how, what led to it, its sealed parts, and its place in the log.

ALTER TABLE audit.event
    -- How long the request took until its row was formed.
    ADD COLUMN duration_microseconds bigint CHECK (duration_microseconds >= 0),
    -- How the caller proved who it is, with which key: never a token or a part of one.
    ADD COLUMN client_method text CHECK (pg_catalog.length(client_method) <= 63),
    ADD COLUMN client_key text CHECK (pg_catalog.length(client_key) <= 255),
    ADD COLUMN client_algorithm text CHECK (pg_catalog.length(client_algorithm) <= 63),
    ADD COLUMN token_digest bytea CHECK (pg_catalog.octet_length(token_digest) = 32),
    ADD COLUMN certificate_digest bytea CHECK (pg_catalog.octet_length(certificate_digest) = 32),
    ADD COLUMN peer_address text CHECK (pg_catalog.length(peer_address) <= 63),
    ADD COLUMN hook_version text CHECK (pg_catalog.length(hook_version) <= 63),
    ADD COLUMN program_version text CHECK (pg_catalog.length(program_version) <= 127),
    -- The event that led to this one: a decision to its fetches, a question to its export.
    ADD COLUMN caused_by uuid,
    -- What changed, what was exported, why it was read: no patient data.
    ADD COLUMN details json,
    -- The documents with patient data, sealed under one key; NULL where there is none.
    ADD COLUMN key_id uuid,
    ADD COLUMN sealed_patient bytea,
    ADD COLUMN sealed_user bytea,
    ADD COLUMN sealed_encounter bytea,
    ADD COLUMN sealed_inputs bytea,
    ADD COLUMN sealed_rejections bytea,
    ADD COLUMN sealed_result bytea,
    ADD COLUMN sealed_cards bytea,
    ADD COLUMN pseudonym_epoch smallint CHECK (pseudonym_epoch > 0),
    -- The place in the log of one writer, and the hash of all of the row there.
    ADD COLUMN log_id uuid,
    ADD COLUMN seq bigint CHECK (seq >= 0),
    ADD COLUMN leaf_hash bytea CHECK (pg_catalog.octet_length(leaf_hash) = 32),
    ADD CONSTRAINT event_key_check CHECK (
        key_id IS NOT NULL
        OR (sealed_patient IS NULL AND sealed_user IS NULL AND sealed_encounter IS NULL
            AND sealed_inputs IS NULL AND sealed_rejections IS NULL AND sealed_result IS NULL
            AND sealed_cards IS NULL)),
    ADD CONSTRAINT event_place_check CHECK (
        (log_id IS NULL) = (seq IS NULL) AND (log_id IS NULL) = (leaf_hash IS NULL));

ALTER TABLE audit.event ALTER COLUMN schema_version SET DEFAULT 2;

-- A comment is sealed under a key of its card: it may speak of the patient.
ALTER TABLE audit.feedback
    ADD COLUMN key_id uuid,
    ADD COLUMN sealed_comment bytea,
    ADD CONSTRAINT feedback_key_check CHECK (key_id IS NOT NULL OR sealed_comment IS NULL);

-- A new check that only allows more: what is there has passed the old one.
ALTER TABLE audit.event DROP CONSTRAINT event_kind_check;
ALTER TABLE audit.event ADD CONSTRAINT event_kind_check CHECK (kind IN (
    'decision', 'feedback', 'rejected-request', 'authentication-failure',
    'configuration-change', 'start', 'stop', 'audit-read', 'evaluation', 'model-change', 'fetch',
    'audit-export', 'audit-review', 'erasure', 'legal-hold', 'key-change', 'retention'));

GRANT INSERT (
    duration_microseconds, client_method, client_key, client_algorithm, token_digest,
    certificate_digest, peer_address, hook_version, program_version, caused_by, details, key_id,
    sealed_patient, sealed_user, sealed_encounter, sealed_inputs, sealed_rejections,
    sealed_result, sealed_cards, pseudonym_epoch, log_id, seq, leaf_hash
) ON audit.event TO limen_writer;
