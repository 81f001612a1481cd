import Basics
import Crypto
import JSON
import Lifecycle
import Posix
import Synchronization

/// What was in force when it was last read, in a file, for a start while the database is away.
///
///     <authentication code in hexadecimal>
///     {"format":"limen-versions/1","readAtMicroseconds":1763700000000000,"services":[{"service":"news2", ...}]}
///
/// The code is keyed with the system key: another installation's file, or an edited one, is none.
final class VersionsMemory: Sendable {
    /// What was read, and when.
    struct Known: Equatable {
        let book: DeploymentBook
        let readAt: Instant
    }

    private let path: String
    private let key: AuthenticationKey
    private let written = Mutex<Known?>(nil)

    /// After how long a file that says the same is written again, for the time in it.
    private static let freshMicroseconds: Int64 = 60_000_000
    private static let format = "limen-versions/1"
    private static let bytesMax = 4 << 20

    /// The memory in the folder of the ledger.
    init(_ folder: LedgerFolder, key: AuthenticationKey) {
        path = folder.path + "/versions"
        self.key = key
    }

    /// Keeps what was read; a file that cannot be written only makes a later start impossible.
    func keep(_ book: DeploymentBook, at now: Instant) {
        var book = book
        book.totals = [:]
        let isNews = written.withLock { written in
            guard let last = written else { return true }
            return last.book != book
                || now.microseconds(since: last.readAt) >= Self.freshMicroseconds
        }
        guard isNews else { return }
        let known = Known(book: book, readAt: now)
        let body = Self.encode(known)
        let text = Hexadecimal.text(code(of: body)) + "\n"
        guard (try? File.writeAtomically(path: path, Array(text.utf8) + body)) != nil else {
            return
        }
        written.withLock { $0 = known }
    }

    /// What was in force when it was last read; `nil` when that is not known, too long ago, or from
    /// a clock that was set back since.
    func known(at now: Instant) -> DeploymentBook? {
        guard File.exists(path: path),
            let bytes = try? File.read(path: path, bytesMax: Self.bytesMax),
            let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
            Hexadecimal.bytes(Substring(decoding: bytes[..<end], as: UTF8.self))
                == code(of: Array(bytes[(end + 1)...])),
            let known = Self.decode(Array(bytes[(end + 1)...]))
        else { return nil }
        let age = now.microseconds(since: known.readAt) / 1_000_000
        guard age >= 0, age < Int64(Limits.spoolAgeSecondsMax) else { return nil }
        return known.book
    }

    private func code(of body: [UInt8]) -> [UInt8] {
        key.authenticate(
            parts: ["limen", "versions", Hexadecimal.text(Digest.sha256(body))]
        )
    }

    static func encode(_ known: Known) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", format)
        writer.member("readAtMicroseconds", Int(clamping: known.readAt.microseconds))
        writer.name("services")
        writer.beginArray()
        for (service, deployment) in known.book.deployments.sorted(by: { $0.key < $1.key }) {
            writer.beginObject()
            writer.member("service", service)
            writer.member("number", deployment.number)
            writer.member("kind", deployment.kind.rawValue)
            writer.member("isCanaryActive", deployment.isCanaryActive)
            for (name, version) in [("live", deployment.live), ("canary", deployment.canary)] {
                writer.member(name + "Profile", ifPresent: version?.profile)
                writer.member(name + "Digest", ifPresent: version?.digest)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) -> Known? {
        guard let root = (try? JSONDocument(parsing: bytes))?.root,
            root["format"]?.isString(format) == true,
            let readAt = root["readAtMicroseconds"]?.integerValue,
            let services = root["services"]
        else { return nil }
        var book = DeploymentBook()
        for entry in services.elements {
            guard let service = entry["service"]?.stringValue,
                let number = entry["number"]?.integerValue,
                let kind = Deployment.Kind(rawValue: entry["kind"]?.stringValue ?? ""),
                let isActive = entry["isCanaryActive"]?.boolValue
            else { return nil }
            book.deployments[service] = Deployment(
                service: service,
                number: number,
                kind: kind,
                reason: "",
                live: version(entry, "live"),
                canary: version(entry, "canary"),
                isCanaryActive: isActive
            )
        }
        return Known(book: book, readAt: Instant(microseconds: Int64(readAt)))
    }

    private static func version(_ entry: JSONValue, _ name: String) -> ModelVersion? {
        guard let profile = entry[name + "Profile"]?.stringValue,
            let digest = entry[name + "Digest"]?.stringValue
        else { return nil }
        return ModelVersion(profile: profile, digest: digest)
    }
}
