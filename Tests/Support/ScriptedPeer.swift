import COpenSSL
import Posix

/// One connection of a `ScriptedServer`.
///
/// `@unchecked Sendable`: one thread makes it and hands it to the thread of its script, which
/// alone uses it from then on.
@safe
package final class ScriptedPeer: @unchecked Sendable {
    private let socket: Socket
    private let server: ScriptedServer
    private var input: [UInt8] = []
    private var session: OpaquePointer?
    /// Whether the connection is over.
    package private(set) var isOver = false

    init(_ socket: consuming Socket, server: ScriptedServer) {
        self.socket = socket
        self.server = server
    }

    deinit {
        unsafe SSL_free(session)
    }

    /// A request as it came.
    package struct Request: Sendable {
        /// The request line and the fields.
        package let head: String
        /// The body.
        package let body: [UInt8]
        /// The target of the request line.
        package var target: String {
            head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        }
    }

    /// Reads one request; `nil` when the connection is over.
    package func readRequest() -> Request? {
        while !isOver {
            if let end = input.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: input[..<end.lowerBound], as: UTF8.self)
                let lengthLine = head.lowercased().split(separator: "\r\n").first {
                    $0.hasPrefix("content-length:")
                }
                let length =
                    lengthLine.flatMap { Int($0.dropFirst(15).filter { $0 != " " }) } ?? 0
                guard input.count < end.upperBound + length else {
                    let body = Array(input[end.upperBound..<end.upperBound + length])
                    input.removeFirst(end.upperBound + length)
                    server.note(head: head)
                    return Request(head: head, body: body)
                }
            }
            receive(waitingMilliseconds: 50)
        }
        return nil
    }

    /// Writes a text as it is.
    package func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes bytes as they are; what the peer does not take any more is lost.
    package func write(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count, !isOver, !server.isStopped {
            if let session = unsafe session {
                let count = unsafe bytes.withUnsafeBytes {
                    unsafe SSL_write(
                        session,
                        $0.baseAddress?.advanced(by: offset),
                        Int32(clamping: $0.count - offset)
                    )
                }
                if count > 0 { offset += Int(count) } else { unsafe settle(session, count) }
            } else if let transfer = try? socket.send(bytes, from: offset) {
                switch transfer {
                case .moved(let count): offset += count
                case .wouldBlock: waitToWrite()
                }
            } else {
                isOver = true
            }
        }
    }

    /// Answers with a status and a body of that length.
    package func respond(
        _ status: Int,
        _ body: String,
        fields: String = "Content-Type: application/fhir+json\r\n"
    ) {
        write(
            "HTTP/1.1 \(status) X\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
    }

    /// Does nothing until the peer or the server ends, or a number of milliseconds has passed.
    package func idle(milliseconds: Int = 60_000) {
        let end = Clock.monotonicMilliseconds() + Int64(milliseconds)
        while !isOver, Clock.monotonicMilliseconds() < end {
            receive(waitingMilliseconds: Int(min(50, end - Clock.monotonicMilliseconds())))
        }
    }

    /// Writes bytes one by one, so many milliseconds apart.
    package func drip(_ text: String, everyMilliseconds: Int) {
        for byte in text.utf8 where !isOver {
            write([byte])
            idle(milliseconds: everyMilliseconds)
        }
    }

    /// Ends the connection with a reset.
    package func abort() {
        try? socket.resetOnClose()
        isOver = true
    }

    /// Ends the connection without the word that TLS has for it.
    package func cutOff() {
        socket.shutdownSending()
        isOver = true
    }

    func finish() {
        if let session = unsafe session, !isOver { _ = unsafe SSL_shutdown(session) }
        socket.shutdownSending()
    }

    /// Does the server's part of a handshake.
    func secure(_ identity: TLSIdentity) -> Bool {
        guard let session = unsafe identity.makeSession(socket.descriptor.raw) else { return false }
        unsafe self.session = session
        while !isOver, !server.isStopped {
            let result = unsafe SSL_accept(session)
            if result == 1 { return true }
            unsafe settle(session, result)
        }
        return false
    }

    private func settle(_ session: OpaquePointer, _ result: Int32) {
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ:
            _ = try? socket.descriptor.wait(forReading: true, timeoutMilliseconds: 50)
        case SSL_ERROR_WANT_WRITE: waitToWrite()
        default: isOver = true
        }
        ERR_clear_error()
        if server.isStopped { isOver = true }
    }

    private func waitToWrite() {
        _ = try? socket.descriptor.wait(forReading: false, timeoutMilliseconds: 50)
    }

    private func receive(waitingMilliseconds: Int) {
        if server.isStopped { isOver = true }
        guard !isOver else { return }
        var piece = [UInt8](repeating: 0, count: 16_384)
        if let session = unsafe session {
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe SSL_read(session, $0.baseAddress, Int32($0.count))
            }
            if count > 0 { input += piece[..<Int(count)] } else { unsafe settle(session, count) }
            return
        }
        let isReady = try? socket.descriptor.wait(
            forReading: true,
            timeoutMilliseconds: waitingMilliseconds
        )
        guard isReady ?? false else { return }
        guard let transfer = try? socket.receive(into: &piece) else {
            isOver = true
            return
        }
        switch transfer {
        case .moved(0): isOver = true
        case .moved(let count): input += piece[..<count]
        case .wouldBlock: break
        }
    }
}
