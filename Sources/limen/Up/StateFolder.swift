import Crypto
import Posix

/// The folder that holds what a first try needs and no clone brings: cluster, keys, credentials.
///
///     .limen/
///       format               says that the folder is ours
///       lock  pid  url       the running gateway
///       cluster              where the PostgreSQL cluster lies
///       secrets/             database passwords and tenant keys, one file each
///       clients/demo.json    the demo client, its key only as a salted hash
///       demo-client.key      the demo client's own copy of its key
///       signing/             private keys of clients that sign tokens
///       ledger/              the key that signs the audit trail
///       tls/                 the development certificate of `up --tls`
struct StateFolder: Sendable {
    /// The absolute path.
    let path: String

    /// What the marker file says.
    private static let format = "limen-state/1"

    /// The names that the folder may hold, which is all that is ever removed from it.
    static let names = [
        "format", "lock", "pid", "url", "cluster", "secrets", "clients", "signing", "ledger",
        "spool", "tls",
        "demo-client.key", "example-bundle.json", "example-request.json",
    ]

    /// Opens a folder that an earlier `make` made; nothing is created or changed.
    ///
    /// - Throws: `CommandError` with exit code 3 when it is none of ours.
    static func open(_ path: String) throws(CommandError) -> StateFolder {
        guard let absolute = Folder.absolutePath(path) else {
            throw CommandError(.badInput, "there is no state folder \(path); start ./limen up once")
        }
        let state = StateFolder(path: absolute)
        guard try state.text("format") == format else {
            throw CommandError(
                .badInput,
                "\(path) is no state folder of limen; start ./limen up once, or name another --state"
            )
        }
        return state
    }

    /// The folders that the wrapper script makes in the state folder of a checkout.
    private static let wrapperFolders: Set<String> = [
        "bench", "compare", "fuzz", "peers", "peers-ehr", "sanitize", "tests",
    ]

    /// Opens the folder, making it when it is missing; one with other content is left alone.
    ///
    /// - Throws: `CommandError` with exit code 3 or 4.
    static func make(_ path: String) throws(CommandError) -> StateFolder {
        do {
            try Folder.create(path: path)
            let names = try Folder.names(path: path)
            // What the wrapper leaves may be there before us, as after ./limen test.
            let isFree = names.allSatisfy { $0.hasSuffix(".log") || wrapperFolders.contains($0) }
            guard names.contains("format") || isFree else {
                throw CommandError(
                    .badInput,
                    "\(path) holds other files; name an empty folder, or none, with --state"
                )
            }
            try Folder.create(path: path + "/secrets")
            try Folder.create(path: path + "/clients")
            // A cluster that runs under another account must be able to pass through.
            try Folder.setMode(path: path, Account.isSuperuser ? 0o711 : 0o700)
        } catch let error as CommandError {
            throw error
        } catch let error as SystemError {
            throw Self.failure(error, path)
        } catch {
            throw CommandError(.internalError, "the state folder cannot be made")
        }
        guard let absolute = Folder.absolutePath(path) else {
            throw CommandError(.badInput, "\(path) cannot be resolved; choose another --state")
        }
        let state = StateFolder(path: absolute)
        if try state.text("format") == nil { try state.write("format", format) }
        return state
    }

    /// The path of a file in the folder.
    func file(_ name: String) -> String { path + "/" + name }

    /// The tenants whose keys the folder holds, in the order of their names.
    func tenants() throws(CommandError) -> [String] {
        do throws(SystemError) {
            return try Folder.names(path: file("secrets")).compactMap { name in
                guard name.hasPrefix("tenant-"), name.hasSuffix(".key") else { return nil }
                return String(name.dropFirst("tenant-".count).dropLast(".key".count))
            }.sorted()
        } catch {
            throw Self.failure(error, file("secrets"))
        }
    }

    /// A secret by name, made at first use: 32 random bytes, base64url.
    ///
    /// - Throws: `CommandError` when it can neither be read nor written.
    func secret(_ name: String) throws(CommandError) -> String {
        if let text = try text("secrets/" + name) { return text }
        let secret = Base64URL.text(Crypto.RandomBytes.make(count: 32))
        try write("secrets/" + name, secret)
        return secret
    }

    /// The text of a file without its line end; `nil` when there is none.
    func text(_ name: String) throws(CommandError) -> String? {
        guard File.exists(path: file(name)) else { return nil }
        do {
            let bytes = try File.read(path: file(name), bytesMax: 1 << 20)
            let text = String(decoding: bytes, as: UTF8.self)
            return text.hasSuffix("\n") ? String(text.dropLast()) : text
        } catch {
            throw Self.failure(error, file(name))
        }
    }

    /// Writes a file, readable by its owner only.
    func write(_ name: String, _ text: String, mode: UInt32 = 0o600) throws(CommandError) {
        do {
            try File.writeAtomically(path: file(name), Array((text + "\n").utf8), mode: mode)
        } catch {
            throw Self.failure(error, file(name))
        }
    }

    /// The sentence for a failed step on a path.
    static func failure(_ error: SystemError, _ path: String) -> CommandError {
        if error.isDiskFull {
            return CommandError(
                .unavailable,
                "the disk that holds \(path) is full; free some space and start again"
            )
        }
        if error.isPermissionDenied {
            return CommandError(
                .badInput,
                "\(path) may not be written; make it writable or choose another --state"
            )
        }
        return CommandError(.unavailable, "\(path): \(error.text)")
    }
}
