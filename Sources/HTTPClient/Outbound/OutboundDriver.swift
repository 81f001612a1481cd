import Basics
import Crypto
import HTTPMessages
import Posix

/// Carries requests out on one event loop.
///
/// A request is one task on the loop from first to last; where it would block it waits for the
/// poller or for its deadline. `@unchecked Sendable`: everything here is touched on the loop's
/// thread alone, which `begin` asserts.
final class OutboundDriver: EventLoopDelegate, @unchecked Sendable {
    typealias Route = @Sendable (IPAddress, Int) -> SocketAddress

    let loop: EventLoop
    private let resolver: any NameResolver
    private let route: Route
    private let idleMilliseconds: Int
    private var pool = OutboundPool()
    private var slots: [OutboundConnection?] = []
    private var generations: [UInt32] = []
    private var freeSlots: [Int] = []
    private var waiters: [Waiter] = []
    private var requestsAtWork = 0
    private var readBuffer = [UInt8](repeating: 0, count: Limits.outboundReadBytes)

    init(
        loop: EventLoop,
        resolver: any NameResolver,
        idleMilliseconds: Int,
        route: @escaping Route
    ) {
        self.loop = loop
        self.resolver = resolver
        self.idleMilliseconds = idleMilliseconds
        self.route = route
    }

    // MARK: The loop

    var hasWork: Bool { false }

    var isDone: Bool { requestsAtWork == 0 }

    var sleepMillisecondsMax: Int {
        let now = Clock.monotonicMilliseconds()
        let earliest = waiters.min { $0.deadline < $1.deadline }?.deadline ?? .max
        return Int(max(0, min(Int64(EventLoop.tickMilliseconds), earliest &- now)))
    }

    func handle(_ event: Poller.Event) {
        let slot = Int(event.token.slot)
        guard slot < slots.count, generations[slot] == event.token.generation,
            let connection = slots[slot]
        else { return }
        guard !connection.isIdle else {
            // Nothing was asked: the server closes, or it sends what nobody may ever read.
            if event.isReadable || event.isHungUp || event.isBroken { close(connection) }
            return
        }
        connection.note(event)
    }

    func turnEnded() {
        let now = Clock.monotonicMilliseconds()
        guard !waiters.isEmpty || !pool.isEmpty else { return }
        for waiter in waiters where waiter.deadline <= now { waiter.resume(false) }
        waiters.removeAll(where: \.isOver)
        for connection in pool.expired(at: now, idleMilliseconds: idleMilliseconds) {
            close(connection)
        }
    }

    /// Waits until somebody resumes the waiter that `store` is given, or until a moment.
    private func wait(until deadline: Int64, _ store: (Waiter) -> Void) async -> Bool {
        guard Clock.monotonicMilliseconds() < deadline else { return false }
        return await withCheckedContinuation { continuation in
            let waiter = Waiter(continuation, until: deadline)
            waiters.append(waiter)
            store(waiter)
        }
    }

    // MARK: Requests

    /// Begins a request; on the loop's thread.
    func begin(
        _ request: OutboundRequest,
        _ destination: OutboundDestination,
        _ answer: @escaping @Sendable (Result<HTTPResponse, OutboundError>) -> Void
    ) {
        precondition(loop.isCurrent, "a request begins on its loop")
        requestsAtWork += 1
        Task(executorPreference: loop) { [self] in
            do throws(OutboundError) {
                answer(.success(try await run(request, destination)))
            } catch {
                answer(.failure(error))
            }
            requestsAtWork -= 1
        }
    }

    private func run(
        _ request: OutboundRequest,
        _ destination: OutboundDestination
    ) async throws(OutboundError) -> HTTPResponse {
        var reusing = true
        while true {
            switch pool.take(destination, reusing: reusing) {
            case .busy: throw .busy
            case .wait:
                let isMet = await wait(until: request.deadline) { waiter in
                    pool.wait(waiter, for: destination)
                }
                guard isMet else { throw .timedOut }
            case .reuse(let connection):
                connection.isIdle = false
                do throws(OutboundError) {
                    return try await exchange(request, on: connection)
                } catch {
                    // RFC 9112, section 9.3.1: a connection may end just when it is used again.
                    guard error == .connectionLost, request.isSafe, !connection.hasReceived else {
                        throw error
                    }
                    reusing = false
                }
            case .open:
                let connection: OutboundConnection
                do throws(OutboundError) {
                    connection = try await open(destination, until: request.deadline)
                } catch {
                    pool.remove(nil, of: destination)
                    throw error
                }
                return try await exchange(request, on: connection)
            }
        }
    }

