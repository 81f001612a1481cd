import PostgreSQL

/// The statements of the writer, prepared once for each connection.
///
/// ON CONFLICT names no target and nothing is returned: both would need the right to read.
///
/// A batch names each of its rows at its place, so none of them may be passed over because a row of
/// its key stands elsewhere (another process has written it): the batch would then name a row that
/// is not there, and `limen audit verify` would miss it for good. The database is sent `newBatch`
/// and `newEvent`, which fail instead (SQLSTATE 23505). What the spool keeps is sent with `batch`
/// and `event`, which pass over what is there: an entry may have landed before it was kept, and the
/// ids of its rows are made for one sending.
enum WriterStatements {
    static let begin: StaticString = "limen_begin"
    static let tenant: StaticString = "limen_tenant"
    static let key: StaticString = "limen_key"
    static let event: StaticString = "limen_event"
    static let newEvent: StaticString = "limen_new_event"
    static let card: StaticString = "limen_card"
    static let feedback: StaticString = "limen_feedback"
    static let log: StaticString = "limen_log"
    static let batch: StaticString = "limen_batch"
    static let newBatch: StaticString = "limen_new_batch"
    static let shown: StaticString = "limen_shown"
    static let commit: StaticString = "limen_commit"
    static let rollback: StaticString = "limen_rollback"
    static let durable: StaticString = "limen_durable"

    static func prepare(
        on connection: borrowing Connection,
        before deadline: Deadline,
        whileWaiting: () -> Void
    ) throws(PostgreSQLError) {
        for (name, text, ending) in all {
            try connection.prepare(
                name,
                text,
                ending: ending,
                timeoutMilliseconds: deadline.restMilliseconds,
                sliceMilliseconds: WriterLoop.sliceMilliseconds,
                whileWaiting: whileWaiting
            )
        }
    }

    private static var all: [(name: StaticString, text: StaticString, ending: StaticString)] {
        [
            (begin, "BEGIN", none),
            (tenant, "SELECT pg_catalog.set_config('limen.tenant', $1, true)", none),
            (key, keyText, passing), (event, eventText, passing), (newEvent, eventText, none),
            (card, cardText, passing), (feedback, feedbackText, passing),
            (log, logText, passing), (batch, batchText, passing), (newBatch, batchText, none),
            (shown, shownText, passing), (commit, "COMMIT", none), (rollback, "ROLLBACK", none),
            (durable, durableText, none),
        ]
    }

    /// The end of a statement that fails at a row that is there.
    private static let none: StaticString = " "
    /// The end of a statement that passes over a row that is there.
    private static let passing: StaticString = " ON CONFLICT DO NOTHING"

    /// Fails when the server no longer keeps what it confirms.
    ///
    /// It stands before each COMMIT: all three take effect with a reload, in connections that there
    /// are (PostgreSQL manual, sections 19.5.1 and 20.1). Nothing else of the writer divides, so
    /// SQLSTATE 22012 tells it (`PostgreSQLError.saysNotDurable`).
    private static let durableText: StaticString = """
        SELECT 1 / (pg_catalog.current_setting('fsync') = 'on'
            AND pg_catalog.current_setting('full_page_writes') = 'on'
            AND pg_catalog.current_setting('synchronous_commit') <> 'off')::pg_catalog.int4
        """

