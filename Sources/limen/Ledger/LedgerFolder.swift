import Basics
import Crypto
import Ledger
import Posix

/// The folder with the key that signs the trail, and what is known of the trail outside of it.
///
///     .limen/ledger/
///       signer        the private key; nobody but its owner may read it
///       verifiers     the public keys, one a line: all that who verifies needs
///       last-log      the end of the last log, which the next start names
///       checkpoints   the checkpoints, copied outside the database
struct LedgerFolder: Sendable {
    /// Its absolute path.
    let path: String
    /// The key that signs.
    let signer: NoteSigner

    /// The name of the key, and the origin of the checkpoints, when none is set.
    static let defaultOrigin = "limen.local/audit"

    /// Opens the folder, making it and the key at first use.
    ///
    /// - Throws: `CommandError` when the key cannot be read, is open to others, or is no key.
    static func open(_ path: String) throws(CommandError) -> LedgerFolder {
        let key = path + "/signer"
        do throws(SystemError) {
            try Folder.create(path: path)
        } catch {
            throw StateFolder.failure(error, path)
        }
        if !File.exists(path: key) { try make(in: path) }
        let bytes: [UInt8]
        do throws(PrivateFile.Fault) {
            bytes = try PrivateFile.read(path: key, bytesMax: 4_096)
        } catch {
            throw sentence(error, key)
        }
        do throws(LedgerError) {
            let text = String(decoding: bytes, as: UTF8.self)
            let signer = try NoteSigner(text: text.hasSuffix("\n") ? String(text.dropLast()) : text)
            return LedgerFolder(path: Folder.absolutePath(path) ?? path, signer: signer)
        } catch {
            throw CommandError(
                .badInput,
                "\(key) is no signing key (\(error.code.rawValue)); restore it from its backup"
            )
        }
    }

    /// The folder of an installation: that of its state, or beside its keys.
    ///
    /// - Throws: `CommandError` when neither is known.
    static func of(_ state: StateFolder?) throws(CommandError) -> LedgerFolder {
        if let named = Terminal.environment("LIMEN_LEDGER") { return try open(named) }
        if let state { return try open(state.file("ledger")) }
        guard let keys = Terminal.environment("LIMEN_KEYS") else {
            throw CommandError(.badInput, "name the folder with the signing key with LIMEN_LEDGER")
        }
        return try open(keys + "/.ledger")
    }

    /// The public keys of a folder or a file, without a private one.
    static func verifiers(_ path: String) throws(CommandError) -> [NoteKey] {
        let file = Folder.isFolder(path: path) ? path + "/verifiers" : path
        var keys: [NoteKey] = []
        for line in try text(file).split(separator: "\n") {
            do throws(LedgerError) {
                keys.append(try NoteKey(text: String(line)))
            } catch {
                throw CommandError(
                    .badInput,
                    "\(file): line \(keys.count + 1) is no public key (\(error.code.rawValue))"
                )
            }
        }
        guard !keys.isEmpty else { throw CommandError(.badInput, "\(file) holds no public key") }
        return keys
    }

    /// How this program writes its logs.
    func identity() throws(CommandError) -> LogIdentity {
        LogIdentity(
            signer: signer,
            program: "limen " + RunningService.version,
            place: place,
            previous: try previous()
        )
    }

    /// Keeps the end of a log for the next start.
    func keep(_ end: LogGenesis.Previous?) throws(CommandError) {
        guard let end else { return }
        let line = [
            end.logID.text, String(end.sequence), Hexadecimal.text(end.leafHash.bytes),
        ].joined(separator: " ")
        do throws(SystemError) {
            try File.writeAtomically(path: path + "/last-log", Array((line + "\n").utf8))
        } catch {
            throw StateFolder.failure(error, path + "/last-log")
        }
    }

    /// A digest of the machine and of where the key lies: a copy of the key has another.
    private var place: [UInt8] {
        let facts = ["/etc/machine-id", "/etc/hostname"].map { path -> String in
            let bytes = try? File.read(path: path, bytesMax: 4_096)
            return bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        return Digest.sha256((facts + [path]).joined(separator: "\n"))
    }

    private func previous() throws(CommandError) -> LogGenesis.Previous? {
        let file = path + "/last-log"
        guard File.exists(path: file) else { return nil }
        let words = try Self.text(file).split(whereSeparator: \.isWhitespace)
        guard words.count == 3, let logID = UUIDBytes(text: String(words[0])),
            let sequence = Int64(words[1]), let bytes = Hexadecimal.bytes(words[2]),
            let hash = MerkleHash(bytes)
        else { throw CommandError(.badInput, "\(file) cannot be read; remove it") }
        return LogGenesis.Previous(logID: logID, sequence: sequence, leafHash: hash)
    }

    private static func make(in path: String) throws(CommandError) {
        let origin = Terminal.environment("LIMEN_LEDGER_ORIGIN") ?? defaultOrigin
        guard let signer = NoteSigner.generate(name: origin), let text = signer.text else {
            throw CommandError(
                .badInput,
                "LIMEN_LEDGER_ORIGIN has no spaces and no plus signs, and at most 255 bytes"
            )
        }
        do throws(SystemError) {
            try File.writeAtomically(path: path + "/signer", Array((text + "\n").utf8))
            try File.writeAtomically(
                path: path + "/verifiers",
                Array((signer.key.text + "\n").utf8),
                mode: 0o644
            )
        } catch {
            throw StateFolder.failure(error, path)
        }
    }

    private static func text(_ file: String) throws(CommandError) -> String {
        do throws(SystemError) {
            let bytes = try File.read(path: file, bytesMax: 1 << 20)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw StateFolder.failure(error, file)
        }
    }

    private static func sentence(_ fault: PrivateFile.Fault, _ file: String) -> CommandError {
        switch fault {
        case .system(let error): StateFolder.failure(error, file)
        case .notRegular: CommandError(.badInput, "\(file) is no regular file")
        case .foreignOwner:
            CommandError(.badInput, "\(file) belongs to another account; make it your own")
        case .openToOthers:
            CommandError(.badInput, "\(file) is open to others; close it with chmod 600")
        }
    }
}
