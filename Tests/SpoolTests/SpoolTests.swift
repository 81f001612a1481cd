import Basics
import Posix
import Spool
import Support
import Synchronization
import Testing

@Suite("Spool")
struct SpoolTests {
    @Test("Entries come out in their order, and files go when all are settled")
    func roundTrip() throws {
        try Samples.withFolder { folder in
            let configuration = Samples.configuration(try Samples.identity())
            let spool = try Spool.open(folder: folder, configuration)
            defer { spool.close() }
            for number in 0..<60 { try spool.append(Samples.entry(number)) }
            #expect(spool.status(now: Clock.now()).rowCount == 60)
            var numbers: [Int] = []
            while !spool.isDrained {
                let entries = try spool.oldest(entryCountMax: 7)
                numbers += entries.map { Samples.number($0.entry) }
                spool.settle(entries)
            }
            #expect(numbers == Array(0..<60))
            try eventually { try Folder.names(path: folder) == ["lock"] }
            let status = spool.status(now: Clock.now())
            #expect(status.rowCount == 0)
            #expect(status.alarms.isEmpty)
            // A spool that was emptied takes entries again.
            try spool.append(Samples.entry(99))
            #expect(try spool.oldest(entryCountMax: 1).map { Samples.number($0.entry) } == [99])
        }
    }

    @Test("What was not settled comes out again at the next start, in order and before what is new")
    func restart() throws {
        try Samples.withFolder { folder in
            let identity = try Samples.identity()
            let first = try Spool.open(folder: folder, Samples.configuration(identity))
            for number in 0..<40 { try first.append(Samples.entry(number)) }
            first.settle(try first.oldest(entryCountMax: 5))
            first.close()
            let second = try Spool.open(folder: folder, Samples.configuration(identity))
            defer { second.close() }
            for number in 40..<50 { try second.append(Samples.entry(number)) }
            var numbers: [Int] = []
            while !second.isDrained {
                let entries = try second.oldest(entryCountMax: 100)
                numbers += entries.map { Samples.number($0.entry) }
                second.settle(entries)
            }
            // Some of the settled ones come again: their segment was still there.
            let first40 = numbers.prefix { $0 < 40 }
            #expect(Array(first40) == Array((40 - first40.count)..<40))
            #expect(first40.count >= 35)
            #expect(Array(numbers.dropFirst(first40.count)) == Array(40..<50))
        }
    }

    @Test("Many that append at once share groups, and each is told once")
    func together() throws {
        try Samples.withFolder { folder in
            let spool = try Spool.open(
                folder: folder,
                Samples.configuration(try Samples.identity(segment: 65_536, block: 4_096))
            )
            defer { spool.close() }
            let told = Mutex(0)
            for number in 0..<500 {
                spool.append(Samples.entry(number)) { error in
                    told.withLock { $0 += error == nil ? 1 : 1_000_000 }
                }
            }
            try eventually { told.withLock { $0 } == 500 }
            let status = spool.status(now: Clock.now())
            #expect(status.takenCount == 500)
            #expect(status.groupCount < 500)
        }
    }

    @Test(
        "A full spool says so, raises its alarms on the way, and takes entries when there is room"
    )
    func full() throws {
        try Samples.withFolder { folder in
            let spool = try Spool.open(
                folder: folder,
                Samples.configuration(try Samples.identity(), bytesMax: 4_096 * 5)
            )
            defer { spool.close() }
            var alarms: [[SpoolStatus.Alarm]] = []
            var refusal: SpoolError?
            for number in 0..<1_000 where refusal == nil {
                do throws(SpoolError) {
                    try spool.append(Samples.entry(number, byteCount: 500))
                } catch {
                    refusal = error
                }
                alarms.append(spool.status(now: Clock.now()).alarms)
            }
            #expect(refusal == SpoolError(code: .full))
            #expect(alarms.first == [])
            #expect(alarms.contains([.filling]))
            #expect(alarms.last == [.filling, .full])
            #expect(!spool.takesEntries(now: Clock.now()))
            while !spool.isDrained { spool.settle(try spool.oldest(entryCountMax: 100)) }
            try eventually { spool.takesEntries(now: Clock.now()) }
            try spool.append(Samples.entry(7))
        }
    }

