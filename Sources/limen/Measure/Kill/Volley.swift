import Basics
import Crypto
import HTTPClient
import HTTPMessages
import JSON
import Posix
import Synchronization

/// Several connections that fire until the server is gone.
final class Volley: Sendable {
    private let address: ListenAddress
    private let request: LoadRequest
    private let pauseMilliseconds: Int
    private let answered = Mutex<[UUIDBytes]>([])
    private let running = Atomic<Int>(0)
    private let refused = Mutex<[String: Int]>([:])
    private let broken = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    private let latencies = Mutex<[Latency]>([])

    /// When an answer came, and how long it took, in microseconds.
    struct Latency {
        let at: Int64
        let length: Int64
    }

    /// Several connections to a gateway, each pausing so long between two requests.
    init(address: ListenAddress, request: LoadRequest, pauseMilliseconds: Int = 0) {
        self.address = address
        self.request = request
        self.pauseMilliseconds = pauseMilliseconds
    }

    /// How many requests were answered with something else than cards.
    var refusedCount: Int { refusals.values.reduce(0, +) }

    /// The same by status and reason code, as `503 LIMEN-GATE-012`.
    var refusals: [String: Int] { refused.withLock { $0 } }

    /// The answers that came between two moments of the monotonic clock, fastest first.
    func latencies(from begin: Int64, to end: Int64) -> [Int64] {
        latencies.withLock { $0 }.filter { $0.at >= begin && $0.at < end }.map(\.length).sorted()
    }

    /// How many were answered with cards so far.
    var answeredCount: Int { answered.withLock { $0.count } }

    /// How many connections ended without the answer that they waited for.
    var brokenCount: Int { broken.load(ordering: .sequentiallyConsistent) }

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

    /// Lets the connections end, each with the answer that it waits for.
    func stop() {
        isStopping.store(true, ordering: .releasing)
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
            let bell = try Doorbell()
            while !isStopping.load(ordering: .acquiring) {
                // A server ends a connection that has had as many requests as one may have.
                if !client.isOpen {
                    client = try HTTPClient.connect(place, timeoutMilliseconds: 10_000)
                }
                if pauseMilliseconds > 0 { bell.wait(timeoutMilliseconds: pauseMilliseconds) }
                let instance = UUIDBytes.version4()
                request.put(instance, into: &bytes)
                let start = Clock.monotonicNanoseconds()
                try client.write(bytes)
                let response = try client.receive()
                let end = Clock.monotonicNanoseconds()
                latencies.withLock {
                    $0.append(Latency(at: end / 1_000, length: (end - start) / 1_000))
                }
                if response.status == 200 {
                    answered.withLock { $0.append(instance) }
                } else {
                    let reason = OutcomePrinter.code(try? JSONDocument(parsing: response.body))
                    refused.withLock { $0["\(response.status) \(reason)", default: 0] += 1 }
                }
            }
        } catch {
            // A server that was killed, or one that did not answer: whose drill it is knows which.
            if !isStopping.load(ordering: .acquiring) {
                broken.add(1, ordering: .sequentiallyConsistent)
            }
        }
    }
}
