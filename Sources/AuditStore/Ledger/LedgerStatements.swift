/// The statements of the sequencer and of the verifier.
///
/// Pages go on behind a key, so that each is an index scan and the memory is that of a page.
enum LedgerStatements {
    /// The rows of a log behind a number.
    static let rows: StaticString = """
        SELECT e.tenant, e.started_at, e.event_id, e.kind, e.outcome, e.status,
               e.schema_version::int4, e.replayed_at, e.client, e.service, e.hook,
               e.hook_instance, e.arm, e.patient_pseudonym, e.user_pseudonym,
               e.encounter_pseudonym, e.pseudonym_epoch::int4, e.card_ids, e.indicator,
               e.missing_inputs, e.reason_code, e.trace_id, e.parent_span_id, e.flags,
               e.caused_by, e.artifacts, e.inputs, e.rejections, e.result, e.cards,
               e.request_digest, e.response_digest, e.stage_microseconds, e.details,
               e.duration_microseconds, e.client_method, e.client_key, e.client_algorithm,
               e.token_digest, e.certificate_digest, e.peer_address, e.hook_version,
               e.program_version, e.key_id, e.sealed_patient, e.sealed_user, e.sealed_encounter,
               e.sealed_inputs, e.sealed_rejections, e.sealed_result, e.sealed_cards,
               e.seq, e.leaf_hash, e.recorded_at, c.relname::text
        FROM audit.event e JOIN pg_catalog.pg_class c ON c.oid = e.tableoid
        WHERE e.log_id = $1 AND (e.seq, e.event_id) > ($2, $3)
        ORDER BY e.seq, e.event_id
        LIMIT 400
        """

    /// The adopted rows of a log behind a number; the event may be gone.
    static let adoptedRows: StaticString = """
        SELECT e.tenant, e.started_at, e.event_id, e.kind, e.outcome, e.status,
               e.schema_version::int4, e.replayed_at, e.client, e.service, e.hook,
               e.hook_instance, e.arm, e.patient_pseudonym, e.user_pseudonym,
               e.encounter_pseudonym, e.pseudonym_epoch::int4, e.card_ids, e.indicator,
               e.missing_inputs, e.reason_code, e.trace_id, e.parent_span_id, e.flags,
               e.caused_by, e.artifacts, e.inputs, e.rejections, e.result, e.cards,
               e.request_digest, e.response_digest, e.stage_microseconds, e.details,
               e.duration_microseconds, e.client_method, e.client_key, e.client_algorithm,
               e.token_digest, e.certificate_digest, e.peer_address, e.hook_version,
               e.program_version, e.key_id, e.sealed_patient, e.sealed_user, e.sealed_encounter,
               e.sealed_inputs, e.sealed_rejections, e.sealed_result, e.sealed_cards,
               a.seq, a.leaf_hash, e.recorded_at, c.relname::text, a.tenant, a.started_at,
               a.event_id
        FROM audit.adopted a
        LEFT JOIN audit.event e ON e.tenant = a.tenant AND e.started_at = a.started_at
            AND e.event_id = a.event_id AND e.log_id IS NULL
        LEFT JOIN pg_catalog.pg_class c ON c.oid = e.tableoid
        WHERE a.log_id = $1 AND a.seq > $2
        ORDER BY a.seq
        LIMIT 400
        """

