import Crypto
import Foundation
import Posix
import Synchronization
import Telemetry
import Testing
import Vault

@testable import limen

@Suite("The watch over epochs of pseudonyms")
struct EpochWatchTests {
    private final class Lines: Sendable {
        let events = Mutex<[LogEvent]>([])
        let takenCount = Mutex(0)
        var count: Int { events.withLock { $0.count } }
    }

    private struct Scene {
        let folder: String
        let source: KeySource
        let ring: KeyRing
        let watch: EpochWatch
        let lines = Lines()

        init(_ keys: TenantKeys) throws {
            folder =
                FileManager.default.temporaryDirectory.path + "/limen-epochs-"
                + UUID().uuidString.prefix(8)
            try Folder.create(path: folder)
            source = KeySource(path: folder + "/demo.vault", tenant: "demo")
            try source.write(keys)
            ring = KeyRing([keys])
            watch = EpochWatch([source], ring: ring) { [lines] event in
                lines.events.withLock { $0.append(event) }
            } onTaken: { [lines] in
                lines.takenCount.withLock { $0 += 1 }
            }
        }

        var epochs: [Int] { ring.keys(of: "demo")?.pseudonyms.map(\.epoch) ?? [] }

        func remove() { try? FileManager.default.removeItem(atPath: folder) }
    }

    private static func keys(epochs: Int) throws -> TenantKeys {
        var keys = TenantKeys.generate(tenant: "demo", name: "k1")
        for _ in 1..<epochs {
            try keys.rotatePseudonyms(first: Secret([UInt8](repeating: 0, count: 32)))
        }
        return keys
    }

    @Test("takes an epoch that has begun, and lets one go that has ended, without being told")
    func epochs() throws {
        var keys = try Self.keys(epochs: 1)
        let scene = try Scene(keys)
        defer { scene.remove() }
        scene.watch.look()
        #expect(scene.lines.count == 0)
        try keys.rotatePseudonyms(first: Secret([UInt8](repeating: 0, count: 32)))
        try scene.source.write(keys)
        #expect(scene.ring.keys(of: "demo")?.currentPseudonym?.epoch == 1)
        scene.watch.look()
        #expect(scene.ring.keys(of: "demo")?.currentPseudonym?.epoch == 2)
        #expect(scene.epochs == [1, 2])
        let isEnded = keys.removePseudonym(epoch: 1)
        #expect(isEnded)
        try scene.source.write(keys)
        scene.watch.look()
        #expect(scene.epochs == [2], "nothing is found by the ended one any more")
        #expect(scene.lines.count == 2)
        #expect(scene.lines.takenCount.withLock { $0 } == 2)
        scene.watch.look()
        #expect(scene.lines.count == 2)
        #expect(scene.watch.note == nil)
    }

    @Test("takes no older copy of a file, and no wrapping key by itself")
    func olderCopy() throws {
        let old = try Self.keys(epochs: 2)
        var now = old
        try now.rotatePseudonyms(first: Secret([UInt8](repeating: 0, count: 32)))
        let isEnded = now.removePseudonym(epoch: 1)
        #expect(isEnded)
        let scene = try Scene(now)
        defer { scene.remove() }
        try scene.source.write(old)
        scene.watch.look()
        #expect(scene.epochs == [2, 3])
        var rotated = now
        try rotated.rotateWrapping(name: "k2")
        try scene.source.write(rotated)
        scene.watch.look()
        #expect(scene.ring.keys(of: "demo")?.currentWrapping.name == "k1", "that is SIGHUP's to do")
        #expect(scene.lines.count == 0)
    }

    @Test("says once that a file cannot be read, keeps the keys at hand, and runs no command")
    func unreadable() throws {
        let scene = try Scene(try Self.keys(epochs: 2))
        defer { scene.remove() }
        let path = scene.source.path
        for text in ["limen-keys/0\n", ""] {
            try File.writeAtomically(path: path, Array(text.utf8))
            scene.watch.look()
            #expect(scene.watch.note?.contains("1 tenants") == true)
        }
        #expect(scene.lines.count == 1)
        #expect(scene.epochs == [1, 2])
        let mark = scene.folder + "/ran"
        let command = "limen-key-command/1\n/usr/bin/touch\n\(mark)\n"
        try File.writeAtomically(path: path, Array(command.utf8))
        scene.watch.look()
        #expect(!File.exists(path: mark))
        #expect(scene.watch.note == nil)
        #expect(scene.epochs == [1, 2])
    }
}