    /// Sends a request and reads its response; the connection is given back or closed.
    private func exchange(
        _ request: OutboundRequest,
        on connection: OutboundConnection
    ) async throws(OutboundError) -> HTTPResponse {
        do throws(OutboundError) {
            connection.requestCount += 1
            connection.hasReceived = false
            connection.parser = ResponseParser(bodyBytesMax: request.responseBytesMax)
            var message = request.bytes(host: connection.destination.origin.authority)
            defer { Secret.wipe(&message) }
            try await send(&message, on: connection, until: request.deadline)
            let response = try await receive(on: connection, until: request.deadline)
            if let coding = response.fields["content-encoding"], coding.lowercased() != "identity" {
                throw .contentCoded
            }
            // What stands behind a response that is over belongs to no request of ours.
            if response.closesConnection || !connection.input.isEmpty || connection.isEnded
                || connection.requestCount >= Limits.outboundRequestsPerConnectionMax
            {
                close(connection)
            } else {
                connection.isIdle = true
                connection.idleSince = Clock.monotonicMilliseconds()
                pool.putBack(connection)
            }
            return response
        } catch {
            close(connection)
            throw error
        }
    }

    // MARK: Opening and closing

    private func open(
        _ destination: OutboundDestination,
        until deadline: Int64
    ) async throws(OutboundError) -> OutboundConnection {
        let addresses = try await addresses(of: destination, until: deadline)
        var failure = OutboundError.connectionRefused
        let attempts = addresses.prefix(Limits.outboundAttemptsMax)
        for (position, address) in attempts.enumerated() {
            let now = Clock.monotonicMilliseconds()
            let share = (deadline - now) / Int64(attempts.count - position)
            do throws(OutboundError) {
                return try await connect(address, destination, until: now + share)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// The addresses of a destination, every one of them checked.
    ///
    /// They are asked for once: what is connected to is what was checked, whatever a second answer
    /// would say.
    private func addresses(
        of destination: OutboundDestination,
        until deadline: Int64
    ) async throws(OutboundError) -> [IPAddress] {
        let found: [IPAddress]
        switch destination.origin.host {
        case .address(let address): found = [address]
        case .name(let name):
            let answer = AddressAnswer()
            let isMet = await wait(until: deadline) { waiter in
                resolver.resolve(name) { [loop] addresses in
                    loop.perform {
                        answer.addresses = addresses
                        waiter.resume(true)
                    }
                }
            }
            guard isMet else { throw .timedOut }
            found = answer.addresses
        }
        guard !found.isEmpty, found.count <= Limits.outboundAddressesMax else {
            throw .nameUnresolved
        }
        guard found.allSatisfy(destination.policy.permits) else { throw .addressForbidden }
        return found
    }

    /// What a look-up came to; written and read on the loop's thread alone.
    private final class AddressAnswer: @unchecked Sendable {
        var addresses: [IPAddress] = []
    }

    private func connect(
        _ address: IPAddress,
        _ destination: OutboundDestination,
        until deadline: Int64
    ) async throws(OutboundError) -> OutboundConnection {
        let slot = freeSlots.popLast() ?? slots.count
        if slot == slots.count {
            slots.append(nil)
            generations.append(0)
        }
        let token = Poller.Token(slot: UInt32(slot), generation: generations[slot])
        let connection: OutboundConnection
        do throws(SystemError) {
            let socket = try Socket.connect(route(address, destination.origin.port))
            try loop.watch(socket.descriptor, token, .changes)
            connection = OutboundConnection(socket, token: token, to: destination)
        } catch {
            freeSlots.append(slot)
            throw Self.outbound(error)
        }
        slots[slot] = connection
        do throws(OutboundError) {
            try await ready(connection, reading: false, until: deadline)
            do throws(SystemError) {
                try connection.socket.takeError()
            } catch {
                throw Self.outbound(error)
            }
            // The kernel may say that the attempt ended before it can be written to.
            connection.mayWrite = true
            if destination.origin.scheme == .https {
                try await secure(connection, until: deadline)
            }
            return connection
        } catch {
            release(connection)
            throw error
        }
    }

    private func secure(
        _ connection: OutboundConnection,
        until deadline: Int64
    ) async throws(OutboundError) {
        let peer: TLSSession.Peer
        switch connection.destination.origin.host {
        case .name(let name): peer = .name(name)
        case .address(let address): peer = .address(address.text)
        }
        let session: TLSSession
        do throws(TLSError) {
            session = try TLSSession(connection.destination.trust, expecting: peer)
        } catch {
            throw .tls(error)
        }
        connection.session = session
        while true {
            let isOver: Bool
            do throws(TLSError) {
                isOver = try session.handshake()
            } catch {
                // The alert tells the peer why, if it still listens.
                let alert = session.takeOutput()
                if !alert.isEmpty { _ = try? connection.socket.send(alert) }
                throw .tls(error)
            }
            try await sendAll(session.takeOutput(), on: connection, until: deadline)
            if isOver { return }
            guard try await receiveSome(on: connection, until: deadline) else {
                throw .tls(.protocolFailure)
            }
        }
    }

    /// Closes a connection that is counted.
    private func close(_ connection: OutboundConnection) {
        guard slots[Int(connection.token.slot)] === connection else { return }
        release(connection)
        pool.remove(connection, of: connection.destination)
    }

    /// Lets go of the socket; the connection itself may not be counted yet.
    private func release(_ connection: OutboundConnection) {
        let slot = Int(connection.token.slot)
        guard slots[slot] === connection else { return }
        if let session = connection.session {
            session.close()
            let farewell = session.takeOutput()
            if !farewell.isEmpty { _ = try? connection.socket.send(farewell) }
        }
        connection.socket.shutdownSending()
        slots[slot] = nil
        generations[slot] &+= 1
        freeSlots.append(slot)
        try? loop.unwatch(connection.socket.descriptor)
    }

    // MARK: Bytes

    /// Waits until the socket is ready.
    private func ready(
        _ connection: OutboundConnection,
        reading: Bool,
        until deadline: Int64
    ) async throws(OutboundError) {
        while !(reading ? connection.mayRead : connection.mayWrite) {
            let isMet = await wait(until: deadline) { connection.waiter = $0 }
            connection.waiter = nil
            guard isMet else { throw .timedOut }
        }
        if reading { connection.mayRead = false } else { connection.mayWrite = false }
    }

    private func send(
        _ message: inout [UInt8],
        on connection: OutboundConnection,
        until deadline: Int64
    ) async throws(OutboundError) {
        guard let session = connection.session else {
            try await sendAll(message, on: connection, until: deadline)
            return
        }
        do throws(TLSError) {
            try session.write(message)
        } catch {
            throw .connectionLost
        }
        try await sendAll(session.takeOutput(), on: connection, until: deadline)
    }

    private func sendAll(
        _ bytes: [UInt8],
        on connection: OutboundConnection,
        until deadline: Int64
    ) async throws(OutboundError) {
        var offset = 0
        while offset < bytes.count {
            let transfer: SystemCall.Transfer
            do throws(SystemError) {
                transfer = try connection.socket.send(bytes, from: offset)
            } catch {
                throw Self.outbound(error)
            }
            switch transfer {
            case .moved(let count): offset += count
            case .wouldBlock: try await ready(connection, reading: false, until: deadline)
            }
        }
    }

    private func receive(
        on connection: OutboundConnection,
        until deadline: Int64
    ) async throws(OutboundError) -> HTTPResponse {
        while true {
            let (consumed, outcome) = connection.parser.consume(
                connection.input,
                0..<connection.input.count
            )
            connection.input.removeFirst(consumed)
            switch outcome {
            case .complete: return connection.parser.take()
            case .failed: throw .responseMalformed
            case .needsMore: break
            }
            guard Clock.monotonicMilliseconds() < deadline else { throw .timedOut }
            guard try await receiveSome(on: connection, until: deadline) else {
                // A body that ends with the connection is whole only if that end is proper.
                guard connection.session == nil || connection.isEnded else { throw .connectionLost }
                guard connection.parser.endOfInput() == .complete else { throw .connectionLost }
                return connection.parser.take()
            }
        }
    }

    /// Receives and decrypts what there is; `false` at the end of the stream.
    private func receiveSome(
        on connection: OutboundConnection,
        until deadline: Int64
    ) async throws(OutboundError) -> Bool {
        while !connection.isEnded {
            let transfer: SystemCall.Transfer
            do throws(SystemError) {
                transfer = try connection.socket.receive(into: &readBuffer)
            } catch {
                throw Self.outbound(error)
            }
            switch transfer {
            case .wouldBlock:
                try await ready(connection, reading: true, until: deadline)
            case .moved(0):
                return false
            case .moved(let count):
                connection.hasReceived = true
                guard let session = connection.session else {
                    connection.input.append(contentsOf: readBuffer[..<count])
                    return true
                }
                session.received(readBuffer[..<count])
                return try decrypt(session, connection)
            }
        }
        return false
    }

    private func decrypt(
        _ session: TLSSession,
        _ connection: OutboundConnection
    ) throws(OutboundError) -> Bool {
        guard session.isEstablished else { return true }
        do throws(TLSError) {
            while true {
                switch try session.read(into: &readBuffer) {
                case .bytes(let count):
                    connection.input.append(contentsOf: readBuffer[..<count])
                case .needsInput:
                    return true
                case .closed:
                    connection.isEnded = true
                    return !connection.input.isEmpty
                }
            }
        } catch {
            throw .tls(error)
        }
    }

    private static func outbound(_ error: SystemError) -> OutboundError {
        if error == .connectionReset || error == .brokenPipe { return .connectionLost }
        return error == .timedOut ? .timedOut : .connectionRefused
    }
}
