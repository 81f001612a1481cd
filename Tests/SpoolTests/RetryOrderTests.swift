import Basics
import Posix
import Spool
import Synchronization
import Testing

/// Entries that are asked for again while somebody is at work on what was read before.
@Suite("Asking again for what was refused")
struct RetryOrderTests {
    private static let other = UUIDBytes(high: 0x11, low: 0x21)

    /// A folder that tells when it is read.
    private struct ToldDisk: SpoolDisk {
        let folder: FolderDisk
        let told: Told

        final class Told: Sendable {
            let action = Mutex<(@Sendable () -> Void)?>(nil)

            func tell() {
                let action = action.withLock { $0.take() }
                action?()
            }
        }

        func names() throws(SystemError) -> [String] { try folder.names() }

        func read(_ name: String, at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
            told.tell()
            return try folder.read(name, at: offset, count: count)
        }

        func create(_ name: String) throws(SystemError) -> any SpoolFile {
            try folder.create(name)
        }

        func rename(_ name: String, to other: String) throws(SystemError) {
            try folder.rename(name, to: other)
        }

        func remove(_ name: String) throws(SystemError) { try folder.remove(name) }

        func synchronizeFolder() throws(SystemError) { try folder.synchronizeFolder() }
    }

    /// A spool with entries of two logs in turn, of which the first was refused.
    private func withSpool(_ body: (Spool, ToldDisk.Told) throws -> Void) throws {
        try Samples.withFolder { folder in
            let told = ToldDisk.Told()
            let disk = ToldDisk(folder: FolderDisk(path: folder), told: told)
            let spool = try Spool.open(
                disk,
                Samples.configuration(try Samples.identity(segment: 16_384))
            )
            defer { spool.close() }
            for number in 0..<6 {
                let log = number % 2 == 0 ? Samples.log : Self.other
                try spool.append(Samples.entry(number, log: log))
            }
            let first = try #require(try spool.oldest(entryCountMax: 1).first)
            #expect(spool.hold(first))
            try body(spool, told)
        }
    }

    @Test("What is read while it is asked for comes out behind what was refused, and not before it")
    func reading() throws {
        try withSpool { spool, told in
            told.action.withLock { action in action = { spool.retryRefused() } }
            let entries = try spool.oldest(entryCountMax: 100)
            #expect(entries.map { Samples.number($0.entry) } == [0, 1, 2, 3, 4, 5])
        }
    }

    @Test("What was read before is not held, nor sent, once it is asked for again")
    func holding() throws {
        try withSpool { spool, _ in
            let attempt = spool.attempt
            let entries = try spool.oldest(entryCountMax: 100)
            let read = try #require(entries.first)
            #expect(Samples.number(read.entry) == 1)
            #expect(spool.standing(of: read, since: attempt) == .free)
            spool.retryRefused()
            #expect(spool.standing(of: read, since: attempt) == .overtaken)
            #expect(!spool.hold(read))
            #expect(spool.heldLogs.isEmpty, "the log of a late refusal is not held on its account")
            #expect(
                !spool.isHeld(log: Self.other, segment: read.segment, sequence: read.sequence)
            )
            let again = try spool.oldest(entryCountMax: 100)
            #expect(again.map { Samples.number($0.entry) } == [0, 1, 2, 3, 4, 5])
        }
    }
}
