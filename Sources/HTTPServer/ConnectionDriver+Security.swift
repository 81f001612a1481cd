import Basics
import Crypto
import HTTPMessages
import Posix

/// What TLS adds to the driver: bytes are decrypted on their way to the parser and encrypted on
/// their way to the output queue; everything else stays as it is.
extension ConnectionDriver {
    /// Begins a handshake with the client's first bytes; until then a connection holds nothing.
    ///
    /// - Returns: The session; `nil` when none can be begun, and the connection is over.
    func beginHandshake(
        _ connection: Connection,
        _ context: TLSServerContext
    ) -> TLSServerSession? {
        let session: TLSServerSession
        do {
            session = try TLSServerSession(context, exchange)
        } catch {
            shared.configuration.metrics.refused(RequestRejection.handshakeFailed.rawValue)
            perform(connection.state.aborted(), connection)
            return nil
        }
        if plainBuffer.isEmpty {
            plainBuffer = [UInt8](repeating: 0, count: Limits.tlsPlainBytesMax)
        }
        connection.session = session
        connection.isCountedAsHandshake = true
        if let leaver = handshakes.begin(connection.accepted.origin, connection.token) {
            giveWay(leaver)
        }
        return session
    }

    /// Closes a connection whose handshake is not over, in favour of another one.
    private func giveWay(_ token: Poller.Token) {
        guard let connection = find(token) else {
            preconditionFailure("a handshake outlived its connection")
        }
        connection.isCountedAsHandshake = false
        shared.configuration.metrics.refused(RequestRejection.handshakesTooMany.rawValue)
        perform(connection.state.aborted(), connection)
    }

    /// Decrypts what was received; `false` when the connection is over.
    func receive(_ count: Int, _ session: TLSServerSession, _ connection: Connection) -> Bool {
        let received: TLSServerSession.Received
        do {
            received = try session.receive(readBuffer, count, into: &plainBuffer)
        } catch .clearText {
            refuseClearText(connection)
            return false
        } catch {
            fail(connection)
            return false
        }
        if exchange.hasOutput {
            connection.output.append { exchange.takeOutput(into: &$0) }
            queueToSend(connection)
        }
        if connection.state.isSecuring, session.isEstablished {
            endHandshake(connection)
            connection.certificate = session.peerCertificate().map {
                PeerCertificate(fingerprint: $0.fingerprint, subject: $0.subject, names: $0.names)
            }
            connection.state.secured(at: now)
        }
        if received.plainCount > 0, !take(plainBuffer, received.plainCount, connection) {
            return false
        }
        if received.isEnded { connection.hasSaidEnd = true }
        return !connection.state.isClosed
    }

    /// Tells a client that it has begun without TLS, in words that it can read.
    private func refuseClearText(_ connection: Connection) {
        endHandshake(connection)
        connection.session = nil
        perform(connection.state.unsecured(at: now), connection)
        renewDeadline(connection)
    }

    /// Ends a connection whose session is broken, with the alert that says why.
    private func fail(_ connection: Connection) {
        if connection.isCountedAsHandshake {
            shared.configuration.metrics.refused(RequestRejection.handshakeFailed.rawValue)
        } else if connection.session?.hasUpdatedTooOften == true {
            shared.configuration.metrics.refused(RequestRejection.keyUpdatesTooMany.rawValue)
        }
        connection.hasTakenLeave = true
        // Nothing can be said any more.
        connection.plain.removeAll()
        sendAtOnce(connection)
        endHandshake(connection)
        perform(connection.state.channelFailed(at: now), connection)
        renewDeadline(connection)
    }

    /// Sends what the exchange holds if the socket takes it; the connection is about to end.
    private func sendAtOnce(_ connection: Connection) {
        connection.output.append { exchange.takeOutput(into: &$0) }
        guard !connection.isBlocked, !connection.output.isEmpty else { return }
        _ = try? connection.output.send(to: connection.accepted.socket)
    }

    private func endHandshake(_ connection: Connection) {
        guard connection.isCountedAsHandshake else { return }
        connection.isCountedAsHandshake = false
        handshakes.end(connection.accepted.origin, connection.token)
    }

    /// Says to the client that we send no more (RFC 8446 section 6.1).
    func takeLeave(_ connection: Connection) {
        guard let session = connection.session, !connection.hasTakenLeave else { return }
        connection.hasTakenLeave = true
        session.close()
        sendAtOnce(connection)
    }

    /// Lets go of what a closed connection had of TLS.
    func endSession(_ connection: Connection) {
        guard connection.session != nil else { return }
        if connection.isCountedAsHandshake, connection.state.isClosed { endHandshake(connection) }
        takeLeave(connection)
        connection.session = nil
    }

    // MARK: Sending

    /// Sends what a closure writes.
    func send(_ connection: Connection, _ write: (inout [UInt8]) -> Void) {
        queueToSend(connection)
        guard let session = connection.session else {
            connection.output.append(write)
            return
        }
        plainOutput.removeAll(keepingCapacity: true)
        write(&plainOutput)
        guard connection.plain.isEmpty, connection.output.byteCount < Limits.tlsPieceBytes else {
            // Its turn comes.
            connection.plain.append(plainOutput)
            return
        }
        encrypt(plainOutput[...], session, connection)
    }

    /// Sends a large body.
    func send(body: [UInt8], _ connection: Connection) {
        guard connection.session != nil else {
            connection.output.append(body: body)
            return
        }
        connection.plain.append(body)
    }

    /// Encrypts the next piece of what waits when little is ready to be sent: of a response only
    /// so much exists twice, however slowly it is read.
    func encryptAhead(_ connection: Connection) {
        guard let session = connection.session else { return }
        while !connection.plain.isEmpty, !connection.isSessionBroken,
            connection.output.byteCount < Limits.tlsPieceBytes
        {
            encrypt(connection.plain.take(atMost: Limits.tlsPieceBytes), session, connection)
        }
    }

    private func encrypt(
        _ bytes: ArraySlice<UInt8>,
        _ session: TLSServerSession,
        _ connection: Connection
    ) {
        var isDone = false
        connection.output.append { output in
            isDone = encrypt(bytes, session, connection, into: &output)
        }
        precondition(isDone || connection.hasTakenLeave, "a response was lost")
    }

    /// Encrypts bytes; `false` when the session is broken, and the connection with it.
    private func encrypt(
        _ bytes: ArraySlice<UInt8>,
        _ session: TLSServerSession,
        _ connection: Connection,
        into output: inout [UInt8]
    ) -> Bool {
        do {
            try session.write(bytes)
        } catch {
            // Nothing can be said to the client any more: the connection ends when it is to send.
            connection.plain.removeAll()
            connection.hasTakenLeave = true
            connection.isSessionBroken = true
            return false
        }
        exchange.takeOutput(into: &output)
        return true
    }
}