    @Test("A spool whose oldest entry is too old takes no more")
    func old() throws {
        try Samples.withFolder { folder in
            var configuration = Samples.configuration(try Samples.identity())
            configuration.ageSecondsMax = 100
            let now = Clock.now()
            configuration.now = { now }
            let spool = try Spool.open(folder: folder, configuration)
            defer { spool.close() }
            try spool.append(Samples.entry(1))
            #expect(spool.status(now: now.advanced(byMicroseconds: 99_000_000)).takesEntries)
            let late = spool.status(now: now.advanced(byMicroseconds: 101_000_000))
            #expect(!late.takesEntries)
            #expect(late.alarms == [.aging, .full])
            // A clock that was set back makes nothing older.
            #expect(spool.status(now: now.advanced(byMicroseconds: -90_000_000)).ageSeconds == 0)
        }
    }

    @Test("An entry that no segment takes is refused, and nothing else")
    func large() throws {
        try Samples.withFolder { folder in
            let spool = try Spool.open(
                folder: folder,
                Samples.configuration(try Samples.identity())
            )
            defer { spool.close() }
            let room = 4_096 - 2 * 256 - 64 - 28 - 2
            #expect(throws: SpoolError(code: .tooLarge)) {
                try spool.append(Samples.entry(1, byteCount: room + 1))
            }
            try spool.append(Samples.entry(2, byteCount: room))
            #expect(try spool.oldest(entryCountMax: 9).map { Samples.number($0.entry) } == [2])
        }
    }

    @Test("Another installation, another key and a later version are refused by name")
    func strangers() throws {
        try Samples.withFolder { folder in
            let identity = try Samples.identity()
            let spool = try Spool.open(folder: folder, Samples.configuration(identity))
            try spool.append(Samples.entry(1))
            spool.close()
            let other = try Samples.identity(installation: UUIDBytes(high: 1, low: 1))
            #expect(
                throws: SpoolError(
                    code: .otherInstallation,
                    finding: SpoolFinding(.otherInstallation, segment: 1)
                )
            ) { try Spool.open(folder: folder, Samples.configuration(other)) }
            #expect(
                try Folder.names(path: folder).contains("0000000000000001.spool"),
                "what is another's is not removed"
            )
            let rekeyed = try Samples.identity(secret: 6)
            #expect(
                throws: SpoolError(
                    code: .otherKey,
                    finding: SpoolFinding(.otherKey, segment: 1)
                )
            ) { try Spool.open(folder: folder, Samples.configuration(rekeyed)) }
            // With the older key at hand it is read, and new entries take the new key.
            let both = try Samples.identity(secret: 6, older: 5)
            let second = try Spool.open(folder: folder, Samples.configuration(both))
            try second.append(Samples.entry(2))
            #expect(try second.oldest(entryCountMax: 1).map { Samples.number($0.entry) } == [1])
            second.close()

            let name = folder + "/0000000000000001.spool"
            var bytes = try File.read(path: name, bytesMax: 1 << 20)
            bytes.replaceSubrange(8..<16, with: [0, 0, 0, 2, 0, 0, 0, 0])
            let checksum = CRC32C.checksum(of: bytes[..<256])
            bytes.replaceSubrange(
                12..<16,
                with: (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32($0))) }
            )
            try File.writeAtomically(path: name, bytes)
            #expect(
                throws: SpoolError(
                    code: .futureVersion,
                    finding: SpoolFinding(.futureVersion, segment: 1)
                )
            ) { try Spool.open(folder: folder, Samples.configuration(both)) }
        }
    }

    @Test("A folder is used by one process at a time")
    func lock() throws {
        try Samples.withFolder { folder in
            let identity = try Samples.identity()
            let spool = try Spool.open(folder: folder, Samples.configuration(identity))
            #expect(throws: SpoolError(code: .inUse)) {
                try Spool.open(folder: folder, Samples.configuration(identity))
            }
            spool.close()
        }
    }

    @Test("Nothing of what is spooled can be read in the files")
    func encrypted() throws {
        try Samples.withFolder { folder in
            let spool = try Spool.open(
                folder: folder,
                Samples.configuration(try Samples.identity())
            )
            let marker = Array("MRN-4711 Erika Mustermann".utf8)
            try spool.append(SpoolEntry(log: Samples.log, rowCount: 1, bytes: marker))
            spool.close()
            let bytes = try File.read(path: folder + "/0000000000000001.spool", bytesMax: 1 << 20)
            for start in 0..<(bytes.count - 8) {
                #expect(Array(bytes[start..<(start + 8)]) != Array(marker[..<8]))
            }
        }
    }

    @Test("A refused entry stays with what follows in its log; other logs go on")
    func held() throws {
        try Samples.withFolder { folder in
            let identity = try Samples.identity()
            let spool = try Spool.open(folder: folder, Samples.configuration(identity))
            let other = UUIDBytes(high: 9, low: 9)
            for number in 0..<10 {
                try spool.append(Samples.entry(number, log: number % 2 == 0 ? Samples.log : other))
            }
            var settled: [Int] = []
            while true {
                let entries = try spool.oldest(entryCountMax: 1)
                guard let entry = entries.first else { break }
                if Samples.number(entry.entry) == 4 {
                    spool.hold(entry)
                } else {
                    settled.append(Samples.number(entry.entry))
                    spool.settle(entries)
                }
            }
            #expect(settled == [0, 1, 2, 3, 5, 7, 9])
            #expect(spool.isDrained)
            let status = spool.status(now: Clock.now())
            #expect(status.heldEntryCount == 3)
            #expect(status.rowCount == 3)
            #expect(status.alarms == [.held])
            spool.close()
            // They are there at the next start.
            let next = try Spool.open(folder: folder, Samples.configuration(identity))
            defer { next.close() }
            let all = try next.oldest(entryCountMax: 100).map { Samples.number($0.entry) }
            #expect(all.contains(4) && all.contains(6) && all.contains(8))
        }
    }

    @Test(
        "One refused entry keeps its own segment, and the files behind it give their room back",
        arguments: [0, 3]
    )
    func reduced(refused: Int) throws {
        try Samples.withFolder { folder in
            let identity = try Samples.identity(segment: 1_536)
            let disk = FolderDisk(path: folder)
            let spool = try Spool.open(folder: folder, Samples.configuration(identity))
            let other = UUIDBytes(high: 9, low: 9)
            func bytes() throws -> Int {
                try SpoolSurvey(of: disk, identity: identity).totalByteCount
            }
            for number in 0..<80 {
                let log = number == refused ? other : Samples.log
                try spool.append(Samples.entry(number, log: log))
            }
            let whole = try bytes()
            #expect(whole >= 15 * 1_536)
            while let entry = try spool.oldest(entryCountMax: 1).first {
                if Samples.number(entry.entry) == refused {
                    spool.hold(entry)
                } else {
                    spool.settle([entry])
                }
            }
            // The one that is held, the one that is written to, and a block of each between them.
            try eventually { try bytes() <= 2 * 1_536 + 256 * (whole / 1_536) }
            try eventually { spool.status(now: Clock.now()).byteCount < 2 * whole / 5 }
            spool.close()
            let survey = try SpoolSurvey(of: disk, identity: identity, isOpeningBodies: true)
            #expect(survey.findings == [], "nothing is missing")
            // A file that is gone is missed all the same.
            let name = folder + "/0000000000000005.spool"
            let kept = try File.read(path: name, bytesMax: 4_096)
            #expect(kept.count == 256)
            try File.remove(path: name)
            #expect(
                try SpoolSurvey(of: disk, identity: identity).findings.map(\.isLoss) == [true]
            )
            try File.writeAtomically(path: name, kept)
            let next = try Spool.open(folder: folder, Samples.configuration(identity))
            defer { next.close() }
            let first = try next.oldest(entryCountMax: 100)
            #expect(first.contains { Samples.number($0.entry) == refused }, "it is still there")
            while !next.isDrained { next.settle(try next.oldest(entryCountMax: 100)) }
            try eventually { try Folder.names(path: folder) == ["lock"] }
        }
    }

    @Test(
        "A crash while a file is cut down loses nothing, and nothing is taken for lost",
        arguments: 1...24
    )
    func reducedInACrash(step: Int) throws {
        let identity = try Samples.identity(segment: 1_536)
        for seed in UInt64(1)...20 {
            let disk = SimulatedDisk(seed: seed &* 1_000 &+ UInt64(step))
            var writer = SpoolWriter(
                disk: disk,
                identity: identity,
                session: UUIDBytes(high: 1, low: 1),
                firstNumber: 1,
                foundByteCount: 0,
                bytesMax: 1 << 20
            )
            let other = UUIDBytes(high: 9, low: 9)
            for number in 0..<20 {
                _ = try writer.write(
                    [Samples.entry(number, log: number == 1 ? other : Samples.log)],
                    now: Clock.now()
                )
            }
            var backlog = SpoolBacklog(try SpoolSurvey(of: disk, identity: identity))
            let reader = SpoolReader(disk: disk, identity: identity)
            while let front = backlog.front {
                for entry in try reader.read(front, entryCountMax: 100) {
                    if entry.entry.log == other {
                        backlog.hold(entry)
                    } else {
                        backlog.settle(entry)
                    }
                }
            }
            disk.crash(atStep: step)
            let reducible = backlog.reducible(current: writer.currentSegment)
            #expect(reducible.count >= 3)
            for segment in reducible {
                guard let header = writer.reduce(segment) else { break }
                backlog.reduced(segment, to: header)
            }
            disk.crash()
            disk.restart()
            let survey = try SpoolSurvey(of: disk, identity: identity, isOpeningBodies: true)
            #expect(survey.findings.filter(\.isLoss) == [])
            let numbers = try Samples.numbers(in: survey, disk, identity)
            #expect(numbers.contains(1) && numbers == numbers.sorted())
        }
    }

    @Test(
        "A header that says that entries are settled, and is more than a header, is damaged",
        arguments: [(256, 8, true), (256, 7, false), (256, 3, false), (1_536, 8, false)]
    )
    func settledEnd(segmentByteCount: Int, end: UInt64, isWhole: Bool) throws {
        let header = SegmentHeader(
            installation: Samples.installation,
            keyID: Samples.log,
            session: Samples.log,
            number: 2,
            firstSequence: 7,
            createdAt: Clock.now(),
            segmentByteCount: segmentByteCount,
            blockByteCount: 256,
            settledEnd: end
        )
        #expect(SegmentHeader.read(header.block) == (isWhole ? .header(header) : .damaged))
    }

    @Test("What was refused is read again when it is asked for, and nothing else is lost by it")
    func retried() throws {
        try Samples.withFolder { folder in
            let identity = try Samples.identity(segment: 1_536)
            let spool = try Spool.open(folder: folder, Samples.configuration(identity))
            defer { spool.close() }
            let other = UUIDBytes(high: 9, low: 9)
            for number in 0..<20 {
                try spool.append(Samples.entry(number, log: number % 2 == 0 ? Samples.log : other))
            }
            func pass(refusing refused: Set<Int>) throws -> [Int] {
                var settled: [Int] = []
                while let entry = try spool.oldest(entryCountMax: 1).first {
                    let number = Samples.number(entry.entry)
                    if refused.contains(number) {
                        spool.hold(entry)
                    } else {
                        settled.append(number)
                        spool.settle([entry])
                    }
                }
                return settled
            }
            let first = try pass(refusing: [6])
            #expect(first.filter { $0 % 2 == 0 } == [0, 2, 4])
            // Still refused: the same ones stay, and are counted once.
            spool.retryRefused()
            #expect(!spool.isDrained)
            _ = try pass(refusing: [6])
            #expect(spool.status(now: Clock.now()).heldEntryCount == 7)
            spool.retryRefused()
            let last = try pass(refusing: [])
            #expect(last == [6, 8, 10, 12, 14, 16, 18], "in their order, and nothing twice")
            #expect(spool.heldLogs.isEmpty)
            let status = spool.status(now: Clock.now())
            #expect(status.heldEntryCount == 0)
            #expect(status.rowCount == 0)
            #expect(status.alarms.isEmpty)
            try eventually { try Folder.names(path: folder) == ["lock"] }
        }
    }

    @Test(
        "A clock that is set back while rows are spooled moves none of them, and none gets younger"
    )
    func clock() throws {
        try Samples.withFolder { folder in
            let identity = try Samples.identity()
            let disk = FolderDisk(path: folder)
            var writer = SpoolWriter(
                disk: disk,
                identity: identity,
                session: UUIDBytes(high: 1, low: 1),
                firstNumber: 1,
                foundByteCount: 0,
                bytesMax: 1 << 20
            )
            for (number, second) in [100, 200, 50, 60, 300].enumerated() {
                _ = try writer.write(
                    [Samples.entry(number)],
                    now: Instant(microseconds: Int64(second) * 1_000_000)
                )
            }
            #expect(writer.clockStepCount == 1, "it is said once")
            let survey = try SpoolSurvey(of: disk, identity: identity, isOpeningBodies: true)
            #expect(survey.findings.filter(\.isLoss).isEmpty)
            var backlog = SpoolBacklog(survey)
            let front = try #require(backlog.front)
            let entries = try SpoolReader(disk: disk, identity: identity)
                .read(front, entryCountMax: 9)
            #expect(entries.map { Samples.number($0.entry) } == [0, 1, 2, 3, 4])
            #expect(entries.map { $0.at.microseconds / 1_000_000 } == [100, 200, 200, 200, 300])
            for entry in entries { backlog.settle(entry) }
            #expect(backlog.isRead)
        }
    }

    /// Waits for what another thread is about to do.
    private func eventually(_ condition: () throws -> Bool) throws {
        let deadline = Clock.monotonicMilliseconds() + 20_000
        let bell = try Doorbell()
        while try !condition() {
            try #require(Clock.monotonicMilliseconds() < deadline)
            bell.wait(timeoutMilliseconds: 1)
        }
    }
}
