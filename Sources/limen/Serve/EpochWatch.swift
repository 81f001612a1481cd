import Posix
import Synchronization
import Telemetry
import Vault

/// Takes a new epoch of pseudonyms from the key files without being told, and lets an ended one go.
///
/// `limen audit keys end-epoch` destroys the key of an epoch in the file. A gateway that was never told
/// (SIGHUP) would go on making pseudonyms of it, which nobody can look up any more, or go on finding
/// by it what was to be unlinked. So it looks itself, every ten seconds. Wrapping keys come along:
/// the file is read as a whole. Key files that name a command are left alone: the commands of the
/// keys change none of those.
final class EpochWatch: Sendable {
    private let sources: [KeySource]
    private let ring: KeyRing
    private let log: @Sendable (LogEvent) -> Void
    private let onTaken: @Sendable () -> Void
    /// The tenants whose files cannot be read.
    private let unreadable = Mutex<Set<String>>([])
    private let isEnded = Atomic<Bool>(false)

    /// How often the files are looked at.
    static let periodSeconds = 10

    init(
        _ sources: [KeySource],
        ring: KeyRing,
        log: @escaping @Sendable (LogEvent) -> Void,
        onTaken: @escaping @Sendable () -> Void = {}
    ) {
        self.sources = sources
        self.ring = ring
        self.log = log
        self.onTaken = onTaken
    }

    /// Looks until `end`.
    func start() {
        Task.detached { [self] in
            while !isEnded.load(ordering: .acquiring) {
                try? await Task.sleep(for: .seconds(Self.periodSeconds))
                look()
            }
        }
    }

    /// Ends the watch.
    func end() { isEnded.store(true, ordering: .releasing) }

    /// Looks at every file once.
    func look() {
        var failed: Set<String> = []
        for source in sources {
            do throws(VaultError) {
                guard let keys = try source.readWithoutCommand(), ring.adopt(keys) else { continue }
            } catch {
                failed.insert(source.tenant)
                continue
            }
            log(
                LogEvent(
                    .warning,
                    """
                    an epoch of pseudonyms has begun or ended in the key file: it was read by itself, \
                    without SIGHUP
                    """,
                    [(.tenant, .text(source.tenant))]
                )
            )
            onTaken()
        }
        let news = unreadable.withLock { unreadable in
            defer { unreadable = failed }
            return failed.subtracting(unreadable)
        }
        for tenant in news.sorted() {
            log(
                LogEvent(
                    .error,
                    "a key file cannot be read: epochs that end in it are not noticed",
                    [(.tenant, .text(tenant))]
                )
            )
        }
    }

    /// What `/readyz` says of the key files; `nil` when all can be read.
    var note: String? {
        let count = unreadable.withLock { $0.count }
        return count == 0
            ? nil
            : "key files of \(count) tenants cannot be read: keys of before are in use, and an epoch "
                + "that ends is not noticed"
    }
}
