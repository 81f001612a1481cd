package import Audit
package import Basics
import PostgreSQL

/// What an auditor may know of keys, erasures and holds.
extension AuditQuery {
    /// What there is of a patient that an erasure is about.
    package struct ErasureFacts: Sendable, Equatable {
        /// The cards that were shown about the patient.
        package var cardIDs: [UUIDBytes] = []
        /// How many rows are sealed under keys of the patient.
        package var sealedRowCount = 0
        /// How many rows of before sealing hold data in plain; only their month's end erases them.
        package var plainRowCount = 0
        /// How many comments on those cards are sealed.
        package var commentCount = 0
        /// The events of late whose memory of shown cards may still be there.
        package var recentEventIDs: [UUIDBytes] = []
        /// The epochs that the rows say their pseudonyms are of.
        package var epochs: Set<Int> = []

        /// Makes facts of nothing.
        package init() {}
    }

    /// How many keys a wrapping key has wrapped.
    package struct WrappingCount: Sendable, Equatable {
        /// The wrapping key.
        package let name: String
        /// How many keys of rows lie wrapped under it, those given up not counted.
        package let liveCount: Int
        /// How many keys of notes, which auditors add, lie wrapped under it.
        package let noteCount: Int
        /// How many keys that name it were given up, because they do not open.
        package let givenUpCount: Int
        /// How many erased keys were ever wrapped under it.
        package let erasedCount: Int
    }

    /// A legal hold.
    package struct Hold: Sendable, Equatable {
        /// Its id.
        package let holdID: UUIDBytes
        /// Whether it holds the whole tenant.
        package let isOnAll: Bool
        /// Why it was set.
        package let reason: String
        /// When.
        package let setAt: Instant
        /// By which login.
        package let setBy: String
        /// When it was lifted; `nil` while it stands.
        package let liftedAt: Instant?
    }

