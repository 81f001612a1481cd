import AuditStore
import Basics
import Crypto
import HTTPClient
import HTTPMessages
import PostgreSQL
import Posix
import Synchronization

/// `limen drill kill`: SIGKILL under load, and the count of rows afterwards.
///
/// The promise on trial: no decision leaves without its durable row. Whatever was answered before
/// the kill must be in the trail just once; what was not answered may be there once or not at all.
enum DrillCommand {
    /// How many connections fire at once.
    private static let connectionCount = 8

    /// Runs the drill; exit code 1 when a row is missing or doubled.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(
            arguments,
            values: ["cycles", "seed", "count", "seconds", "connections", "url", "process"]
        )
        if let drill = edgeDrill(parsed) {
            return try await EdgeTarget.run(parsed) { target throws(CommandError) in
                try await drill(target, parsed)
            }
        }
        if parsed.words == ["markers"] { return try await MarkerDrill.run(parsed) }
        if parsed.words == ["outage"] { return try await OutageDrill.run(parsed) }
        guard parsed.words == ["kill"] else {
            throw CommandError(
                .usage,
                "say limen drill kill, markers, outage, tamper, slow, flood, garbage or soak; "
                    + "limen help drill says more"
            )
        }
        let cycles = try parsed.integer("cycles", default: 100, in: 1...100_000)
        let seed = try parsed.integer(
            "seed",
            default: Int(Clock.now().microseconds % 1_000_000),
            in: 0...Int.max
        )
        let gateway = try ChildGateway()
        try gateway.removeWhenSignalled()
        do throws(CommandError) {
            let drill = KillDrill(gateway: gateway, seed: UInt64(seed))
            let answered = try await drill.run(cycles: cycles, connections: connectionCount)
            let verdict = try drill.verdict(answered)
            try gateway.remove()
            Terminal.writeOutput(verdict.text(cycles: cycles, seed: seed))
            return verdict.isGood ? .ok : .findings
        } catch {
            try? gateway.remove()
            throw error
        }
    }

    /// The drill of the HTTP edge that the words name.
    private static func edgeDrill(
        _ parsed: Arguments
    ) -> ((EdgeTarget, Arguments) async throws(CommandError) -> Bool)? {
        switch parsed.words {
        case ["slow"]: SlowDrill.run
        case ["flood"]: FloodDrill.run
        case ["garbage"]: GarbageDrill.run
        case ["soak"]: SoakDrill.run
        default: nil
        }
    }
}

/// One run of the kill drill.
final class KillDrill {
    private let gateway: ChildGateway
    private var random: UInt64
    private var silentCycleCount = 0

    init(gateway: ChildGateway, seed: UInt64) {
        self.gateway = gateway
        random = seed
    }

    /// What the trail holds of what was answered.
    struct Verdict {
        let answeredCount: Int
        let rowCount: Int
        let missingCount: Int
        let doubledCount: Int
        /// Cycles in which nothing was answered, and so nothing was tried.
        let silentCycleCount: Int

        /// Whether each answered hookInstance has just one row.
        var isGood: Bool {
            missingCount == 0 && doubledCount == 0 && answeredCount > 0 && silentCycleCount == 0
        }

        func text(cycles: Int, seed: Int) -> String {
            """
            kill -9 under load, \(cycles) cycles (seed \(seed))
            answered hookInstances  \(answeredCount)
            rows of the service     \(rowCount)
            answered without a row  \(missingCount)
            rows more than once     \(doubledCount)
            cycles without answers  \(silentCycleCount)
            \(isGood ? "every answered hookInstance has exactly one row" : "this run does not show it")

            """
        }
    }

    /// Starts and kills the gateway again and again; answers what it had answered.
    func run(cycles: Int, connections: Int) async throws(CommandError) -> [UUIDBytes] {
        var answered: [UUIDBytes] = []
        for cycle in 1...cycles {
            let address = try await gateway.start()
            let volley = Volley(
                address: address,
                request: try LoadRequest(
                    prefetchBytes: 4_096,
                    host: "127.0.0.1",
                    key: try gateway.key(),
                    now: Clock.now()
                )
            )
            try volley.start(connections: connections)
            try? await Task.sleep(for: .milliseconds(50 + Int(next() % 150)))
            try gateway.end(.kill)
            let ids = await volley.end()
            if ids.isEmpty { silentCycleCount += 1 }
            answered += ids
            if cycle % 10 == 0 {
                Terminal.writeError(
                    "limen: cycle \(cycle) of \(cycles), \(answered.count) answered\n"
                )
            }
        }
        return answered
    }

