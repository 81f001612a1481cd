import Audit
import AuditStore
import Basics
import Crypto
import Gateway
import PostgreSQL
import Posix
import Vault

/// As whom the audit trail is read, and how the read is recorded.
struct AuditAccess: Sendable {
    /// The tenant that is read.
    let tenant: String
    /// The login of the auditor, as the record of the read names it.
    let login: String
    /// How to log in as the tenant's auditor.
    let auditor: ConnectionSettings
    /// The tenant's key for cursors and, of the first epoch, pseudonyms, when we have it.
    let key: AuthenticationKey?
    /// The tenant's keys that open sealed rows, when we have them.
    let vault: TenantKeys?

    /// The options that choose it.
    static let options: Set<String> = ["tenant", "state", "keys"]

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
            let folder = parsed.value("keys") ?? Terminal.environment("LIMEN_KEYS")
            var key: AuthenticationKey?
            var vault: TenantKeys?
            if let folder {
                key = try ServeCommand.tenantKeys(folder)[tenant]
                vault = try Self.vault(VaultFiles.source(folder, tenant))
            }
            return AuditAccess(
                tenant: tenant,
                login: login,
                auditor: ConnectionSettings(conninfo: ""),
                key: key,
                vault: vault
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
            key: key.map { AuthenticationKey(Array($0.utf8)) },
            vault: try vault(VaultFiles.source(state, tenant))
        )
    }

    /// The keys of a source; `nil` when there are none: rows are then said to be sealed.
    private static func vault(_ source: KeySource) throws(CommandError) -> TenantKeys? {
        File.exists(path: source.path) ? try VaultFiles.read(source) : nil
    }

    /// The pseudonyms of a reference, such as `Patient/1`, in every epoch whose key we have.
    func pseudonyms(of reference: String) -> [[UInt8]] {
        guard let vault, !vault.pseudonyms.isEmpty else {
            return key.map { [$0.authenticate(reference)] } ?? []
        }
        return vault.pseudonyms.map { $0.key.authenticate(reference) }
    }

    /// The pseudonym of a reference in one epoch; `nil` when its key is not at hand.
    func pseudonym(of reference: String, epoch: Int) -> [UInt8]? {
        guard let vault, !vault.pseudonyms.isEmpty else {
            return epoch == 1 ? key?.authenticate(reference) : nil
        }
        return vault.pseudonyms.first { $0.epoch == epoch }?.key.authenticate(reference)
    }

    /// The newest epoch whose key is at hand; the first when there is a key of the tenant alone.
    var newestEpoch: Int? {
        vault?.currentPseudonym?.epoch ?? (key == nil ? nil : 1)
    }

    /// Logs in as the auditor.
    func open() throws(CommandError) -> AuditQuery {
        do {
            return try AuditQuery.open(
                auditor,
                opener: RecordOpener(KeyRing(vault.map { [$0] } ?? []))
            )
        } catch {
            throw StoreSentence.commandError(error)
        }
    }

    /// A filter with the word of the trail on what was given as a pseudonym of the patient.
    ///
    /// It may be an id, which the row of the read must not hold.
    func settled(
        _ filter: AuditFilter,
        on query: borrowing AuditQuery
    ) throws(CommandError) -> AuditFilter {
        guard let given = filter.patientGiven else { return filter }
        var filter = filter
        do {
            filter.isGivenKnown = try query.isPseudonym(given, of: tenant)
        } catch {
            throw StoreSentence.commandError(error)
        }
        return filter
    }

    /// Records that the trail was read: reading is an event of the trail.
    ///
    /// The auditor's own login writes it, so the name in the row is the one that read, whatever
    /// this program says.
    ///
    /// - Returns: The event.
    /// - Throws: `CommandError` when the record is not durable; then nothing may be shown.
    @discardableResult
    func record(
        _ note: ReadNote,
        _ kind: AuditRecord.Kind = .auditRead,
        on query: borrowing AuditQuery,
        isFound: Bool = true
    ) throws(CommandError) -> AuditRecord {
        let now = Clock.now()
        var note = note
        // A reader of an old row is found under the newest pseudonym, as all who read today are.
        if let reference = note.about?.patientReference, let epoch = newestEpoch {
            note.subject = pseudonym(of: reference, epoch: epoch).map {
                ReadNote.Subject(pseudonym: $0, epoch: epoch)
            }
        }
        var record = note.record(
            kind,
            tenant: tenant,
            client: login,
            eventID: .version7(at: now),
            now: now
        )
        record.programVersion = RunningService.version
        if !isFound { record.status = 404 }
        do {
            try query.record(record)
        } catch {
            // 42501: row security takes no such row of this login.
            guard error.cause?.sqlState == "42501",
                let standing = try? query.standing(of: tenant)
            else { throw StoreSentence.commandError(error) }
            let ahead = now.microseconds(since: standing.now) / 1_000_000
            throw refusal(isReader: standing.isReader, secondsAhead: ahead)
                ?? StoreSentence.commandError(error)
        }
        return record
    }

    /// Why row security takes no record of a read.
    ///
    /// - Parameters:
    ///   - isReader: Whether the login reads the tenant.
    ///   - secondsAhead: How far the clock here is ahead of the database's.
    /// - Returns: The sentence; `nil` when it is neither the tenant nor the clock.
    func refusal(isReader: Bool, secondsAhead: Int64) -> CommandError? {
        guard isReader else {
            return CommandError(
                .badInput,
                "\(login) does not read the tenant \(tenant); limen auditor list says who reads it, "
                    + "and limen auditor add lets a login read it"
            )
        }
        guard abs(secondsAhead) >= Self.clockSecondsMax else { return nil }
        return CommandError(
            .badInput,
            "the clock of this machine is \(abs(secondsAhead)) seconds "
                + "\(secondsAhead > 0 ? "ahead of" : "behind") that of the database, which takes the "
                + "record of a read within five minutes of now: set the clock, then read again"
        )
    }

    /// How far the clocks may be apart, as the database has it; a little less, because asking takes
    /// its time.
    private static let clockSecondsMax = 290

    /// Whether a text can be the name of a tenant, as the audit store has them.
    static func isName(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasSuffix("-")
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-")
            }
    }

    /// The reason of a read that shows what speaks of a patient.
    ///
    /// - Throws: `CommandError` with exit code 2 when there is none, one that says nothing, or one
    ///   that names the patient who is asked for.
    static func reason(
        _ parsed: Arguments,
        patient: String? = nil
    ) throws(CommandError) -> String {
        guard let reason = try optionalReason(parsed, patient: patient) else {
            throw CommandError(
                .usage,
                "this shows what is recorded of patients: say why with --reason TEXT; it is kept "
                    + "in the trail, so put no patient data into it"
            )
        }
        return reason
    }

    /// The reason, when one was given.
    static func optionalReason(
        _ parsed: Arguments,
        patient: String? = nil
    ) throws(CommandError) -> String? {
        guard let reason = parsed.value("reason") else { return nil }
        guard ReadNote.isReason(reason) else {
            throw CommandError(
                .usage,
                "--reason takes a sentence of one line, 3 characters or more and at most "
                    + "\(Limits.auditReasonBytesMax) bytes long"
            )
        }
        try refuseName(of: patient ?? parsed.value("patient"), in: reason)
        return reason
    }

    /// Refuses a reason that names the patient: it is kept as it stands, and not erased with them.
    static func refuseName(of patient: String?, in reason: String) throws(CommandError) {
        guard let patient = patient.flatMap(PatientName.init), patient.isNamed(in: reason) else {
            return
        }
        throw CommandError(.usage, "--reason names the patient; it is kept, so leave that out")
    }
}