    /// What there is of a patient, under the pseudonyms of all epochs.
    package func erasureFacts(
        tenant: String,
        pseudonyms: [[UInt8]]
    ) throws(AuditStoreError) -> ErasureFacts {
        do throws(PostgreSQLError) {
            var facts = ErasureFacts()
            for pseudonym in pseudonyms {
                var values = Parameters()
                values.add(text: tenant)
                values.add(bytes: pseudonym)
                let rows = try execute(Self.patientRows, values)
                facts.sealedRowCount += try rows.integer(0, 0) ?? 0
                facts.plainRowCount += try rows.integer(0, 1) ?? 0
                facts.cardIDs += try rows.uuids(0, 2) ?? []
                facts.recentEventIDs += try rows.uuids(0, 3) ?? []
                for epoch in [try rows.integer(0, 4), try rows.integer(0, 5)] {
                    if let epoch { facts.epochs.insert(epoch) }
                }
            }
            var values = Parameters()
            values.add(text: tenant)
            values.add(uuids: facts.cardIDs)
            let rows = try execute(Self.comments, values)
            facts.commentCount = try rows.integer(0, 0) ?? 0
            return facts
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// How many keys each wrapping key has wrapped.
    package func wrappingCounts(
        tenant: String
    ) throws(AuditStoreError) -> [WrappingCount] {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: tenant)
            let rows = try execute(Self.wrappings, values)
            var counts: [WrappingCount] = []
            for row in 0..<rows.rowCount {
                counts.append(
                    WrappingCount(
                        name: try rows.text(row, 0) ?? "",
                        liveCount: try rows.integer(row, 1) ?? 0,
                        noteCount: try rows.integer(row, 3) ?? 0,
                        givenUpCount: try rows.integer(row, 4) ?? 0,
                        erasedCount: try rows.integer(row, 2) ?? 0
                    )
                )
            }
            return counts
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// How many rows and notes name a key that is gone, with no record of its end.
    package func lostKeyCount(tenant: String) throws(AuditStoreError) -> Int {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: tenant)
            let rows = try execute(LedgerStatements.lostKeys, values)
            let rowCount = rows.rowCount > 0 ? try rows.integer(0, 0) ?? 0 : 0
            return rowCount
                + (try execute(LedgerStatements.lostReviewKeys, values).integer(0, 0) ?? 0)
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// The data keys of a tenant behind one of them, by their ids, a thousand at most; those that
    /// were given up are left out.
    package func dataKeys(
        tenant: String,
        behind: UUIDBytes
    ) throws(AuditStoreError) -> [WrappedKey] {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: tenant)
            values.add(uuid: behind)
            let rows = try execute(Self.dataKeyPage, values)
            var keys: [WrappedKey] = []
            for row in 0..<rows.rowCount {
                guard let id = try rows.uuid(row, 0), let subject = rows.bytes(row, 1),
                    let days = try rows.integer(row, 2), let name = try rows.text(row, 3),
                    let wrapped = rows.bytes(row, 4), let createdAt = try rows.instant(row, 5)
                else { throw PostgreSQLError(code: .unexpectedResult) }
                keys.append(
                    WrappedKey(
                        tenant: tenant,
                        keyID: id,
                        subject: subject,
                        month: CivilDate(daysSinceEpoch: days),
                        wrappingKey: name,
                        wrapped: wrapped,
                        createdAt: createdAt
                    )
                )
            }
            return keys
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// A hold on a patient that stands.
    package struct PatientHold: Sendable, Equatable {
        /// Its id.
        package let holdID: UUIDBytes
        /// The pseudonyms that it stands under.
        package let subjects: [[UInt8]]
        /// The epochs in which it stands under one.
        package let epochs: Set<Int>
    }

    /// The holds on patients that stand, with the pseudonyms and epochs that they stand under.
    package func patientHolds(tenant: String) throws(AuditStoreError) -> [PatientHold] {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: tenant)
            let rows = try execute(Self.patientHoldStatement, values)
            var subjects: [UUIDBytes: [[UInt8]]] = [:]
            var epochs: [UUIDBytes: Set<Int>] = [:]
            for row in 0..<rows.rowCount {
                guard let id = try rows.uuid(row, 0), let subject = rows.bytes(row, 1) else {
                    throw PostgreSQLError(code: .unexpectedResult)
                }
                subjects[id, default: []].append(subject)
                if let epoch = try rows.integer(row, 2) { epochs[id, default: []].insert(epoch) }
            }
            return subjects.map {
                PatientHold(holdID: $0.key, subjects: $0.value, epochs: epochs[$0.key] ?? [])
            }.sorted { $0.holdID.text < $1.holdID.text }
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// The legal holds of a tenant, the newest first.
    package func holds(tenant: String) throws(AuditStoreError) -> [Hold] {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: tenant)
            let rows = try execute(Self.holdStatement, values)
            var holds: [Hold] = []
            for row in 0..<rows.rowCount {
                guard let id = try rows.uuid(row, 0), let setAt = try rows.instant(row, 3) else {
                    throw PostgreSQLError(code: .unexpectedResult)
                }
                holds.append(
                    Hold(
                        holdID: id,
                        isOnAll: try rows.bool(row, 1) ?? false,
                        reason: try rows.text(row, 2) ?? "",
                        setAt: setAt,
                        setBy: try rows.text(row, 4) ?? "",
                        liftedAt: try rows.instant(row, 5)
                    )
                )
            }
            return holds
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// The last decision of the last two minutes whose pseudonyms are of an epoch though another
    /// gateway had begun a later one before; `nil` when there is none.
    package func lastStraggler(tenant: String, epoch: Int) throws(AuditStoreError) -> Instant? {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: tenant)
            values.add(int32: Int32(clamping: epoch))
            let rows = try execute(Self.stragglers, values)
            return try rows.instant(0, 0)
        } catch {
            throw AuditStoreError(error)
        }
    }