    /// Many events in one statement: what a statement costs by itself is paid once.
    ///
    /// `unnest` of several arrays must stand without its schema: the grammar knows it by that word.
    /// Lists within a row come as text and are cast, because `unnest` flattens arrays of arrays.
    private static let eventText: StaticString = """
        INSERT INTO audit.event (
            tenant, started_at, event_id, kind, outcome, status, replayed_at, client, service,
            hook, hook_instance, patient_pseudonym, user_pseudonym, encounter_pseudonym,
            artifacts, inputs, rejections, result, cards, card_ids, indicator, missing_inputs,
            reason_code, request_digest, response_digest, stage_microseconds, trace_id,
            parent_span_id, flags, arm, duration_microseconds, client_method, client_key,
            client_algorithm, token_digest, certificate_digest, peer_address, hook_version,
            program_version, caused_by, details, key_id, sealed_patient, sealed_user,
            sealed_encounter, sealed_inputs, sealed_rejections, sealed_result, sealed_cards,
            pseudonym_epoch, log_id, seq, leaf_hash)
        SELECT
            tenant, started_at, event_id, kind, outcome, status, replayed_at, client, service,
            hook, hook_instance, patient_pseudonym, user_pseudonym, encounter_pseudonym,
            artifacts, inputs, rejections, result, cards, card_ids::pg_catalog.uuid[],
            indicator, missing_inputs::pg_catalog.text[], reason_code, request_digest,
            response_digest, stage_microseconds, trace_id, parent_span_id,
            flags::pg_catalog.text[], arm, duration_microseconds, client_method, client_key,
            client_algorithm, token_digest, certificate_digest, peer_address, hook_version,
            program_version, caused_by, details, key_id, sealed_patient, sealed_user,
            sealed_encounter, sealed_inputs, sealed_rejections, sealed_result, sealed_cards,
            pseudonym_epoch, log_id, seq, leaf_hash
        FROM unnest(
            $1::pg_catalog.text[], $2::pg_catalog.timestamptz[], $3::pg_catalog.uuid[],
            $4::pg_catalog.text[], $5::pg_catalog.text[], $6::pg_catalog.int4[],
            $7::pg_catalog.timestamptz[], $8::pg_catalog.text[], $9::pg_catalog.text[],
            $10::pg_catalog.text[], $11::pg_catalog.uuid[], $12::pg_catalog.bytea[],
            $13::pg_catalog.bytea[], $14::pg_catalog.bytea[], $15::pg_catalog.json[],
            $16::pg_catalog.json[], $17::pg_catalog.json[], $18::pg_catalog.json[],
            $19::pg_catalog.json[], $20::pg_catalog.text[], $21::pg_catalog.text[],
            $22::pg_catalog.text[], $23::pg_catalog.text[], $24::pg_catalog.bytea[],
            $25::pg_catalog.bytea[], $26::pg_catalog.json[], $27::pg_catalog.bytea[],
            $28::pg_catalog.bytea[], $29::pg_catalog.text[],
            $30::pg_catalog.text[],
            $31::pg_catalog.int8[], $32::pg_catalog.text[], $33::pg_catalog.text[],
            $34::pg_catalog.text[], $35::pg_catalog.bytea[], $36::pg_catalog.bytea[],
            $37::pg_catalog.text[], $38::pg_catalog.text[], $39::pg_catalog.text[],
            $40::pg_catalog.uuid[], $41::pg_catalog.json[], $42::pg_catalog.uuid[],
            $43::pg_catalog.bytea[], $44::pg_catalog.bytea[], $45::pg_catalog.bytea[],
            $46::pg_catalog.bytea[], $47::pg_catalog.bytea[], $48::pg_catalog.bytea[],
            $49::pg_catalog.bytea[], $50::pg_catalog.int4[],
            $51::pg_catalog.uuid[], $52::pg_catalog.int8[], $53::pg_catalog.bytea[]
        ) AS sent (
            tenant, started_at, event_id, kind, outcome, status, replayed_at, client, service,
            hook, hook_instance, patient_pseudonym, user_pseudonym, encounter_pseudonym,
            artifacts, inputs, rejections, result, cards, card_ids, indicator, missing_inputs,
            reason_code, request_digest, response_digest, stage_microseconds, trace_id,
            parent_span_id, flags, arm, duration_microseconds, client_method, client_key,
            client_algorithm, token_digest, certificate_digest, peer_address, hook_version,
            program_version, caused_by, details, key_id, sealed_patient, sealed_user,
            sealed_encounter, sealed_inputs, sealed_rejections, sealed_result, sealed_cards,
            pseudonym_epoch, log_id, seq, leaf_hash)
        """

