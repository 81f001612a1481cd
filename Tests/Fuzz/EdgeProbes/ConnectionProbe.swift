import HTTPMessages

/// What must hold for any sequence of events on a connection.
///
/// The first byte of the input says how the connection begins: secured when it is odd, and with
/// which stream of requests (its half, modulo their number). Then comes a script, two bytes a step:
/// what happens (modulo 9), and how much of it.
///
///     0 n   n bytes of a stream of good and bad requests arrive
///     1 n   the handler answers, and the connection shall close when n is odd
///     2 n   all that waits was sent
///     3 n   n bytes were sent, more wait
///     4     the peer sends no more
///     5 n   time passes, and what is overdue is told
///     6     the server begins to stop
///     7 n   the handshake ends (n even) or fails
///     8     the loop has no room for what is arriving
public struct ConnectionProbe {
    /// What a script came to; a test shows that the corpus reaches all of it.
    public enum Reached: CaseIterable, Sendable {
        case handled, refused, continued
        /// A request was handled of whose body nothing was read.
        case unread
        /// A body was refused because whoever was asked lets in less.
        case ruledTooLarge
        /// A request gave way because there was no room for it.
        case outOfRoom
        /// The peer read more slowly than was written.
        case blocked
        case secured, drained, halfClosed
        /// The server sent no more and read away what still came.
        case lingering
        case closed
    }

    /// Streams of good and bad requests; behind what closes a connection stands a request that
    /// nobody may handle.
    private static let streams = [
        first,
        // A body that nobody asks for; what would be in it looks like a request.
        Array(
            ("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
                + "POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n"
                + "GET /never HTTP/1.1\r\nHost: a\r\n\r\n").utf8
        ),
        Array(
            ("POST /none HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1\r\na\r\n0\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\n").utf8
        ),
        // More than is let in: announced, and in chunks behind some that are.
        Array(
            ("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
                + "Expect: 100-continue\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\n").utf8
        ),
        Array(
            ("POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                + "Expect: 100-continue\r\n\r\n8\r\nabcdefgh\r\n1\r\ni\r\n0\r\n\r\n"
                + "GET /never HTTP/1.1\r\nHost: a\r\n\r\n").utf8
        ),
    ]

