import AuditStore
import Basics
import Ledger
import Posix
import PostgreSQL
import Spool

/// `limen drill outage`: PostgreSQL is stopped under load, and comes back.
///
/// Nobody may be refused, and when the database is back it holds every answered request once, in
/// the order of its log, with the time it was asked at.
enum OutageDrill {
    private static let connectionCount = 8
    /// Between two requests of a connection.
    ///
    /// As fast as they can, eight connections fill a spool of the usual size within two minutes, and
    /// are refused from then on, as they should be.
    private static let pauseMilliseconds = 10
    /// How much the gateway may grow while the database is away: what waits to be written and read
    /// is bounded, and answers are not kept.
    private static let growthBytesMax = 192 << 20

    /// Runs the drill; exit code 1 when an answer or a row is missing or doubled.
    static func run(_ parsed: Arguments) async throws(CommandError) -> ExitCode {
        let seconds = try parsed.integer("seconds", default: 120, in: 1...86_400)
        let report = try await DrillCommand.onSite { site throws(CommandError) in
            try await drill(site, seconds: seconds)
        }
        Terminal.writeOutput(report.text)
        return report.isGood ? .ok : .findings
    }

    private static func drill(
        _ site: DrillSite,
        seconds: Int
    ) async throws(CommandError) -> Report {
        let address = try await site.startGateway()
        let drill = KillDrill(
            site: site,
            seed: UInt64(Clock.now().microseconds),
            already: KillReport(seed: 0),
            of: 0
        )
        let volley = Volley(
            address: address,
            request: try LoadRequest(
                prefetchBytes: 4_096,
                host: "127.0.0.1",
                key: try site.own.key(),
                now: Clock.now(),
                patientID: drill.patientID
            ),
            pauseMilliseconds: pauseMilliseconds
        )
        var report = Report(seconds: seconds)
        var marks = [moment]
        try volley.start(connections: connectionCount)
        let cluster = try Cluster.inState(site.own.state)
        await sleep(min(seconds, 5))
        report.bytesBefore = ResourceUsage.residentBytes(process: site.identifier)
        let stopped = Clock.now()
        marks.append(moment)
        try cluster.stop()
        let before = volley.answeredCount
        await sleep(seconds)
        report.awayCount = volley.answeredCount - before
        // The spool is searched while it holds what was answered.
        report.spooledCount = site.spooledCount
        report.exposureCount = try drill.exposures().count
        let started = Clock.now()
        marks.append(moment)
        try cluster.start()
        // The load goes on until the spool is empty, or it would show less than it says.
        report.leftCount = try await site.drain()
        await sleep(min(seconds, 5))
        marks.append(moment)
        report.bytesMost = ResourceUsage.residentBytesPeak(process: site.identifier)
        volley.stop()
        let answered = await volley.end()
        report.answeredCount = answered.count
        report.refusals = volley.refusals
        report.brokenCount = volley.brokenCount
        for phase in 0..<3 {
            report.latencies.append(volley.latencies(from: marks[phase], to: marks[phase + 1]))
        }
        let counts = try drill.rowCounts(since: stopped.advanced(byMicroseconds: -60_000_000))
        report.lostCount = answered.count { counts[$0] == nil }
        report.doubledCount = counts.values.reduce(0) { $0 + max(0, $1 - 1) }
        report.trail = try drill.verify()
        report.exposureCount += try drill.exposures().count
        report.replayed = try replayed(site, from: stopped, to: started)
        return report
    }

    private static var moment: Int64 { Clock.monotonicNanoseconds() / 1_000 }

    private static func sleep(_ seconds: Int) async {
        try? await Task.sleep(for: .seconds(seconds))
    }

    /// Rows that were asked for and recorded apart, and how many of them are out of order.
    struct Replayed {
        /// Decisions whose time lies in the outage; none could be written then.
        var rowCount = 0
        /// Rows whose number in the log follows one with a later stamp.
        var disorderCount = 0
    }