    /// The rows that wait for a place, with themselves.
    static let unplaced: StaticString = """
        SELECT e.tenant, e.started_at, e.event_id, e.kind, e.outcome, e.status,
               e.schema_version::int4, e.replayed_at, e.client, e.service, e.hook,
               e.hook_instance, e.arm, e.patient_pseudonym, e.user_pseudonym,
               e.encounter_pseudonym, e.pseudonym_epoch::int4, e.card_ids, e.indicator,
               e.missing_inputs, e.reason_code, e.trace_id, e.parent_span_id, e.flags,
               e.caused_by, e.artifacts, e.inputs, e.rejections, e.result, e.cards,
               e.request_digest, e.response_digest, e.stage_microseconds, e.details,
               e.duration_microseconds, e.client_method, e.client_key, e.client_algorithm,
               e.token_digest, e.certificate_digest, e.peer_address, e.hook_version,
               e.program_version, e.key_id, e.sealed_patient, e.sealed_user, e.sealed_encounter,
               e.sealed_inputs, e.sealed_rejections, e.sealed_result, e.sealed_cards,
               u.arrival, e.recorded_at
        FROM (SELECT arrival, tenant, started_at, event_id FROM audit.unplaced
              ORDER BY arrival LIMIT 200) u
        LEFT JOIN audit.event e ON e.tenant = u.tenant AND e.started_at = u.started_at
            AND e.event_id = u.event_id AND e.log_id IS NULL
        ORDER BY u.arrival
        """

    static let cards: StaticString = """
        SELECT c.tenant, c.started_at, c.event_id, c.card_id, c.name
        FROM unnest($1::pg_catalog.text[], $2::pg_catalog.timestamptz[], $3::pg_catalog.uuid[])
            AS k (tenant, started_at, event_id)
        JOIN audit.card c ON c.tenant = k.tenant AND c.started_at = k.started_at
            AND c.event_id = k.event_id
        """

    static let items: StaticString = """
        SELECT f.tenant, f.started_at, f.event_id, f.item, f.card_id, f.outcome,
               f.accepted_suggestions, f.override_reason, f.user_comment, f.outcome_at, f.key_id,
               f.sealed_comment
        FROM unnest($1::pg_catalog.text[], $2::pg_catalog.timestamptz[], $3::pg_catalog.uuid[])
            AS k (tenant, started_at, event_id)
        JOIN audit.feedback f ON f.tenant = k.tenant AND f.started_at = k.started_at
            AND f.event_id = k.event_id
        ORDER BY f.tenant, f.started_at, f.event_id, f.item
        """

    /// The leaves of the tree, each with the batch that it names.
    static let entries: StaticString = """
        SELECT t.position, t.entry, t.log_id, t.first_seq, b.last_seq, b.root, b.recorded_at
        FROM audit.tree_leaf t
        LEFT JOIN audit.batch b ON b.log_id = t.log_id AND b.first_seq = t.first_seq
        WHERE t.position > $1
        ORDER BY t.position
        LIMIT 1000
        """

    static let checkpoints: StaticString = """
        SELECT size, note FROM audit.checkpoint WHERE size > $1 ORDER BY size LIMIT 1000
        """

    /// The newest checkpoints below a size.
    static let checkpointsBefore: StaticString = """
        SELECT size, note FROM audit.checkpoint WHERE size < $1 ORDER BY size DESC LIMIT 16
        """

    /// Whether the tree was ever signed, as far as the database says.
    static let wasSigned: StaticString = """
        SELECT heartbeat > 0 OR EXISTS (SELECT FROM audit.checkpoint)
        FROM audit.sequencer WHERE id = 1
        """

    static let logs: StaticString = """
        SELECT log_id, kind::int4, opened_at, program, place, public_key, previous_log,
               previous_seq, previous_hash, signature
        FROM audit.log
        WHERE (opened_at, log_id) > ($1, $2)
        ORDER BY opened_at, log_id
        LIMIT 400
        """

    static let batches: StaticString = """
        SELECT b.first_seq, b.last_seq, b.stamped_at, b.previous_hash, b.leaf_hashes, b.root,
               b.signature, b.recorded_at, t.position
        FROM audit.batch b
        LEFT JOIN audit.tree_leaf t ON t.log_id = b.log_id AND t.first_seq = b.first_seq
        WHERE b.log_id = $1 AND b.first_seq > $2 AND b.recorded_at >= $3
        ORDER BY b.first_seq
        LIMIT 400
        """

