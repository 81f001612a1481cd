package import PostgreSQL

/// Why the audit store cannot be opened, migrated or read.
package struct AuditStoreError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        /// The database failed; see `cause`.
        case database = "LIMEN-STORE-001"
        /// A migration file that was applied has been edited since; see `subject`.
        case migrationEdited = "LIMEN-STORE-002"
        /// A migration was applied whose file is missing; see `subject`.
        case migrationMissing = "LIMEN-STORE-003"
        /// A migration failed and was rolled back; see `subject` and `cause`.
        case migrationFailed = "LIMEN-STORE-004"
        /// A migration did not get the tables that it alters, however often it tried; see `subject` for
        /// the file and for who held them up.
        case migrationWaited = "LIMEN-STORE-039"
        /// The files are not named `0001_name.sql`, `0002_name.sql` and so on without a gap.
        case migrationNames = "LIMEN-STORE-005"
        /// The first migration makes roles and needs a superuser.
        case superuserNeeded = "LIMEN-STORE-006"
        /// The database has other migrations than this program's.
        case migrationsNotCurrent = "LIMEN-STORE-007"
        /// The server does not keep what it has confirmed; see `subject` for the setting.
        case notDurable = "LIMEN-STORE-008"
        /// The writer's login could pass by row security.
        case writerTooPowerful = "LIMEN-STORE-009"
        /// A name is not one that a tenant or a login may have.
        case invalidName = "LIMEN-STORE-010"
        /// A continuation token is not one of ours.
        case invalidCursor = "LIMEN-STORE-011"
        /// A stored row cannot be read back.
        case unreadableRow = "LIMEN-STORE-012"
        /// The machine has no descriptor left.
        case noDescriptor = "LIMEN-STORE-013"
        /// The expectation of `limen doctor` cannot be read; see `subject`.
        case unreadableCatalogue = "LIMEN-STORE-040"
        /// A legal hold forbids it.
        case legalHold = "LIMEN-STORE-031"
        /// The policy of the tenant, or the law, keeps it longer.
        case keptByPolicy = "LIMEN-STORE-032"
        /// There is nothing that may be destroyed.
        case nothingToErase = "LIMEN-STORE-033"
        /// A legal hold stands under no pseudonym that could be compared with these.
        case holdUnclear = "LIMEN-STORE-034"
        /// What was to be stored is sealed under a wrapping key that was removed.
        case wrappingKeyRemoved = "LIMEN-STORE-035"
        /// Data keys or gateways still need the wrapping key.
        case wrappingKeyInUse = "LIMEN-STORE-036"
        /// What was to be stored is sealed under a wrapping key that wraps nothing more.
        case wrappingKeySuperseded = "LIMEN-STORE-038"
        /// There are words to seal, and no keys of the tenant to seal them with.
        case keysMissing = "LIMEN-STORE-037"
        /// There is no tenant of this name; see `subject`.
        case unknownTenant = "LIMEN-STORE-051"
        /// There is a login of this name that is not to be had; see `subject` for what it is.
        case loginTaken = "LIMEN-STORE-052"
        /// The login of the connection may not do it; see `subject` for whose rights it takes.
        case rightsMissing = "LIMEN-STORE-053"
    }

    /// What is wrong.
    package let code: Code
    /// The migration file, server setting, tenant or role that it is about.
    package let subject: String?
    /// What the database said.
    package let cause: PostgreSQLError?

    /// Makes an error.
    package init(code: Code, subject: String? = nil, cause: PostgreSQLError? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }

    /// Whether the server is there and no row may be trusted to it until somebody has acted.
    ///
    /// A standby is none of these: after a fail-over another server takes its place.
    package var isFailedCheck: Bool {
        switch code {
        case .notDurable: subject != Self.recovery
        case .migrationsNotCurrent, .writerTooPowerful: true
        case .database, .migrationEdited, .migrationMissing, .migrationFailed, .migrationWaited,
            .migrationNames, .superuserNeeded, .invalidName, .invalidCursor, .unreadableRow,
            .noDescriptor,
            .unreadableCatalogue, .legalHold, .keptByPolicy, .nothingToErase, .holdUnclear,
            .wrappingKeyRemoved, .wrappingKeyInUse, .wrappingKeySuperseded, .keysMissing,
            .unknownTenant, .loginTaken, .rightsMissing:
            false
        }
    }

    /// Whether the server has said no, so that nothing was changed.
    ///
    /// Otherwise the statement may have been committed and its answer be lost: the connection broke,
    /// the server was late or went down (57P0x), or does not know itself (class 08, 40003).
    package var isRefusal: Bool {
        guard code == .database else { return true }
        guard let cause, cause.code == .statementFailed, let state = cause.sqlState else {
            return false
        }
        return !["08", "40003", "57P"].contains { state.hasPrefix($0) }
    }

    /// Whether it says that the database is away, and nothing against it.
    ///
    /// A login that is refused looks to libpq like a server that does not answer; so the server is
    /// asked whether it is there. The thread waits for it.
    package func isAbsence(of settings: ConnectionSettings) -> Bool {
        if code == .notDurable { return subject == Self.recovery }
        guard code == .database, let cause else { return false }
        switch cause.code {
        case .connectionFailed:
            switch ServerPresence.ask(settings) {
            case .absent, .notReady: return true
            case .present, .unusableSettings: return false
            }
        case .connectionLost, .timeout: return true
        case .statementFailed: return cause.isTransient
        case .unexpectedResult, .invalidSettings: return false
        }
    }

    /// The subject of a server that is a standby.
    static let recovery = "recovery"

    /// Makes an error of the database's.
    init(_ cause: PostgreSQLError) {
        let code: Code =
            switch cause.sqlState {
            // Our own functions raise these (Migrations, vault).
            case "LV001": .legalHold
            case "LV002": .keptByPolicy
            case "LV003": .nothingToErase
            case "LV004": .holdUnclear
            case "LV005": .wrappingKeyRemoved
            case "LV006": .wrappingKeyInUse
            case "LV007": .wrappingKeySuperseded
            default: .database
            }
        self.init(code: code, cause: cause)
    }
}
