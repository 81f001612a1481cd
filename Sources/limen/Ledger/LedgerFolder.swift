import AuditStore
import Basics
import Crypto
import Ledger
import Posix
import PostgreSQL

/// The folder with the key that signs the trail, and what is known of the trail outside of it.
///
///     .limen/ledger/
///       signer        the private key; nobody but its owner may read it
///       verifiers     the public keys, one a line: all that who verifies needs
///       signer.until- a key that signed before
///       last-log      the end of the last log, which the next start names
///       checkpoints   the checkpoints, copied outside the database
struct LedgerFolder: Sendable {
    /// Its absolute path.
    let path: String
    /// The key that signs.
    let signer: NoteSigner

    /// The name of the key, and the origin of the checkpoints, when none is set.
    static let defaultOrigin = "limen.local/audit"

    /// Opens the folder of a trail, and makes it with its key when nothing was signed there yet.
    ///
    /// A key that the trail does not know is refused: rows signed with one that nobody began on
    /// purpose would look to every verifier as if somebody else had written them.
    ///
    /// - Throws: `CommandError` when the key is missing though the trail was signed, or is another.
    static func open(
        _ path: String,
        of writer: ConnectionSettings
    ) throws(CommandError) -> LedgerFolder {
        let key = path + "/signer"
        guard File.exists(path: key) else {
            switch try standing([], writer) {
            case .none, .known:
                try make(in: path)
                return try open(path)
            case .other: throw missing(key)
            }
        }
        let folder = try open(path)
        // A database that is away is for the writer to say; what it takes is verified later.
        guard let standing = try? standing(folder.signer.key.bytes, writer), standing == .other
        else { return folder }
        throw CommandError(
            .badInput,
            "the trail of this database was signed with other keys than \(key): put the right one "
                + "in its place, or, for a gateway that has none yet, remove it and begin one with "
                + beginning
        )
    }

    private static let beginning = "limen audit signer new --unvouched --reason TEXT"

    private static func missing(_ key: String) -> CommandError {
        CommandError(
            .badInput,
            "\(key), the key that signs the trail, is missing, and this trail was signed before: "
                + "restore it from its backup, or begin a new key on purpose with \(beginning)"
        )
    }

    private static func standing(
        _ key: [UInt8],
        _ writer: ConnectionSettings
    ) throws(CommandError) -> SignerStanding {
        do throws(PostgreSQLError) {
            return try Sequencer.standing(of: key, writer)
        } catch {
            throw CommandError(
                .unavailable,
                "whether the trail was signed before cannot be asked (\(error.code.rawValue)): the "
                    + "database is away, or lacks its migrations"
            )
        }
    }

    /// Opens the folder with the key that is there.
    ///
    /// - Throws: `CommandError` when the key is missing, cannot be read, is open to others, or is
    ///   no key.
    static func open(_ path: String) throws(CommandError) -> LedgerFolder {
        let key = path + "/signer"
        guard File.exists(path: key) else { throw missing(key) }
        return try open(path, key: key)
    }

    private static func open(
        _ path: String,
        key: String
    ) throws(CommandError) -> LedgerFolder {
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

    /// The path of an installation's folder: that of its state, or beside its keys.
    ///
    /// - Throws: `CommandError` when neither is known.
    static func path(_ state: StateFolder?) throws(CommandError) -> String {
        if let named = Terminal.environment("LIMEN_LEDGER") { return named }
        if let state { return state.file("ledger") }
        guard let keys = Terminal.environment("LIMEN_KEYS") else {
            throw CommandError(.badInput, "name the folder with the signing key with LIMEN_LEDGER")
        }
        return keys + "/.ledger"
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
        do throws(SystemError) {
            try Folder.create(path: path)
        } catch {
            throw StateFolder.failure(error, path)
        }
        _ = try prepareKey(in: path)
        try adoptKey(in: path)
    }

    // MARK: A new key

    /// Makes the key that is to sign next, in a file beside the one that signs; one that an
    /// earlier try has left is taken up again.
    static func prepareKey(in path: String) throws(CommandError) -> LedgerFolder {
        let file = path + "/signer.next"
        if File.exists(path: file) { return try open(path, key: file) }
        let origin = Terminal.environment("LIMEN_LEDGER_ORIGIN") ?? defaultOrigin
        guard let signer = NoteSigner.generate(name: origin), let text = signer.text else {
            throw CommandError(
                .badInput,
                "LIMEN_LEDGER_ORIGIN has no spaces and no plus signs, and at most 255 bytes"
            )
        }
        do throws(SystemError) {
            try Folder.create(path: path)
            try File.writeAtomically(path: file, Array((text + "\n").utf8))
        } catch {
            throw StateFolder.failure(error, file)
        }
        return LedgerFolder(path: Folder.absolutePath(path) ?? path, signer: signer)
    }

    /// Puts the prepared key in force: its public half is added, the old one is kept by its name.
    static func adoptKey(in path: String) throws(CommandError) {
        let next = try prepareKey(in: path).signer
        let verifiers = path + "/verifiers"
        let known = File.exists(path: verifiers) ? try text(verifiers) : ""
        do throws(SystemError) {
            if !known.split(separator: "\n").contains(next.key.text[...]) {
                let open = known.isEmpty || known.hasSuffix("\n") ? known : known + "\n"
                try File.writeAtomically(
                    path: verifiers,
                    Array((open + next.key.text + "\n").utf8),
                    mode: 0o644
                )
            }
            if File.exists(path: path + "/signer") {
                let stamp = Clock.now().text.filter { $0.isNumber }
                try File.move(from: path + "/signer", to: path + "/signer.until-" + stamp)
            }
            try File.move(from: path + "/signer.next", to: path + "/signer")
        } catch {
            throw StateFolder.failure(error, path)
        }
    }

    /// Every public key of the folder; that of the signer too.
    func keys() throws(CommandError) -> [NoteKey] {
        guard File.exists(path: path + "/verifiers") else { return [signer.key] }
        let known = try Self.verifiers(path)
        return known.contains(signer.key) ? known : known + [signer.key]
    }

    /// Forgets the end of the last log: a restored database need not have it.
    func forgetLastLog() throws(CommandError) {
        guard File.exists(path: path + "/last-log") else { return }
        do throws(SystemError) {
            try File.move(from: path + "/last-log", to: path + "/last-log.before-restore")
        } catch {
            throw StateFolder.failure(error, path + "/last-log")
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
