import Basics
import Posix
import Spool
import Support
import Synchronization
import Testing

/// Every system call of the spool on real files, failed once: the first, the second, and so on.
@Suite("Failed system calls")
struct FaultTableTests {
    /// What a call answers instead of its result.
    enum Fault: Int32, CaseIterable {
        case input = 5
        case noSpace = 28
        case interrupted = 4
        case short = -1
    }

    @Test(
        "Whichever call fails, what was acknowledged is there, and what was not was told",
        arguments: Fault.allCases,
        [false, true]
    )
    func table(_ fault: Fault, _ isLasting: Bool) throws {
        let identity = try Samples.identity(segment: 1_536, block: 256)
        var failedCalls = 0
        var rejectedCount = 0
        for call in 1...400 {
            let isOver = try Samples.withFolder { folder -> Bool in
                let disk = FaultyDisk(
                    FolderDisk(path: folder),
                    call: call,
                    fault: fault,
                    isLasting: isLasting
                )
                let acknowledged = try Self.live(on: disk, identity, &rejectedCount)
                if disk.wasReached { failedCalls += 1 }
                try Self.check(folder, identity, acknowledged, call)
                return !disk.wasReached
            }
            if isOver { break }
        }
        #expect(failedCalls > 40)
        #expect(failedCalls < 400)
        // One failure is nothing that a caller needs to hear of: the group goes to another file.
        #expect((rejectedCount > 0) == (isLasting && fault != .short))
    }

    /// Writes, settles a part, and answers what was acknowledged and not settled.
    private static func live(
        on disk: FaultyDisk,
        _ identity: SpoolIdentity,
        _ rejectedCount: inout Int
    ) throws -> [Int] {
        var writer = SpoolWriter(
            disk: disk,
            identity: identity,
            session: UUIDBytes(high: 1, low: 1),
            firstNumber: 1,
            foundByteCount: 0,
            bytesMax: 1 << 20
        )
        var backlog = SpoolBacklog()
        let reader = SpoolReader(disk: disk, identity: identity)
        var owed: [Int] = []
        for number in 0..<12 {
            let entry = Samples.entry(number, byteCount: 300)
            do throws(SpoolError) {
                let place = try writer.write([entry], now: Instant(microseconds: 5))
                owed.append(number)
                backlog.append(
                    [entry],
                    byteCount: SpoolWriter.byteCount(of: entry),
                    at: place,
                    header: writer.header(of: place)
                )
            } catch {
                rejectedCount += 1
            }
            if number % 4 == 3 { writer.seal() }
            guard number == 6, let front = backlog.front else { continue }
            for settled in try reader.read(front, entryCountMax: 3) {
                backlog.settle(settled)
                owed.removeAll { $0 == Samples.number(settled.entry) }
            }
            for segment in backlog.takeRemovable(current: writer.currentSegment) {
                _ = writer.remove(segment.header.number, byteCount: segment.fileByteCount)
            }
        }
        return owed
    }

    /// A new start finds everything that is owed, once and in order, and calls nothing damage.
    private static func check(
        _ folder: String,
        _ identity: SpoolIdentity,
        _ acknowledged: [Int],
        _ call: Int
    ) throws {
        let disk = FolderDisk(path: folder)
        let survey = try SpoolSurvey(of: disk, identity: identity, isOpeningBodies: true)
        try #require(survey.findings.filter { $0.isLoss }.isEmpty, "call \(call)")
        let numbers = try Samples.numbers(in: survey, disk, identity)
        try #require(numbers == numbers.sorted(), "call \(call)")
        try #require(Set(numbers).count == numbers.count, "call \(call)")
        try #require(Set(acknowledged).isSubset(of: numbers), "call \(call)")
    }
}

/// A disk whose call of one number fails, or all from that one on.
final class FaultyDisk: SpoolDisk {
    private struct State {
        var count = 0
        var wasReached = false
    }

    private let disk: any SpoolDisk
    private let call: Int
    private let fault: FaultTableTests.Fault
    private let isLasting: Bool
    private let state = Mutex(State())

    init(_ disk: any SpoolDisk, call: Int, fault: FaultTableTests.Fault, isLasting: Bool) {
        self.disk = disk
        self.call = call
        self.fault = fault
        self.isLasting = isLasting
    }

    /// Whether there were so many calls.
    var wasReached: Bool { state.withLock { $0.wasReached } }

    /// Counts a call; `true` when it comes short.
    private func step(isWrite: Bool = false) throws(SystemError) -> Bool {
        let fails = state.withLock { state in
            state.count += 1
            if state.count >= call { state.wasReached = true }
            return state.count == call || isLasting && state.count > call
        }
        guard fails else { return false }
        if fault == .short { return isWrite }
        throw SystemError(code: fault.rawValue)
    }

    func names() throws(SystemError) -> [String] { try disk.names() }

    func read(_ name: String, at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
        try disk.read(name, at: offset, count: count)
    }

    func create(_ name: String) throws(SystemError) -> any SpoolFile {
        _ = try step()
        return File(try disk.create(name), self)
    }

    func rename(_ name: String, to other: String) throws(SystemError) {
        _ = try step()
        try disk.rename(name, to: other)
    }

    func remove(_ name: String) throws(SystemError) {
        _ = try step()
        try disk.remove(name)
    }

    func synchronizeFolder() throws(SystemError) {
        _ = try step()
        try disk.synchronizeFolder()
    }

    private final class File: SpoolFile {
        private let file: any SpoolFile
        private let disk: FaultyDisk

        init(_ file: any SpoolFile, _ disk: FaultyDisk) {
            self.file = file
            self.disk = disk
        }

        func allocate(byteCount: Int) throws(SystemError) {
            _ = try disk.step()
            try file.allocate(byteCount: byteCount)
        }

        func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(SystemError) -> Int {
            let isShort = try disk.step(isWrite: true)
            let part = isShort ? bytes.prefix(max(1, bytes.count / 2)) : bytes
            return try file.write(part, at: offset)
        }

        func synchronize() throws(SystemError) {
            _ = try disk.step()
            try file.synchronize()
        }
    }
}
