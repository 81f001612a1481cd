import Audit
import Basics
import Gateway
import HTTPMessages
import JSON
import Support
import Workload

/// One whole `respond` of an audited `patient-view`, with a sink in memory.
struct WholePath {
    private let gateway: HookGateway
    private let sink: InMemoryAuditSink
    private let key: String
    private let bodies: [Int: [UInt8]]

    /// Makes it; where instructions are counted its clock stands still, for under callgrind the
    /// first call would end behind its deadline.
    init(isCounted: Bool = false) throws {
        let configuration = try MeasuredConfiguration()
        let sink = InMemoryAuditSink()
        let origin = ProcessorClock.nanoseconds()
        // A clock of processor time: what else the machine does is in no stage.
        gateway = try MeasuredGateway.make(configuration, sink: sink) {
            let spent = isCounted ? 0 : ProcessorClock.nanoseconds() - origin
            return PatientView.now.advanced(byMicroseconds: spent / 1_000)
        }
        self.sink = sink
        key = configuration.key
        bodies = Dictionary(
            uniqueKeysWithValues: [2_000, 20_000, 200_000, 2_000_000].map {
                ($0, PatientView.body(bytes: $0))
            }
        )
    }

    /// The row of one call, for what is measured on rows.
    func sampleRecord() async -> AuditRecord {
        await run(bytes: 20_000, keepsRow: true)
        guard let record = sink.records.first else { fatalError("no row was written") }
        sink.removeAll()
        return record
    }

    /// Answers one call.
    func run(bytes: Int, keepsRow: Bool = false) async {
        let response = await gateway.respond(to: request(bytes))
        guard response.status == 200 else {
            fatalError(
                "the call was refused: \(response.status) "
                    + String(decoding: response.body, as: UTF8.self)
            )
        }
        if !keepsRow { sink.removeAll() }
    }

    /// What one call of a size costs.
    func figure(bytes: Int) async -> Figure {
        let request = request(bytes)
        var best = Double.infinity
        for _ in 0..<7 {
            let start = ProcessorClock.nanoseconds()
            var count = 0
            var spent: Int64 = 0
            repeat {
                for _ in 0..<8 { _ = await gateway.respond(to: request) }
                count += 8
                spent = ProcessorClock.nanoseconds() - start
            } while spent < 40_000_000
            sink.removeAll()
            best = min(best, Double(spent) / Double(count))
        }
        return Figure("path.\(bytes / 1_000)KB", nanoseconds: best, byteCount: request.body.count)
    }

    /// What a call of a size costs, and the mean of each of its stages.
    func stages(bytes: Int) async throws -> StageFigures {
        let request = request(bytes)
        let count = bytes > 100_000 ? 300 : 2_000
        for _ in 0..<count / 10 { _ = await gateway.respond(to: request) }
        sink.removeAll()
        let start = ProcessorClock.nanoseconds()
        for _ in 0..<count { _ = await gateway.respond(to: request) }
        let spent = Double(ProcessorClock.nanoseconds() - start)
        var names: [String] = []
        var sums: [String: Int] = [:]
        for record in sink.records {
            let document = try JSONDocument(parsing: record.stageMicroseconds ?? [])
            for (name, value) in document.root.members {
                let stage = name.stringValue ?? ""
                if sums[stage] == nil { names.append(stage) }
                sums[stage, default: 0] += value.integerValue ?? 0
            }
        }
        sink.removeAll()
        return StageFigures(
            byteCount: request.body.count,
            microseconds: spent / 1_000 / Double(count),
            stages: names.map { ($0, Double(sums[$0] ?? 0) / Double(count)) }
        )
    }

    private func request(_ bytes: Int) -> HTTPRequest {
        guard let body = bodies[bytes] else { preconditionFailure("no body of that size") }
        return HTTPRequest(
            method: "POST",
            path: "/cds-services/news2",
            fields: ["Content-Type": "application/json", "Authorization": "Bearer " + key],
            body: body
        )
    }
}
