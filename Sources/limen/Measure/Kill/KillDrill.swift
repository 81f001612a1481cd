import AuditStore
import Basics
import Ledger
import Posix
import PostgreSQL

/// One run of the kill drill: cycles of load and a fault, each with a look at the trail.
final class KillDrill {
    /// What is done to a site under load.
    enum Fault: String, CaseIterable {
        case gateway = "gateway killed"
        case database = "PostgreSQL killed"
        case both = "both killed"
        case reply = "replies cut off"
    }

    /// What came of the cycles of one fault.
    struct Tally {
        var cycleCount = 0
        var answeredCount = 0
        /// Answered, and no row.
        var lostCount = 0
        /// Rows more than one.
        var doubledCount = 0
        var refusedCount = 0
        var cutCount = 0
        /// Cycles in which nothing was answered, or nothing cut, and so nothing was tried.
        var silentCount = 0
        /// What the verifier found.
        var findingCount = 0
        /// Segments that were left in the spool.
        var leftCount = 0

        static func + (one: Tally, other: Tally) -> Tally {
            var sum = one
            sum.cycleCount += other.cycleCount
            sum.answeredCount += other.answeredCount
            sum.lostCount += other.lostCount
            sum.doubledCount += other.doubledCount
            sum.refusedCount += other.refusedCount
            sum.cutCount += other.cutCount
            sum.silentCount += other.silentCount
            sum.findingCount += other.findingCount
            sum.leftCount += other.leftCount
            return sum
        }
    }

    private let site: DrillSite
    /// What the patient's id is made of, and what to search for.
    private let markers: MarkerSeries
    private var random: CampaignNumbers
    private(set) var tallies: [Fault: Tally] = [:]
    private static let connectionCount = 4
    /// Between two requests of a connection: what is on trial is the fault, not the load, and the
    /// trail is verified after each cycle.
    private static let pauseMilliseconds = 4
    private static let patienceMilliseconds: Int64 = 20_000
    /// How often the replies to the writer are cut off in a cycle.
    private static let cutCount = 3

    /// What other sites came to before this one, and how many cycles there will be in all.
    private let already: Tally
    private let totalCount: Int

    init(site: DrillSite, seed: UInt64, already: KillReport, of totalCount: Int) {
        self.site = site
        random = CampaignNumbers(seed)
        markers = MarkerSeries(seed: seed)
        self.already = already.sum
        self.totalCount = totalCount
    }

    /// The patient that all requests are about.
    var patientID: String { markers.prefix + "1" }

    /// Runs cycles; each fault has its turn.
    func run(cycles: Int) async throws(CommandError) {
        for number in already.cycleCount..<already.cycleCount + cycles {
            let fault = Fault.allCases[number % Fault.allCases.count]
            let began = Clock.now().advanced(byMicroseconds: -1)
            let at: ListenAddress
            if let address = site.address {
                at = address
            } else {
                at = try await site.startGateway()
            }
            var tally = try await cycle(fault, at)
            if site.address == nil { _ = try await site.startGateway() }
            tally.leftCount = try await site.drain()
            try check(&tally, since: began)
            tallies[fault] = (tallies[fault] ?? Tally()) + tally
            if (number + 1) % 10 == 0 { tell(number + 1) }
        }
    }

    private var answered: [UUIDBytes] = []

    /// One cycle: load, a fault under it, and all is up again.
    private func cycle(
        _ fault: Fault,
        _ address: ListenAddress
    ) async throws(CommandError) -> Tally {
        let volley = Volley(
            address: address,
            request: try LoadRequest(
                prefetchBytes: 4_096,
                host: "127.0.0.1",
                key: try site.own.key(),
                now: Clock.now(),
                patientID: patientID
            ),
            pauseMilliseconds: Self.pauseMilliseconds
        )
        var tally = Tally()
        tally.cycleCount = 1
        let cutsBefore = site.proxy.cutCount
        try volley.start(connections: Self.connectionCount)
        // A fault before the first answer would try nothing.
        await wait { volley.answeredCount > 0 }
        await pause(5...60)
        switch fault {
        case .gateway:
            try site.endGateway(.kill)
        case .database:
            try site.killDatabase()
            // Shorter and longer than the grace: with and without the spool.
            await pause(0...200)
            try site.startDatabase()
            await pause(0...50)
        case .both:
            try site.killDatabase()
            await pause(0...100)
            try site.endGateway(.kill)
            // Whoever comes first finds the other away or recovering.
            if random.next() % 2 == 0 {
                _ = try await site.startGateway()
                await pause(0...100)
            }
            try site.startDatabase()
        case .reply:
            for _ in 0..<Self.cutCount {
                let count = site.proxy.cutCount
                site.proxy.cut(after: 1 + Int(random.next() % 3_000))
                await wait { site.proxy.cutCount > count }
            }
        }
        volley.stop()
        answered = await volley.end()
        tally.answeredCount = answered.count
        tally.refusedCount = volley.refusedCount
        tally.cutCount = site.proxy.cutCount - cutsBefore
        let wasTried = fault != .reply || tally.cutCount >= Self.cutCount
        if answered.isEmpty || !wasTried { tally.silentCount = 1 }
        return tally
    }