    /// The last row that the batches of a log hold.
    static let lastSequence: StaticString =
        "SELECT pg_catalog.max(last_seq) FROM audit.batch WHERE log_id = $1"

    /// Rows that belong to nothing: of unknown logs, without a place, and parts without an event.
    ///
    /// Only the rows of a gateway's log carry its id, from 0: what carries that of the sequencer's
    /// log, or a number below, is read with no log. A row that no gateway wrote must not bear the id
    /// of another event: it would be shown instead of it.
    static let strays: StaticString = """
        SELECT kind, tenant, started_at, event_id, log_id, seq FROM (
            SELECT 1 AS kind, tenant, started_at, event_id, log_id, seq
            FROM audit.event e
            WHERE log_id IS NOT NULL
              AND (seq IS NULL OR seq < 0
                  OR NOT EXISTS (SELECT FROM audit.log l
                      WHERE l.log_id = e.log_id AND l.kind = 1))
            UNION ALL
            SELECT 2, tenant, started_at, event_id, NULL, NULL
            FROM audit.event e
            WHERE log_id IS NULL
              AND NOT EXISTS (SELECT FROM audit.adopted a WHERE a.tenant = e.tenant
                  AND a.started_at = e.started_at AND a.event_id = e.event_id)
              AND NOT EXISTS (SELECT FROM audit.unplaced u WHERE u.tenant = e.tenant
                  AND u.started_at = e.started_at AND u.event_id = e.event_id)
            UNION ALL
            SELECT 3, tenant, started_at, event_id, NULL, NULL
            FROM audit.card c
            WHERE NOT EXISTS (SELECT FROM audit.event e WHERE e.tenant = c.tenant
                AND e.started_at = c.started_at AND e.event_id = c.event_id)
            UNION ALL
            SELECT 4, tenant, started_at, event_id, NULL, NULL
            FROM audit.feedback f
            WHERE NOT EXISTS (SELECT FROM audit.event e WHERE e.tenant = f.tenant
                AND e.started_at = f.started_at AND e.event_id = f.event_id)
            UNION ALL
            SELECT 5, NULL, b.recorded_at, b.log_id, b.log_id, b.first_seq
            FROM audit.batch b
            WHERE NOT EXISTS (SELECT FROM audit.log l WHERE l.log_id = b.log_id)
            UNION ALL
            SELECT 6, tenant, started_at, event_id, NULL, NULL
            FROM audit.event e
            WHERE log_id IS NULL
              AND EXISTS (SELECT FROM audit.event d WHERE d.tenant = e.tenant
                  AND d.event_id = e.event_id AND d.started_at <> e.started_at)
        ) strays
        LIMIT 100
        """

    /// The rows that wait for a place behind one of them; NULL for those that wait no more.
    static let waitingRows: StaticString = """
        SELECT u.arrival, e.tenant, e.event_id, e.kind, e.recorded_at
        FROM (SELECT arrival, tenant, started_at, event_id FROM audit.unplaced
              WHERE arrival > $1 ORDER BY arrival LIMIT 400) u
        LEFT JOIN audit.event e ON e.tenant = u.tenant AND e.started_at = u.started_at
            AND e.event_id = u.event_id AND e.log_id IS NULL
            AND NOT EXISTS (SELECT FROM audit.adopted a WHERE a.tenant = u.tenant
                AND a.started_at = u.started_at AND a.event_id = u.event_id)
        ORDER BY u.arrival
        """

