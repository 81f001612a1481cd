import AuditStore
import Posix

/// `limen auditor`: the logins of people, and which tenants they may read.
enum AuditorCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "auditor")
        switch (parsed.words.first, parsed.words.count) {
        case ("add", 2): return try add(parsed, parsed.words[1])
        case ("remove", 2): return try remove(parsed, parsed.words[1])
        case ("list", 1): return try list(parsed)
        default:
            throw CommandError(
                .usage,
                "say limen auditor add LOGIN --tenant NAME, auditor remove LOGIN or auditor list"
            )
        }
    }

    private static func add(
        _ parsed: Arguments,
        _ login: String
    ) throws(CommandError) -> ExitCode {
        guard Provisioning.isLoginName(login) else { throw malformedLogin }
        let role = try role(parsed)
        let tenants = try tenants(parsed)
        guard !tenants.isEmpty else {
            throw CommandError(
                .usage,
                "say which tenants \(login) may read: --tenant NAME, once for each"
            )
        }
        let password = try LoginPassword.read(parsed.value("password-file"))
        let access = try DeskAccess.choose(parsed)
        let (addition, database) = try access.run { desk throws(AuditStoreError) in
            (
                try desk.addReader(login, as: role, tenants: tenants, password: password),
                try desk.databaseName()
            )
        }
        let page = AuditorPage(login: login)
        Terminal.writeOutput(
            parsed.has("json")
                ? page.json(addition, role, asked: tenants, database)
                : page.text(addition, role, asked: tenants)
        )
        Terminal.writeError(page.admission(addition, role, database))
        return .ok
    }

    private static func remove(
        _ parsed: Arguments,
        _ login: String
    ) throws(CommandError) -> ExitCode {
        guard Provisioning.isRemovable(login) else { throw malformedLogin }
        let tenants = try tenants(parsed)
        guard tenants.isEmpty || !parsed.has("keep-login") else {
            throw CommandError(
                .usage,
                "--tenant leaves the login anyway: say --tenant NAME, or --keep-login, or neither"
            )
        }
        let access = try DeskAccess.choose(parsed)
        let removal = try access.run { desk throws(AuditStoreError) in
            try desk.removeReader(
                login,
                tenants: tenants.isEmpty ? nil : tenants,
                keepsLogin: parsed.has("keep-login")
            )
        }
        let page = AuditorPage(login: login)
        Terminal.writeOutput(parsed.has("json") ? page.json(removal) : page.text(removal))
        guard let sentence = page.fault(of: removal) else { return .ok }
        throw CommandError(.findings, sentence)
    }

    private static func list(_ parsed: Arguments) throws(CommandError) -> ExitCode {
        let readers = try DeskAccess.choose(parsed).run { desk throws(AuditStoreError) in
            try desk.readers()
        }
        if parsed.has("json") {
            for reader in readers { Terminal.writeOutput(AuditorPage.json(reader)) }
            return .ok
        }
        var table = TextTable()
        table.append(["login", "role", "tenants", ""])
        for reader in readers {
            table.append([
                TextStyle.safe(reader.login),
                reader.roles.isEmpty ? "none" : reader.roles.joined(separator: ", "),
                reader.tenants.isEmpty ? "none" : reader.tenants.joined(separator: ", "),
                reader.canLogIn ? "" : "cannot log in",
            ])
        }
        Terminal.writeOutput(table.lines().joined(separator: "\n") + "\n")
        return .ok
    }

    // MARK: Words

    private static var malformedLogin: CommandError {
        CommandError(
            .usage,
            "a login is up to 63 lower-case letters, digits and underscores, no underscore first "
                + "or last; names that begin with limen_ or pg_ are taken"
        )
    }

    private static func role(_ parsed: Arguments) throws(CommandError) -> ReaderRole {
        guard let text = parsed.value("role") else { return .auditor }
        guard let role = ReaderRole(rawValue: text) else {
            let names = ReaderRole.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError(.usage, "--role takes one of \(names)")
        }
        return role
    }

    /// The tenants that were named, each once.
    private static func tenants(_ parsed: Arguments) throws(CommandError) -> [String] {
        var tenants: [String] = []
        for name in parsed.all("tenant") {
            guard AuditAccess.isName(name) else {
                throw CommandError(
                    .usage,
                    "--tenant takes up to 63 lower-case letters, digits and hyphens"
                )
            }
            if !tenants.contains(name) { tenants.append(name) }
        }
        return tenants
    }
}
