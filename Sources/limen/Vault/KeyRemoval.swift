import Audit
import AuditStore
import Basics
import Crypto
import JSON
import Posix
import Vault

/// `limen audit keys remove`: the end of a wrapping key that nothing needs any more.
///
/// The database decides, and from then on takes nothing that is wrapped under the key: a gateway
/// that was not told is refused, and shows no card, rather than keeping what nobody can open.
enum KeyRemoval {
    /// Removes a key, or says what still needs it.
    static func run(
        _ parsed: Arguments,
        _ access: VaultAccess
    ) async throws(CommandError) -> ExitCode {
        let reason = try VaultAccess.reason(parsed)
        let name = parsed.words[1]
        let lock = try VaultFiles.lock(access.source)
        defer { extendLifetime(lock) }
        var keys = try access.keys()
        guard keys.removeWrapping(name: name) else {
            let old = keys.wrapping.map(\.name).filter { $0 != keys.currentWrapping.name }
            throw CommandError(
                .badInput,
                name == keys.currentWrapping.name
                    ? "\(name) is the current wrapping key; limen audit keys rotate makes a new one first"
                    : "\(access.source.path) has no wrapping key of this name; old ones: "
                        + (old.isEmpty ? "none" : old.joined(separator: ", "))
            )
        }
        let gone = try places(parsed.value("gone"))
        try expectUnused(name, access, gone)
        let event = UUIDBytes.version7(at: Clock.now())
        try await access.record(.keyChange, event, flags: ["remove"]) {
            $0.member("wrappingKey", name)
            $0.member("gone", gone.map { Hexadecimal.text($0) }.joined(separator: ","))
            $0.member("reason", reason)
        }
        let store = try access.store(.rewrapper)
        do throws(AuditStoreError) {
            try store.retire(
                tenant: access.tenant,
                wrappingKey: name,
                gone: gone,
                eventID: event
            )
        } catch {
            throw StoreSentence.commandError(error)
        }
        try VaultFiles.write(keys, to: access.source)
        Terminal.writeOutput("\(name) is removed\n")
        Terminal.writeError(
            "limen: destroy its copies too; a backup that needs it cannot be read any more\n"
        )
        return .ok
    }

    /// Names what still needs the key, and what to do about it.
    private static func expectUnused(
        _ name: String,
        _ access: VaultAccess,
        _ gone: [[UInt8]]
    ) throws(CommandError) {
        let counts: [AuditQuery.WrappingCount]
        let users: [KeyStore.KeyUser]
        let query = try access.audit.open()
        let store = try access.store(.rewrapper)
        do throws(AuditStoreError) {
            counts = try query.wrappingCounts(tenant: access.tenant)
            users = try store.keyUsers(tenant: access.tenant, wrappingKey: name)
        } catch {
            throw StoreSentence.commandError(error)
        }
        var needs: [String] = []
        for user in users where !gone.contains(user.place) {
            let place = Hexadecimal.text(user.place)
            switch user.state {
            case .spool:
                needs.append(
                    "the gateway \(place) has \(user.spooledCount) entries in its spool, which may "
                        + "be sealed under it; let it run until they are in the database"
                )
            case .uses:
                needs.append(
                    "the gateway \(place) seals under it; bring its key file up to date and send it "
                        + "SIGHUP"
                )
            case .ended:
                needs.append(
                    "the gateway \(place) ended at \(user.reportedAt.text) under it, and may have been "
                        + "started since while the database was away; start it once with the key "
                        + "file of now, or, when it will never come back, say --gone \(place)"
                )
            case .silent:
                needs.append(
                    "the gateway \(place) was last heard of at \(user.reportedAt.text) and may hold "
                        + "rows in its spool; start it and stop it in order, or, when it will never "
                        + "come back and what it held is given up, say --gone \(place)"
                )
            }
        }
        let count = counts.first { $0.name == name }
        let lying = (count?.liveCount ?? 0) + (count?.noteCount ?? 0)
        if lying > 0 {
            needs.append(
                "\(lying) keys still lie wrapped under it; run limen audit keys rewrap first"
            )
        }
        guard needs.isEmpty else {
            throw CommandError(
                .findings,
                "\(name) is still needed; nothing was changed\n  " + needs.joined(separator: "\n  ")
            )
        }
    }

    /// The places of `--gone`, parted by commas.
    private static func places(_ text: String?) throws(CommandError) -> [[UInt8]] {
        var places: [[UInt8]] = []
        for word in (text ?? "").split(separator: ",") {
            guard let place = Hexadecimal.bytes(String(word)), place.count == 32 else {
                throw CommandError(.usage, "--gone takes the 64 hexadecimal digits of a gateway")
            }
            places.append(place)
        }
        return places
    }
}
