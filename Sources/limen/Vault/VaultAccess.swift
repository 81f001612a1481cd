import Audit
import AuditStore
import Basics
import Crypto
import JSON
import PostgreSQL
import Posix
import Vault

/// As whom keys are changed, and how that is recorded.
///
/// With a state folder the logins are those that `limen up` has made. With a PostgreSQL of one's
/// own, `PG*` names the auditor, and `LIMEN_WRITER_DATABASE`, `LIMEN_ERASER_DATABASE`,
/// `LIMEN_REWRAPPER_DATABASE` and `LIMEN_RETENTION_DATABASE` hold the connection strings of the
/// others, as far as a command needs them.
struct VaultAccess {
    /// Who changes something.
    enum Role: String {
        case writer
        case eraser
        case rewrapper
        case retention
    }

    /// A patient whom a deed is about.
    struct Patient {
        /// The reference, such as `Patient/1`.
        let reference: String
        /// The pseudonym of the newest epoch.
        let pseudonym: [UInt8]
        /// The epoch.
        let epoch: Int
    }

    /// The auditor of the tenant, with its keys.
    let audit: AuditAccess
    /// Where the keys of the tenant lie.
    let source: KeySource
    private let database: AuditDatabase?

    /// The tenant.
    var tenant: String { audit.tenant }

    static func choose(_ parsed: Arguments) throws(CommandError) -> VaultAccess {
        let audit = try AuditAccess.choose(parsed)
        if Terminal.environment("PGUSER") != nil, parsed.value("state") == nil {
            guard let folder = parsed.value("keys") ?? Terminal.environment("LIMEN_KEYS") else {
                throw CommandError(
                    .badInput,
                    "name the folder with the tenant's keys with --keys or LIMEN_KEYS"
                )
            }
            return VaultAccess(
                audit: audit,
                source: VaultFiles.source(folder, audit.tenant),
                database: nil
            )
        }
        let database = try AuditDatabase.running(parsed)
        return VaultAccess(
            audit: audit,
            source: VaultFiles.source(database.state, audit.tenant),
            database: database
        )
    }

    /// The keys of the tenant.
    func keys() throws(CommandError) -> TenantKeys { try VaultFiles.read(source) }

    /// How to log in for a role.
    func settings(_ role: Role) throws(CommandError) -> ConnectionSettings {
        if let database {
            switch role {
            case .writer: return try database.existingSettings(as: "limen_writer")
            case .eraser:
                return try database.existingSettings(as: AuditDatabase.eraserLogin(of: tenant))
            case .rewrapper:
                return try database.existingSettings(as: AuditDatabase.rewrapperLogin(of: tenant))
            case .retention: return try database.existingSettings(as: "limen_retention")
            }
        }
        let name = "LIMEN_\(role.rawValue.uppercased())_DATABASE"
        guard let conninfo = Terminal.environment(name) else {
            throw CommandError(
                .badInput,
                "set \(name) to the connection string of the \(role.rawValue)"
            )
        }
        return ConnectionSettings(conninfo: conninfo)
    }

    /// Opens the database as a role.
    func store(_ role: Role) throws(CommandError) -> KeyStore {
        let settings = try settings(role)
        do throws(AuditStoreError) {
            return try KeyStore.open(settings)
        } catch {
            throw StoreSentence.commandError(error)
        }
    }

    /// Records a deed; durable when it returns.
    ///
    /// The event has an id of its own, which rows of the deed name, words for what was done, and
    /// details without patient data. A patient whom it is about is named as in any row: by pseudonym,
    /// and sealed.
    func record(
        _ kind: AuditRecord.Kind,
        _ eventID: UUIDBytes,
        flags: [String],
        causedBy cause: UUIDBytes? = nil,
        about patient: Patient? = nil,
        outcome: AuditRecord.Outcome = .done,
        _ write: (inout JSONWriter) -> Void
    ) async throws(CommandError) {
        var writer = JSONWriter()
        writer.beginObject()
        write(&writer)
        writer.endObject()
        var record = AuditRecord(
            eventID: eventID,
            tenant: tenant,
            kind: kind,
            outcome: outcome,
            startedAt: Clock.now(),
            status: outcome == .done ? 200 : 409
        )
        record.client = audit.login
        record.flags = flags
        record.causedBy = cause
        record.programVersion = RunningService.version
        record.details = writer.bytes
        var ring = KeyRing()
        if let patient {
            record.patientPseudonym = patient.pseudonym
            record.pseudonymEpoch = patient.epoch
            record.patientReference = patient.reference
            ring = KeyRing([try keys()])
        }
        let settings = try settings(.writer)
        let migrations = try AuditDatabase.migrationFiles(home: try ConfigurationFiles.home())
        let identity = try LedgerFolder.open(
            try LedgerFolder.path(database?.state),
            of: settings
        ).identity()
        do throws(AuditStoreError) {
            let sink = try PostgreSQLAuditSink.open(
                settings,
                sealer: RecordSealer(ring),
                migrations: migrations,
                identity: identity,
                writerCount: 1
            )
            defer { sink.close() }
            do {
                try await sink.append(record)
            } catch {
                throw AuditStoreError(code: .database)
            }
        } catch {
            throw StoreSentence.commandError(error)
        }
    }

    /// The reason of a deed: one line, and not naming the patient.
    static func reason(
        _ parsed: Arguments,
        patient: String? = nil
    ) throws(CommandError) -> String {
        guard let reason = parsed.value("reason"), ReadNote.isReason(reason), reason.count <= 200
        else {
            throw CommandError(
                .usage,
                "say why with --reason TEXT, one line of 3 to 200 characters; it is kept, so put "
                    + "no patient data into it"
            )
        }
        try AuditAccess.refuseName(of: patient, in: reason)
        return reason
    }
}
