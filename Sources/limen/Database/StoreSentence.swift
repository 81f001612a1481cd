import AuditStore
import PostgreSQL

/// What the audit store's errors mean for whoever started the command.
enum StoreSentence {
    /// The sentence for a gateway that does not start.
    static func commandError(
        _ error: AuditStoreError,
        atStartOf settings: RunningService.Settings
    ) -> CommandError {
        guard error.code == .database, error.cause?.code == .connectionFailed else {
            return commandError(error)
        }
        if ServerPresence.ask(settings.writer) == .present {
            return CommandError(
                .unavailable,
                "the database is there and does not let the gateway in; check the login and the "
                    + "password, and how many connections it allows"
            )
        }
        let remedy =
            settings.spool == nil
            ? "; without a spool (--spool FOLDER) the gateway does not start while it is away" : ""
        return CommandError(
            .unavailable,
            "the database is away or its place is wrong (\(PostgreSQLError.Code.connectionFailed.rawValue)); "
                + "check that it runs and that the PG* variables name it" + remedy
        )
    }

    /// One sentence with its remedy.
    static func commandError(_ error: AuditStoreError) -> CommandError {
        let subject = error.subject ?? ""
        let state = error.cause?.sqlState.map { ", SQLSTATE " + $0 } ?? ""
        switch error.code {
        case .database where error.cause?.sqlState == "42501":
            return CommandError(
                .badInput,
                "the login of the connection may not do this\(state): it is not mapped to the "
                    + "tenant, or another login is for it; limen auditor list says what each may"
            )
        case .database:
            let code = error.cause?.code.rawValue ?? error.code.rawValue
            return CommandError(
                .unavailable,
                "the database cannot be used (\(code)\(state)); check that it runs and that the "
                    + "PG* variables name it"
            )
        case .migrationEdited:
            return CommandError(
                .badInput,
                "the migration \(subject) was applied and has been edited since; restore the file "
                    + "and put the change into a new migration"
            )
        case .migrationMissing:
            return CommandError(
                .badInput,
                "the database has the migration \(subject), which this checkout lacks; "
                    + "use a newer checkout"
            )
        case .migrationFailed:
            return CommandError(
                .badInput,
                "the migration \(subject) failed and was rolled back\(state)"
            )
        case .migrationWaited:
            return CommandError(
                .unavailable,
                "the migration \(subject) needs tables that are in use\(state); nothing was "
                    + "changed; let what holds them come to its end, and run it again"
            )
        case .migrationNames:
            return CommandError(
                .badInput,
                "\(subject) is not named as the next migration; names are 0001_name.sql and on"
            )
        case .superuserNeeded:
            return CommandError(
                .badInput,
                "the migration \(subject) makes roles; run limen migrate once as a superuser"
            )
        case .migrationsNotCurrent:
            return CommandError(
                .badInput,
                "the database has not the migrations of this program; run limen migrate"
            )
        case .notDurable:
            return CommandError(
                .badInput,
                "the database runs with \(subject) off, so a confirmed row could be lost; "
                    + "set it to on"
            )
        case .writerTooPowerful:
            return CommandError(
                .badInput,
                "the database login could pass by row security; log in as limen_writer"
            )
        case .invalidName, .invalidCursor:
            return CommandError(.usage, "a name or a cursor is not well-formed")
        case .unreadableRow:
            return CommandError(.internalError, "a stored row cannot be read back")
        case .unreadableCatalogue:
            return CommandError(
                .badInput,
                "Migrations/catalogue.txt cannot be read at \(subject); restore the file"
            )
        case .legalHold:
            return CommandError(.findings, "a legal hold forbids it; nothing was changed")
        case .keptByPolicy:
            return CommandError(
                .findings,
                "the policy of the tenant keeps these rows; nothing was changed"
            )
        case .nothingToErase:
            return CommandError(.findings, "there is nothing that may be erased")
        case .holdUnclear:
            return CommandError(
                .findings,
                "a legal hold stands under no pseudonym of this time, so nobody can tell whether it "
                    + "is this patient's; run limen audit hold follow, or set it again; nothing was "
                    + "changed"
            )
        case .wrappingKeyRemoved:
            return CommandError(
                .badInput,
                "the current wrapping key of the tenant was removed elsewhere; bring the key file "
                    + "up to date"
            )
        case .wrappingKeySuperseded:
            return CommandError(
                .badInput,
                "every gateway has left the wrapping key that the key file names as current, so "
                    + "nothing new is sealed under it; bring the key file up to date, or make a "
                    + "new key (limen audit keys rotate)"
            )
        case .wrappingKeyInUse:
            return CommandError(
                .findings,
                "the wrapping key is still in use; nothing was changed"
            )
        case .keysMissing:
            return CommandError(
                .badInput,
                "these words are sealed, which takes the keys of the tenant: name their folder with "
                    + "--keys or LIMEN_KEYS"
            )
        case .unknownTenant:
            return CommandError(
                .badInput,
                "there is no tenant \(subject); limen tenant list names them, limen tenant new "
                    + "makes one"
            )
        case .loginTaken:
            return CommandError(.badInput, "\(subject); nothing was changed")
        case .rightsMissing:
            return CommandError(
                .badInput,
                "this takes \(subject): name that login in PGUSER; nothing was changed"
            )
        case .noDescriptor:
            return CommandError(
                .unavailable,
                "the process has no file descriptor left; raise its limit (ulimit -n)"
            )
        }
    }
}
