package import Audit
package import Basics
import Crypto
import Posix

/// Measures bare audit commits through a sink.
package enum AuditBench {
    /// What was measured.
    package struct Report: Sendable {
        /// How many rows were confirmed durable.
        package let rowCount: Int
        /// How long it took, in seconds.
        package let seconds: Double
        /// Half of the appends took at most this long, in microseconds.
        package let medianMicroseconds: Int
        /// All but one in a hundred appends took at most this long, in microseconds.
        package let p99Microseconds: Int

        /// Rows confirmed durable in a second.
        package var rowsPerSecond: Double { Double(rowCount) / seconds }
    }

    /// Appends so many rows from so many tasks, each of which waits for its own row.
    ///
    /// - Parameters:
    ///   - sink: Where the records go.
    ///   - rowCount: How many rows all tasks append together.
    ///   - taskCount: How many appends are under way at once.
    ///   - record: Makes the record of a number; its event id must be new each time.
    /// - Returns: How long it took, together and for each append.
    /// - Throws: The first error of an append.
    package static func run(
        _ sink: some AuditSink,
        rowCount: Int,
        taskCount: Int,
        record: @escaping @Sendable (Int) -> AuditRecord
    ) async throws -> Report {
        precondition(rowCount > 0, "nothing is to be measured")
        precondition(taskCount > 0, "nobody measures")
        let start = Clock.monotonicNanoseconds()
        let times = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for task in 0..<taskCount {
                group.addTask {
                    var times: [Int64] = []
                    for number in stride(from: task, to: rowCount, by: taskCount) {
                        let record = record(number)
                        let begin = Clock.monotonicNanoseconds()
                        try await sink.append(record)
                        times.append(Clock.monotonicNanoseconds() - begin)
                    }
                    return times
                }
            }
            var all: [Int64] = []
            for try await times in group { all += times }
            return all.sorted()
        }
        let seconds = Double(Clock.monotonicNanoseconds() - start) / 1e9
        return Report(
            rowCount: times.count,
            seconds: seconds,
            medianMicroseconds: Int(times[times.count / 2] / 1_000),
            p99Microseconds: Int(times[times.count * 99 / 100] / 1_000)
        )
    }

    /// A decision as a patient-view call makes it, some 2 KB, with no patient behind it.
    package static func sampleRecord(
        tenant: String,
        startedAt: Instant,
        number: Int
    ) -> AuditRecord {
        var record = AuditRecord(
            eventID: .version7(at: startedAt),
            tenant: tenant,
            kind: .decision,
            outcome: .cards,
            startedAt: startedAt,
            status: 200
        )
        let digest = Digest.sha256(String(number))
        record.client = "bench"
        record.service = "news2"
        record.hook = "patient-view"
        record.hookInstance = .version4()
        record.patientPseudonym = digest
        record.userPseudonym = digest
        record.artifacts = Array(#"{"profile":{"url":"urn:bench","version":"1.0.0"}}"#.utf8)
        let input =
            #"{"name":"pulse","value":"91","unit":"/min","source":"Observation/1","age":"PT5M"}"#
        record.inputs = Array(
            ("[" + Array(repeating: input, count: 7).joined(separator: ",") + "]").utf8
        )
        record.result = Array(#"{"score":"7","band":"high"}"#.utf8)
        record.cards = Array(
            #"[{"summary":"NEWS2 7: emergency response threshold","indicator":"critical"}]"#.utf8
        )
        record.cardIDs = [.version4()]
        record.indicator = "critical"
        record.requestDigest = digest
        record.responseDigest = digest
        record.stageMicroseconds = Array(#"{"parse":120,"map":340,"evaluate":15}"#.utf8)
        record.traceID = Array(digest.prefix(16))
        record.parentSpanID = Array(digest.prefix(8))
        return record
    }
}
