import Audit
import AuditStore
import Basics
import Foundation
import Posix
import PostgreSQL
import Spool
import Testing

/// Small file systems in memory, which really have no space left.
@Suite(
    "Full disks",
    .serialized,
    .enabled(if: PrivateCluster.isPresent, "\(PrivateCluster.absence)"),
    .enabled(if: SmallDisk.isPossible, "\(SmallDisk.absence)")
)
struct FullDiskTests {
    @Test("A spool on a full disk refuses, loses nothing, and goes on when there is space again")
    func spool() async throws {
        let scene = try SpoolScene()
        let disk = try SmallDisk(kilobytes: 600)
        let configuration = SpoolConfiguration(
            identity: try SpoolScene.identity(segmentByteCount: 131_072),
            session: .version4Random()
        )
        let shared = AuditSpool(try Spool.open(folder: disk.path + "/spool", configuration)) {
            [events = scene.events] in events.add($0)
        }
        let sink = try scene.sink(shared)
        scene.cluster.kill()
        var sent = try await Self.fill(sink)
        #expect(!sent.isEmpty)
        #expect(!sink.isWritable)
        #expect(
            scene.events.all.contains(.refused(SpoolError(code: .full))),
            "the alarm says which it is"
        )
        // Space is made while the database is still away.
        try disk.grow(kilobytes: 1_200)
        try await Patience.wait { sink.isWritable }
        let more = try await Self.fill(sink)
        #expect(!more.isEmpty)
        sent += more
        try scene.cluster.restart()
        try await Patience.wait { shared.spool.isDrained && sink.isWritable }
        sent.append(try await SpoolScene.append(to: sink))
        try await scene.close(sink, shared)
        let stored = try scene.stored()
        #expect(Set(sent).isSubset(of: stored))
        #expect(Set(stored).count == stored.count)
        #expect(try scene.gapCount() == 0)
    }

    @Test("A database whose disk is full is bridged by the spool, and catches up when it has space")
    func database() async throws {
        let scene = try SpoolScene()
        let disk = try SmallDisk(kilobytes: 40_000)
        try disk.give(to: "postgres")
        let name = scene.database.name
        let administrator = try Connection.open(scene.cluster.settings)
        try administrator.runScript("CREATE TABLESPACE small LOCATION '\(disk.path)'")
        try administrator.runScript("ALTER DATABASE \(name) SET TABLESPACE small")
        let shared = try scene.spool()
        let sink = try scene.sink(shared)
        var sent = [try await SpoolScene.append(to: sink)]
        try disk.fillUp()
        // Rows fit for as long as the pages at hand have room.
        var count = 0
        let cause = PostgreSQLError(code: .statementFailed, sqlState: "53100")
        let full = AuditStoreError(code: .database, cause: cause)
        while !scene.states.all.contains(full), count < 3_000 {
            count += 1
            sent.append(try await SpoolScene.append(to: sink))
        }
        #expect(scene.states.all.contains(full))
        for _ in 0..<10 { sent.append(try await SpoolScene.append(to: sink)) }
        #expect(sink.isWritable)
        #expect(shared.spool.status(now: Clock.now()).rowCount > 0)
        try disk.grow(kilobytes: 80_000)
        try await Patience.wait { shared.spool.isDrained && scene.states.all.last == .some(nil) }
        sent.append(try await SpoolScene.append(to: sink))
        try await scene.close(sink, shared)
        #expect(try scene.stored() == sent, "each once, in its order")
        #expect(try scene.gapCount() == 0)
    }

    /// Appends until a row is refused; what was acknowledged.
    private static func fill(_ sink: PostgreSQLAuditSink) async throws -> [UUIDBytes] {
        var sent: [UUIDBytes] = []
        for _ in 0..<5_000 {
            let record = Records.small()
            do throws(AuditError) {
                try await sink.append(record)
                sent.append(record.eventID)
            } catch {
                #expect(error.code == .unavailable || error.code == .timeout)
                return sent
            }
        }
        Issue.record("the disk never became full")
        return sent
    }
}

/// A tmpfs of a stated size, unmounted afterwards.
final class SmallDisk: Sendable {
    static let absence = "SKIPPED: no right to mount a tmpfs here, so no disk is really full"

    /// Whether this account may mount one.
    static let isPossible: Bool = {
        guard getuid() == 0 else { return false }
        return (try? SmallDisk(kilobytes: 64)) != nil
    }()

    let path: String

    init(kilobytes: Int) throws {
        path = "/tmp/limen-disk-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        do {
            try Self.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "limen-test", path)
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    deinit {
        try? Self.run("umount", "-l", path)
        try? FileManager.default.removeItem(atPath: path)
    }

    func grow(kilobytes: Int) throws {
        try Self.run("mount", "-o", "remount,size=\(kilobytes)k", path)
    }

    func give(to account: String) throws {
        try Self.run("chown", account, path)
        try Self.run("chmod", "700", path)
    }

    /// Leaves no block free.
    func fillUp() throws {
        // dd ends with an error when nothing more fits, which is the point.
        try? Self.run("dd", "if=/dev/zero", "of=\(path)/filler", "bs=4096")
    }

    private static func run(_ command: String...) throws {
        let ending = try ChildProcess.run("/usr/bin/env", command).ending
        guard ending.isSuccess else { throw CocoaError(.executableLoad) }
    }
}
