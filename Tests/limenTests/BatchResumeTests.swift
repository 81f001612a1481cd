import Audit
import Basics
import CDSHooks
import Crypto
import Foundation
import Gateway
import JSON
import Monitoring
import Posix
import Support
import Synchronization
import Testing

@testable import limen

/// A batch that is killed, resumed, and kept waiting, without a database.
@Suite("A batch that goes on")
struct BatchResumeTests {
    /// Keeps each batch of counters once, as PostgreSQL does.
    private final class Store: CounterStore {
        private struct State {
            var calls = 0
            var kept: [UUIDBytes: [CountedSeries]]
            var atKill: [UUIDBytes: [CountedSeries]] = [:]
        }

        private let state: Mutex<State>
        private let kill: Int
        private let onKill: @Sendable () -> Void

        /// Makes a store; after so many batches it notes what it has, as a kill would leave it.
        init(
            _ kept: [UUIDBytes: [CountedSeries]] = [:],
            kill: Int = 0,
            onKill: @escaping @Sendable () -> Void = {}
        ) {
            state = Mutex(State(kept: kept))
            self.kill = kill
            self.onKill = onKill
        }

        func add(_ batch: CounterBatch) {
            let isKilled = state.withLock { state in
                state.calls += 1
                if state.kept[batch.id] == nil { state.kept[batch.id] = batch.items }
                if state.calls == kill { state.atKill = state.kept }
                return state.calls == kill
            }
            if isKilled { onKill() }
        }

        /// What it had when the kill struck.
        var atKill: [UUIDBytes: [CountedSeries]] { state.withLock { $0.atKill } }

        /// How many cases were counted.
        var caseCount: Int {
            state.withLock { state in
                state.kept.values.joined().filter { $0.series.name.kind == .outcome }
                    .reduce(0) { $0 + $1.histogram.count }
            }
        }
    }

    /// A trail whose queue is full for so many calls.
    private final class FullSink: AuditSink {
        let memory = InMemoryAuditSink()
        private let left: Mutex<Int>
        private let code: AuditError.Code

        init(failing count: Int, as code: AuditError.Code = .overloaded) {
            left = Mutex(count)
            self.code = code
        }

        func append(_ record: AuditRecord) async throws(AuditError) {
            let isFull = left.withLock { left in
                left -= 1
                return left >= 0
            }
            if isFull { throw AuditError(code: code) }
            try await memory.append(record)
        }

        var queuedCount: Int { 0 }
        var isWritable: Bool { true }
    }

    private static let moment = Instant(rfc3339: "2026-05-04T10:00:00Z")

    /// A batch over a folder with patients, as `limen batch` puts it together.
    private struct Batch {
        let folder: URL
        let files: BatchFiles
        let source: BatchSource
        let profile: LoadedProfile
        let pins: BatchPins
        let rows: BatchRows
        let key = AuthenticationKey([UInt8](repeating: 7, count: 32))

        init(_ folder: URL) throws {
            self.folder = folder
            files = try BatchFiles(
                Arguments(["--out", folder.path + "/r.csv"], of: "batch")
            )
            source = try BatchSource([folder.path + "/all.ndjson"], shard: .whole) { _ in }
            let all = try ConfigurationFiles.read(home: Shared.checkout.path, clients: nil)
            profile = try #require(
                ProfileFiles(home: Shared.checkout.path, files: all).project("news2").loaded
            )
            let moment = try #require(BatchResumeTests.moment)
            pins = BatchPins(
                job: UUIDBytes(high: 1, low: 2),
                startedAt: moment,
                moment: moment,
                tool: "test",
                tenant: "demo",
                reason: "test",
                client: "limen batch",
                shard: .whole,
                form: .csv,
                isExplained: false,
                errorsPath: files.errors,
                manifestPath: files.manifest,
                inputs: source.inputs,
                artifacts: BatchPins.artifacts([profile])
            )
            rows = BatchRows(form: .csv, isExplained: false, profiles: [profile])
        }

