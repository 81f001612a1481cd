import AuditStore
import JSON

/// What `limen auditor` says of what it did.
struct AuditorPage {
    let login: String

    // MARK: Added

    func text(
        _ addition: Provisioning.Addition,
        _ role: ReaderRole,
        asked: [String]
    ) -> String {
        var lines = [
            "\(login)  \(addition.isNewLogin ? "made" : "there already"), \(role.rawValue)"
        ]
        if addition.hasNewPassword { lines.append("password  set") }
        for tenant in asked {
            lines.append(
                "\(tenant)  " + (addition.tenants.contains(tenant) ? "added" : "there already")
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What `pg_hba.conf` must allow, which no login can do by itself.
    func admission(
        _ addition: Provisioning.Addition,
        _ role: ReaderRole,
        _ database: String
    ) -> String {
        guard addition.isNewLogin || addition.hasNewPassword else { return "" }
        let line = "hostssl  \(database)  \(login)  ADDRESS/32  "
        if addition.hasNewPassword {
            return "limen: pg_hba.conf must let it in, and the server be told (SELECT "
                + "pg_reload_conf()):\n  \(line)scram-sha-256\n"
        }
        return "limen: the login has no password; pg_hba.conf must let it in by another proof, and "
            + "the server be told (SELECT pg_reload_conf()), such as:\n"
            + "  \(line)cert\n  \(line)ldap ...\n  local    \(database)  \(login)  peer map=...\n"
            + "with +limen_\(role.rawValue) in place of \(login) it holds for all of the role\n"
    }

    func json(
        _ addition: Provisioning.Addition,
        _ role: ReaderRole,
        asked: [String],
        _ database: String
    ) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("login", login)
        writer.member("role", role.rawValue)
        writer.member("database", database)
        writer.member("made", addition.isNewLogin)
        writer.member("passwordSet", addition.hasNewPassword)
        Self.write("tenantsAdded", addition.tenants, to: &writer)
        Self.write(
            "tenantsThereAlready",
            asked.filter { !addition.tenants.contains($0) },
            to: &writer
        )
        writer.endObject()
        return writer.text + "\n"
    }

    // MARK: Removed

    func text(_ removal: Provisioning.Removal) -> String {
        if removal.isOfNobody { return "" }
        var lines = removal.tenants.map { "\($0)  removed" }
        lines += removal.remaining.map { "\($0)  still read" }
        if removal.tenants.isEmpty, removal.remaining.isEmpty { lines.append("no tenant was read") }
        if removal.endedSessionCount > 0 {
            lines.append("\(removal.endedSessionCount) open sessions  ended")
        }
        switch removal.login {
        case .absent: lines.append("\(login)  there is no such login")
        case .kept:
            lines.append(
                "\(login)  is still a login"
                    + (removal.remaining.isEmpty ? " and reads nothing" : "")
            )
        case .dropped: lines.append("\(login)  dropped")
        case .locked: lines.append("\(login)  locked: no password, no group, no login")
        case .left: lines.append("\(login)  is still a login")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What is not as it should be after a removal; `nil` when all is.
    func fault(of removal: Provisioning.Removal) -> String? {
        if removal.isOfNobody {
            return "there is no login \(login), and no tenant is mapped to it; nothing was changed"
        }
        if removal.tenants.isEmpty, removal.login == .kept || removal.login == .absent {
            return "\(login) did not read that; nothing was changed"
        }
        if removal.openSessionCount > 0 {
            return
                "\(login) has \(removal.openSessionCount) open sessions that only a superuser may "
                + "end; a transaction that began before goes on reading until then: SELECT "
                + "pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '\(login)'"
        }
        switch removal.login {
        case .left:
            return "the tenants are taken away; the login stays: it is in other groups too, or it "
                + "takes a superuser; --keep-login when that is meant"
        case .locked:
            return
                "\(login) owns something in this or another database and could not be dropped; it "
                + "cannot log in any more. DROP OWNED BY \(login); DROP ROLE \(login); ends it"
        case .absent, .kept, .dropped: return nil
        }
    }

    func json(_ removal: Provisioning.Removal) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("login", login)
        Self.write("tenantsRemoved", removal.tenants, to: &writer)
        Self.write("tenantsStillRead", removal.remaining, to: &writer)
        writer.member("sessionsEnded", removal.endedSessionCount)
        writer.member("sessionsOpen", removal.openSessionCount)
        writer.member("loginIs", removal.login.rawValue)
        writer.endObject()
        return writer.text + "\n"
    }

    // MARK: Listed

    static func json(_ reader: Provisioning.Reader) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("login", reader.login)
        write("roles", reader.roles, to: &writer)
        write("tenants", reader.tenants, to: &writer)
        writer.member("canLogIn", reader.canLogIn)
        writer.endObject()
        return writer.text + "\n"
    }

    private static func write(_ name: String, _ texts: [String], to writer: inout JSONWriter) {
        writer.name(name)
        writer.beginArray()
        for text in texts { writer.value(text) }
        writer.endArray()
    }
}
