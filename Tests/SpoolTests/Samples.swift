import Basics
import Posix
import Spool
import Support
import Testing

/// Small spools for the tests.
enum Samples {
    static let log = UUIDBytes(high: 0x10, low: 0x20)
    static let installation = UUIDBytes(high: 0xAA, low: 0xBB)

    static func identity(
        installation: UUIDBytes = installation,
        secret: UInt8 = 5,
        older: UInt8? = nil,
        segment: Int = 4_096,
        block: Int = 256
    ) throws -> SpoolIdentity {
        let key = try #require(SpoolKey(secret: [UInt8](repeating: secret, count: 32)))
        let olderKeys = older.map { SpoolKey(secret: [UInt8](repeating: $0, count: 32)) }
        return SpoolIdentity(
            installation: installation,
            key: key,
            olderKeys: [olderKeys ?? nil].compactMap { $0 },
            segmentByteCount: segment,
            blockByteCount: block
        )
    }

    static func configuration(
        _ identity: SpoolIdentity,
        bytesMax: Int = 1 << 20
    ) -> SpoolConfiguration {
        SpoolConfiguration(
            identity: identity,
            session: .init(high: RandomBytes.number(), low: RandomBytes.number()),
            bytesMax: bytesMax
        )
    }

    static func entry(_ number: Int, byteCount: Int = 40, log: UUIDBytes = log) -> SpoolEntry {
        let bytes = [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
        return SpoolEntry(
            log: log,
            rowCount: 1,
            bytes: bytes + [UInt8](repeating: 0x5A, count: byteCount)
        )
    }

    static func number(_ entry: SpoolEntry) -> Int {
        Int(entry.bytes[0]) << 8 | Int(entry.bytes[1])
    }

    /// A folder of its own, removed afterwards.
    static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let root = Terminal.environment("TMPDIR") ?? "/tmp"
        let path = root + "/limen-spool-" + String(RandomBytes.number(), radix: 36)
        try Folder.create(path: path)
        defer { try? Folder.removeAll(path: path) }
        return try body(path)
    }

    /// All entries of a spool in their order, by number; nothing is settled.
    static func numbers(in survey: SpoolSurvey, _ disk: any SpoolDisk, _ identity: SpoolIdentity)
        throws -> [Int]
    {
        var backlog = SpoolBacklog(survey)
        let reader = SpoolReader(disk: disk, identity: identity)
        var numbers: [Int] = []
        while let front = backlog.front {
            for entry in try reader.read(front, entryCountMax: 100) {
                numbers.append(number(entry.entry))
                backlog.settle(entry)
            }
        }
        return numbers
    }
}
