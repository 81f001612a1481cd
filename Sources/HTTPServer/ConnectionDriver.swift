import Basics
import Crypto
import HTTPMessages
import Posix

/// Serves the connections of one loop: carries out what their state machines say.
///
/// Lives on the loop's thread alone. A connection is named by slot and generation, and a request
/// on it by a number, so an answer or an event that comes too late finds nobody.
final class ConnectionDriver: EventLoopDelegate {
    let loop: EventLoop
    let number: Int
    let shared: ServerShared
    private(set) var slots: [Connection?] = []
    private var generations: [UInt32] = []
    private var freeSlots: [Int] = []
    private var deadlines = DeadlineTable()
    private(set) var readBuffer = [UInt8](repeating: 0, count: Limits.httpReadBytes)
    /// What received bytes decrypt to; empty without TLS.
    var plainBuffer: [UInt8] = []
    /// A response before it is encrypted.
    var plainOutput: [UInt8] = []
    /// The bytes between the TLS sessions and their sockets.
    let exchange = TLSExchange()
    /// The handshakes that are under way.
    var handshakes: HandshakeTable
    /// All connections, in the order in which they give way.
    var origins = OriginTable()
    /// What was received of requests that are not complete.
    var received: ReceivedBytes
    /// What waits for peers that take no more at present.
    var blockedBytes = 0
    private var memory = MemoryReturn()
    private var toSend: [Connection] = []
    private var toRead: [Connection] = []
    var now = Clock.monotonicMilliseconds()
    private var date = DateCache()
    private(set) var acceptor: Acceptor?
    private var isDraining = false
    private var handlersAtWork = 0
    private var drainDeadline: Int64?

    init(loop: EventLoop, number: Int, shared: ServerShared) {
        self.loop = loop
        self.number = number
        self.shared = shared
        received = ReceivedBytes(max: shared.configuration.receivedLoopBytesMax)
        handshakes = HandshakeTable(
            countMax: shared.configuration.handshakeCountMax,
            perOriginMax: shared.configuration.handshakesPerAddressMax
        )
    }

    /// Makes this the loop that accepts.
    func accept(_ acceptor: Acceptor) throws(SystemError) {
        try acceptor.start(loop)
        self.acceptor = acceptor
    }

    var hasWork: Bool { !toRead.isEmpty || !toSend.isEmpty }

    var isDone: Bool { handlersAtWork == 0 && freeSlots.count == slots.count }

    // MARK: Events

    func handle(_ event: Poller.Event) {
        now = Clock.monotonicMilliseconds()
        if event.token == Acceptor.token {
            acceptor?.acceptAll(loop, shared, at: now) { self.adopt($0) }
            return
        }
        guard let connection = find(event.token) else { return }
        if event.isBroken {
            perform(connection.state.aborted(), connection)
            return
        }
        if event.isWritable, connection.isBlocked {
            connection.isBlocked = false
            queueToSend(connection)
        }
        if event.isReadable || event.isHungUp {
            connection.isHungUp = connection.isHungUp || event.isHungUp
            connection.mayRead = true
            pump(connection)
        }
    }

    func turnEnded() {
        now = Clock.monotonicMilliseconds()
        flushAll()
        if !toRead.isEmpty {
            let ready = toRead
            toRead.removeAll(keepingCapacity: true)
            for connection in ready {
                connection.isQueuedToRead = false
                if !connection.state.isClosed { pump(connection) }
            }
        }
        for slot in deadlines.expired(at: now) { expire(slot) }
        let openCount = slots.count - freeSlots.count
        memory.note(bytes: blockedBytes, connections: openCount, at: now)
        acceptor?.resumeIfPaused(loop, at: now)
        if let drainDeadline, now >= drainDeadline {
            self.drainDeadline = nil
            shared.census.giveUp()
        }
    }

