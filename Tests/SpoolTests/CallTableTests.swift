import Basics
import Posix
import Spool
import Support
import Synchronization
import Testing

/// Each kind of call that a spool makes, failed at each of its places in the life of a spool.
@Suite("Failed calls by kind")
struct CallTableTests {
    /// The system calls behind `SpoolDisk`: readdir, open and pread, open with O_EXCL,
    /// posix_fallocate, pwrite, fdatasync, rename, fsync of the folder, unlink. Nothing is mapped.
    enum Call: String, CaseIterable {
        case names
        case read
        case create
        case allocate
        case write
        case synchronize
        case rename
        case synchronizeFolder
        case remove
    }

    @Test(
        "A call of any kind that fails once, at any place, loses and doubles nothing acknowledged",
        arguments: Call.allCases,
        FaultTableTests.Fault.allCases
    )
    func table(_ call: Call, _ fault: FaultTableTests.Fault) throws {
        let identity = try Samples.identity(segment: 1_536, block: 256)
        var reachedCount = 0
        for place in 1...200 {
            let wasReached = try Samples.withFolder { folder -> Bool in
                // Entries of an earlier start, which this one reads.
                let first = try Spool.open(folder: folder, Samples.configuration(identity))
                for number in 0..<8 { try first.append(Samples.entry(number, byteCount: 200)) }
                first.close()
                let disk = CallFaultDisk(FolderDisk(path: folder), call, place, fault)
                var owed = Set(0..<8)
                try Self.live(disk, identity, &owed)
                try Self.check(folder, identity, owed, "\(call) \(place)")
                return disk.wasReached
            }
            guard wasReached else { break }
            reachedCount += 1
        }
        // A read of a few bytes comes short only where the file ends; the others take all or fail.
        let isShortElsewhere = fault == .short && call != .write
        #expect(reachedCount > 0 || isShortElsewhere, "\(call) is never made")
        #expect(reachedCount < 200)
    }

    /// One start: reads and settles a part, appends, settles more, and ends.
    private static func live(
        _ disk: CallFaultDisk,
        _ identity: SpoolIdentity,
        _ owed: inout Set<Int>
    ) throws {
        let spool: Spool
        do throws(SpoolError) {
            spool = try Spool.open(disk, Samples.configuration(identity))
        } catch {
            // What cannot be looked at is not opened; nothing was acknowledged.
            #expect(error.code == .folderUnusable)
            return
        }
        defer { spool.close() }
        for round in 0..<3 {
            for number in (8 + 4 * round)..<(12 + 4 * round) {
                do throws(SpoolError) {
                    try spool.append(Samples.entry(number, byteCount: 200))
                    owed.insert(number)
                } catch {
                    #expect(error.code == .failed || error.code == .full)
                }
            }
            let entries = (try? spool.oldest(entryCountMax: 3)) ?? []
            spool.settle(entries)
            for entry in entries { owed.remove(Samples.number(entry.entry)) }
        }
    }

    private static func check(
        _ folder: String,
        _ identity: SpoolIdentity,
        _ owed: Set<Int>,
        _ place: String
    ) throws {
        let disk = FolderDisk(path: folder)
        let survey = try SpoolSurvey(of: disk, identity: identity, isOpeningBodies: true)
        try #require(survey.findings.filter(\.isLoss).isEmpty, "\(place)")
        let numbers = try Samples.numbers(in: survey, disk, identity)
        try #require(numbers == numbers.sorted(), "\(place)")
        try #require(Set(numbers).count == numbers.count, "\(place)")
        try #require(owed.isSubset(of: numbers), "\(place)")
    }

    @Test("A disk that cannot be read for a while holds nothing back for ever")
    func unreadable() throws {
        try Samples.withFolder { folder in
            let identity = try Samples.identity()
            let disk = CallFaultDisk(FolderDisk(path: folder), .read, 1, .input)
            let spool = try Spool.open(disk, Samples.configuration(identity))
            defer { spool.close() }
            for number in 0..<3 { try spool.append(Samples.entry(number)) }
            #expect(throws: SpoolError(code: .folderUnusable)) {
                try spool.oldest(entryCountMax: 9)
            }
            #expect(!spool.isDrained)
            let numbers = try spool.oldest(entryCountMax: 9).map { Samples.number($0.entry) }
            #expect(numbers == [0, 1, 2])
        }
    }
}

/// A disk whose call of one kind fails at one place.
final class CallFaultDisk: SpoolDisk {
    private let disk: any SpoolDisk
    private let call: CallTableTests.Call
    private let place: Int
    private let fault: FaultTableTests.Fault
    private let count = Mutex(0)

    init(
        _ disk: any SpoolDisk,
        _ call: CallTableTests.Call,
        _ place: Int,
        _ fault: FaultTableTests.Fault
    ) {
        self.disk = disk
        self.call = call
        self.place = place
        self.fault = fault
    }

    /// Whether the call was made so often.
    var wasReached: Bool { count.withLock { $0 >= place } }

    /// Counts a call; `true` when it comes short.
    @discardableResult
    fileprivate func step(_ made: CallTableTests.Call) throws(SystemError) -> Bool {
        guard made == call else { return false }
        let isNow = count.withLock { count in
            count += 1
            return count == place
        }
        guard isNow else { return false }
        if fault == .short { return true }
        throw SystemError(code: fault.rawValue)
    }

    func names() throws(SystemError) -> [String] {
        try step(.names)
        return try disk.names()
    }

    func read(_ name: String, at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
        try step(.read)
        return try disk.read(name, at: offset, count: count)
    }

    func create(_ name: String) throws(SystemError) -> any SpoolFile {
        try step(.create)
        return File(try disk.create(name), self)
    }

    func rename(_ name: String, to other: String) throws(SystemError) {
        try step(.rename)
        try disk.rename(name, to: other)
    }

    func remove(_ name: String) throws(SystemError) {
        try step(.remove)
        try disk.remove(name)
    }

    func synchronizeFolder() throws(SystemError) {
        try step(.synchronizeFolder)
        try disk.synchronizeFolder()
    }

    private final class File: SpoolFile {
        private let file: any SpoolFile
        private let disk: CallFaultDisk

        init(_ file: any SpoolFile, _ disk: CallFaultDisk) {
            self.file = file
            self.disk = disk
        }

        func allocate(byteCount: Int) throws(SystemError) {
            try disk.step(.allocate)
            try file.allocate(byteCount: byteCount)
        }

        func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(SystemError) -> Int {
            let isShort = try disk.step(.write)
            return try file.write(
                isShort ? bytes.prefix(max(1, bytes.count / 2)) : bytes,
                at: offset
            )
        }

        func synchronize() throws(SystemError) {
            try disk.step(.synchronize)
            try file.synchronize()
        }
    }
}
