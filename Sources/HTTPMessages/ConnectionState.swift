/// One connection of a server without its socket: events come in, actions come out.
///
/// Requests of a connection are answered one after the other in their order. The next one is read
/// only when the one before is answered and not too much waits to be sent, so a client that does
/// not read is held back by its own full buffers. Times are milliseconds of a clock that never
/// goes back.
package struct ConnectionState: Sendable {
    private let limits: HTTPConnectionLimits
    private var parser: RequestParser
    private var phase = Phase.idle
    private var phaseSince: Int64
    private var isInputOver = false
    private var isDraining = false
    private var requestCount = 0
    private var unsentResponses = 0
    private var unsentBytes = 0
    private var requestSince: Int64 = 0
    /// Until when the peer must have taken all that it was answered.
    private var unsentUntil = Int64.max
    /// When the peer was last seen to have taken enough of what waits for it.
    private var blockedSince: Int64?
    /// What it had acknowledged by then, of all that it was ever sent.
    private var takenBytes = 0
    private var lingeredBytes = 0
    private var keepsAliveAsAsked = true
    private var framing = ResponseSerializer.Framing(
        isHead: false,
        keepsAlive: false,
        minorVersion: 1
    )

    private enum Phase: Equatable, Sendable {
        /// The two sides agree on keys first (TLS).
        case securing
        /// Between two requests.
        case idle
        case readingHead
        case readingBody
        /// A handler is at work.
        case handling
        /// The last response is on its way.
        case finishing
        /// We have said that we send no more and read away what still comes.
        case lingering
        case closed
    }

    /// What the driver has to do.
    package enum Action: Sendable {
        /// Nothing until the next event.
        case wait
        /// Send `100 Continue`, then go on reading.
        case sendContinue
        /// Give the request to the handler.
        case dispatch(HTTPRequest)
        /// Send the error response of the reason, by way of `responded`.
        case refuse(RequestRejection)
        /// Say that we send no more.
        case shutDownSending
        /// Close the connection.
        case close
    }

    /// Makes the state of a connection that was just accepted; one that `isSecured` later carries
    /// no bytes for the parser until `secured`.
    package init(
        parsing: HTTPParsingLimits,
        limits: HTTPConnectionLimits,
        judge: HTTPHeadRuling.Judge? = nil,
        isSecured: Bool = false,
        at now: Int64
    ) {
        self.limits = limits
        parser = RequestParser(limits: parsing, judge: judge)
        phaseSince = now
        if isSecured { phase = .securing }
    }

    /// Whether bytes of the peer are of use at present.
    package var wantsInput: Bool {
        switch phase {
        case .idle, .readingHead, .readingBody:
            unsentResponses < limits.pipelineDepthMax && unsentBytes < limits.unsentBytesMax
        case .securing, .lingering: true
        case .handling, .finishing, .closed: false
        }
    }

    /// How many responses wait to be sent.
    package var unsentResponseCount: Int { unsentResponses }

    /// Whether the handshake is under way.
    package var isSecuring: Bool { phase == .securing }

    /// Whether the connection can be closed in favour of another one, and nothing is lost that a
    /// handler has seen or answered.
    package enum Leave: Sendable {
        /// A request is at work, or an answer is on its way.
        case never
        /// A request has begun to come, which the client can send again.
        case inNeed
        /// The peer says nothing.
        case atOnce
    }

    /// Whether it can give way.
    package var leave: Leave {
        guard unsentResponses == 0, blockedSince == nil else { return .never }
        return switch phase {
        case .securing, .idle: .atOnce
        case .readingHead, .readingBody: .inNeed
        case .handling, .finishing, .lingering, .closed: .never
        }
    }

    /// Whether a request has begun to come and is not complete.
    package var isReceiving: Bool { phase == .readingHead || phase == .readingBody }

    /// How many bytes of an unfinished body are kept.
    package var keptBytes: Int { parser.bodyBytesReceived }

    /// There is no more room for the request that has begun to come.
    package mutating func outOfRoom(at now: Int64) -> Action {
        precondition(isReceiving, "only what is not complete can give way")
        return refuse(.roomTooSmall, at: now)
    }

    /// Whether what still comes is only read away.
    package var isLingering: Bool { phase == .lingering }

    /// The handshake is over.
    package mutating func secured(at now: Int64) {
        precondition(phase == .securing, "a handshake that nobody waits for")
        enter(.idle, at: now)
    }

    /// A request came in clear where a handshake was awaited.
    package mutating func unsecured(at now: Int64) -> Action {
        precondition(phase == .securing, "a handshake that nobody waits for")
        return refuse(.clearText, at: now)
    }

    /// What secures the connection is broken: nothing that still comes can be read.
    package mutating func channelFailed(at now: Int64) -> Action {
        precondition(wantsInput, "only what is read can fail")
        enter(.lingering, at: now)
        return .shutDownSending
    }

    /// Whether a handler is at work.
    package var isHandling: Bool { phase == .handling }

    /// Whether the connection is over.
    package var isClosed: Bool { phase == .closed }

    /// Takes bytes of the peer and answers how many are done with; the rest comes again.
    package mutating func received(
        _ input: [UInt8],
        _ range: Range<Int>,
        at now: Int64
    ) -> (consumed: Int, action: Action) {
        switch phase {
        case .idle, .readingHead, .readingBody:
            guard wantsInput, !range.isEmpty else { return (0, .wait) }
            let progress = parser.consume(input, range)
            return (progress.consumed, parsed(progress.outcome, at: now))
        case .lingering:
            lingeredBytes += range.count
            guard lingeredBytes <= limits.lingerBytesMax else { return (range.count, close()) }
            return (range.count, .wait)
        case .finishing, .closed: return (range.count, .wait)
        case .handling: return (0, .wait)
        case .securing: preconditionFailure("bytes of a handshake are no request")
        }
    }

    private mutating func parsed(_ outcome: RequestParser.Outcome, at now: Int64) -> Action {
        switch outcome {
        case .needsMore:
            if parser.isReadingBody {
                enter(.readingBody, at: now)
                return parser.takeContinueDue() ? .sendContinue : .wait
            }
            if !parser.isBetweenRequests { enter(.readingHead, at: now) }
            return .wait
        case .complete:
            let parsed = parser.take()
            requestCount += 1
            keepsAliveAsAsked = parsed.keepsAlive && requestCount < limits.requestCountMax
            framing = ResponseSerializer.Framing(
                isHead: parsed.request.method == "HEAD",
                keepsAlive: keepsAliveAsAsked,
                minorVersion: parsed.minorVersion
            )
            enter(.handling, at: now)
            return .dispatch(parsed.request)
        case .rejected(let rejection): return refuse(rejection, at: now)
        }
    }

    /// The handler, or the error response of a refusal, has answered; says how to write it.
    package mutating func responded(
        closes: Bool,
        bytes: Int,
        at now: Int64
    ) -> ResponseSerializer.Framing {
        precondition(phase == .handling || phase == .finishing, "a response nobody asked for")
        let keepsAlive =
            phase == .handling && keepsAliveAsAsked && !closes && !isDraining && !isInputOver
        let answer = ResponseSerializer.Framing(
            isHead: framing.isHead,
            keepsAlive: keepsAlive,
            minorVersion: framing.minorVersion
        )
        unsentResponses += 1
        unsentBytes += bytes
        unsentUntil = now + unsentPatience
        enter(keepsAlive ? .idle : .finishing, at: now)
        return answer
    }

    /// Some of the response was sent and more waits for the peer to take it.
    ///
    /// - Parameters:
    ///   - unsentBytes: what waits.
    ///   - takenBytes: what the peer has acknowledged of all that it was ever sent.
    ///   - now: the time.
    package mutating func blocked(unsentBytes: Int, takenBytes: Int, at now: Int64) {
        precondition(unsentBytes > 0, "nothing waits to be sent")
        self.unsentBytes = unsentBytes
        guard blockedSince == nil else { return taken(takenBytes, at: now) }
        blockedSince = now
        self.takenBytes = takenBytes
    }

    /// The peer has acknowledged so much of all that it was ever sent.
    ///
    /// What counts is what it took and not what the kernel took from us, which a slow reader sees
    /// only in large steps. Its time is renewed when it took enough since the last time, or one
    /// byte now and then would hold a connection for ever.
    package mutating func taken(_ bytes: Int, at now: Int64) {
        guard blockedSince != nil, bytes - takenBytes >= limits.writeStallBytesMin else { return }
        blockedSince = now
        takenBytes = bytes
    }

    /// Whether more waits than the peer takes at present.
    package var isBlocked: Bool { blockedSince != nil }

    /// All that was to be sent is sent.
    package mutating func flushed(at now: Int64) -> Action {
        // A peer waits from when it has its answer, and not from when we began to send it.
        if phase == .idle, unsentResponses > 0 { phaseSince = now }
        unsentResponses = 0
        unsentBytes = 0
        blockedSince = nil
        switch phase {
        case .finishing:
            // The peer sends no more, so no unread input can turn our close into a reset.
            if isInputOver { return close() }
            enter(.lingering, at: now)
            return .shutDownSending
        case .securing, .idle, .readingHead, .readingBody, .handling, .lingering, .closed:
            return .wait
        }
    }

    /// The peer sends no more.
    package mutating func endOfInput(at now: Int64) -> Action {
        isInputOver = true
        switch phase {
        case .idle, .readingHead, .readingBody:
            // What has come of a request is never going to be one.
            parser.abandon()
            // An answer without a body has bytes to send, too.
            guard unsentResponses == 0 else {
                enter(.finishing, at: now)
                return .wait
            }
            return close()
        case .securing, .lingering: return close()
        // It may have shut down only its own direction and still wait for the answer.
        case .handling, .finishing, .closed: return .wait
        }
    }

    /// The server is going to stop: no further request on this connection.
    package mutating func drain(at now: Int64) -> Action {
        isDraining = true
        switch phase {
        case .idle:
            // An answer without a body has bytes to send, too.
            guard unsentResponses == 0 else {
                enter(.finishing, at: now)
                return .wait
            }
            // On a fresh connection the first request is probably on its way.
            if requestCount == 0 { return .wait }
            return endIdle(at: now)
        case .securing, .readingHead, .readingBody, .handling, .finishing, .lingering, .closed:
            return .wait
        }
    }

    /// The connection is gone, whatever it was doing.
    package mutating func aborted() -> Action { close() }

    /// When `expired` is to be called if nothing happens before.
    package var deadline: Int64 {
        let ofPhase: Int64
        switch phase {
        case .idle:
            // What is not sent yet has a time of its own.
            ofPhase = unsentResponses > 0 ? unsentUntil : phaseSince + Int64(idlePatience)
        case .securing: ofPhase = phaseSince + Int64(limits.handshakeMilliseconds)
        case .readingHead:
            ofPhase = min(phaseSince + Int64(limits.headMilliseconds), requestDeadline)
        case .readingBody: ofPhase = min(bodyDeadline, rateDeadline, requestDeadline)
        case .handling:
            ofPhase = min(phaseSince + Int64(limits.handlerMilliseconds), requestDeadline)
        case .lingering: ofPhase = phaseSince + Int64(limits.lingerMilliseconds)
        case .finishing: ofPhase = unsentResponses > 0 ? unsentUntil : .max
        case .closed: ofPhase = .max
        }
        guard let blockedSince else { return ofPhase }
        return min(ofPhase, blockedSince + Int64(limits.writeStallMilliseconds))
    }

    private var idlePatience: Int {
        if isDraining { return limits.lingerMilliseconds }
        // Of whom nothing has come yet nothing is known.
        guard requestCount > 0 else { return min(limits.headMilliseconds, limits.idleMilliseconds) }
        return limits.idleMilliseconds
    }

    /// How long a peer that takes what it must in each time takes for all that waits, with two such
    /// times for what the kernel holds, and its idle time.
    ///
    /// Whatever else is sent meanwhile, such as answers of TLS to updates of keys, renews nothing.
    private var unsentPatience: Int64 {
        let stalls = 2 + unsentBytes / max(1, limits.writeStallBytesMin)
        return Int64(limits.idleMilliseconds) + Int64(stalls * limits.writeStallMilliseconds)
    }

    private var requestDeadline: Int64 { requestSince + Int64(limits.requestMilliseconds) }

    private var bodyDeadline: Int64 { phaseSince + Int64(limits.bodyMilliseconds) }

    /// Until when the bytes received so far satisfy the least rate.
    private var rateDeadline: Int64 {
        let earned = parser.bodyBytesReceived * 1_000 / limits.bodyBytesPerSecondMin
        return phaseSince + Int64(max(limits.bodyRateGraceMilliseconds, earned))
    }

    /// The time is over for what the connection was doing.
    package mutating func expired(at now: Int64) -> Action {
        guard now >= deadline else { return .wait }
        if let blockedSince, now >= blockedSince + Int64(limits.writeStallMilliseconds) {
            return close()
        }
        switch phase {
        case .idle: return unsentResponses > 0 ? close() : endIdle(at: now)
        case .readingHead: return refuse(.headTimeout, at: now)
        case .readingBody:
            if now >= bodyDeadline { return refuse(.bodyTimeout, at: now) }
            return refuse(now >= rateDeadline ? .bodyTooSlow : .requestTimeout, at: now)
        case .handling: return refuse(.handlerTimeout, at: now)
        case .securing, .finishing, .lingering: return close()
        case .closed: return .wait
        }
    }

    /// Ends a connection that waits for a request: at once when the last response is long gone,
    /// else gently, as a reset could still destroy it.
    private mutating func endIdle(at now: Int64) -> Action {
        if now >= phaseSince + Int64(limits.lingerMilliseconds) { return close() }
        enter(.lingering, at: now)
        return .shutDownSending
    }

    private mutating func refuse(_ rejection: RequestRejection, at now: Int64) -> Action {
        if phase != .handling {
            // No answer to HEAD has a body, a refusal as little (RFC 9110 section 9.3.2).
            framing = ResponseSerializer.Framing(
                isHead: parser.isHead,
                keepsAlive: false,
                minorVersion: 1
            )
        }
        parser.abandon()
        enter(.finishing, at: now)
        return .refuse(rejection)
    }

    private mutating func enter(_ next: Phase, at now: Int64) {
        // A phase that lasts keeps its beginning, or a drip of bytes would renew its time.
        guard next != phase else { return }
        if phase == .idle { requestSince = now }
        phase = next
        phaseSince = now
    }

    private mutating func close() -> Action {
        phase = .closed
        blockedSince = nil
        return .close
    }
}