    private static let first = Array(
        ("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
            + "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde"
            + "POST /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked"
            + "\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            + "HEAD /d HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
            + "GET /e HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            + "GET /never HTTP/1.1\r\nHost: a\r\n\r\nGET  / HTTP/1.1\r\n\r\n").utf8
    )

    private var state: ConnectionState
    private let stream: [UInt8]
    private var reached: Set<Reached> = []
    private let limits: HTTPConnectionLimits
    private var now: Int64 = 0
    private var arrived = 0
    private var input: [UInt8] = []
    private var isHandlerAtWork = false
    /// Whether the body of the request at work was not read, so that its answer is the last.
    private var isUnread = false
    private var unsentBytes = 0
    private var takenBytes = 0
    private var dispatchCount = 0
    private var responseCount = 0
    private var refusalCount = 0
    private var hasSaidLast = false
    private var isInputOver = false

    private init(start: UInt8, limits: HTTPConnectionLimits) {
        let isSecured = start & 1 == 1
        self.limits = limits
        stream = Self.streams[Int(start >> 1) % Self.streams.count]
        state = ConnectionState(
            parsing: HTTPParsingLimits(),
            limits: limits,
            judge: RequestProbe.judge,
            isSecured: isSecured,
            at: 0
        )
    }

    /// Runs a script; whether a handler was called.
    @discardableResult
    public static func run(_ script: [UInt8]) -> Bool { reached(script).contains(.handled) }

    /// Runs a script; what it came to.
    public static func reached(_ script: [UInt8]) -> Set<Reached> {
        var limits = HTTPConnectionLimits()
        limits.requestCountMax = 5
        limits.pipelineDepthMax = 2
        limits.unsentBytesMax = 1_000
        limits.lingerBytesMax = 50
        limits.writeStallBytesMin = 100
        var probe = ConnectionProbe(start: script.first ?? 0, limits: limits)
        var rest = script.dropFirst()
        while rest.count >= 2, !probe.state.isClosed {
            let (event, amount) = (rest[rest.startIndex], Int(rest[rest.startIndex + 1]))
            rest = rest.dropFirst(2)
            probe.step(event % 9, amount)
            probe.check()
        }
        return probe.reached
    }

    private mutating func step(_ event: UInt8, _ amount: Int) {
        switch event {
        case 0: arrive(amount)
        case 1 where isHandlerAtWork:
            isHandlerAtWork = false
            guard state.isHandling else { return }
            respond(closes: amount & 1 == 1, bytes: amount * 10)
            feed()
        case 2 where unsentBytes > 0:
            unsentBytes = 0
            perform(state.flushed(at: now))
            feed()
        case 3 where unsentBytes > 1:
            let sent = min(amount, unsentBytes - 1)
            unsentBytes -= sent
            takenBytes += sent
            reached.insert(.blocked)
            state.blocked(unsentBytes: unsentBytes, takenBytes: takenBytes, at: now)
        case 4 where !isInputOver:
            isInputOver = true
            reached.insert(.halfClosed)
            perform(state.endOfInput(at: now))
        case 5: pass(amount)
        case 6:
            reached.insert(.drained)
            perform(state.drain(at: now))
        case 7 where state.isSecuring:
            if amount & 1 == 0 {
                reached.insert(.secured)
                state.secured(at: now)
                feed()
            } else {
                perform(state.channelFailed(at: now))
            }
        case 8 where state.isReceiving:
            reached.insert(.outOfRoom)
            perform(state.outOfRoom(at: now))
        default: return
        }
    }

    private mutating func arrive(_ amount: Int) {
        guard !isInputOver, !state.isSecuring else { return }
        let end = min(arrived + amount, stream.count)
        input += stream[arrived..<end]
        arrived = end
        feed()
    }

    /// Gives waiting bytes to the connection, as a driver does.
    private mutating func feed() {
        while state.wantsInput, !input.isEmpty, !state.isSecuring {
            let (consumed, action) = state.received(input, 0..<input.count, at: now)
            precondition(consumed <= input.count, "more consumed than received")
            input.removeFirst(consumed)
            if case .wait = action, consumed == 0 { return }
            perform(action)
        }
    }

    /// Time passes in steps: nothing is overdue before its deadline, and all of it is behind.
    private mutating func pass(_ amount: Int) {
        let before = state.deadline
        now += Int64(amount) * 200
        if now < before {
            guard case .wait = state.expired(at: now) else {
                preconditionFailure("overdue before its deadline")
            }
            return
        }
        perform(state.expired(at: now))
    }

    private mutating func perform(_ action: ConnectionState.Action) {
        switch action {
        case .wait: return
        case .sendContinue:
            precondition(!hasSaidLast, "an interim response behind the last word")
            reached.insert(.continued)
        case .dispatch(let request):
            precondition(!isHandlerAtWork, "two handlers at work")
            precondition(!hasSaidLast, "a request behind the last word")
            precondition(request.path != "/never", "a request behind one that closes")
            isUnread = request.path == "/none"
            precondition(!isUnread || request.body.isEmpty, "a body that nobody reads")
            precondition(
                request.path != "/small" || request.body.count <= RequestProbe.smallBytesMax,
                "a body above what is let in"
            )
            reached.insert(isUnread ? .unread : .handled)
            isHandlerAtWork = true
            dispatchCount += 1
        case .refuse(let rejection):
            refusalCount += 1
            precondition(refusalCount == 1, "a connection refused twice")
            precondition(400..<600 ~= rejection.status, "a refusal that is none")
            precondition(
                rejection != .roomTooSmall || reached.contains(.outOfRoom),
                "no room without anybody saying so"
            )
            reached.insert(rejection == .bodyTooLarge ? .ruledTooLarge : .refused)
            input = []
            respond(closes: true, bytes: 100)
        case .shutDownSending:
            precondition(!hasSaidLast, "two last words")
            hasSaidLast = true
            input = []
            if state.isLingering { reached.insert(.lingering) }
        case .close:
            precondition(state.isClosed, "closed and not closed")
            reached.insert(.closed)
        }
    }

    private mutating func respond(closes: Bool, bytes: Int) {
        precondition(!hasSaidLast, "a response behind the last word")
        let framing = state.responded(closes: closes, bytes: bytes, at: now)
        responseCount += 1
        precondition(!(framing.keepsAlive && closes), "a connection kept against the will")
        precondition(!(framing.keepsAlive && isUnread), "a connection kept behind an unread body")
        isUnread = false
        unsentBytes += bytes + 100
    }

    private func check() {
        precondition(dispatchCount <= limits.requestCountMax, "more requests than allowed")
        precondition(
            responseCount <= dispatchCount + refusalCount,
            "a response that nobody asked for"
        )
        if state.isClosed { return }
        precondition(!state.isHandling || isHandlerAtWork, "nobody handles what is handled")
        if state.leave != .never {
            precondition(!state.isHandling, "a request at work gives way")
            precondition(unsentBytes == 0, "an answer gives way")
        }
        let isFinite = state.deadline < Int64.max || unsentBytes > 0
        precondition(isFinite, "a connection that can wait for ever")
    }
}