    /// Waits for something to come about under the load, at most for some seconds.
    private func wait(until condition: () -> Bool) async {
        let deadline = Clock.monotonicMilliseconds() + Self.patienceMilliseconds
        while !condition(), Clock.monotonicMilliseconds() < deadline {
            try? await Task.sleep(for: .milliseconds(1))
        }
    }

    private func pause(_ milliseconds: ClosedRange<UInt64>) async {
        let length = milliseconds.upperBound - milliseconds.lowerBound + 1
        let chosen = milliseconds.lowerBound + random.next() % length
        try? await Task.sleep(for: .milliseconds(Int(chosen)))
    }

    private func tell(_ number: Int) {
        let sum = tallies.values.reduce(already, +)
        Terminal.writeError(
            "limen: cycle \(number) of \(totalCount), \(sum.answeredCount) answered, "
                + "\(sum.lostCount) lost, \(sum.doubledCount) doubled, "
                + "\(sum.findingCount) findings\n"
        )
    }

    // MARK: The look at the trail

    /// Compares what was answered with the rows of the cycle, and verifies the trail.
    private func check(_ tally: inout Tally, since began: Instant) throws(CommandError) {
        let counts = try rowCounts(since: began)
        tally.lostCount = answered.count { counts[$0] == nil }
        tally.doubledCount = counts.values.reduce(0) { $0 + max(0, $1 - 1) }
        // All of it each time: a cycle may have harmed what an earlier one wrote.
        tally.findingCount = try verify().findingCount
    }

    /// The files of the site that name its patient or hold the key of its client.
    func exposures() throws(CommandError) -> [String] {
        try MarkerSearch.files(
            holding: markers.needles + [try site.own.key()],
            in: site.searchedFolders
        )
    }

    /// How often each hookInstance stands in the trail, read as the tenant's auditor.
    func rowCounts(since began: Instant) throws(CommandError) -> [UUIDBytes: Int] {
        let settings = try site.settings(as: AuditDatabase.auditorLogin)
        var moment = Parameters()
        moment.add(instant: began)
        do throws(PostgreSQLError) {
            let rows = try Connection.open(settings).execute(
                """
                SELECT hook_instance::text, count(*)
                FROM audit.event
                WHERE tenant = 'demo' AND kind = 'decision' AND hook_instance IS NOT NULL
                    AND started_at >= $1::timestamptz
                GROUP BY hook_instance
                """,
                moment
            )
            var counts: [UUIDBytes: Int] = [:]
            for row in 0..<rows.rowCount {
                guard let text = try rows.text(row, 0), let id = UUIDBytes(text: text) else {
                    continue
                }
                counts[id] = try rows.integer(row, 1)
            }
            return counts
        } catch {
            throw CommandError(
                .unavailable,
                "the trail cannot be read in a drill (\(error.code.rawValue))"
            )
        }
    }

    /// What `limen audit verify` says.
    func verify() throws(CommandError) -> LedgerReport {
        let folder = site.own.state.file("ledger")
        let keys = try LedgerFolder.verifiers(folder)
        let copies = try CheckpointFile(folder + "/checkpoints", keys: keys)
        var report: LedgerReport
        let settings = try site.settings(as: "limen_verifier")
        do throws(PostgreSQLError) {
            var verifier = LedgerVerifier(
                try PostgreSQLLedgerSource(settings),
                knowledge: .init(keys: keys),
                outside: OutsideCheckpoints(runs: copies.outside)
            )
            report = try verifier.run()
        } catch {
            throw CommandError(
                .unavailable,
                "the trail cannot be verified after a cycle (\(error.code.rawValue))"
            )
        }
        guard !copies.isBroken else {
            throw CommandError(.unavailable, "the copies of checkpoints could not be read again")
        }
        // What a kill has torn is cut off at the next start; all else is as it was signed.
        report.findingCount += copies.spoiledCount
        return report
    }
}