    private func expire(_ slot: Int) {
        guard let connection = slots[slot] else { return }
        if connection.state.isBlocked {
            // The kernel tells only of large steps: ask before the time is over.
            connection.state.taken(takenBytes(connection), at: now)
        }
        if connection.state.deadline > now {
            deadlines.set(slot, connection.state.deadline)
            return
        }
        let wasHandling = connection.state.isHandling
        let action = connection.state.expired(at: now)
        if wasHandling { connection.task?.cancel() }
        perform(action, connection)
        renewDeadline(connection)
    }

    // MARK: Opening and closing

    /// Takes a connection over; it is counted in already.
    func adopt(_ accepted: AcceptedSocket) {
        let slot = freeSlots.popLast() ?? slots.count
        if slot == slots.count {
            slots.append(nil)
            generations.append(0)
            deadlines.append()
        }
        let token = Poller.Token(slot: UInt32(slot), generation: generations[slot])
        let context = shared.securityContext
        let state = ConnectionState(
            parsing: shared.configuration.parsing,
            limits: shared.configuration.connection,
            judge: shared.configuration.judge,
            isSecured: context != nil,
            at: now
        )
        let connection = Connection(accepted, token: token, state: state)
        connection.securityContext = context
        slots[slot] = connection
        origins.add(accepted.origin, token)
        shared.configuration.metrics.connectionOpened()
        do {
            try loop.watch(accepted.socket.descriptor, token, .changes)
        } catch {
            perform(connection.state.aborted(), connection)
            return
        }
        if isDraining { perform(connection.state.drain(at: now), connection) }
        renewDeadline(connection)
    }

    /// Takes a newcomer over in place of a connection of an origin that nobody is at work on;
    /// `false` when there is none.
    func adopt(_ accepted: AcceptedSocket, inPlaceOfOneOf origin: String) -> Bool {
        now = Clock.monotonicMilliseconds()
        // Who ends takes nobody's place.
        guard !isDraining else { return false }
        let leaver = origins.leaver(of: origin) { find($0)?.leave ?? .never }
        guard let connection = leaver.flatMap({ find($0) }) else { return false }
        shared.configuration.metrics.refused(RequestRejection.connectionsTooMany.rawValue)
        // In this order, or somebody else could take the place in between.
        shared.census.placed(loop: number)
        perform(connection.state.aborted(), connection)
        adopt(accepted)
        return true
    }

    private func close(_ connection: Connection) {
        let slot = Int(connection.token.slot)
        guard slots[slot] === connection else { return }
        slots[slot] = nil
        generations[slot] &+= 1
        freeSlots.append(slot)
        deadlines.set(slot, .max)
        connection.task = nil
        blockedBytes -= connection.countedBytes
        connection.countedBytes = 0
        countReceived(0, connection)
        origins.remove(connection.accepted.origin, connection.token)
        endSession(connection)
        if connection.isHandlerAtWork { shared.census.orphanBegan() }
        let lost = connection.state.unsentResponseCount + (connection.isHandlerAtWork ? 1 : 0)
        if lost > 0 { shared.configuration.metrics.undelivered(lost) }
        shared.census.close(connection.accepted.origin, loop: number)
        shared.configuration.metrics.connectionClosed()
    }

    func find(_ token: Poller.Token) -> Connection? {
        let slot = Int(token.slot)
        guard slot < slots.count, generations[slot] == token.generation else { return nil }
        return slots[slot]
    }

    /// Accepts no more.
    func stopAccepting() {
        now = Clock.monotonicMilliseconds()
        acceptor?.acceptRest(loop, shared, at: now) { self.adopt($0) }
        acceptor?.stop(loop)
        acceptor = nil
    }

    /// Asks every connection to end; the waiting is over at `deadline`.
    func drain(until deadline: Int64) {
        isDraining = true
        drainDeadline = deadline
        now = Clock.monotonicMilliseconds()
        for connection in slots {
            guard let connection else { continue }
            perform(connection.state.drain(at: now), connection)
            renewDeadline(connection)
        }
    }

    /// Closes what is left.
    func closeAll() {
        for connection in slots {
            guard let connection else { continue }
            connection.task?.cancel()
            perform(connection.state.aborted(), connection)
        }
    }

