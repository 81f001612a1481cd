package import Crypto
package import Posix

/// The bytes of one connection of a client, in clear or over TLS; its calls do not block.
///
///     let stream = try ClientStream.connect(address)
///     try stream.secure(security)
///     try stream.establish(until: Clock.monotonicMilliseconds() + 5_000)
///     let transfer = try stream.send(bytes)
///
/// Not thread-safe: it belongs to the thread that uses it.
package final class ClientStream {
    /// Whose certificates are trusted, and whom the one of the server must be for.
    package struct Security: Sendable {
        /// The authorities.
        package let trust: TLSTrust
        /// The server.
        package let peer: TLSSession.Peer

        /// Says whom to trust.
        package init(_ trust: TLSTrust, expecting peer: TLSSession.Peer) {
            self.trust = trust
            self.peer = peer
        }
    }

    /// What the bytes go through.
    package let socket: Socket
    private var session: TLSSession?
    /// What was encrypted, and how much of it the kernel has taken.
    private var sealed: [UInt8] = []
    private var sealedSent = 0
    private var piece: [UInt8] = []
    private static let pieceBytes = 16_384

    /// Begins to connect.
    ///
    /// - Parameters:
    ///   - address: the server.
    ///   - source: the address to come from, with port 0 for any; the kernel decides without.
    /// - Returns: the stream, which is writable when it is connected.
    /// - Throws: `SystemError` when the attempt cannot begin.
    package static func connect(
        _ address: SocketAddress,
        from source: SocketAddress? = nil
    ) throws(SystemError) -> ClientStream {
        ClientStream(try Socket.connect(address, from: source))
    }

    private init(_ socket: consuming Socket) {
        self.socket = socket
    }

    /// Speaks TLS from here on; nothing was sent yet.
    ///
    /// - Throws: `HTTPClientError.notSecured` when TLS cannot begin.
    package func secure(_ security: Security) throws(HTTPClientError) {
        do {
            session = try TLSSession(security.trust, expecting: security.peer)
        } catch {
            throw .notSecured(error)
        }
        piece = [UInt8](repeating: 0, count: Self.pieceBytes)
    }

    /// Whether TLS is spoken.
    package var isSecured: Bool { session != nil }

    /// Waits until it is connected, and until the handshake of TLS is over.
    ///
    /// - Parameter deadline: on the clock of `Clock.monotonicMilliseconds()`.
    /// - Throws: `HTTPClientError`: nobody is there, is not who it should be, or is too slow.
    package func establish(until deadline: Int64) throws(HTTPClientError) {
        try wait(forReading: false, until: deadline)
        try takeError()
        guard let session else { return }
        while !(try isReady(session)) { try wait(forReading: !hasSealed, until: deadline) }
    }

    /// Goes on with the handshake of TLS; `true` when it is over, or there is none.
    ///
    /// - Throws: `HTTPClientError` when nobody is there, or it is not who it should be.
    package func isEstablished() throws(HTTPClientError) -> Bool {
        try takeError()
        guard let session else { return true }
        return try isReady(session)
    }

    /// The error that the attempt to connect ended with, if any.
    package func takeError() throws(HTTPClientError) {
        do {
            try socket.takeError()
        } catch {
            throw HTTPClientError(error)
        }
    }

    /// Sends an array from an offset on.
    ///
    /// What has moved over TLS may wait here for the kernel; `flush` and every further call move it.
    /// - Throws: `HTTPClientError` when the connection is over.
    package func send(
        _ bytes: [UInt8],
        from offset: Int = 0
    ) throws(HTTPClientError) -> SystemCall.Transfer {
        guard let session else { return try move(bytes, from: offset) }
        guard try isReady(session) else { return .wouldBlock }
        try seal(offset == 0 ? bytes : Array(bytes[offset...]), session)
        _ = try flush()
        return .moved(bytes.count - offset)
    }

    /// Sends an array and, in the same flight, that TLS has no more of ours.
    ///
    /// - Throws: `HTTPClientError` when the connection is over.
    package func sendLast(_ bytes: [UInt8]) throws(HTTPClientError) {
        guard let session else { preconditionFailure("there is no TLS to end") }
        try seal(bytes, session)
        session.close()
        _ = try flush()
    }

    /// Hands what waits here to the kernel; `true` when nothing is left.
    ///
    /// - Throws: `HTTPClientError` when the connection is over.
    package func flush() throws(HTTPClientError) -> Bool {
        guard let session else { return true }
        let output = session.takeOutput()
        if sealed.isEmpty { sealed = output } else { sealed += output }
        while sealedSent < sealed.count {
            do throws(HTTPClientError) {
                let transfer = try move(sealed, from: sealedSent)
                guard case .moved(let count) = transfer else { return false }
                sealedSent += count
            } catch .connectionLost {
                forgetSealed()
                throw .connectionLost
            }
        }
        forgetSealed()
        return true
    }

    /// Receives into an array, over what it holds; it keeps its size.
    ///
    /// - Returns: no bytes at the end of what the server sends.
    /// - Throws: `HTTPClientError` when the connection is over; `notSecured(.truncated)` when TLS
    ///   ended without the server saying so.
    package func receive(into bytes: inout [UInt8]) throws(HTTPClientError) -> SystemCall.Transfer {
        guard let session else { return try receivePlain(into: &bytes) }
        if !session.isEstablished, !(try isReady(session)) { return .wouldBlock }
        while true {
            let reading: TLSSession.Reading
            do {
                reading = try session.read(into: &bytes)
            } catch {
                throw .notSecured(error)
            }
            // A renewal of keys is answered; what was said before an end can be read all the same.
            do throws(HTTPClientError) {
                _ = try flush()
            } catch .connectionLost {
                // Reading tells.
            }
            switch reading {
            case .bytes(let count): return .moved(count)
            case .closed: return .moved(0)
            case .needsInput:
                guard try receiveSealed(session) else { return .wouldBlock }
            }
        }
    }

    /// Waits until there is something to read, or room to write.
    ///
    /// - Throws: `HTTPClientError.timedOut` when the time is over.
    package func wait(forReading: Bool, until deadline: Int64) throws(HTTPClientError) {
        let left = deadline - Clock.monotonicMilliseconds()
        guard left > 0 else { throw .timedOut }
        let isReady: Bool
        do {
            isReady = try socket.descriptor.wait(
                forReading: forReading,
                timeoutMilliseconds: Int(left)
            )
        } catch {
            throw HTTPClientError(error)
        }
        guard isReady else { throw .timedOut }
    }

    /// Renews the keys of TLS and asks the server to renew its own; for tests.
    package func updateKeys() throws(HTTPClientError) {
        guard let session, session.updateKeys() else { throw .notSecured(.protocolFailure) }
    }

    private var hasSealed: Bool { sealedSent < sealed.count }

    private func forgetSealed() {
        sealed = []
        sealedSent = 0
    }

    private func seal(_ bytes: [UInt8], _ session: TLSSession) throws(HTTPClientError) {
        do {
            try session.write(bytes)
        } catch {
            throw .notSecured(error)
        }
    }

    /// Goes on with the handshake; `true` when it is over and its last words have left.
    private func isReady(_ session: TLSSession) throws(HTTPClientError) -> Bool {
        while !session.isEstablished {
            do {
                _ = try session.handshake()
            } catch {
                // The alert that tells the server why.
                _ = try? flush()
                throw .notSecured(error)
            }
            do throws(HTTPClientError) {
                guard try flush() else { return false }
            } catch .connectionLost {
                // The server may have said why; that can still be read.
            }
            if !session.isEstablished, !(try receiveSealed(session)) { return false }
        }
        return try flush()
    }

    /// Receives what is encrypted; `false` when there is nothing at present.
    private func receiveSealed(_ session: TLSSession) throws(HTTPClientError) -> Bool {
        switch try receivePlain(into: &piece) {
        case .wouldBlock: return false
        case .moved(0): throw .notSecured(.truncated)
        case .moved(let count):
            session.received(piece[..<count])
            return true
        }
    }

    private func receivePlain(
        into bytes: inout [UInt8]
    ) throws(HTTPClientError) -> SystemCall.Transfer {
        do {
            return try socket.receive(into: &bytes)
        } catch {
            throw HTTPClientError(error)
        }
    }

    private func move(
        _ bytes: [UInt8],
        from offset: Int
    ) throws(HTTPClientError) -> SystemCall.Transfer {
        do {
            return try socket.send(bytes, from: offset)
        } catch {
            throw HTTPClientError(error)
        }
    }
}
