import Audit
import AuditStore
import Basics
import Foundation
import Posix
import PostgreSQL
import Spool
import Testing

/// PostgreSQL is there and takes no rows: the spool takes its place all the same.
@Suite(
    "Failing server",
    .serialized,
    .enabled(if: PrivateCluster.isPresent, "\(PrivateCluster.absence)")
)
struct FailingServerTests {
    @Test(
        "A connected server that cannot write is as good as away: rows go to the spool and land later",
        arguments: ["53100", "53200", "58030", "25006", "57P03", "57014", "55P03", "XX001"]
    )
    func failing(sqlState: String) async throws {
        let scene = try SpoolScene()
        let shared = try scene.spool()
        let sink = try scene.sink(shared)
        var sent: [UUIDBytes] = []
        for _ in 0..<3 { sent.append(try await SpoolScene.append(to: sink)) }
        try scene.failWrites(sqlState: sqlState)
        for _ in 0..<10 { sent.append(try await SpoolScene.append(to: sink)) }
        #expect(sink.isWritable, "what is appended is durable")
        #expect(shared.spool.status(now: Clock.now()).rowCount >= 10)
        let cause = PostgreSQLError(code: .statementFailed, sqlState: sqlState)
        let failure = AuditStoreError(code: .database, cause: cause)
        // A writer that is slow finds out later than those who wait give up.
        try await Patience.wait { scene.states.all.last == failure }
        try scene.letWrite()
        try await Patience.wait { shared.spool.isDrained && scene.states.all.last == .some(nil) }
        for _ in 0..<3 { sent.append(try await SpoolScene.append(to: sink)) }
        let statistics = sink.statistics
        try await scene.close(sink, shared)
        #expect(try scene.stored() == sent, "every row once, in its order")
        #expect(try scene.gapCount() == 0)
        #expect(statistics.refusedRowCount == 0)
    }

    @Test(
        "A row at which a server fails that writes all others is spooled, passed over, and tried again",
        arguments: ["57014", "53200", "XX000", "40001", "55P03"]
    )
    func poison(sqlState: String) async throws {
        let scene = try SpoolScene()
        let shared = try scene.spool(retryMilliseconds: 200)
        let sink = try scene.sink(shared)
        var sent = [try await SpoolScene.append(to: sink)]
        try scene.failWrites(sqlState: sqlState, status: 299)
        var record = Records.small()
        record.status = 299
        try await sink.append(record)
        sent.append(record.eventID)
        for _ in 0..<5 { sent.append(try await SpoolScene.append(to: sink)) }
        try await Patience.wait {
            scene.events.all.contains { event in
                if case .held(let entry) = event { entry.sqlState == sqlState } else { false }
            }
        }
        // Nobody waits for it.
        for _ in 0..<5 { sent.append(try await SpoolScene.append(to: sink)) }
        #expect(sink.isWritable)
        try scene.letWrite()
        // One look: between two it may be asked for again, and be neither held nor read.
        try await Patience.wait { shared.spool.status(now: Clock.now()).entryCount == 0 }
        sink.close()
        shared.spool.close()
        #expect(try Set(scene.stored()) == Set(sent), "every row")
        #expect(try scene.stored().count == sent.count, "once")
        #expect(try scene.gapCount() == 0)
    }