        /// The worker, whose pauses take no time and are noted.
        func worker(_ sink: any AuditSink, pauses: Pauses = Pauses()) -> BatchWorker {
            BatchWorker(
                BatchWorker.Job(
                    pins: pins,
                    profiles: [(profile, [])],
                    rows: rows,
                    key: key,
                    pseudonymKey: PseudonymKey(epoch: 1, key: key)
                ),
                files: source.files,
                sink: sink,
                pause: { pauses.add($0) }
            )
        }

        /// Runs from the journal on, or from the start.
        func run(_ sink: any AuditSink, _ store: Store, checkpoint: Int) async throws -> Int {
            let content = try files.journal.flatMap { try BatchJournal.read($0) }
            let run = try BatchRun(
                files,
                from: content?.checkpoint,
                checkpointPatients: checkpoint
            )
            if let content { try run.goOn(with: content) } else { try run.start(pins, rows) }
            let monitoring = BatchMonitoring([profile], pins, key: key, store: store)
            try await run.run(
                source,
                worker(sink),
                monitoring,
                window: 2,
                progress: BatchProgress(total: 1)
            )
            _ = try run.complete()
            return run.donePatients
        }

        func text() throws -> String {
            try String(contentsOfFile: folder.path + "/r.csv.part", encoding: .utf8)
        }
    }

    private final class Pauses: Sendable {
        let all = Mutex<[Int]>([])
        func add(_ milliseconds: Int) { all.withLock { $0.append(milliseconds) } }
    }

    /// A folder with so many patients, of whom nothing else is known.
    private static func folder(_ count: Int) throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("limen-resume-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let lines = (0..<count).map {
            #"{"resourceType":"Patient","id":"p\#($0)","birthDate":"1960-01-01"}"# + "\n"
        }
        try Data(lines.joined().utf8).write(to: folder.appendingPathComponent("all.ndjson"))
        return folder
    }

    private static func remove(_ folder: URL) { try? FileManager.default.removeItem(at: folder) }

    @Test(
        "Killed when counters are stored and resumed with another checkpoint, each case counts once",
        arguments: [1, 2, 3],
        [1, 65, 100, 1_000]
    )
    func countedOnce(kill: Int, checkpoint: Int) async throws {
        let first = try Self.folder(300)
        defer { Self.remove(first) }
        let second = first.appendingPathExtension("killed")
        defer { Self.remove(second) }
        // What lies on the disk at the moment when the kill strikes: counted, and not yet noted.
        let store = Store(kill: kill) { try? FileManager.default.copyItem(at: first, to: second) }
        let sink = InMemoryAuditSink()
        #expect(try await Batch(first).run(sink, store, checkpoint: 100) == 300)
        #expect(store.caseCount == 300)
        let journal = try #require(try BatchJournal.read(second.path + "/r.csv.journal"))
        #expect(journal.countedTo != nil)
        let resumed = Store(store.atKill)
        let rest = try await Batch(second).run(sink, resumed, checkpoint: checkpoint)
        #expect(rest > 0)
        #expect(resumed.caseCount == 300)
        #expect(try Batch(second).text() == Batch(first).text())
    }

    @Test("A run that fails before the end of a counted stretch counts it once all the same")
    func failedInBetween() async throws {
        let first = try Self.folder(300)
        defer { Self.remove(first) }
        let second = first.appendingPathExtension("killed")
        defer { Self.remove(second) }
        let store = Store(kill: 2) { try? FileManager.default.copyItem(at: first, to: second) }
        _ = try await Batch(first).run(InMemoryAuditSink(), store, checkpoint: 192)
        let resumed = Store(store.atKill)
        let away = FullSink(failing: .max, as: .unavailable)
        await #expect(throws: CommandError.self) {
            _ = try await Batch(second).run(away, resumed, checkpoint: 1)
        }
        #expect(resumed.caseCount == store.caseCount)
        _ = try await Batch(second).run(InMemoryAuditSink(), resumed, checkpoint: 1)
        #expect(resumed.caseCount == 300)
    }

    @Test("Of a patient whose id is no FHIR id there is a finding, and neither row nor audit row")
    func badIDs() async throws {
        let folder = try Self.folder(1)
        defer { Self.remove(folder) }
        let ids = [
            "MRN_0042", "has space", String(repeating: "a", count: 65), #"a\nb\u0000"#, "\u{E4}",
        ]
        let longest = String(repeating: "a", count: 64)
        let lines = (ids + [longest, "p0"]).flatMap { id in
            [
                #"{"resourceType":"Patient","id":"\#(id)"}"#,
                #"{"resourceType":"Observation","subject":{"reference":"Patient/\#(id)"}}"#,
            ]
        }
        let more =
            lines + [
                #"{"resourceType":"Observation","subject":{"reference":"Patient/only_named"}}"#
            ]
        try Data(more.joined(separator: "\n").utf8)
            .write(to: folder.appendingPathComponent("all.ndjson"))
        let batch = try Batch(folder)
        let sink = InMemoryAuditSink()
        #expect(try await batch.run(sink, Store(), checkpoint: 1) == 2)
        let references = Set(sink.records.compactMap(\.patientReference))
        #expect(references == ["Patient/p0", "Patient/" + longest])
        let table = try batch.text()
        #expect(table.split(separator: "\r\n").count == 3)
        #expect(!table.contains("\0"))
        let path = try #require(batch.files.errorsPart)
        let errors = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(errors.count { $0.contains("LIMEN-DATA-013") } == ids.count + 1)
        #expect(!errors.contains { $0.contains("MRN_0042") || $0.contains("only_named") })
    }

    @Test("A full queue of the trail slows a run down and loses nothing")
    func fullQueue() async throws {
        let folder = try Self.folder(10)
        defer { Self.remove(folder) }
        let batch = try Batch(folder)
        var parts = batch.source.parts(after: nil)
        let part = try #require(try parts.next())
        let (sink, pauses) = (FullSink(failing: 25), Pauses())
        let outcome = await batch.worker(sink, pauses: pauses).run(part)
        #expect(outcome.failure == nil)
        #expect(outcome.counts.patients == 10)
        #expect(sink.memory.records.count == 10)
        #expect(Set(sink.memory.records.map(\.eventID)).count == 10)
        #expect(pauses.all.withLock { $0.count } == 25)
        #expect(pauses.all.withLock { $0.min() } == Limits.batchPauseMillisecondsMin)
    }

    @Test("A queue that stays full ends the run after the stated wait, and it can go on")
    func queueStaysFull() async throws {
        let folder = try Self.folder(1)
        defer { Self.remove(folder) }
        let batch = try Batch(folder)
        var parts = batch.source.parts(after: nil)
        let part = try #require(try parts.next())
        let (sink, pauses) = (FullSink(failing: .max), Pauses())
        let outcome = await batch.worker(sink, pauses: pauses).run(part)
        let failure = try #require(outcome.failure)
        #expect(failure.exitCode == .unavailable)
        #expect(failure.sentence.contains("LIMEN-AUD-003"))
        #expect(failure.sentence.contains("60 s"))
        #expect(failure.sentence.contains("--resume"))
        #expect(sink.memory.records.isEmpty)
        let all = pauses.all.withLock { $0 }
        let longest = Limits.batchPauseMillisecondsMax
        #expect(all.allSatisfy { $0 <= longest })
        #expect(all == all.sorted())
        let waited = all.reduce(0, +)
        #expect(waited >= Limits.batchOverloadMillisecondsMax)
        #expect(waited < Limits.batchOverloadMillisecondsMax + longest)
        // The run keeps what came before, and the same command goes on.
        let store = Store()
        await #expect(throws: CommandError.self) {
            _ = try await batch.run(FullSink(failing: .max), store, checkpoint: 1)
        }
        #expect(store.caseCount == 0)
        #expect(try await Batch(folder).run(InMemoryAuditSink(), store, checkpoint: 1) == 1)
        #expect(store.caseCount == 1)
    }

    @Test(
        "A trail that is away, or refuses a row, is not asked again",
        arguments: [AuditError.Code.unavailable, .refused, .timeout]
    )
    func otherFailures(code: AuditError.Code) async throws {
        let folder = try Self.folder(1)
        defer { Self.remove(folder) }
        let batch = try Batch(folder)
        var parts = batch.source.parts(after: nil)
        let part = try #require(try parts.next())
        let pauses = Pauses()
        let sink = FullSink(failing: 1, as: code)
        let outcome = await batch.worker(sink, pauses: pauses).run(part)
        #expect(outcome.failure?.sentence.contains(code.rawValue) == true)
        #expect(pauses.all.withLock { $0.isEmpty })
    }

    @Test(
        "A journal is read piece by piece, however much longer it is than a line may be",
        arguments: [1, 7, 64, 4_096]
    )
    func longJournal(pieceBytes: Int) throws {
        let folder = try Self.folder(0)
        defer { Self.remove(folder) }
        let path = folder.path + "/r.csv.journal"
        let journal = try BatchJournal.open(path, keeping: 0)
        try journal.append(Array(#"{"format":"limen-batch/1"}"#.utf8))
        var checkpoint = BatchCheckpoint()
        for number in 1...100 {
            let patient = PatientHash(stable: "p\(number)")
            try journal.announceCounting(to: patient)
            checkpoint.last = patient
            checkpoint.outputBytes = number
            try journal.append(checkpoint.json)
        }
        let size = try File.read(path: path, bytesMax: 1 << 20).count
        let reader = BatchJournalReader(lineBytesMax: 512)
        #expect(size > 40 * 512)
        let content = try #require(
            try BatchJournal.read(path, reader, pieceBytes: pieceBytes)
        )
        #expect(content.checkpoint == checkpoint)
        #expect(content.countedTo == nil)
        #expect(content.byteCount == size)
        // A stretch that was announced behind the last checkpoint, and a torn line behind that.
        try journal.announceCounting(to: PatientHash(stable: "next"))
        try journal.append(Array(#"{"last":"#.utf8))
        let whole = try File.read(path: path, bytesMax: 1 << 20)
        try File.writeAtomically(path: path, Array(whole.dropLast(3)))
        let torn = try #require(try BatchJournal.read(path, reader, pieceBytes: pieceBytes))
        #expect(torn.checkpoint == checkpoint)
        #expect(torn.countedTo == PatientHash(stable: "next"))
    }

    @Test("A line beyond the limit is none, and a whole line of another program is refused")
    func foreignLines() throws {
        let folder = try Self.folder(0)
        defer { Self.remove(folder) }
        let path = folder.path + "/r.csv.journal"
        let journal = try BatchJournal.open(path, keeping: 0)
        try journal.append(Array(#"{"format":"limen-batch/1"}"#.utf8))
        let header = try File.read(path: path, bytesMax: 1 << 20).count
        try journal.append(BatchCheckpoint().json)
        let reader = BatchJournalReader(lineBytesMax: header - 1)
        #expect(try BatchJournal.read(path, reader)?.byteCount == header)
        #expect(try BatchJournal.read(path, reader)?.checkpoint == nil)
        #expect(try BatchJournal.read(path, BatchJournalReader(lineBytesMax: header - 2)) == nil)
        try journal.append(Array(#"{"last":"zz"}"#.utf8))
        #expect {
            _ = try BatchJournal.read(path)
        } throws: { error in
            (error as? CommandError)?.exitCode == .badInput
        }
        let long = [UInt8](repeating: 0x20, count: Limits.batchJournalLineBytesMax)
        #expect {
            try journal.append(long)
        } throws: { error in
            (error as? CommandError)?.exitCode == .badInput
        }
    }

    @Test(
        "A second run writes over nothing of the first",
        arguments: ["r.csv", "r.csv.errors.ndjson", "r.csv.manifest.json"]
    )
    func checkAbsent(name: String) throws {
        let folder = try Self.folder(0)
        defer { Self.remove(folder) }
        let batch = try Batch(folder)
        try batch.files.checkAbsent()
        try File.writeAtomically(path: folder.path + "/" + name, [0x31])
        let error = #expect(throws: CommandError.self) { try batch.files.checkAbsent() }
        #expect(error?.exitCode == .badInput)
        #expect(error?.sentence.contains(name) == true)
        #expect(error?.sentence.contains("is there already") == true)
        // What a run of its own has begun is no result.
        try File.remove(path: folder.path + "/" + name)
        try File.writeAtomically(path: folder.path + "/r.csv.part", [0x31])
        try batch.files.checkAbsent()
    }
}