    /// Compares what was answered with the trail, read as the tenant's auditor.
    func verdict(_ answered: [UUIDBytes]) throws(CommandError) -> Verdict {
        let settings = try gateway.database().settings(as: AuditDatabase.auditorLogin)
        do throws(PostgreSQLError) {
            let connection = try Connection.open(settings)
            let rows = try connection.execute(
                """
                SELECT hook_instance::text, count(*)
                FROM audit.event
                WHERE tenant = 'demo' AND kind = 'decision' AND hook_instance IS NOT NULL
                GROUP BY hook_instance
                """
            )
            var counts: [UUIDBytes: Int] = [:]
            for row in 0..<rows.rowCount {
                guard let text = try rows.text(row, 0), let id = UUIDBytes(text: text) else {
                    continue
                }
                counts[id] = try rows.integer(row, 1)
            }
            return Verdict(
                answeredCount: answered.count,
                rowCount: counts.values.reduce(0, +),
                missingCount: answered.count { counts[$0] == nil },
                doubledCount: counts.values.count { $0 > 1 },
                silentCycleCount: silentCycleCount
            )
        } catch {
            throw CommandError(
                .unavailable,
                "the trail cannot be read after the drill (\(error.code.rawValue))"
            )
        }
    }

    /// SplitMix64, so that a seed names a run.
    private func next() -> UInt64 {
        random &+= 0x9E37_79B9_7F4A_7C15
        var value = random
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Several connections that fire until the server is gone.
final class Volley: Sendable {
    private let address: ListenAddress
    private let request: LoadRequest
    private let answered = Mutex<[UUIDBytes]>([])
    private let running = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let slowest = Atomic<Int64>(0)

    init(address: ListenAddress, request: LoadRequest) {
        self.address = address
        self.request = request
    }

    /// How many requests were answered with something else than cards.
    var refusedCount: Int { refused.load(ordering: .sequentiallyConsistent) }

    /// The longest that an answer took, in milliseconds.
    var slowestMilliseconds: Int64 { slowest.load(ordering: .sequentiallyConsistent) }

    /// How many were answered with cards so far.
    var answeredCount: Int { answered.withLock { $0.count } }

    /// Starts the connections, each on a thread of its own.
    func start(connections: Int) throws(CommandError) {
        for _ in 0..<connections {
            running.add(1, ordering: .sequentiallyConsistent)
            do {
                try WorkerThread.start(name: "volley") { self.fire() }
            } catch {
                throw CommandError(.unavailable, "no thread can be started: \(error.text)")
            }
        }
    }

    /// Waits until all have stopped and answers which hookInstances were answered with cards.
    func end() async -> [UUIDBytes] {
        while running.load(ordering: .sequentiallyConsistent) > 0 {
            try? await Task.sleep(for: .milliseconds(2))
        }
        return answered.withLock { $0 }
    }

    private func fire() {
        defer { running.subtract(1, ordering: .sequentiallyConsistent) }
        var bytes = request.bytes
        let place = SocketAddress(host: address.host, port: address.port)
        do {
            var client = try HTTPClient.connect(place, timeoutMilliseconds: 10_000)
            while client.isOpen {
                let instance = UUIDBytes.version4()
                request.put(instance, into: &bytes)
                let start = Clock.monotonicMilliseconds()
                try client.write(bytes)
                let response = try client.receive()
                let elapsed = Clock.monotonicMilliseconds() - start
                _ = slowest.max(elapsed, ordering: .sequentiallyConsistent)
                if response.status == 200 {
                    answered.withLock { $0.append(instance) }
                } else {
                    refused.add(1, ordering: .sequentiallyConsistent)
                }
            }
        } catch {
            // The server was killed, which is what this drill is about.
            return
        }
    }
}
