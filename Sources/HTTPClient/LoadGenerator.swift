import Basics
import HTTPMessages
package import Posix

/// Asks a server as fast as it answers, or at a steady rate, from the calling thread.
///
///     let request = RequestSerializer.bytes(HTTPRequest(method: "GET", path: "/livez"), host: "x")
///     let report = try LoadGenerator.run(plan, template: request)
package final class LoadGenerator {
    private let plan: LoadPlan
    private let poller: Poller
    private let vary: (inout [UInt8], Int) -> Void
    private var template: [UInt8]
    /// Servers bound how many handshakes of one address are under way.
    private static let arrivingCountMax = 64
    private var arrivingCount = 0
    /// Connections that come when others have arrived.
    private var waiting: [LoadConnection] = []
    private var connections: [LoadConnection] = []
    private var piece = [UInt8](repeating: 0, count: Limits.httpReadBytes)
    private var report = LoadReport()
    private var startedRequests = 0
    private var onTheirWay = 0
    private var isAsking = true
    private var askUntil = Int64.max
    private var startedNanoseconds: Int64 = 0
    /// Connections that wait until the rate allows the next request.
    private var resting: [LoadConnection] = []

    /// Runs a plan; `vary` may change the request in place, given its number, but not its length.
    package static func run(
        _ plan: LoadPlan,
        template: [UInt8],
        vary: (inout [UInt8], Int) -> Void = { _, _ in }
    ) throws(SystemError) -> LoadReport {
        var result = Result<LoadReport, SystemError>.success(LoadReport())
        withoutActuallyEscaping(vary) { vary in
            do throws(SystemError) {
                let generator = LoadGenerator(
                    plan,
                    poller: try Poller.open(eventsPerTurnMax: Limits.httpEventsPerTurnMax),
                    template: template,
                    vary: vary
                )
                result = .success(try generator.run())
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    private init(
        _ plan: LoadPlan,
        poller: consuming Poller,
        template: [UInt8],
        vary: @escaping (inout [UInt8], Int) -> Void
    ) {
        self.plan = plan
        self.poller = poller
        self.template = template
        self.vary = vary
    }

    private func run() throws(SystemError) -> LoadReport {
        let processorStart = Clock.threadProcessorNanoseconds()
        let start = Clock.monotonicNanoseconds()
        startedNanoseconds = start
        if case .milliseconds(let time) = plan.end { askUntil = start + Int64(time) * 1_000_000 }
        for slot in 0..<plan.connectionCount {
            connections.append(LoadConnection(slot: slot))
            open(connections[slot])
        }
        var stopAt = Int64.max
        while isAsking || onTheirWay > 0 {
            try poller.wait(timeoutMilliseconds: 20) { event in
                let connection = connections[Int(event.token.slot)]
                guard connection.generation == event.token.generation else { return }
                handle(connection)
            }
            wakeResting()
            openWaiting()
            let now = Clock.monotonicNanoseconds()
            if isAsking, now >= askUntil { isAsking = false }
            // Nobody left to ask, such as when the server is gone.
            if waiting.isEmpty, connections.allSatisfy({ $0.stream == nil }) { isAsking = false }
            if !isAsking, stopAt == .max {
                stopAt = now + Int64(plan.patienceMilliseconds) * 1_000_000
            }
            if now >= stopAt { break }
        }
        report.elapsedNanoseconds = Clock.monotonicNanoseconds() - start
        report.generatorNanoseconds = Clock.threadProcessorNanoseconds() - processorStart
        report.unansweredRequests = onTheirWay
        connections = []
        return report
    }

    /// Connects, or connects again, and asks as soon as the stream is writable, or its handshake is
    /// over; waits for that as long as too many do.
    private func open(_ connection: LoadConnection) {
        forget(connection)
        if plan.security != nil, arrivingCount >= Self.arrivingCountMax {
            waiting.append(connection)
            return
        }
        do {
            let stream = try ClientStream.connect(plan.address)
            if let security = plan.security { try stream.secure(security) }
            try poller.add(stream.socket.descriptor, connection.token, .changes)
            connection.stream = stream
            connection.isArriving = plan.security != nil
            if connection.isArriving { arrivingCount += 1 }
        } catch {
            report.lostConnections += 1
        }
    }

    private func openWaiting() {
        guard isAsking else { return waiting.removeAll() }
        while arrivingCount < Self.arrivingCountMax, !waiting.isEmpty {
            open(waiting.removeFirst())
        }
    }

    private func forget(_ connection: LoadConnection) {
        if connection.isArriving { arrivingCount -= 1 }
        connection.reset()
    }

    private func lose(_ connection: LoadConnection) {
        report.lostConnections += 1
        if connection.isWaiting { onTheirWay -= 1 }
        forget(connection)
        // A server that is gone must not keep us connecting without end.
        guard isAsking, report.lostConnections < plan.connectionCount * 10 else { return }
        open(connection)
    }

    private func handle(_ connection: LoadConnection) {
        guard let stream = connection.stream else { return }
        do throws(HTTPClientError) {
            if connection.isArriving {
                guard try stream.isEstablished() else { return }
                connection.isArriving = false
                arrivingCount -= 1
            }
            if connection.isResting {
                // Nothing was asked, so what there is to read can only be the end.
                guard case .moved = try stream.receive(into: &piece) else { return }
                throw HTTPClientError.connectionLost
            }
            if !connection.isWaiting {
                try stream.takeError()
                try ask(connection, stream)
            }
            try sendRest(connection, stream)
            try receive(connection, stream)
        } catch {
            lose(connection)
        }
    }

    private func ask(
        _ connection: LoadConnection,
        _ stream: ClientStream
    ) throws(HTTPClientError) {
        guard isAsking else { return }
        if case .requests(let count) = plan.end, startedRequests >= count {
            isAsking = false
            return
        }
        guard mayAsk else {
            connection.isResting = true
            resting.append(connection)
            return
        }
        vary(&template, startedRequests)
        startedRequests += 1
        connection.isWaiting = true
        onTheirWay += 1
        connection.startedNanoseconds = Clock.monotonicNanoseconds()
        connection.rest = template
        connection.sent = 0
        try sendRest(connection, stream)
    }

    /// Whether the rate allows another request.
    private var mayAsk: Bool {
        guard let rate = plan.requestsPerSecond else { return true }
        let elapsed = Clock.monotonicNanoseconds() - startedNanoseconds
        return Int64(startedRequests) * 1_000_000_000 <= elapsed * Int64(rate)
    }

    /// Asks on connections that rest, as many as the rate allows.
    private func wakeResting() {
        while isAsking, mayAsk, !resting.isEmpty {
            let connection = resting.removeFirst()
            // One that was lost meanwhile rests no more; it asks when it is connected again.
            guard connection.isResting, let stream = connection.stream else { continue }
            connection.isResting = false
            do throws(HTTPClientError) {
                try ask(connection, stream)
            } catch {
                lose(connection)
            }
        }
    }

    private func sendRest(
        _ connection: LoadConnection,
        _ stream: ClientStream
    ) throws(HTTPClientError) {
        while connection.sent < connection.rest.count {
            let transfer = try stream.send(connection.rest, from: connection.sent)
            guard case .moved(let count) = transfer else { return }
            connection.sent += count
        }
        // Shared with the template until now; to let go keeps the next change in place.
        connection.rest = []
        connection.sent = 0
    }

    private func receive(
        _ connection: LoadConnection,
        _ stream: ClientStream
    ) throws(HTTPClientError) {
        while connection.isWaiting {
            let transfer = try stream.receive(into: &piece)
            guard case .moved(let count) = transfer else { return }
            guard count > 0 else { throw .connectionLost }
            let outcome: ResponseParser.Outcome
            if connection.input.isEmpty {
                let (consumed, result) = connection.parser.consume(piece, 0..<count)
                if consumed < count { connection.input.append(contentsOf: piece[consumed..<count]) }
                outcome = result
            } else {
                connection.input.append(contentsOf: piece[..<count])
                let range = 0..<connection.input.count
                let (consumed, result) = connection.parser.consume(connection.input, range)
                connection.input.removeFirst(consumed)
                outcome = result
            }
            try answered(outcome, connection, stream)
        }
    }

    private func answered(
        _ outcome: ResponseParser.Outcome,
        _ connection: LoadConnection,
        _ stream: ClientStream
    ) throws(HTTPClientError) {
        switch outcome {
        case .needsMore: return
        case .failed:
            report.malformedResponses += 1
            throw .connectionLost
        case .complete:
            let elapsed = Clock.monotonicNanoseconds() - connection.startedNanoseconds
            report.latencies.record(nanoseconds: elapsed)
            report.statusCounts[connection.parser.statusCode, default: 0] += 1
            connection.isWaiting = false
            onTheirWay -= 1
            let keepsAlive = connection.parser.keepsAlive
            connection.parser.skip()
            if keepsAlive {
                try ask(connection, stream)
            } else {
                open(connection)
            }
        }
    }
}
