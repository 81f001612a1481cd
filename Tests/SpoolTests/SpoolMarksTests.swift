import Basics
import Posix
import Spool
import Testing

/// What says outside the folder which segments hold acknowledged rows.
@Suite("The marks of a spool")
struct SpoolMarksTests {
    static let other = UUIDBytes(high: 0x30, low: 0x40)

    /// A spool with marks in two folders of a test's own.
    struct Scene {
        let root: String
        var spoolFolder: String { root + "/spool" }
        var markFolder: String { root + "/marks" }

        func open() throws -> (spool: Spool, marks: SpoolMarks) {
            let marks = try SpoolMarks(folder: markFolder)
            var configuration = Samples.configuration(try Samples.identity())
            configuration.marks = marks
            // A seal in between would take the room of an entry.
            configuration.sealMilliseconds = 600_000
            return (try Spool.open(folder: spoolFolder, configuration), marks)
        }

        func names() throws -> [String] { try Folder.names(path: markFolder).sorted() }

        /// Waits until the writer's thread has removed what is settled; it is rung for that.
        func waitForRemoval() throws {
            let pause = try Doorbell()
            let end = Clock.monotonicMilliseconds() + 600_000
            while try !names().isEmpty, Clock.monotonicMilliseconds() < end {
                pause.wait(timeoutMilliseconds: 2)
            }
        }

        /// Fills some segments and ends as a process that was killed.
        func spooled(_ count: Int, from first: Int64 = 7) throws {
            let (spool, _) = try open()
            defer { spool.close() }
            for number in 0..<count {
                try spool.append(SpoolMarksTests.entry(number, firstRow: first + Int64(number)))
            }
        }
    }

