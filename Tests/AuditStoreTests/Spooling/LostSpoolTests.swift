import Audit
import AuditStore
import Basics
import Ledger
import Posix
import PostgreSQL
import Spool
import Testing

/// Acknowledged rows that are lost together with the folder of the spool.
@Suite(
    "A spool that is gone",
    .serialized,
    .enabled(if: PrivateCluster.isPresent, "\(PrivateCluster.absence)")
)
struct LostSpoolTests {
    private static func open(
        _ scene: SpoolScene
    ) throws -> (spool: AuditSpool, marks: SpoolMarks) {
        let marks = try SpoolMarks(folder: scene.folder + ".marks")
        var configuration = SpoolConfiguration(
            identity: try SpoolScene.identity(),
            session: .version4Random()
        )
        configuration.marks = marks
        return (AuditSpool(try Spool.open(folder: scene.folder, configuration)), marks)
    }

    /// The row that a gateway writes of it.
    static func record(_ loss: SpoolLoss) -> AuditRecord {
        var record = Records.small("system")
        record.kind = .configurationChange
        record.outcome = loss.isFound ? .done : .failed
        record.reasonCode = loss.isFound ? SpoolLoss.found : SpoolLoss.lost
        record.flags = loss.flags
        return record
    }

    private static func tell(
        _ heads: [SpoolMarks.Head]?,
        isFound: Bool,
        in sink: PostgreSQLAuditSink
    ) async throws {
        let heads = try #require(heads).map {
            SpoolLoss.Head(log: $0.log, firstRow: $0.firstRow)
        }
        try await sink.append(Self.record(SpoolLoss(isFound: isFound, heads: heads)))
    }

    private static func verify(_ scene: SpoolScene, _ copy: Checkpoint?) throws -> LedgerReport {
        try LedgerStoreTests.verify(scene.database, [copy].compactMap { $0 })
    }

    @Test("leaves a finding that names the first lost row, until the rows have come back")
    func lost() async throws {
        let scene = try SpoolScene()
        defer { try? Folder.removeAll(path: scene.folder + ".marks") }
        defer { try? Folder.removeAll(path: scene.folder + ".away") }
        let (spool, _) = try Self.open(scene)
        let sink = try scene.sink(spool)
        var sent: [UUIDBytes] = []
        for _ in 0..<3 { sent.append(try await SpoolScene.append(to: sink)) }
        try await Patience.wait { spool.spool.isDrained }
        scene.cluster.kill()
        for _ in 0..<4 { sent.append(try await SpoolScene.append(to: sink)) }
        sink.close()
        spool.spool.close()
        try File.move(from: scene.folder, to: scene.folder + ".away")
        try scene.cluster.restart()

        // The next start misses the segment, and says so.
        let (second, marks) = try Self.open(scene)
        #expect(marks.lostSegmentCount == 1)
        let later = try scene.sink(second)
        try await Self.tell(marks.untold, isFound: false, in: later)
        try marks.told(isFound: false)
        try await scene.close(later, second)
        let copy = try LedgerStoreTests.sign(scene.database)
        let report = try Self.verify(scene, copy)
        #expect(report.findings.map(\.damage) == [.lostSpool], "\(report.findings)")
        let log = try scene.database.column(
            "SELECT log_id::text FROM audit.event WHERE seq = 2 AND kind = 'decision'"
        )
        #expect(report.firstBadRow?.logID?.text == log.first)
        #expect(report.firstBadRow?.sequence == 3)

        // It comes back: its rows land, and that is on record.
        try Folder.removeAll(path: scene.folder)
        try File.move(from: scene.folder + ".away", to: scene.folder)
        let (third, found) = try Self.open(scene)
        let last = try scene.sink(third)
        try await Patience.wait { third.spool.isDrained }
        try await Self.tell(found.untoldFound, isFound: true, in: last)
        try found.told(isFound: true)
        try await scene.close(last, third)
        let next = try LedgerStoreTests.sign(scene.database, known: copy)
        let clean = try Self.verify(scene, next)
        #expect(clean.findings == [], "\(clean.findings)")
        #expect(clean.notes.contains { $0.contains("came back") })
        #expect(
            try scene.database.count("SELECT count(*) FROM audit.event WHERE kind = 'decision'")
                == sent.count
        )
        #expect(found.lostSegmentCount == 0)
    }

    @Test("A mark that could not be read leaves a finding at the row that tells of it")
    func unknown() async throws {
        let (database, copies) = try await LedgerStoreTests.written(2)
        let sink = try database.sink(writers: 1)
        let record = Self.record(SpoolLoss(isFound: false, heads: [SpoolLoss.unknown]))
        try await sink.append(record)
        sink.close()
        let report = try LedgerStoreTests.verify(database, copies)
        #expect(report.findings.map(\.damage) == [.lostSpool], "\(report.findings)")
        #expect(report.findings.first?.row?.eventID == record.eventID)
        let story = Story(
            hookInstance: nil,
            events: [StoredEvent(record: record, recordedAt: record.startedAt)]
        )
        #expect(story.lines.first?.sentences.first?.contains("are lost") == true)
    }
}
