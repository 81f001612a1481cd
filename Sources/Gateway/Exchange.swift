import Audit
import Basics
import CDSHooks
import Crypto
import HTTPMessages
import JSON

/// One request on its way: what its audit row will say, and how long each stage took.
struct Exchange: Sendable {
    /// The audit row as far as it is known.
    var record: AuditRecord
    /// The key of the tenant, once it is known; until then that of the system.
    var key: AuthenticationKey
    /// The client, once it is known.
    var client: Client?
    /// The service, once it is known.
    var service: LoadedService?
    /// What was fetched.
    var fetch = FetchReport()
    /// The number of the deployment that the request sees, once a version was chosen.
    var deployment: Int?
    /// From when on a case of a canary is slow.
    var slowAfterMicroseconds = Int.max
    /// What shadow versions compute once the request is answered.
    var shadows: ShadowWork?
    /// What the client is asked to do at once.
    var systemActions: [[UInt8]] = []
    /// What was shown before, when the service has a rule for it.
    var repeats: RepeatCheck?
    /// Whether it computes beside an answer, so that nobody waits for it.
    private(set) var isBeside = false
    /// How long each stage took.
    private(set) var stages: [(stage: Stage, microseconds: Int)] = []
    /// When the last stage ended.
    private var lastMark: Instant

    init(_ request: HTTPRequest, eventID: UUIDBytes, now: Instant, key: AuthenticationKey) {
        record = AuditRecord(
            eventID: eventID,
            tenant: HookGateway.systemTenant,
            kind: .rejectedRequest,
            outcome: .rejected,
            startedAt: now,
            status: 0
        )
        self.key = key
        lastMark = now
        stages.reserveCapacity(Stage.allCases.count)
        if let trace = TraceContext(request.fields["traceparent"]) {
            record.traceID = trace.traceID
            record.parentSpanID = trace.parentSpanID
        }
    }

    /// Ends a stage.
    mutating func mark(_ stage: Stage, _ now: Instant) {
        stages.append((stage, Int(max(0, now.microseconds(since: lastMark)))))
        lastMark = now
    }

    /// The sum of the stages so far.
    var stageSumMicroseconds: Int { stages.reduce(0) { $0 + $1.microseconds } }

    /// The beginning of a row for a version that computes beside this answer.
    func shadow(of service: LoadedService, eventID: UUIDBytes) -> Exchange {
        var exchange = self
        var row = AuditRecord(
            eventID: eventID,
            tenant: record.tenant,
            kind: .decision,
            outcome: .noCards,
            startedAt: record.startedAt,
            status: 200
        )
        row.takeCaller(of: record)
        row.replayedAt = record.replayedAt
        row.service = record.service
        row.hook = record.hook
        row.hookInstance = record.hookInstance
        row.arm = .shadow
        row.patientPseudonym = record.patientPseudonym
        row.userPseudonym = record.userPseudonym
        row.encounterPseudonym = record.encounterPseudonym
        row.pseudonymEpoch = record.pseudonymEpoch
        row.patientReference = record.patientReference
        row.userReference = record.userReference
        row.encounterReference = record.encounterReference
        row.requestDigest = record.requestDigest
        row.hookVersion = String(service.hook.version.prefix(63))
        row.artifacts = service.artifacts
        exchange.record = row
        exchange.service = service
        exchange.shadows = nil
        exchange.systemActions = []
        exchange.repeats = nil
        exchange.stages = []
        exchange.isBeside = true
        return exchange
    }

    /// How long the request has taken so far.
    func elapsedMicroseconds(_ now: Instant) -> Int {
        Int(now.microseconds(since: record.startedAt))
    }

    /// The stages as JSON text.
    var stagesJSON: [UInt8] {
        var writer = JSONWriter(reservingBytes: 160)
        writer.beginObject()
        for (stage, microseconds) in stages { writer.member(stage.rawValue, microseconds) }
        writer.endObject()
        return writer.bytes
    }

    /// How long the answer of a service may take: what it says, or less if the client waits less.
    func deadlineMicroseconds(of service: LoadedService) -> Int {
        min(
            service.hook.deadlineMicroseconds,
            client?.deadlineMicroseconds ?? service.hook.deadlineMicroseconds
        )
    }
}