    static func entry(
        _ number: Int,
        log: UUIDBytes = Samples.log,
        firstRow: Int64?
    ) -> SpoolEntry {
        SpoolEntry(
            log: log,
            rowCount: 1,
            bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 900),
            firstRow: firstRow
        )
    }

    static func withScene(_ body: (Scene) throws -> Void) throws {
        try Samples.withFolder { try body(Scene(root: $0)) }
    }

    @Test("A segment has its mark before an entry of it is acknowledged, and none once it is gone")
    func life() throws {
        try Self.withScene { scene in
            let (spool, _) = try scene.open()
            #expect(try scene.names() == [])
            try spool.append(Self.entry(1, firstRow: 7))
            try spool.append(Self.entry(2, log: Self.other, firstRow: 0))
            try spool.append(Self.entry(3, firstRow: 8))
            #expect(try scene.names() == ["0000000000000001.mark"])
            let bytes = try File.read(
                path: scene.markFolder + "/0000000000000001.mark",
                bytesMax: 4_096
            )
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst()
            #expect(lines == ["\(Samples.log.text) 7", "\(Self.other.text) 0"])
            spool.settle(try spool.oldest(entryCountMax: 10))
            try scene.waitForRemoval()
            spool.close()
            #expect(try scene.names() == [])
            #expect(SpoolMarks.count(folder: scene.markFolder) == 0)
        }
    }

    @Test("What waits for the next start is no loss", arguments: [1, 30])
    func kept(count: Int) throws {
        try Self.withScene { scene in
            try scene.spooled(count)
            let (spool, marks) = try scene.open()
            defer { spool.close() }
            #expect(marks.untold == nil)
            #expect(marks.lostSegmentCount == 0)
            #expect(try scene.names().count == (count == 1 ? 1 : 10))
        }
    }

    @Test("A folder that is gone is a loss from the first row of each segment, told once")
    func lostFolder() throws {
        try Self.withScene { scene in
            try scene.spooled(4)
            try Folder.removeAll(path: scene.spoolFolder)
            let (first, marks) = try scene.open()
            #expect(marks.lostSegmentCount == 2)
            #expect(marks.untold?.map(\.log) == [Samples.log, Samples.log])
            #expect(marks.untold?.map(\.firstRow) == [7, 10])
            // New segments begin to count anew, and hide nothing.
            try first.append(Self.entry(9, firstRow: 0))
            first.close()
            let (second, again) = try scene.open()
            #expect(again.untold == marks.untold)
            #expect(again.lostSegmentCount == 2)
            try again.told(isFound: false)
            #expect(again.untold == nil)
            second.close()
            let (third, later) = try scene.open()
            defer { third.close() }
            #expect(later.untold == nil)
            #expect(later.lostSegmentCount == 2)
        }
    }

    @Test(
        "One segment of several that is gone is a loss too, the last as well",
        arguments: [1, 2, 3]
    )
    func lostSegment(number: Int) throws {
        try Self.withScene { scene in
            try scene.spooled(9)
            try File.remove(path: scene.spoolFolder + "/000000000000000\(number).spool")
            let (spool, marks) = try scene.open()
            defer { spool.close() }
            #expect(marks.lostSegmentCount == 1)
            #expect(marks.untold?.map(\.firstRow) == [Int64(7 + 3 * (number - 1))])
        }
    }

    @Test("What comes back is told as found, and as nothing when it was never told as lost")
    func found() throws {
        try Self.withScene { scene in
            for isTold in [false, true] {
                try scene.spooled(4)
                try File.move(from: scene.spoolFolder, to: scene.root + "/away")
                let (first, marks) = try scene.open()
                let lost = try #require(marks.untold)
                if isTold { try marks.told(isFound: false) }
                first.close()
                try Folder.removeAll(path: scene.spoolFolder)
                try File.move(from: scene.root + "/away", to: scene.spoolFolder)
                let (second, again) = try scene.open()
                #expect(again.untold == nil)
                #expect(again.lostSegmentCount == 0)
                #expect(again.untoldFound == (isTold ? lost : nil))
                if isTold { try again.told(isFound: true) }
                #expect(again.untoldFound == nil)
                var settled = 0
                while !second.isDrained {
                    let entries = try second.oldest(entryCountMax: 10)
                    settled += entries.count
                    second.settle(entries)
                }
                #expect(settled == 4)
                try scene.waitForRemoval()
                second.close()
                #expect(try scene.names() == [], "\(isTold)")
            }
        }
    }

    @Test("Rows are not acknowledged while their mark cannot be made durable")
    func unmarked() throws {
        try Self.withScene { scene in
            let (spool, _) = try scene.open()
            defer { spool.close() }
            try Folder.removeAll(path: scene.markFolder)
            #expect(throws: SpoolError(code: .failed)) {
                try spool.append(Self.entry(1, firstRow: 7))
            }
            try Folder.create(path: scene.markFolder)
            try spool.append(Self.entry(1, firstRow: 7))
            #expect(try scene.names().count == 1)
        }
    }

    @Test("What a crash leaves of a mark on its way says nothing, and is swept")
    func partial() throws {
        try Self.withScene { scene in
            try Folder.create(path: scene.markFolder)
            let name = "0000000000000001.mark.77.5.part"
            try File.writeAtomically(path: scene.markFolder + "/" + name, [0x41])
            let (spool, marks) = try scene.open()
            defer { spool.close() }
            #expect(marks.untold == nil)
            #expect(try scene.names() == [])
        }
    }

    @Test("A mark that cannot be read is a loss of a log that nobody knows")
    func unreadable() throws {
        try Self.withScene { scene in
            try scene.spooled(1)
            try Folder.removeAll(path: scene.spoolFolder)
            try File.writeAtomically(path: scene.markFolder + "/0000000000000001.mark", [0xFF])
            let (spool, marks) = try scene.open()
            defer { spool.close() }
            let unknown = SpoolMarks.Head(log: UUIDBytes(high: 0, low: 0), firstRow: nil)
            #expect(marks.untold == [unknown])
        }
    }

    @Test("A row more in a log that has its mark costs no further file")
    func cost() throws {
        try Self.withScene { scene in
            let (spool, _) = try scene.open()
            defer { spool.close() }
            try spool.append(Self.entry(1, firstRow: 7))
            // Nothing can be written there any more, and nothing needs to be.
            try Folder.removeAll(path: scene.markFolder)
            try spool.append(Self.entry(2, firstRow: 8))
            try spool.append(Self.entry(3, firstRow: 9))
        }
    }
}
