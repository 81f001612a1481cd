import Foundation
import Ledger
import Posix
import Testing

@testable import limen

@Suite("Copies of checkpoints")
struct CheckpointCopyTests {
    /// A folder with a key, and notes signed with it.
    private final class Scene {
        let path = FileManager.default.temporaryDirectory.path + "/limen-copies-\(UUID())"
        let folder: LedgerFolder
        let keys: [NoteKey]

        init() throws {
            _ = try LedgerFolder.prepareKey(in: path)
            try LedgerFolder.adoptKey(in: path)
            folder = try LedgerFolder.open(path)
            keys = try folder.keys()
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        var file: String { path + "/checkpoints" }

        func note(_ size: UInt64) throws -> SignedNote {
            let checkpoint = Checkpoint(
                origin: folder.signer.key.name,
                size: size,
                root: MerkleHash.leaf([UInt8(truncatingIfNeeded: size)])
            )
            return try #require(checkpoint.signed(by: folder.signer))
        }

        func text(_ size: UInt64) throws -> [UInt8] {
            Array((try note(size).serialized + "\n").utf8)
        }

        func write(_ bytes: [UInt8]) throws {
            try Data(bytes).write(to: URL(filePath: file))
        }

        func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: file))) }

        func read() throws -> CheckpointFile { try CheckpointFile(file, keys: keys) }
    }

    @Test("A note that is cut off anywhere is removed at the next start, and the next one is whole")
    func torn() throws {
        let scene = try Scene()
        let whole = try scene.text(5) + scene.text(6)
        let cut = try scene.text(7)
        // A note that lacks nothing but the empty line behind it is none yet.
        for length in 0..<cut.count {
            try scene.write(whole + cut.prefix(length))
            let (copy, last) = try CheckpointCopy.open(scene.file, keys: scene.keys)
            #expect(last?.size == 6)
            #expect(try scene.bytes() == whole)
            try copy.append(try scene.note(8))
            let file = try scene.read()
            #expect(file.count == 3)
            #expect(file.spoiledCount == 0)
            #expect(file.last?.size == 8)
        }
        // A first note that was cut off leaves an empty file.
        try scene.write(Array(cut.prefix(30)))
        #expect(try CheckpointCopy.open(scene.file, keys: scene.keys).last == nil)
        #expect(try scene.bytes() == [])
    }

    @Test("What a crash of an earlier version has joined spoils two notes at most, and is named")
    func joined() throws {
        let scene = try Scene()
        let cut = try scene.text(7)
        for length in 1..<cut.count {
            try scene.write(
                try scene.text(5) + scene.text(6) + cut.prefix(length) + scene.text(8)
                    + scene.text(9)
            )
            let file = try scene.read()
            // Whole but for its last line end, the cut note counts.
            #expect((3...5).contains(file.count), "cut after \(length)")
            #expect(file.spoiledCount > 0 || file.count == 5)
            #expect(file.firstSpoiled == nil || file.firstSpoiled == 3)
            #expect(file.last?.size == 9)
            // The next start looks at the end only.
            let (copy, last) = try CheckpointCopy.open(scene.file, keys: scene.keys)
            #expect(last?.size == 9)
            _ = copy
        }
    }

    @Test("A last note that no key has signed is not passed over at a start")
    func forged() throws {
        let scene = try Scene()
        let other = try Scene()
        let before = try scene.text(5)
        for end in [try other.text(6), Array("no note\n\n\n".utf8)] {
            try scene.write(before + end)
            let error = try #require(throws: CommandError.self) {
                _ = try CheckpointCopy.open(scene.file, keys: scene.keys)
            }
            #expect(error.sentence.contains("the last checkpoint is not as it was signed"))
            #expect(try scene.bytes() == before + end, "it is left as it is")
            let file = try scene.read()
            #expect(file.count == 1)
            #expect(file.spoiledCount == 1)
            #expect(file.firstSpoiled == 2)
        }
    }

    @Test("Only the end of a long file is read at a start, and all of it by a verification")
    func long() throws {
        let scene = try Scene()
        var bytes: [UInt8] = []
        for size in 1...2_000 { bytes += try scene.text(UInt64(size)) }
        try scene.write(bytes)
        #expect(try CheckpointCopy.open(scene.file, keys: scene.keys).last?.size == 2_000)
        let file = try scene.read()
        #expect(file.count == 2_000)
        var outside = OutsideCheckpoints(runs: file.outside)
        for size in 1...2_000 {
            let next = outside.next(upTo: .max)
            let copy = try #require(next)
            #expect(copy.size == UInt64(size))
            #expect(copy.root == MerkleHash.leaf([UInt8(truncatingIfNeeded: size)]))
        }
        let end = outside.next(upTo: .max)
        #expect(end == nil)
    }

    @Test("Sizes that go back are runs of their own, and come smallest first")
    func restored() throws {
        let scene = try Scene()
        let sizes: [UInt64] = [3, 7, 9, 5, 6, 2, 9]
        try scene.write(try sizes.flatMap { try scene.text($0) })
        let file = try scene.read()
        var outside = OutsideCheckpoints(runs: file.outside)
        let tooSmall = outside.next(upTo: 1)
        #expect(tooSmall == nil)
        var seen: [[UInt64]] = []
        while let copy = outside.next(upTo: .max) { seen.append([copy.size, UInt64(copy.epoch)]) }
        #expect(seen == [[2, 2], [3, 0], [5, 1], [6, 1], [7, 0], [9, 0], [9, 2]])
    }

    @Test("A copy that a full disk cut off is cut back, before the next one is written")
    func fullDisk() throws {
        let scene = try Scene()
        let (copy, _) = try CheckpointCopy.open("/dev/full", keys: [])
        #expect(throws: SystemError.self) { try copy.append(try scene.note(5)) }
    }
}