    /// The first row whose key is gone without a record, and how many there are: of all tenants
    /// for the verifier (NULL), of one for its auditor.
    ///
    /// On record are erased keys, those that came after their patient was erased and were not taken
    /// (a gateway may use a key for minutes after it was made), and those of dropped months.
    static let lostKeys: StaticString = """
        SELECT count(*) OVER (), tenant, event_id, log_id, seq FROM (
            SELECT e.tenant, e.started_at, e.event_id, e.log_id, e.seq, e.key_id,
                   e.patient_pseudonym AS subject
            FROM audit.event e
            WHERE e.key_id IS NOT NULL AND ($1::text IS NULL OR e.tenant = $1)
            UNION ALL
            SELECT f.tenant, f.started_at, f.event_id, NULL, NULL, f.key_id,
                   pg_catalog.uuid_send(f.card_id)
            FROM audit.feedback f
            WHERE f.key_id IS NOT NULL AND ($1::text IS NULL OR f.tenant = $1)
        ) sealed
        WHERE NOT EXISTS (SELECT FROM audit.data_key k
                          WHERE k.tenant = sealed.tenant AND k.key_id = sealed.key_id)
          AND NOT EXISTS (SELECT FROM audit.erased_key k
                          WHERE k.tenant = sealed.tenant AND k.key_id = sealed.key_id)
          AND NOT EXISTS (SELECT FROM audit.erased_subject s
                          WHERE s.tenant = sealed.tenant AND s.subject = sealed.subject
                            AND sealed.started_at < s.made_before + interval '1 hour')
          AND NOT EXISTS (SELECT FROM audit.dropped_month d
                          WHERE d.relation = 'event_' || pg_catalog.to_char(
                              sealed.started_at AT TIME ZONE 'UTC', 'YYYYMM'))
        ORDER BY started_at, event_id
        LIMIT 1
        """

    /// How many words of the reviews of a tenant have a key that is gone without a record.
    ///
    /// They are no rows of the trail, are dropped with no month, and the verifier does not read
    /// them: a key that was erased is the only excuse.
    static let lostReviewKeys: StaticString = """
        SELECT count(*) FROM (
            SELECT r.tenant, r.key_id FROM audit.review r
            WHERE r.tenant = $1 AND r.key_id IS NOT NULL
            UNION ALL
            SELECT c.tenant, c.key_id FROM audit.review_closing c
            WHERE c.tenant = $1 AND c.key_id IS NOT NULL
        ) words
        WHERE NOT EXISTS (SELECT FROM audit.data_key k
                          WHERE k.tenant = words.tenant AND k.key_id = words.key_id)
          AND NOT EXISTS (SELECT FROM audit.erased_key k
                          WHERE k.tenant = words.tenant AND k.key_id = words.key_id)
        """

    /// What is on record of dropped months behind one of them; no clock has a say in the order.
    static let dropped: StaticString = """
        SELECT pg_catalog.to_char(month, 'YYYYMM')::pg_catalog.int4, relation, dropped_at,
               row_count, leaf_digest, places, month::pg_catalog.text
        FROM audit.dropped_month
        WHERE relation LIKE 'event\\_%' AND (month, relation) > ($1::pg_catalog.date, $2)
        ORDER BY month, relation
        LIMIT 100
        """

    /// The dropped months that have no leaf with their number.
    ///
    /// The leaf of a tombstone holds the number of its month where that of a batch holds its first
    /// row, so that an index tells which months have theirs, in whatever order they were dropped.
    static let withoutLeaf: StaticString = """
        SELECT pg_catalog.to_char(month, 'YYYYMM')::pg_catalog.int4, relation, dropped_at,
               row_count, leaf_digest, places
        FROM audit.dropped_month d
        WHERE relation LIKE 'event\\_%'
          AND NOT EXISTS (SELECT FROM audit.tree_leaf t WHERE t.log_id IS NULL
              AND t.first_seq = pg_catalog.to_char(d.month, 'YYYYMM')::pg_catalog.int8)
        ORDER BY month, relation
        """

    /// How many leaves of some places say that a restored database is in force, and nobody signed it.
    static let unsignedRestores: StaticString = """
        SELECT pg_catalog.count(*) FROM audit.tree_leaf
        WHERE position >= $1 AND position < $2 AND pg_catalog.get_byte(entry, 0) = 7
        """

