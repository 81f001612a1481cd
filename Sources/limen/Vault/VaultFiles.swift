import AuditStore
import Basics
import Crypto
import Posix
import Vault

/// Where the keys of tenants lie: `NAME.vault` in a folder, beside `NAME.key`.
enum VaultFiles {
    /// The place of a tenant's keys in a folder of keys.
    static func source(_ folder: String, _ tenant: String) -> KeySource {
        KeySource(path: folder + "/" + tenant + ".vault", tenant: tenant)
    }

    /// The place of a tenant's keys in a state folder.
    static func source(_ state: StateFolder, _ tenant: String) -> KeySource {
        KeySource(path: state.file("secrets/tenant-" + tenant + ".vault"), tenant: tenant)
    }

    /// The keys of some tenants from a folder of keys.
    ///
    /// - Throws: `CommandError` that names the file and says how to make it.
    static func read(
        _ folder: String,
        tenants: [String]
    ) throws(CommandError) -> [TenantKeys] {
        var all: [TenantKeys] = []
        for tenant in tenants { all.append(try read(source(folder, tenant))) }
        return all
    }

    /// The keys of a source.
    static func read(_ source: KeySource) throws(CommandError) -> TenantKeys {
        do throws(VaultError) {
            return try source.read()
        } catch {
            let remedy =
                error.code == .keysMissing
                ? "; make it with limen audit keys new --tenant \(source.tenant) --keys FOLDER" : ""
            throw CommandError(
                .badInput,
                "\(source.path): \(error.sentence) (\(error.code.rawValue))\(remedy)"
            )
        }
    }

    /// The keys of a tenant of a state folder, made at first use.
    ///
    /// Where there are rows already, the tenant's own key has made their pseudonyms and is that of
    /// the first epoch.
    static func make(
        _ state: StateFolder,
        _ tenant: String,
        hasRows: Bool
    ) throws(CommandError) -> TenantKeys {
        let source = source(state, tenant)
        if File.exists(path: source.path) { return try read(source) }
        var first: Secret?
        if hasRows, let text = try state.text("secrets/tenant-" + tenant + ".key") {
            first = Secret(Array(text.utf8))
        }
        let keys = TenantKeys.generate(
            tenant: tenant,
            name: newName(),
            pseudonymKey: first
        )
        try write(keys, to: source)
        return keys
    }

    /// Refuses to go on with new keys beside rows that are sealed under keys that are gone.
    static func check(
        _ tenants: [String],
        in state: StateFolder,
        _ database: AuditDatabase
    ) throws(CommandError) {
        for tenant in tenants {
            let source = source(state, tenant)
            let keys = try read(source)
            let login = try database.settings(as: AuditDatabase.auditorLogin(of: tenant))
            let counts: [AuditQuery.WrappingCount]
            do {
                counts = try AuditQuery.open(login).wrappingCounts(tenant: tenant)
            } catch {
                throw StoreSentence.commandError(error)
            }
            // Notes do not count: what an auditor adds must not keep a gateway from starting.
            let lost = counts.first { $0.liveCount > 0 && keys.wrapping(named: $0.name) == nil }
            if let lost {
                throw CommandError(
                    .badInput,
                    "\(source.path) lacks the key \(lost.name), which rows are sealed under; "
                        + "restore the file, or remove all with ./limen down --wipe"
                )
            }
        }
    }

    /// Keeps every other command from changing the keys of a source, as long as the value lives.
    static func lock(_ source: KeySource) throws(CommandError) -> FileLock {
        let lock: FileLock?
        do throws(SystemError) {
            lock = try FileLock.take(path: source.path + ".lock")
        } catch {
            throw CommandError(
                .badInput,
                "\(source.path).lock cannot be made (\(error.text)); whoever changes keys must be "
                    + "allowed to write into their folder"
            )
        }
        guard let lock else {
            throw CommandError(
                .unavailable,
                "another command is changing \(source.path); run this one again when it has ended"
            )
        }
        return lock
    }

    /// Puts keys into their file.
    static func write(_ keys: TenantKeys, to source: KeySource) throws(CommandError) {
        do throws(VaultError) {
            try source.write(keys)
        } catch {
            throw CommandError(
                .badInput,
                "\(source.path): \(error.sentence) (\(error.code.rawValue))"
            )
        }
    }

    /// A name for a new wrapping key: the day, and four characters that make it one that was never
    /// used, which matters because a name that was removed is never taken again.
    static func newName() -> String {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        let tail = (0..<4).map { _ in
            letters[Int(RandomBytes.number() % UInt64(letters.count))]
        }
        return Clock.now().date.text + "." + String(tail)
    }
}
