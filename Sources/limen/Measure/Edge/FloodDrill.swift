import HTTPClient
import HTTPMessages
import JSON
import Posix
import Synchronization

/// `limen drill flood`: a thousand connections that all ask at once, for a while.
///
/// Every answer must be 200, and those that a client of its own reads must say the same each time.
enum FloodDrill {
    /// Runs the drill; `false` when an answer was wrong or missing.
    static func run(_ target: EdgeTarget, _ parsed: Arguments) async throws(CommandError) -> Bool {
        let seconds = try parsed.integer("seconds", default: 600, in: 1...86_400)
        let count = try parsed.integer("connections", default: 1_000, in: 1...20_000)
        let reader = AnswerReader(target)
        try reader.start()
        let report = try target.load(
            target.work.bytes,
            connections: count,
            milliseconds: seconds * 1_000,
            vary: target.work.vary
        )
        await reader.end()
        let after = target.holdings
        let isGood =
            report.errorCount == 0 && report.statusCounts.keys.allSatisfy { $0 == 200 }
            && report.requestCount > 0 && reader.readCount > 0 && reader.wrongCount == 0
        Terminal.writeOutput(
            """
            \(count) connections for \(seconds) s
            answers                 \(report.requestCount) (\(Int(report.requestsPerSecond)) a second)
            statuses                \(StatusCounts.text(report.statusCounts))
            lost connections        \(report.lostConnections)
            malformed answers       \(report.malformedResponses)
            without an answer       \(report.unansweredRequests)
            p50, p99                \(Int(report.microseconds(atQuantile: 0.5))) us, \
            \(Int(report.microseconds(atQuantile: 0.99))) us
            read and compared       \(reader.readCount), of which wrong \(reader.wrongCount)
            server afterwards       \(after?.text ?? "not known")
            \(isGood ? "every answer was right" : "this run does not show it")

            """
        )
        return isGood
    }
}

/// A client among the flood that reads what it is answered.
final class AnswerReader: Sendable {
    private let target: EdgeTarget
    private let isOver = Atomic<Bool>(false)
    private let hasEnded = Atomic<Bool>(false)
    private let read = Atomic<Int>(0)
    private let wrong = Atomic<Int>(0)

    /// Makes a reader of the answers to a target's work.
    init(_ target: EdgeTarget) {
        self.target = target
    }

    /// How many answers were read.
    var readCount: Int { read.load(ordering: .sequentiallyConsistent) }

    /// How many of them said something else than the first, or could not be had.
    var wrongCount: Int { wrong.load(ordering: .sequentiallyConsistent) }

    /// Begins.
    func start() throws(CommandError) {
        do {
            try WorkerThread.start(name: "reader") { self.run() }
        } catch {
            throw CommandError(.unavailable, "no thread can be started: \(error.text)")
        }
    }

    /// Ends, and waits for the last answer.
    func end() async {
        isOver.store(true, ordering: .sequentiallyConsistent)
        while !hasEnded.load(ordering: .sequentiallyConsistent) {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func run() {
        defer { hasEnded.store(true, ordering: .sequentiallyConsistent) }
        var bytes = target.work.bytes
        var expected: [String]?
        do {
            var client = try target.client(timeoutMilliseconds: 60_000)
            while !isOver.load(ordering: .relaxed) {
                target.work.vary(&bytes, 0)
                try client.write(bytes)
                let response = try client.receive()
                let said = Self.content(response)
                if expected == nil { expected = said }
                read.add(1, ordering: .sequentiallyConsistent)
                if response.status != 200 || said != expected {
                    wrong.add(1, ordering: .sequentiallyConsistent)
                }
                if !client.isOpen {
                    client = try target.client(timeoutMilliseconds: 60_000)
                }
            }
        } catch {
            wrong.add(1, ordering: .sequentiallyConsistent)
        }
    }

    /// What an answer says: the summaries of its cards, or its body when it has none.
    private static func content(_ response: HTTPResponse) -> [String] {
        guard let document = try? JSONDocument(parsing: response.body),
            let cards = document.root["cards"]
        else { return [String(decoding: response.body, as: UTF8.self)] }
        return cards.elements.map { $0["summary"]?.stringValue ?? "" }
    }
}