    /// How many leaves of tombstones hold the number of their month.
    static let numberedLeaves: StaticString = """
        SELECT pg_catalog.count(*) FROM audit.tree_leaf
        WHERE log_id IS NULL AND first_seq IS NOT NULL
        """

    /// The leaves of tombstones of earlier versions, which hold no number.
    static let unnumberedLeaves: StaticString = """
        SELECT entry FROM audit.tree_leaf
        WHERE log_id IS NULL AND first_seq IS NULL AND pg_catalog.get_byte(entry, 0) IN (5, 9)
        """

    /// The tables of events, by the months that they are for.
    static let relations: StaticString = """
        SELECT c.relname::text
        FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'audit.event'::pg_catalog.regclass
        """

    static let tenants: StaticString = "SELECT tenant FROM audit.tenant ORDER BY tenant LIMIT 256"

    // The sequencer.

    static let take: StaticString = """
        SELECT size, hashes, heartbeat, is_adoption_complete, tombstones,
               pg_catalog.clock_timestamp()
        FROM audit.sequencer WHERE id = 1 FOR UPDATE SKIP LOCKED
        """

    static let unfolded: StaticString = """
        SELECT u.arrival, b.log_id, b.first_seq, b.last_seq, b.root, b.recorded_at
        FROM (SELECT arrival, log_id, first_seq FROM audit.unfolded
              ORDER BY arrival LIMIT 1000) u
        LEFT JOIN audit.batch b ON b.log_id = u.log_id AND b.first_seq = u.first_seq
        ORDER BY u.arrival
        """

    static let logsNamed: StaticString = """
        SELECT log_id, kind::int4, opened_at, program, place, public_key, previous_log,
               previous_seq, previous_hash, signature
        FROM audit.log WHERE log_id = ANY ($1)
        """

    static let addLeaves: StaticString = """
        INSERT INTO audit.tree_leaf (position, entry, log_id, first_seq)
        SELECT position, entry, log_id, first_seq
        FROM unnest($1::pg_catalog.int8[], $2::pg_catalog.bytea[], $3::pg_catalog.uuid[],
            $4::pg_catalog.int8[]) AS sent (position, entry, log_id, first_seq)
        """

    static let addNodes: StaticString = """
        INSERT INTO audit.tree_node (level, position, hash)
        SELECT level, position, hash
        FROM unnest($1::pg_catalog.int4[], $2::pg_catalog.int8[], $3::pg_catalog.bytea[])
            AS sent (level, position, hash)
        """

    static let addLog: StaticString = """
        INSERT INTO audit.log (
            log_id, kind, opened_at, program, place, public_key, previous_log, previous_seq,
            previous_hash, signature)
        VALUES ($1, $2::pg_catalog.int4, $3, $4, $5, $6, $7, $8, $9, $10)
        """

    static let addBatch: StaticString = """
        INSERT INTO audit.batch (
            log_id, first_seq, last_seq, stamped_at, previous_hash, leaf_hashes, root, signature)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """

    static let addAdopted: StaticString = """
        INSERT INTO audit.adopted (log_id, seq, leaf_hash, tenant, started_at, event_id)
        SELECT log_id, seq, leaf_hash, tenant, started_at, event_id
        FROM unnest($1::pg_catalog.uuid[], $2::pg_catalog.int8[], $3::pg_catalog.bytea[],
            $4::pg_catalog.text[], $5::pg_catalog.timestamptz[], $6::pg_catalog.uuid[])
            AS sent (log_id, seq, leaf_hash, tenant, started_at, event_id)
        """

    // Just what was read: a row with a lower number may have been committed since.
    static let folded: StaticString = """
        DELETE FROM audit.unfolded WHERE arrival = ANY ($1::pg_catalog.text::pg_catalog.int8[])
        """
    static let placed: StaticString = """
        DELETE FROM audit.unplaced WHERE arrival = ANY ($1::pg_catalog.text::pg_catalog.int8[])
        """

