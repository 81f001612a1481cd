import AuditStore
import Basics
import Posix
import Synchronization

/// Notes of refused entries, in a file beside the segments, and the wish to try them again.
///
///     refused   one entry a line: segment, number, log, rows, microseconds, SQLSTATE
///     retry     somebody has asked for another try; the gateway removes it
///     tried     the moment until which every entry was tried: what is left of that is held
///
/// The last is kept through a start, so that what is held does not count as waiting for a database
/// that is away then (`Spool.status`). It says nothing of which entries are sent.
///
/// The entries themselves stay in their segments. At a start everything is tried again, so the
/// notes of an earlier start are gone; and when refused entries are sent again, so are the notes of
/// those that are held no more.
final class RefusedNotes: Sendable {
    private let folder: String
    private let entries = Mutex<[RefusedEntry]>([])
    private let isEnded = Atomic<Bool>(false)

    /// How often the wish is looked for.
    private static let periodMilliseconds = 200

    /// The notes of a gateway that begins.
    init(folder: String) {
        self.folder = folder
        try? File.remove(path: Self.path(folder))
        try? File.remove(path: Self.wish(folder))
    }

    /// Notes an entry, once; the log has it too, so a note that cannot be written is not missed.
    ///
    /// One that was asked for again since is not noted: it is not refused at present.
    func add(_ entry: RefusedEntry, ifStill isHeld: (RefusedEntry) -> Bool) {
        entries.withLock { entries in
            guard isHeld(entry) else { return }
            // What follows a refused entry in its log is not sent, so there is one for each log.
            entries.removeAll { $0.name == entry.name || $0.log == entry.log }
            guard entries.count < Limits.spoolNotesMax else { return }
            entries.append(entry)
            write(entries)
        }
    }

    /// Keeps the notes of those that are held at present, and of no other.
    ///
    /// In whatever order this and `add` come, each looks at what is held while nobody else writes.
    func keepOnly(_ isHeld: (RefusedEntry) -> Bool) {
        entries.withLock { entries in
            let kept = entries.filter(isHeld)
            guard kept.count < entries.count else { return }
            entries = kept
            write(kept)
        }
    }

    private func write(_ entries: [RefusedEntry]) {
        guard !entries.isEmpty else {
            try? File.remove(path: Self.path(folder))
            return
        }
        let text = entries.map { $0.line + "\n" }.joined()
        try? File.writeAtomically(path: Self.path(folder), Array(text.utf8))
    }

    /// Looks for the wish until `end`, and calls `each` beforehand.
    func watch(
        each: @escaping @Sendable () -> Void,
        _ retry: @escaping @Sendable () -> Void
    ) {
        Task.detached { [self] in
            while !isEnded.load(ordering: .acquiring) {
                try? await Task.sleep(for: .milliseconds(Self.periodMilliseconds))
                each()
                guard File.exists(path: Self.wish(folder)) else { continue }
                try? File.remove(path: Self.wish(folder))
                retry()
            }
        }
    }

    /// Ends the watch.
    func end() {
        isEnded.store(true, ordering: .releasing)
    }

    /// The notes of a gateway that runs, or ran last; none without a folder or without notes in it.
    ///
    /// - Throws: `unavailable` when they cannot be read, for then nobody knows what is held.
    static func read(folder: String) throws(CommandError) -> [RefusedEntry] {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try File.read(path: path(folder), bytesMax: 4 << 20)
        } catch {
            guard !error.isAbsent else { return [] }
            throw CommandError(
                .unavailable,
                "the notes of refused rows in the spool \(folder) cannot be read (\(error.text)): "
                    + "nobody knows whether it holds any; mend the folder or run this as its owner"
            )
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .compactMap { RefusedEntry(line: $0) }
    }

    /// Asks the gateway for another try.
    static func ask(folder: String) throws(SystemError) {
        try File.writeAtomically(path: wish(folder), [])
    }

    /// Until when everything was tried, as an earlier start has noted it.
    static func triedUntil(folder: String) -> Instant? {
        guard let bytes = try? File.read(path: folder + "/tried", bytesMax: 64) else { return nil }
        return Int64(String(decoding: bytes, as: UTF8.self)).map { Instant(microseconds: $0) }
    }

    /// Notes that everything was tried until a moment; with none, that nothing is held.
    static func note(triedUntil moment: Instant?, folder: String) {
        guard let moment else {
            try? File.remove(path: folder + "/tried")
            return
        }
        try? File.writeAtomically(
            path: folder + "/tried",
            Array(String(moment.microseconds).utf8)
        )
    }

    private static func path(_ folder: String) -> String { folder + "/refused" }
    private static func wish(_ folder: String) -> String { folder + "/retry" }
}