    private static let logText: StaticString = """
        INSERT INTO audit.log (
            log_id, kind, opened_at, program, place, public_key, previous_log, previous_seq,
            previous_hash, signature)
        VALUES ($1, $2::pg_catalog.int4, $3, $4, $5, $6, $7, $8, $9, $10)
        """

    private static let batchText: StaticString = """
        INSERT INTO audit.batch (
            log_id, first_seq, last_seq, stamped_at, previous_hash, leaf_hashes, root, signature)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """

    /// Keys stand in the transaction of the first row that needs them.
    private static let keyText: StaticString = """
        INSERT INTO audit.data_key (
            tenant, key_id, subject, month, wrapping_key, wrapped, created_at)
        SELECT
            tenant, key_id, subject, month::pg_catalog.date, wrapping_key, wrapped, created_at
        FROM unnest(
            $1::pg_catalog.text[], $2::pg_catalog.uuid[], $3::pg_catalog.bytea[],
            $4::pg_catalog.text[], $5::pg_catalog.text[], $6::pg_catalog.bytea[],
            $7::pg_catalog.timestamptz[]
        ) AS sent (
            tenant, key_id, subject, month, wrapping_key, wrapped, created_at)
        """

    private static let cardText: StaticString = """
        INSERT INTO audit.card (
            tenant, started_at, event_id, card_id, name)
        SELECT
            tenant, started_at, event_id, card_id, name
        FROM unnest(
            $1::pg_catalog.text[], $2::pg_catalog.timestamptz[], $3::pg_catalog.uuid[],
            $4::pg_catalog.uuid[], $5::pg_catalog.text[]
        ) AS sent (
            tenant, started_at, event_id, card_id, name)
        """

    private static let feedbackText: StaticString = """
        INSERT INTO audit.feedback (
            tenant, started_at, event_id, item, card_id, outcome, accepted_suggestions,
            override_reason, user_comment, outcome_at, key_id, sealed_comment)
        SELECT
            tenant, started_at, event_id, item, card_id, outcome,
            accepted_suggestions::pg_catalog.text[], override_reason, user_comment, outcome_at,
            key_id, sealed_comment
        FROM unnest(
            $1::pg_catalog.text[], $2::pg_catalog.timestamptz[], $3::pg_catalog.uuid[],
            $4::pg_catalog.int4[], $5::pg_catalog.uuid[], $6::pg_catalog.text[],
            $7::pg_catalog.text[], $8::pg_catalog.text[], $9::pg_catalog.text[],
            $10::pg_catalog.timestamptz[], $11::pg_catalog.uuid[], $12::pg_catalog.bytea[]
        ) AS sent (
            tenant, started_at, event_id, item, card_id, outcome, accepted_suggestions,
            override_reason, user_comment, outcome_at, key_id, sealed_comment)
        """

    private static let shownText: StaticString = """
        INSERT INTO audit.shown (
            tenant, subject, shown_at, event_id, state, forgotten_at)
        SELECT
            tenant, subject, shown_at, event_id, state, forgotten_at
        FROM unnest(
            $1::pg_catalog.text[], $2::pg_catalog.bytea[], $3::pg_catalog.timestamptz[],
            $4::pg_catalog.uuid[], $5::pg_catalog.bytea[], $6::pg_catalog.timestamptz[]
        ) AS sent (
            tenant, subject, shown_at, event_id, state, forgotten_at)
        """
}

extension PostgreSQLError {
    /// Whether the server has said that it no longer keeps what it confirms; its transaction is
    /// undone.
    ///
    /// SQLSTATE 22012 is a division by zero.
    var saysNotDurable: Bool { code == .statementFailed && sqlState == "22012" }

    /// Whether a row of the same key is there and committed (SQLSTATE 23505, unique violation).
    var saysStanding: Bool { code == .statementFailed && sqlState == "23505" }
}