    static let addCheckpoint: StaticString = """
        INSERT INTO audit.checkpoint (size, note) VALUES ($1, $2)
        """

    static let keep: StaticString = """
        UPDATE audit.sequencer
        SET size = $1, hashes = $2, heartbeat = $3, is_adoption_complete = $4,
            tombstones = $5
        WHERE id = 1
        """

    static let leaves: StaticString = """
        SELECT position, entry FROM audit.tree_leaf WHERE position >= $1 AND position < $2
        ORDER BY position
        """

    static let nodes: StaticString = """
        SELECT position, hash FROM audit.tree_node
        WHERE level = $1 AND position >= $2 AND position < $3 ORDER BY position
        """

    static let waiting: StaticString = """
        SELECT (SELECT pg_catalog.count(*) FROM (
                SELECT FROM audit.unfolded LIMIT 1000) AS waiting)
            + CASE WHEN EXISTS (SELECT FROM audit.unplaced) THEN 1000 ELSE 0 END
        """

    // Receipts.

    /// An event with its place, its own or the one it was given, and how many of its tenant bear its
    /// id: of auditors' rows or of the others, as it is one of them.
    ///
    /// What an auditor wrote of a read stands behind what it could hide. Of two tenants it is the row
    /// that was there first: whoever takes the id of another's event knows it from there.
    static let eventPlace: StaticString = """
        SELECT e.tenant, e.started_at, e.event_id, e.kind, e.outcome, e.status,
               e.schema_version::int4, e.replayed_at, e.client, e.service, e.hook,
               e.hook_instance, e.arm, e.patient_pseudonym, e.user_pseudonym,
               e.encounter_pseudonym, e.pseudonym_epoch::int4, e.card_ids, e.indicator,
               e.missing_inputs, e.reason_code, e.trace_id, e.parent_span_id, e.flags,
               e.caused_by, e.artifacts, e.inputs, e.rejections, e.result, e.cards,
               e.request_digest, e.response_digest, e.stage_microseconds, e.details,
               e.duration_microseconds, e.client_method, e.client_key, e.client_algorithm,
               e.token_digest, e.certificate_digest, e.peer_address, e.hook_version,
               e.program_version, e.key_id, e.sealed_patient, e.sealed_user, e.sealed_encounter,
               e.sealed_inputs, e.sealed_rejections, e.sealed_result, e.sealed_cards,
               coalesce(e.log_id, a.log_id), coalesce(e.seq, a.seq), a.log_id IS NOT NULL,
               e.recorded_at, count(*) OVER (
                   PARTITION BY e.tenant, e.kind IN ('audit-read', 'audit-export', 'audit-review'))
        FROM audit.event e
        LEFT JOIN audit.adopted a ON a.tenant = e.tenant AND a.started_at = e.started_at
            AND a.event_id = e.event_id
        WHERE e.tenant = ANY (ARRAY(SELECT t.tenant FROM audit.tenant t)) AND e.event_id = $1
        ORDER BY e.kind IN ('audit-read', 'audit-export', 'audit-review'), e.recorded_at, e.tenant
        LIMIT 1
        """

    static let batchOf: StaticString = """
        SELECT b.first_seq, b.last_seq, b.stamped_at, b.previous_hash, b.leaf_hashes, b.root,
               b.signature, b.recorded_at, t.position, l.public_key, t.entry
        FROM audit.batch b
        JOIN audit.log l ON l.log_id = b.log_id
        LEFT JOIN audit.tree_leaf t ON t.log_id = b.log_id AND t.first_seq = b.first_seq
        WHERE b.log_id = $1 AND b.first_seq <= $2
        ORDER BY b.first_seq DESC
        LIMIT 1
        """

    static let lastCheckpoint: StaticString = """
        SELECT size, note FROM audit.checkpoint ORDER BY size DESC LIMIT 1
        """
}
