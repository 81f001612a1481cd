import Basics
import Crypto
import Posix
import Vault

/// The two key files of a tenant: `NAME.key`, for pseudonyms of the first epoch and for cursors, and
/// `NAME.vault`, for what is sealed.
struct TenantFiles {
    /// The place of `NAME.key`.
    let key: String
    /// The place of `NAME.vault`.
    let source: KeySource

    /// Those of a folder of keys.
    init(folder: String, tenant: String) {
        key = folder + "/" + tenant + ".key"
        source = VaultFiles.source(folder, tenant)
    }

    /// Those of a state folder.
    init(state: StateFolder, tenant: String) {
        key = state.file("secrets/tenant-" + tenant + ".key")
        source = VaultFiles.source(state, tenant)
    }

    /// The files that are not there.
    var missing: [String] {
        [key, source.path].filter { !File.exists(path: $0) }
    }

    /// Makes what is missing, readable by its owner only; what is there is left as it is.
    ///
    /// - Returns: The files that were made.
    func make() throws(CommandError) -> [String] {
        let lock = try VaultFiles.lock(source)
        defer { extendLifetime(lock) }
        let wanted = missing
        if wanted.contains(key) {
            // The vault that is there has its own key of the first epoch.
            let secret = Base64URL.text(Crypto.RandomBytes.make(count: 32)) + "\n"
            do throws(SystemError) {
                try File.writeAtomically(path: key, Array(secret.utf8), mode: 0o600)
            } catch {
                throw CommandError(.badInput, "\(key) cannot be written: \(error.text)")
            }
        }
        if wanted.contains(source.path) {
            try writeVault(first: wanted.contains(key) ? nil : try existingKey())
        }
        return wanted
    }

    /// Makes `NAME.vault` alone, beside a `NAME.key` or without one.
    func makeVault() throws(CommandError) {
        let lock = try VaultFiles.lock(source)
        defer { extendLifetime(lock) }
        guard !File.exists(path: source.path) else {
            throw CommandError(.badInput, "\(source.path) is there already; rotate it instead")
        }
        try writeVault(first: File.exists(path: key) ? try existingKey() : nil)
    }

    /// Writes the first keys; rows that are there already have pseudonyms of the key of before.
    private func writeVault(first: Secret?) throws(CommandError) {
        let keys = TenantKeys.generate(
            tenant: source.tenant,
            name: VaultFiles.newName(),
            pseudonymKey: first
        )
        try VaultFiles.write(keys, to: source)
    }

    private func existingKey() throws(CommandError) -> Secret {
        guard var bytes = try? PrivateFile.read(path: key, bytesMax: 1_024) else {
            throw CommandError(.badInput, "\(key) cannot be read, or others may read it")
        }
        defer { Secret.wipe(&bytes) }
        return Secret(bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...])
    }
}