    @Test(
        "What was passed over is sent once at each further try, and no other row goes to the spool",
        arguments: ["XX000", "40001"]
    )
    func oneTry(sqlState: String) async throws {
        let scene = try SpoolScene()
        let shared = try scene.spool(retryMilliseconds: 100)
        var timing = SpoolScene.timing
        let sink = try scene.sink(shared, timing: timing)
        try scene.failAndCount(sqlState: sqlState, status: 299)
        var record = Records.small()
        record.status = 299
        try await sink.append(record)
        var sent = [record.eventID]
        func heldCount() -> Int {
            scene.events.all.count { if case .held = $0 { true } else { false } }
        }
        try await Patience.wait { heldCount() >= 1 }
        sink.close()
        shared.spool.close()
        let heldAtEnd = heldCount()
        // A start knows nothing of it, and finds out again. Nobody's grace ends from here on.
        timing.graceMilliseconds = 600_000
        timing.appendMilliseconds = 600_000
        let second = try scene.spool(retryMilliseconds: 100)
        let next = try scene.sink(second, timing: timing)
        try await Patience.wait { heldCount() > heldAtEnd }
        let before = try scene.tryCount()
        let heldBefore = heldCount()
        while heldCount() < heldBefore + 4 {
            sent.append(try await SpoolScene.append(to: next))
        }
        let held = heldCount() - heldBefore
        let tried = try scene.tryCount() - before
        #expect((held - 1...held + 2).contains(tried), "\(tried) tries, held \(held) times")
        #expect(second.spool.status(now: Clock.now()).takenCount == 0, "nobody was spooled")
        try scene.letWrite()
        try await Patience.wait { second.spool.status(now: Clock.now()).entryCount == 0 }
        next.close()
        second.spool.close()
        #expect(try Set(scene.stored()) == Set(sent))
        #expect(try scene.gapCount() == 0)
    }

    @Test("A server that fails for a moment loses nobody a row, and nothing is spooled")
    func moment() async throws {
        let scene = try SpoolScene()
        let shared = try scene.spool()
        var timing = SpoolScene.timing
        timing.graceMilliseconds = 600_000
        timing.appendMilliseconds = 600_000
        let sink = try scene.sink(shared, timing: timing)
        try scene.failWrites(sqlState: "53100")
        async let answer = SpoolScene.append(to: sink)
        try await Patience.wait { !scene.states.all.isEmpty }
        try scene.letWrite()
        let sent = try await answer
        sink.close()
        #expect(shared.spool.status(now: Clock.now()).takenCount == 0)
        shared.spool.close()
        #expect(try scene.stored() == [sent])
        #expect(sink.statistics.resentRowCount > 0)
    }

    @Test("With server and spool both full nobody is told that a row is durable")
    func bothFull() async throws {
        let scene = try SpoolScene()
        var configuration = SpoolConfiguration(
            identity: try SpoolScene.identity(segmentByteCount: 65_536),
            session: .version4Random()
        )
        configuration.bytesMax = 2 * 65_536
        let shared = AuditSpool(try Spool.open(folder: scene.folder, configuration))
        let sink = try scene.sink(shared)
        try scene.failWrites(sqlState: "53100")
        var sent: [UUIDBytes] = []
        var failure: AuditError?
        for _ in 0..<500 where failure == nil {
            let record = Records.small()
            do throws(AuditError) {
                try await sink.append(record)
                sent.append(record.eventID)
            } catch {
                failure = error
            }
        }
        #expect(!sent.isEmpty)
        #expect(failure == AuditError(code: .unavailable))
        #expect(!sink.isWritable)
        try scene.letWrite()
        try await Patience.wait { shared.spool.isDrained && sink.isWritable }
        sent.append(try await SpoolScene.append(to: sink))
        try await scene.close(sink, shared)
        let stored = try scene.stored()
        #expect(Set(sent).isSubset(of: stored))
        #expect(Set(stored).count == stored.count)
        #expect(try scene.gapCount() == 0)
    }

    @Test("Replay stops at a server that cannot write, and goes on in its order")
    func replay() async throws {
        let scene = try SpoolScene()
        let shared = try scene.spool()
        let sink = try scene.sink(shared)
        scene.cluster.kill()
        var sent: [UUIDBytes] = []
        for _ in 0..<40 { sent.append(try await SpoolScene.append(to: sink)) }
        sink.close()
        shared.spool.close()
        try scene.cluster.restart()
        try scene.failWrites(sqlState: "53100")
        let next = try scene.spool()
        let second = try scene.sink(next)
        sent.append(try await SpoolScene.append(to: second))
        #expect(try scene.stored().isEmpty)
        #expect(next.spool.heldLogs.isEmpty, "a full disk says nothing against the rows")
        try scene.letWrite()
        try await Patience.wait { next.spool.isDrained }
        second.close()
        next.spool.close()
        #expect(try scene.stored() == sent)
    }

