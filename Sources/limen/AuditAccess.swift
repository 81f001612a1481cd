import Audit
import AuditStore
import Crypto
import PostgreSQL
import Posix

/// As whom the audit trail is read, and how the read is recorded.
struct AuditAccess: Sendable {
    /// The tenant that is read.
    let tenant: String
    /// The login of the auditor, as the record of the read names it.
    let login: String
    /// How to log in as the tenant's auditor.
    let auditor: ConnectionSettings
    /// How to log in as the writer, to record the read; `nil` when we have no such login.
    let writer: ConnectionSettings?
    /// The tenant's key for pseudonyms, when we have it.
    let key: AuthenticationKey?
    /// The migrations of this program.
    let migrations: [MigrationFile]

    /// The demo tenant of a state folder; or, when `PGUSER` is set, the login that it names.
    static func choose(_ parsed: Arguments) throws(CommandError) -> AuditAccess {
        let tenant = parsed.value("tenant") ?? DemoClient.tenant
        guard isName(tenant) else {
            throw CommandError(
                .usage,
                "--tenant takes up to 63 lower-case letters, digits and hyphens"
            )
        }
        if let login = Terminal.environment("PGUSER"), parsed.value("state") == nil {
            return AuditAccess(
                tenant: tenant,
                login: login,
                auditor: ConnectionSettings(conninfo: ""),
                writer: nil,
                key: nil,
                migrations: []
            )
        }
        let database = try AuditDatabase.running(parsed)
        let state = database.state
        let login = AuditDatabase.auditorLogin(of: tenant)
        let key = try state.text("secrets/tenant-" + tenant + ".key")
        return AuditAccess(
            tenant: tenant,
            login: login,
            auditor: try database.existingSettings(as: login),
            writer: try database.existingSettings(as: "limen_writer"),
            key: key.map { AuthenticationKey(Array($0.utf8)) },
            migrations: try AuditDatabase.migrationFiles(home: try ConfigurationFiles.home())
        )
    }

    /// Records that the trail was read: reading is an event of the trail.
    ///
    /// - Parameters:
    ///   - flags: What was asked: the command and the names of its filters, not their values.
    ///   - patientPseudonym: The patient who was searched for.
    ///   - isFound: Whether what was asked for is there.
    /// - Throws: `CommandError` when the record is not durable; then nothing may be shown.
    func recordRead(
        flags: [String],
        patientPseudonym: [UInt8]? = nil,
        isFound: Bool = true
    ) async throws(CommandError) {
        guard let writer else {
            Terminal.writeError("limen: this login cannot record that the trail was read\n")
            return
        }
        let now = Clock.now()
        var record = AuditRecord(
            eventID: .version7(at: now),
            tenant: tenant,
            kind: .auditRead,
            outcome: .done,
            startedAt: now,
            status: isFound ? 200 : 404
        )
        record.client = login
        record.patientPseudonym = patientPseudonym
        record.flags = flags
        do throws(AuditStoreError) {
            let sink = try PostgreSQLAuditSink.open(writer, migrations: migrations, writerCount: 1)
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

    /// Whether a text can be the name of a tenant, as the audit store has them.
    static func isName(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasSuffix("-")
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-")
            }
    }
}