    private static func replayed(
        _ site: DrillSite,
        from stopped: Instant,
        to started: Instant
    ) throws(CommandError) -> Replayed {
        let settings = try site.settings(as: "limen_verifier")
        do throws(PostgreSQLError) {
            let connection = try Connection.open(settings)
            var window = Parameters()
            window.add(instant: stopped)
            window.add(instant: started)
            let rows = try connection.execute(
                """
                SELECT count(*) FROM audit.event
                WHERE kind = 'decision' AND started_at BETWEEN $1::timestamptz AND $2::timestamptz
                """,
                window
            )
            let batches = try connection.execute(
                """
                SELECT count(*) FROM (
                    SELECT stamped_at < lag(stamped_at) OVER log AS is_late_stamp,
                        recorded_at < lag(recorded_at) OVER log AS is_late_record,
                        first_seq <> 1 + lag(last_seq) OVER log AS is_gap
                    FROM audit.batch WINDOW log AS (PARTITION BY log_id ORDER BY first_seq)) b
                WHERE is_late_stamp OR is_late_record OR is_gap
                """
            )
            return Replayed(
                rowCount: try rows.integer(0, 0) ?? 0,
                disorderCount: try batches.integer(0, 0) ?? -1
            )
        } catch {
            throw CommandError(
                .unavailable,
                "the trail cannot be read after the drill (\(error.code.rawValue))"
            )
        }
    }

    /// What the drill came to.
    struct Report {
        let seconds: Int
        var answeredCount = 0
        var awayCount = 0
        /// Requests answered with something else than cards, by status and reason code.
        var refusals: [String: Int] = [:]
        var lostCount = 0
        var doubledCount = 0
        var leftCount = 0
        /// Connections that ended without an answer.
        var brokenCount = 0
        /// Segments of the spool before PostgreSQL came back.
        var spooledCount = 0
        /// Files that name the patient or hold the client's key.
        var exposureCount = 0
        /// What the gateway held; `nil` when it is not known, as of one that has ended.
        var bytesBefore: Int?
        var bytesMost: Int?
        /// Before, while away, afterwards.
        var latencies: [[Int64]] = []
        var replayed = Replayed()
        var trail = LedgerReport()

        init(seconds: Int) {
            self.seconds = seconds
        }

        var isGood: Bool {
            lostCount == 0 && doubledCount == 0 && refusals.isEmpty && brokenCount == 0
                && awayCount > 0 && spooledCount > 0
                && leftCount == 0 && exposureCount == 0 && replayed.disorderCount == 0
                && replayed.rowCount >= awayCount && KillReport.isWhole(trail) && isBounded
        }

        private var isBounded: Bool {
            guard let bytesBefore, let bytesMost else { return false }
            return bytesMost - bytesBefore <= OutageDrill.growthBytesMax
        }

        var text: String {
            var lines = [
                "PostgreSQL stopped for \(seconds) s under load, \(connectionCount) connections",
                "answered in all          \(answeredCount)",
                "answered while away      \(awayCount)",
                "refused                  \(refusals.values.reduce(0, +))",
                "without an answer        \(brokenCount)",
                "answered without a row   \(lostCount)",
                "rows more than once      \(doubledCount)",
                "rows of the time away    \(replayed.rowCount)",
                "batches out of order     \(replayed.disorderCount)",
                "segments while away      \(spooledCount)",
                "segments left in spool   \(leftCount)",
                "findings of the verifier \(trail.findingCount)",
                "files with a marker      \(exposureCount)",
                "resident before          \(Self.megabytes(bytesBefore))",
                "resident at most         \(Self.megabytes(bytesMost))",
            ]
            for (reason, count) in refusals.sorted(by: { $0.key < $1.key }) {
                lines.append("refused with \(reason) \(count)")
            }
            for (name, list) in zip(["before", "while away", "afterwards"], latencies) {
                let name = "latency " + name
                let space = String(repeating: " ", count: max(1, 25 - name.count))
                lines.append(
                    name + space + "p50 \(Self.quantile(50, list)) us, "
                        + "p99 \(Self.quantile(99, list)) us, most \(list.last ?? 0) us"
                )
            }
            lines.append(
                isGood
                    ? "no answer was lost, and every one has its row, in order"
                    : "this run does not show it"
            )
            return lines.joined(separator: "\n") + "\n"
        }

        private static func megabytes(_ count: Int?) -> String {
            count.map { "\($0 >> 20) MB" } ?? "not known"
        }

        private static func quantile(_ percent: Int, _ sorted: [Int64]) -> Int64 {
            sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
        }
    }
}
