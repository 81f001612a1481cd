package import Audit
package import Basics
import PostgreSQL

extension AuditQuery {
    /// Records that the trail was read, as the auditor who reads: durable when it returns.
    ///
    /// The database takes it only under the login's own name, of a tenant that the login may read,
    /// for a moment of now, and of the kinds `audit-read`, `audit-export` and `audit-review`.
    ///
    /// - Throws: `AuditStoreError`; then nothing may be shown.
    package func record(_ record: AuditRecord) throws(AuditStoreError) {
        var values = Parameters()
        values.add(text: record.tenant)
        values.add(instant: record.startedAt)
        values.add(uuid: record.eventID)
        values.add(text: record.kind.rawValue)
        values.add(text: record.outcome.rawValue)
        values.add(int32: Int32(clamping: record.status))
        values.add(uuid: record.hookInstance)
        values.add(bytes: record.patientPseudonym)
        values.add(texts: record.flags)
        values.add(text: record.programVersion)
        values.add(uuid: record.causedBy)
        values.add(json: record.details)
        values.add(int32: record.pseudonymEpoch.map { Int32(clamping: $0) })
        do throws(PostgreSQLError) {
            _ = try execute(Self.recordRead, values)
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Whether the login reads a tenant, and what the database's clock says.
    package func standing(
        of tenant: String
    ) throws(AuditStoreError) -> (isReader: Bool, now: Instant) {
        var values = Parameters()
        values.add(text: tenant)
        do throws(PostgreSQLError) {
            let rows = try execute(Self.readerStanding, values)
            guard let isReader = try rows.bool(0, 0), let now = try rows.instant(0, 1) else {
                throw PostgreSQLError(code: .unexpectedResult)
            }
            return (isReader, now)
        } catch {
            throw AuditStoreError(error)
        }
    }

    private static let readerStanding: StaticString = """
        SELECT EXISTS (SELECT FROM audit.auditor_tenant
                       WHERE login = session_user AND tenant = $1),
               pg_catalog.clock_timestamp()
        """

    /// Whether the trail has a value as the pseudonym of a patient.
    ///
    /// A read that was given one names it without an epoch, whatever was given; so such rows alone
    /// do not make a pseudonym of it.
    package func isPseudonym(
        _ value: [UInt8],
        of tenant: String
    ) throws(AuditStoreError) -> Bool {
        var values = Parameters()
        values.add(text: tenant)
        values.add(bytes: value)
        do throws(PostgreSQLError) {
            return try execute(Self.knownPseudonym, values).bool(0, 0) ?? false
        } catch {
            throw AuditStoreError(error)
        }
    }

    private static let knownPseudonym: StaticString = """
        SELECT EXISTS (SELECT FROM audit.event
            WHERE tenant = $1 AND patient_pseudonym = $2
              AND (pseudonym_epoch IS NOT NULL
                  OR kind NOT IN ('audit-read', 'audit-export', 'audit-review')))
        """

    private static let recordRead: StaticString = """
        INSERT INTO audit.event (
            tenant, started_at, event_id, kind, outcome, status, client, hook_instance,
            patient_pseudonym, card_ids, missing_inputs, flags, program_version, caused_by,
            details, pseudonym_epoch)
        VALUES (
            $1, $2, $3, $4, $5, $6, session_user, $7, $8, '{}', '{}', $9, $10, $11, $12,
            $13::pg_catalog.int2)
        """
}