    // MARK: Reading

    /// Reads and parses as long as the connection wants bytes and there are some.
    private func pump(_ connection: Connection) {
        var receives = 0
        while connection.state.wantsInput {
            if connection.hasInput {
                let range = connection.inputStart..<connection.input.count
                let (consumed, action) = connection.state.received(
                    connection.input,
                    range,
                    at: now
                )
                connection.dropInput(consumed)
                if perform(action, connection) { continue }
                guard connection.state.wantsInput else { break }
            }
            if connection.hasSaidEnd {
                connection.hasSaidEnd = false
                endInput(connection)
                break
            }
            guard connection.mayRead else { break }
            // One connection that sends without end must not keep the others waiting.
            guard receives < Limits.httpReceivesPerTurnMax else {
                queueToRead(connection)
                break
            }
            receives += 1
            guard receive(connection) else { break }
        }
        countReceived(connection)
        renewDeadline(connection)
    }

    /// Receives once and parses straight from the loop's buffer; `false` when nothing came.
    private func receive(_ connection: Connection) -> Bool {
        let transfer: SystemCall.Transfer
        do {
            transfer = try connection.accepted.socket.receive(into: &readBuffer)
        } catch {
            perform(connection.state.aborted(), connection)
            return false
        }
        switch transfer {
        case .wouldBlock:
            connection.mayRead = false
            return false
        case .moved(0):
            connection.mayRead = false
            endInput(connection)
            return false
        case .moved(let count):
            // A short read has emptied the socket (epoll(7)); the end of the stream is an event
            // of its own, unless it was told already.
            if count < readBuffer.count, !connection.isHungUp { connection.mayRead = false }
            // What is only read away need not be decrypted.
            guard let context = connection.securityContext, !connection.state.isLingering else {
                return take(readBuffer, count, connection)
            }
            guard let session = connection.session ?? beginHandshake(connection, context) else {
                return false
            }
            return receive(count, session, connection)
        }
    }

    /// The peer sends no more: what is kept was no whole request, and is never going to be one.
    private func endInput(_ connection: Connection) {
        connection.input = []
        connection.inputStart = 0
        perform(connection.state.endOfInput(at: now), connection)
    }

    /// Gives what was received to the parser; `false` when the connection is over.
    func take(_ bytes: [UInt8], _ count: Int, _ connection: Connection) -> Bool {
        if connection.hasInput {
            connection.keepInput(bytes[..<count])
            return true
        }
        let (consumed, action) = connection.state.received(bytes, 0..<count, at: now)
        if consumed < count { connection.keepInput(bytes[consumed..<count]) }
        perform(action, connection)
        return !connection.state.isClosed
    }

    // MARK: Actions

    /// Carries an action out; answers whether the parser may go on at once.
    @discardableResult
    func perform(_ action: ConnectionState.Action, _ connection: Connection) -> Bool {
        switch action {
        case .wait: return false
        case .sendContinue:
            send(connection) { $0.append(contentsOf: ResponseSerializer.continueBytes) }
            return false
        case .dispatch(let request):
            dispatch(request, connection)
            return false
        case .refuse(let rejection):
            refuse(rejection, connection)
            return false
        case .shutDownSending:
            takeLeave(connection)
            connection.accepted.socket.shutdownSending()
            connection.input = []
            connection.inputStart = 0
            countReceived(connection)
            queueToRead(connection)
            return false
        case .close:
            close(connection)
            return false
        }
    }

    private func dispatch(_ request: HTTPRequest, _ connection: Connection) {
        var request = request
        request.peerAddress = connection.accepted.peer
        request.peerCertificate = connection.certificate
        connection.method = request.method
        connection.startedNanoseconds = Clock.monotonicNanoseconds()
        connection.isHandlerAtWork = true
        handlersAtWork += 1
        let token = connection.token
        let handler = shared.handler
        let handle = LoopHandle(loop: loop, driver: self)
        connection.task = Task(executorPreference: loop) { [request] in
            let response = await handler(request)
            handle.finish(token, response)
        }
    }