    private static let stragglers: StaticString = """
        SELECT max(e.started_at) FROM audit.event e
        WHERE e.tenant = $1 AND e.kind = 'decision'
          AND e.started_at > pg_catalog.now() - interval '2 minutes'
          AND coalesce(e.pseudonym_epoch, 1) = $2
          AND e.started_at > (
              SELECT min(l.started_at) FROM audit.event l
              WHERE l.tenant = $1 AND l.kind = 'decision'
                AND l.started_at > pg_catalog.now() - interval '10 minutes'
                AND l.pseudonym_epoch > $2)
        """

    private static let patientRows: StaticString = """
        SELECT count(*) FILTER (WHERE key_id IS NOT NULL),
               count(*) FILTER (WHERE key_id IS NULL AND (inputs IS NOT NULL OR result IS NOT NULL
                   OR cards IS NOT NULL OR rejections IS NOT NULL)),
               coalesce((SELECT array_agg(DISTINCT c) FROM audit.event d, unnest(d.card_ids) c
                   WHERE d.tenant = $1 AND d.patient_pseudonym = $2), '{}'),
               coalesce((SELECT array_agg(r.event_id) FROM audit.event r
                   WHERE r.tenant = $1 AND r.patient_pseudonym = $2 AND r.kind = 'decision'
                     AND r.started_at > pg_catalog.now() - interval '33 days'), '{}'),
               min(coalesce(pseudonym_epoch, 1)) FILTER (WHERE kind = 'decision')::int,
               max(coalesce(pseudonym_epoch, 1)) FILTER (WHERE kind = 'decision')::int
        FROM audit.event WHERE tenant = $1 AND patient_pseudonym = $2
        """

    private static let comments: StaticString = """
        SELECT count(*) FROM audit.feedback
        WHERE tenant = $1 AND card_id = ANY ($2) AND sealed_comment IS NOT NULL
        """

    private static let wrappings: StaticString = """
        SELECT name, sum(live)::bigint, sum(erased)::bigint, sum(notes)::bigint,
               sum(given_up)::bigint
        FROM (
            SELECT wrapping_key AS name,
                   count(*) FILTER (WHERE given_up_by IS NULL AND NOT is_note) AS live,
                   count(*) FILTER (WHERE given_up_by IS NULL AND is_note) AS notes,
                   count(given_up_by) AS given_up, 0 AS erased
            FROM audit.data_key WHERE tenant = $1 GROUP BY 1
            UNION ALL
            SELECT w, 0, 0, 0, count(*) FROM audit.erased_key e, unnest(e.wrapping_keys) w
            WHERE e.tenant = $1 GROUP BY 1
        ) counted GROUP BY 1 ORDER BY 1
        """

    private static let dataKeyPage: StaticString = """
        SELECT key_id, subject, month - date '1970-01-01', wrapping_key, wrapped, created_at
        FROM audit.data_key
        WHERE tenant = $1 AND key_id > $2 AND given_up_by IS NULL
        ORDER BY key_id LIMIT 1000
        """

    private static let patientHoldStatement: StaticString = """
        SELECT h.hold_id, h.subject, NULL::int FROM audit.legal_hold h
        WHERE h.tenant = $1 AND pg_catalog.octet_length(h.subject) = 32
          AND NOT EXISTS (SELECT FROM audit.lifted_hold l
                          WHERE l.tenant = h.tenant AND l.hold_id = h.hold_id)
        UNION ALL
        SELECT k.hold_id, k.subject, k.epoch::int FROM audit.held_subject k
        WHERE k.tenant = $1
          AND NOT EXISTS (SELECT FROM audit.lifted_hold l
                          WHERE l.tenant = k.tenant AND l.hold_id = k.hold_id)
        """

    private static let holdStatement: StaticString = """
        SELECT h.hold_id, bool_or(h.subject = ''::bytea), min(h.reason), min(h.set_at),
               min(h.set_by), min(l.lifted_at)
        FROM audit.legal_hold h
        LEFT JOIN audit.lifted_hold l ON l.tenant = h.tenant AND l.hold_id = h.hold_id
        WHERE h.tenant = $1 GROUP BY h.hold_id ORDER BY 4 DESC LIMIT 1000
        """
}
