import AuditStore
import Basics
import JSON
import Posix
import Vault

/// `limen tenant`: the tenants of a database, each with its row and its key files.
enum TenantCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "tenant")
        switch (parsed.words.first, parsed.words.count) {
        case ("new", 2): return try make(parsed, parsed.words[1])
        case ("list", 1): return try list(parsed)
        default:
            throw CommandError(.usage, "say limen tenant new NAME --keys FOLDER, or tenant list")
        }
    }

    /// Makes the key files, then the row: a tenant without keys would be one that nobody can serve.
    private static func make(
        _ parsed: Arguments,
        _ name: String
    ) throws(CommandError) -> ExitCode {
        guard AuditAccess.isName(name) else {
            throw CommandError(
                .usage,
                "a tenant is named by up to 63 lower-case letters, digits and hyphens, no hyphen "
                    + "first or last"
            )
        }
        let title = parsed.value("title") ?? name
        guard (1...200).contains(title.count), title.allSatisfy({ !$0.isNewline }) else {
            throw CommandError(.usage, "--title takes one line of 1 to 200 characters")
        }
        let access = try DeskAccess.choose(parsed)
        let files = try files(parsed, access, name)
        let isThere = try access.run { desk throws(AuditStoreError) in
            try desk.tenantList().contains { $0.name == name }
        }
        try expectOwnKeys(files, name, isThere: isThere, access)
        let made = try files.make()
        let isNew = try access.run { desk throws(AuditStoreError) in
            try desk.addTenant(name, title: title)
        }
        if parsed.has("json") {
            Terminal.writeOutput(json(name, isNew: isNew, made: made, files) + "\n")
        } else {
            Terminal.writeOutput("\(name)  \(isNew ? "made" : "there already")\n")
            for path in [files.key, files.source.path] {
                Terminal.writeOutput(
                    "\(path)  \(made.contains(path) ? "made" : "there already, left as it is")\n"
                )
            }
        }
        Terminal.writeError(next(name, hasNewKeys: !made.isEmpty))
        return .ok
    }

    /// Where the keys go.
    private static func files(
        _ parsed: Arguments,
        _ access: DeskAccess,
        _ name: String
    ) throws(CommandError) -> TenantFiles {
        if let folder = parsed.value("keys") ?? keysOfEnvironment(access) {
            do throws(SystemError) {
                try Folder.create(path: folder)
            } catch {
                throw CommandError(.badInput, "\(folder) cannot be made: \(error.text)")
            }
            return TenantFiles(folder: folder, tenant: name)
        }
        if let state = access.state { return TenantFiles(state: state, tenant: name) }
        throw CommandError(
            .usage,
            "say where the keys of the tenant go, with --keys FOLDER or LIMEN_KEYS: the folder that "
                + "limen serve --keys reads"
        )
    }

    /// The folder of the environment, which goes with the database of the environment.
    private static func keysOfEnvironment(_ access: DeskAccess) -> String? {
        access.state == nil ? Terminal.environment("LIMEN_KEYS") : nil
    }

    /// Refuses to make other keys for a tenant whose rows are sealed under keys of elsewhere.
    private static func expectOwnKeys(
        _ files: TenantFiles,
        _ name: String,
        isThere: Bool,
        _ access: DeskAccess
    ) throws(CommandError) {
        let missing = files.missing
        guard isThere, !missing.isEmpty else { return }
        let isInUse = try access.run { desk throws(AuditStoreError) in
            try desk.hasKeysInUse(tenant: name)
        }
        guard isInUse else { return }
        throw CommandError(
            .badInput,
            "\(name) is a tenant already and a gateway seals its rows: \(missing.joined(separator: ", ")) "
                + "must be a copy of that gateway's file, and nothing new; nothing was changed"
        )
    }

    /// What is left to do.
    private static func next(_ name: String, hasNewKeys: Bool) -> String {
        let keys =
            hasNewKeys
            ? "limen: the key files are readable by the account that ran this, alone: they must be "
                + "the gateway's (chown); keep a copy where no backup of the database goes; without "
                + "it sealed rows stay sealed\n" : ""
        return keys
            + "limen: a gateway takes a new tenant in when it starts; then a client "
            + "(limen client new ID --tenant \(name)) and who may read "
            + "(limen auditor add LOGIN --tenant \(name))\n"
    }

    private static func json(
        _ name: String,
        isNew: Bool,
        made: [String],
        _ files: TenantFiles
    ) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("tenant", name)
        writer.member("made", isNew)
        writer.name("keys")
        writer.beginArray()
        for path in [files.key, files.source.path] {
            writer.beginObject()
            writer.member("file", path)
            writer.member("made", made.contains(path))
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.text
    }

    // MARK: List

    private static func list(_ parsed: Arguments) throws(CommandError) -> ExitCode {
        let access = try DeskAccess.choose(parsed)
        let (tenants, readers) = try access.run { desk throws(AuditStoreError) in
            (try desk.tenantList(), try desk.readers())
        }
        let folder = parsed.value("keys") ?? keysOfEnvironment(access)
        var table = TextTable()
        table.append(["tenant", "since", "keys", "read by", "title"])
        for tenant in tenants {
            let files =
                folder.map { TenantFiles(folder: $0, tenant: tenant.name) }
                ?? access.state.map { TenantFiles(state: $0, tenant: tenant.name) }
            let missing = files?.missing
            let logins = readers.filter { $0.tenants.contains(tenant.name) }.map(\.login)
            if parsed.has("json") {
                Terminal.writeOutput(json(tenant, missing, logins) + "\n")
                continue
            }
            table.append([
                tenant.name, tenant.createdAt.date.text,
                missing.map { $0.isEmpty ? "here" : "\($0.count) of 2 missing" } ?? "not asked",
                logins.isEmpty ? "nobody" : logins.joined(separator: ", "),
                TextStyle.safe(tenant.title),
            ])
        }
        if !parsed.has("json") {
            Terminal.writeOutput(table.lines().joined(separator: "\n") + "\n")
        }
        return .ok
    }

    private static func json(
        _ tenant: Provisioning.Tenant,
        _ missing: [String]?,
        _ logins: [String]
    ) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("tenant", tenant.name)
        writer.member("title", tenant.title)
        writer.member("createdAt", tenant.createdAt.text)
        if let missing {
            writer.name("missingKeyFiles")
            writer.beginArray()
            for path in missing { writer.value(path) }
            writer.endArray()
        }
        writer.name("readers")
        writer.beginArray()
        for login in logins { writer.value(login) }
        writer.endArray()
        writer.endObject()
        return writer.text
    }
}