    /// A handler has answered.
    func finish(_ token: Poller.Token, _ response: HTTPResponse) {
        precondition(loop.isCurrent, "a handler left its loop")
        handlersAtWork -= 1
        guard let connection = find(token) else {
            shared.census.orphanEnded()
            return
        }
        connection.isHandlerAtWork = false
        connection.task = nil
        // Too late: the time was over and the connection has said so.
        guard connection.state.isHandling else {
            return shared.configuration.metrics.undelivered(1)
        }
        respond(response, connection)
        pump(connection)
    }

    private func refuse(_ rejection: RequestRejection, _ connection: Connection) {
        shared.configuration.metrics.refused(rejection.rawValue)
        connection.input = []
        connection.inputStart = 0
        countReceived(connection)
        if !connection.isHandlerAtWork {
            connection.method = ""
            connection.startedNanoseconds = Clock.monotonicNanoseconds()
        }
        let response = shared.configuration.errorResponse(rejection.status, rejection.rawValue)
        respond(response, connection)
    }

    private func respond(_ response: HTTPResponse, _ connection: Connection) {
        var framing = connection.state.responded(
            closes: response.closesConnection,
            bytes: response.body.count,
            at: now
        )
        framing.requiresTransportSecurity =
            connection.session != nil && shared.configuration.requiresTransportSecurity
        var isBodyLeft = false
        let date = date.bytes(at: now)
        send(connection) { output in
            isBodyLeft = ResponseSerializer.write(response, framing, date: date, to: &output)
        }
        if isBodyLeft { send(body: response.body, connection) }
        let elapsed = Clock.monotonicNanoseconds() - connection.startedNanoseconds
        shared.configuration.metrics.requestFinished(
            response.status,
            connection.method,
            Int(elapsed / 1_000)
        )
    }

    // MARK: Sending

    func queueToSend(_ connection: Connection) {
        guard !connection.isQueuedToSend else { return }
        connection.isQueuedToSend = true
        toSend.append(connection)
    }

    private func queueToRead(_ connection: Connection) {
        guard !connection.isQueuedToRead else { return }
        connection.isQueuedToRead = true
        toRead.append(connection)
    }

    private func flushAll() {
        while !toSend.isEmpty {
            let batch = toSend
            toSend.removeAll(keepingCapacity: true)
            for connection in batch {
                connection.isQueuedToSend = false
                if !connection.state.isClosed { flush(connection) }
            }
        }
    }

    private func flush(_ connection: Connection) {
        guard !connection.isSessionBroken else {
            perform(connection.state.aborted(), connection)
            return
        }
        guard !connection.isBlocked else {
            count(connection.unsentBytes, connection)
            return
        }
        do {
            repeat {
                encryptAhead(connection)
                try connection.output.send(to: connection.accepted.socket)
            } while connection.output.isEmpty && !connection.plain.isEmpty
        } catch {
            // The peer is gone; what the handler did stays done.
            perform(connection.state.aborted(), connection)
            return
        }
        guard !connection.isSessionBroken else {
            perform(connection.state.aborted(), connection)
            return
        }
        if connection.output.isEmpty {
            count(0, connection)
            perform(connection.state.flushed(at: now), connection)
            // Input may have waited for this.
            if connection.state.wantsInput,
                connection.hasInput || connection.mayRead || connection.hasSaidEnd
            {
                queueToRead(connection)
            }
        } else {
            connection.isBlocked = true
            connection.state.blocked(
                unsentBytes: connection.unsentBytes,
                takenBytes: takenBytes(connection),
                at: now
            )
            count(connection.unsentBytes, connection)
        }
        renewDeadline(connection)
    }

    func renewDeadline(_ connection: Connection) {
        guard !connection.state.isClosed else { return }
        deadlines.set(Int(connection.token.slot), connection.state.deadline)
    }
}
