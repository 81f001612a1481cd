import Audit
import AuditStore
import Basics
import Crypto
import JSON
import Posix
import Vault

/// `limen audit keys`: the keys of a tenant, and what the database holds under them.
enum KeysCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit keys")
        switch (parsed.words.first, parsed.words.count) {
        case ("new", 1): return try make(parsed)
        case ("status", 1): return try status(parsed, try VaultAccess.choose(parsed))
        case ("rotate", 1): return try await rotate(parsed, try VaultAccess.choose(parsed))
        case ("rewrap", 1):
            return try await RewrapCommand.run(parsed, try VaultAccess.choose(parsed))
        case ("remove", 2): return try await KeyRemoval.run(parsed, try VaultAccess.choose(parsed))
        case ("new-epoch", 1): return try await newEpoch(parsed, try VaultAccess.choose(parsed))
        case ("end-epoch", 2): return try await endEpoch(parsed, try VaultAccess.choose(parsed))
        default:
            throw CommandError(
                .usage,
                "say limen audit keys new, status, rotate, rewrap, remove NAME, new-epoch or "
                    + "end-epoch NUMBER"
            )
        }
    }

    /// Makes the first keys of a tenant for `limen serve`.
    private static func make(_ parsed: Arguments) throws(CommandError) -> ExitCode {
        guard let folder = parsed.value("keys") ?? Terminal.environment("LIMEN_KEYS"),
            let tenant = parsed.value("tenant"), AuditAccess.isName(tenant)
        else {
            throw CommandError(.usage, "say for whom and where: --tenant NAME --keys FOLDER")
        }
        let files = TenantFiles(folder: folder, tenant: tenant)
        try files.makeVault()
        Terminal.writeOutput("\(files.source.path)\n")
        Terminal.writeError(
            "limen: keep a copy where no backup of the database goes; without it sealed rows stay "
                + "sealed\n"
        )
        return .ok
    }

    private static func status(
        _ parsed: Arguments,
        _ access: VaultAccess
    ) throws(CommandError) -> ExitCode {
        let keys = try access.keys()
        let query = try access.audit.open()
        let counts: [AuditQuery.WrappingCount]
        let lostCount: Int
        let damaged: [UUIDBytes]
        do throws(AuditStoreError) {
            counts = try query.wrappingCounts(tenant: access.tenant)
            lostCount = try query.lostKeyCount(tenant: access.tenant)
            damaged = try Self.damaged(keys, query)
        } catch {
            throw StoreSentence.commandError(error)
        }
        try access.audit.record(ReadNote("keys"), on: query)
        let status = KeyStatus(
            keys: keys,
            counts: counts,
            lostCount: lostCount,
            damaged: damaged
        )
        Terminal.writeOutput(parsed.has("json") ? status.json + "\n" : status.text)
        return status.isClean ? .ok : .findings
    }

    /// The data keys that do not open with the wrapping key that they name.
    ///
    /// They are in no log, because they are wrapped anew and destroyed; that one was overwritten
    /// shows only where it is to be opened.
    private static func damaged(
        _ keys: TenantKeys,
        _ query: borrowing AuditQuery
    ) throws(AuditStoreError) -> [UUIDBytes] {
        let opener = RecordOpener(KeyRing([keys]))
        var damaged: [UUIDBytes] = []
        var behind = UUIDBytes(high: 0, low: 0)
        while true {
            let stored = try query.dataKeys(tenant: keys.tenant, behind: behind)
            guard let last = stored.last else { return damaged }
            behind = last.keyID
            for key in stored {
                if case .damaged = opener.open(key) { damaged.append(key.keyID) }
            }
        }
    }

    private static func rotate(
        _ parsed: Arguments,
        _ access: VaultAccess
    ) async throws(CommandError) -> ExitCode {
        let reason = try VaultAccess.reason(parsed)
        let lock = try VaultFiles.lock(access.source)
        defer { extendLifetime(lock) }
        var keys = try access.keys()
        let name = VaultFiles.newName()
        try change { () throws(VaultError) in try keys.rotateWrapping(name: name) }
        // The row comes first: a key that nobody recorded must not be in use.
        try await access.record(.keyChange, .version7(at: Clock.now()), flags: ["rotate"]) {
            $0.member("wrappingKey", name)
            $0.member("reason", reason)
        }
        try VaultFiles.write(keys, to: access.source)
        Terminal.writeOutput("\(name)\n")
        Terminal.writeError(
            "limen: let the gateway read it (SIGHUP), then limen audit keys rewrap, then remove\n"
        )
        return .ok
    }

    private static func newEpoch(
        _ parsed: Arguments,
        _ access: VaultAccess
    ) async throws(CommandError) -> ExitCode {
        let reason = try VaultAccess.reason(parsed)
        let lock = try VaultFiles.lock(access.source)
        defer { extendLifetime(lock) }
        var keys = try access.keys()
        guard !keys.pseudonyms.isEmpty else {
            throw CommandError(
                .badInput,
                "\(access.source.path) has no pseudonym key; the first is the tenant's own key"
            )
        }
        try change { () throws(VaultError) in
            try keys.rotatePseudonyms(first: Secret([UInt8](repeating: 0, count: 32)))
        }
        let epoch = keys.currentPseudonym?.epoch ?? 1
        // Holds stand in the new epoch before a row can be of it.
        let following = HoldFollowing(access: access, keys: keys, reason: reason)
        let left = try await following.run()
        try await access.record(.keyChange, .version7(at: Clock.now()), flags: ["new-epoch"]) {
            $0.member("epoch", epoch)
            $0.member("reason", reason)
        }
        try VaultFiles.write(keys, to: access.source)
        Terminal.writeOutput("epoch \(epoch)\n")
        Terminal.writeError("limen: let the gateway read it (SIGHUP)\n")
        // A hold that was set while the file was written.
        let late = try await following.run()
        guard left.isEmpty, late.isEmpty else {
            Terminal.writeError(
                "limen: " + HoldFollowing.sentence(late.isEmpty ? left : late) + "\n"
            )
            return .findings
        }
        return .ok
    }

    private static func endEpoch(
        _ parsed: Arguments,
        _ access: VaultAccess
    ) async throws(CommandError) -> ExitCode {
        let reason = try VaultAccess.reason(parsed)
        let lock = try VaultFiles.lock(access.source)
        defer { extendLifetime(lock) }
        var keys = try access.keys()
        guard let epoch = Int(parsed.words[1]) else {
            throw CommandError(
                .usage,
                "an epoch is a whole number from 1 on, as limen audit keys status shows it"
            )
        }
        guard keys.removePseudonym(epoch: epoch) else {
            let current = keys.currentPseudonym?.epoch
            let over = keys.pseudonyms.map(\.epoch).filter { $0 != current }.map(String.init)
            throw CommandError(
                .badInput,
                epoch == current
                    ? "epoch \(epoch) makes the pseudonyms of now; limen audit keys new-epoch begins "
                        + "another first"
                    : "\(access.source.path) has no key of epoch \(epoch); epochs that are over: "
                        + (over.isEmpty ? "none" : over.joined(separator: ", "))
            )
        }
        // With the key of its only epoch gone, nobody could tell whom a hold is on.
        let left = try await HoldFollowing(access: access, keys: try access.keys(), reason: reason)
            .run()
        guard left.isEmpty else {
            throw CommandError(
                .findings,
                HoldFollowing.sentence(left) + "; the key of the epoch stays until then"
            )
        }
        try refuseWhileUsed(epoch, access)
        try await access.record(.keyChange, .version7(at: Clock.now()), flags: ["end-epoch"]) {
            $0.member("epoch", epoch)
            $0.member("reason", reason)
        }
        try VaultFiles.write(keys, to: access.source)
        Terminal.writeOutput(
            "rows of epoch \(epoch) cannot be linked to patients by pseudonym any more\n"
        )
        Terminal.writeError(
            "limen: a gateway that reads this file has let the epoch go within "
                + "\(EpochWatch.periodSeconds) seconds, or at SIGHUP; one with a copy of its own goes "
                + "on making pseudonyms of it until the copy is replaced\n"
        )
        return .ok
    }

    /// Refuses while the trail shows that a gateway has not read the epoch that came after.
    private static func refuseWhileUsed(
        _ epoch: Int,
        _ access: VaultAccess
    ) throws(CommandError) {
        let query = try access.audit.open()
        let last: Instant?
        do {
            last = try query.lastStraggler(tenant: access.tenant, epoch: epoch)
        } catch {
            throw StoreSentence.commandError(error)
        }
        guard let last else { return }
        throw CommandError(
            .findings,
            "a gateway still makes pseudonyms of epoch \(epoch): its last row is of \(last.text), "
                + "behind rows of a later epoch. Let it read the key file (bring its copy up to date, "
                + "SIGHUP) and say this again two minutes later; the key of the epoch stays until then"
        )
    }

    private static func change(
        _ body: () throws(VaultError) -> Void
    ) throws(CommandError) {
        do throws(VaultError) {
            try body()
        } catch {
            throw CommandError(.badInput, "\(error.sentence) (\(error.code.rawValue))")
        }
    }
}
