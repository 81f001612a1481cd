import AuditStore
import Basics
import Crypto
import Posix
import Spool

/// Where the spool lies and whose it is.
///
/// The spool is a folder on a local disk of this machine. Its installation and its key follow from
/// the system key: whoever has that key can replay it, and nobody else can read it.
struct SpoolSettings: Sendable {
    /// The folder.
    let folder: String
    /// Installation and key.
    let identity: SpoolIdentity
    /// The most bytes that it may take.
    let bytesMax: Int

    /// The spool of an installation in a folder.
    init(folder: String, systemKey: AuthenticationKey) throws(CommandError) {
        guard
            let key = SpoolKey(secret: systemKey.authenticate(parts: ["limen", "spool"]))
        else {
            throw CommandError(.internalError, "the key of the spool cannot be derived")
        }
        self.folder = folder
        identity = SpoolIdentity(
            installation: systemKey.identifier(parts: ["limen", "installation"]),
            key: key
        )
        bytesMax = try Self.bytesMax()
    }

    /// `LIMEN_SPOOL_BYTES`, at least four segments; 1 GiB without it.
    private static func bytesMax() throws(CommandError) -> Int {
        guard let text = Terminal.environment("LIMEN_SPOOL_BYTES") else {
            return Limits.spoolBytesMax
        }
        guard let bytes = Int(text), bytes >= 4 * Limits.spoolSegmentBytes else {
            throw CommandError(
                .badInput,
                "LIMEN_SPOOL_BYTES is a number of bytes, at least \(4 * Limits.spoolSegmentBytes)"
            )
        }
        return bytes
    }

    /// How long the writers wait for what: `LIMEN_GRACE_MILLISECONDS`, 50 to 10000, is how long
    /// rows wait for the database before they go to the spool; 1000 without it.
    static func timing() throws(CommandError) -> AuditSinkTiming {
        var timing = AuditSinkTiming()
        guard let text = Terminal.environment("LIMEN_GRACE_MILLISECONDS") else { return timing }
        guard let milliseconds = Int(text), (50...10_000).contains(milliseconds) else {
            throw CommandError(
                .badInput,
                "LIMEN_GRACE_MILLISECONDS is a number of milliseconds from 50 to 10000"
            )
        }
        timing.graceMilliseconds = milliseconds
        return timing
    }

    /// What `--spool` or `LIMEN_SPOOL` says: `off`, or the folder of the spool.
    static func read(
        _ text: String?,
        otherwise folder: String?,
        systemKey: AuthenticationKey
    ) throws(CommandError) -> SpoolSettings? {
        guard let path = text ?? folder, path != "off" else { return nil }
        return try SpoolSettings(folder: path, systemKey: systemKey)
    }

    /// The sentence for a spool that cannot be used.
    func commandError(_ error: SpoolError) -> CommandError {
        let place = error.finding.map { $0.place + ": " + $0.sentence }
        switch error.code {
        case .inUse:
            return CommandError(
                .unavailable,
                "another process uses the spool \(folder); give each gateway a folder of its own"
            )
        case .otherInstallation, .otherKey, .futureVersion:
            return CommandError(
                .badInput,
                "the spool \(folder) cannot be replayed here (\(place ?? "")); name another folder "
                    + "with --spool, and keep this one for the gateway that wrote it"
            )
        case .folderUnusable, .full, .tooOld, .tooLarge, .failed, .damaged, .closed, .rowRefused:
            return CommandError(
                .unavailable,
                "the spool \(folder) cannot be used (\(error.code.rawValue)\(place ?? ""))"
            )
        }
    }
}