    @Test("While a connection is made ready, those who wait are served")
    func makingReady() async throws {
        let scene = try SpoolScene()
        let shared = try scene.spool()
        let sink = try scene.sink(shared)
        _ = try await SpoolScene.append(to: sink)
        // On a busy machine the first connection takes longer than the grace.
        try await Patience.wait { shared.spool.isDrained }
        // Whoever asks for the migrations waits for whoever holds them.
        let holder = try Connection.open(scene.database.administrator)
        try holder.runScript("BEGIN; LOCK TABLE audit.schema_migration IN ACCESS EXCLUSIVE MODE")
        try scene.breakConnections()
        for _ in 0..<5 { _ = try await SpoolScene.append(to: sink) }
        #expect(sink.statistics.connectionFailureCount == 0, "the attempt is still under way")
        #expect(shared.spool.status(now: Clock.now()).rowCount == 5)
        try holder.runScript("ROLLBACK")
        try await Patience.wait { shared.spool.isDrained }
        sink.close()
        shared.spool.close()
        #expect(try scene.stored().count == 6)
    }

    @Test("A server that comes back and fails a check is trusted with nothing, until it passes")
    func failedCheck() async throws {
        let scene = try SpoolScene()
        let shared = try scene.spool()
        let sink = try scene.sink(shared)
        _ = try await SpoolScene.append(to: sink)
        try await Patience.wait { shared.spool.isDrained }
        try scene.database.script(
            "ALTER DATABASE \(scene.database.name) SET synchronous_commit = off"
        )
        try scene.breakConnections()
        let reason = AuditStoreError(code: .notDurable, subject: "synchronous_commit")
        try await Patience.wait { scene.states.all.last == reason }
        #expect(!sink.isWritable)
        await #expect(throws: AuditError(code: .unavailable)) {
            _ = try await SpoolScene.append(to: sink)
        }
        #expect(shared.spool.status(now: Clock.now()).rowCount == 0)
        // Away again, it is still the server that failed.
        scene.cluster.kill()
        await #expect(throws: AuditError(code: .unavailable)) {
            _ = try await SpoolScene.append(to: sink)
        }
        try scene.cluster.restart()
        try scene.database.script("ALTER DATABASE \(scene.database.name) RESET synchronous_commit")
        try await Patience.wait { sink.isWritable && scene.states.all.last == .some(nil) }
        _ = try await SpoolScene.append(to: sink)
        try await scene.close(sink, shared)
        #expect(try scene.stored().count == 2)
    }

    @Test(
        "A server that stops keeping what it confirms is trusted with nothing from then on",
        arguments: ["synchronous_commit", "fsync", "full_page_writes"],
        [true, false]
    )
    func durabilityEnds(setting: String, isUnderLoad: Bool) async throws {
        let scene = try SpoolScene()
        let shared = try scene.spool()
        let sink = try scene.sink(shared)
        _ = try await SpoolScene.append(to: sink)
        // No connection breaks: what was checked when it was made no longer holds.
        try scene.database.script("ALTER SYSTEM SET \(setting) = off")
        try scene.database.script("SELECT pg_reload_conf()")
        let reason = AuditStoreError(code: .notDurable, subject: setting)
        var answeredCount = 1
        try await Patience.wait {
            if isUnderLoad, (try? await SpoolScene.append(to: sink)) != nil { answeredCount += 1 }
            return scene.states.all.last == reason
        }
        #expect(!sink.isWritable)
        // What the spool has taken before the reason was known is durable there.
        let spooledCount = shared.spool.status(now: Clock.now()).rowCount
        await #expect(throws: AuditError(code: .unavailable)) {
            _ = try await SpoolScene.append(to: sink)
        }
        #expect(shared.spool.status(now: Clock.now()).rowCount == spooledCount)
        try scene.database.script("ALTER SYSTEM RESET \(setting)")
        try scene.database.script("SELECT pg_reload_conf()")
        try await Patience.wait { sink.isWritable && scene.states.all.last == .some(nil) }
        _ = try await SpoolScene.append(to: sink)
        try await Patience.wait { shared.spool.isDrained }
        sink.close()
        shared.spool.close()
        // A row that nobody was told of may have had its place, and lands with the others.
        #expect(try scene.stored().count > answeredCount)
    }
}
