import Basics
package import Crypto
package import HTTPMessages
package import Posix

/// One connection to a server that is used for request after request; its calls block.
///
///     var client = try HTTPClient.connect(address, host: "127.0.0.1:8080")
///     let response = try client.send(HTTPRequest(method: "GET", path: "/livez"))
package struct HTTPClient: ~Copyable {
    private let socket: Socket
    private var session: TLSSession?
    private let host: String
    private let timeoutMilliseconds: Int
    private var parser: ResponseParser
    private var input: [UInt8] = []
    private var piece = [UInt8](repeating: 0, count: 16_384)
    /// Whether another request can be sent.
    package private(set) var isOpen = true

    /// Connects.
    package static func connect(
        _ address: SocketAddress,
        from source: SocketAddress? = nil,
        host: String? = nil,
        timeoutMilliseconds: Int = 30_000,
        responseBytesMax: Int = Limits.httpClientResponseBytesMax
    ) throws(HTTPClientError) -> HTTPClient {
        do throws(SystemError) {
            let socket = try Socket.connect(address, from: source)
            guard
                try socket.descriptor.wait(
                    forReading: false,
                    timeoutMilliseconds: timeoutMilliseconds
                )
            else { throw SystemError.timedOut }
            try socket.takeError()
            return HTTPClient(
                socket: socket,
                host: host ?? "\(address.host):\(address.port)",
                timeoutMilliseconds: timeoutMilliseconds,
                responseBytesMax: responseBytesMax
            )
        } catch {
            throw HTTPClientError(error)
        }
    }

    /// Sends one request to a URL on a connection of its own.
    package static func send(
        url: String,
        method: String,
        fields: HTTPFields = HTTPFields(),
        body: [UInt8] = [],
        trust: TLSTrust? = nil,
        timeoutMilliseconds: Int = 30_000
    ) throws(HTTPClientError) -> HTTPResponse {
        let address = try HTTPAddress(url: url)
        // An `https` URL is never asked in clear.
        guard !address.isSecured || trust != nil else { throw .notSecured(.noTrust) }
        var client = try connect(
            address.socket,
            host: address.host,
            timeoutMilliseconds: timeoutMilliseconds
        )
        if address.isSecured, let trust { try client.secure(trust, address.socket.host) }
        let request = HTTPRequest(
            method: method,
            path: address.path,
            query: address.query,
            fields: fields,
            body: body
        )
        return try client.send(request)
    }

    private init(
        socket: consuming Socket,
        host: String,
        timeoutMilliseconds: Int,
        responseBytesMax: Int
    ) {
        self.socket = socket
        self.host = host
        self.timeoutMilliseconds = timeoutMilliseconds
        parser = ResponseParser(bodyBytesMax: responseBytesMax)
    }

    /// Sends a request and waits for its response.
    package mutating func send(_ request: HTTPRequest) throws(HTTPClientError) -> HTTPResponse {
        try write(RequestSerializer.bytes(request, host: host))
        return try receive(isHead: request.method == "HEAD")
    }

    /// Secures the connection before the first request.
    package mutating func secure(
        _ trust: TLSTrust,
        _ serverAddress: String
    ) throws(HTTPClientError) {
        let deadline = Clock.monotonicMilliseconds() + Int64(timeoutMilliseconds)
        do throws(TLSError) {
            let session = try TLSSession(trust, expecting: .address(serverAddress))
            self.session = session
            while true {
                let isOver: Bool
                do throws(TLSError) {
                    isOver = try session.handshake()
                } catch {
                    try? writePlain(session.takeOutput())
                    throw error
                }
                do throws(HTTPClientError) {
                    try writePlain(session.takeOutput())
                    if isOver { return }
                    guard try receiveCipher(session, until: deadline) else {
                        throw HTTPClientError.connectionLost
                    }
                } catch {
                    throw TLSError.truncated
                }
            }
        } catch {
            isOpen = false
            throw .notSecured(error)
        }
    }

    /// Sends bytes as they are; for tests of what no client should send.
    package mutating func write(_ bytes: [UInt8]) throws(HTTPClientError) {
        guard let session else { return try writePlain(bytes) }
        do {
            try session.write(bytes)
        } catch {
            throw .notSecured(error)
        }
        try writePlain(session.takeOutput())
    }

    /// Renews the keys of TLS and asks the server to renew its own; for tests.
    package mutating func updateKeys() throws(HTTPClientError) {
        guard let session, session.updateKeys() else { throw .notSecured(.protocolFailure) }
        try writePlain(session.takeOutput())
    }

    /// Sends bytes and, in the same flight, that no more will be sent; for tests.
    package mutating func writeLast(_ bytes: [UInt8]) throws(HTTPClientError) {
        if let session {
            do {
                try session.write(bytes)
            } catch {
                throw .notSecured(error)
            }
            session.close()
            try writePlain(session.takeOutput())
        } else {
            try writePlain(bytes)
        }
        shutdownSending()
    }

    private mutating func writePlain(_ bytes: [UInt8]) throws(HTTPClientError) {
        precondition(isOpen, "the connection is over")
        let deadline = Clock.monotonicMilliseconds() + Int64(timeoutMilliseconds)
        var offset = 0
        do {
            while offset < bytes.count {
                let transfer = try socket.send(bytes, from: offset)
                switch transfer {
                case .moved(let count): offset += count
                case .wouldBlock: try wait(forReading: false, until: deadline)
                }
            }
        } catch {
            // The server may have answered before it stopped reading; `receive` will tell.
            guard error == .brokenPipe || error == .connectionReset else {
                isOpen = false
                throw HTTPClientError(error)
            }
        }
    }

    /// Says that no more will be sent.
    package func shutdownSending() { socket.shutdownSending() }

    /// Makes the end of this connection a reset.
    package func resetOnClose() throws(HTTPClientError) {
        do {
            try socket.resetOnClose()
        } catch {
            throw HTTPClientError(error)
        }
    }

    /// Waits for the next response.
    package mutating func receive(isHead: Bool = false) throws(HTTPClientError) -> HTTPResponse {
        let deadline = Clock.monotonicMilliseconds() + Int64(timeoutMilliseconds)
        if isHead { parser.expectHead() }
        while true {
            let (consumed, outcome) = parser.consume(input, 0..<input.count)
            input.removeFirst(consumed)
            switch outcome {
            case .complete:
                let response = parser.take()
                isOpen = !response.closesConnection
                return response
            case .failed:
                isOpen = false
                throw .responseMalformed
            case .needsMore: break
            }
            guard try receiveSome(until: deadline) else {
                isOpen = false
                guard parser.endOfInput() == .complete else { throw .connectionLost }
                return parser.take()
            }
        }
    }

    /// Waits until so many bytes came and takes them as they are; for tests.
    package mutating func receiveBytes(count: Int) throws(HTTPClientError) -> [UInt8] {
        let deadline = Clock.monotonicMilliseconds() + Int64(timeoutMilliseconds)
        while input.count < count {
            guard try receiveSome(until: deadline) else { throw .connectionLost }
        }
        defer { input.removeFirst(count) }
        return Array(input[..<count])
    }

    /// Reads to the end of the connection and answers all bytes that came; for tests.
    package mutating func receiveAll() throws(HTTPClientError) -> [UInt8] {
        let deadline = Clock.monotonicMilliseconds() + Int64(timeoutMilliseconds)
        while try receiveSome(until: deadline) {}
        isOpen = false
        return input
    }

    /// Receives what there is; `false` at the end of the connection.
    private mutating func receiveSome(until deadline: Int64) throws(HTTPClientError) -> Bool {
        guard let session else { return try receivePlain(until: deadline) }
        var decrypted = [UInt8](repeating: 0, count: piece.count)
        while true {
            let reading: TLSSession.Reading
            do {
                reading = try session.read(into: &decrypted)
            } catch {
                throw .notSecured(error)
            }
            switch reading {
            case .bytes(let count):
                input.append(contentsOf: decrypted[..<count])
                return true
            case .closed: return false
            case .needsInput:
                guard try receiveCipher(session, until: deadline) else {
                    throw .notSecured(.truncated)
                }
            }
        }
    }

    /// Receives bytes for a session; `false` at the end of the connection.
    private mutating func receiveCipher(
        _ session: TLSSession,
        until deadline: Int64
    ) throws(HTTPClientError) -> Bool {
        // What waits in clear stays apart from what is still encrypted.
        var waiting: [UInt8] = []
        swap(&waiting, &input)
        defer { input = waiting }
        guard try receivePlain(until: deadline) else { return false }
        session.received(input[...])
        return true
    }

    private mutating func receivePlain(until deadline: Int64) throws(HTTPClientError) -> Bool {
        do {
            while true {
                let transfer = try socket.receive(into: &piece)
                switch transfer {
                case .moved(0): return false
                case .moved(let count):
                    input.append(contentsOf: piece[..<count])
                    return true
                case .wouldBlock: try wait(forReading: true, until: deadline)
                }
            }
        } catch {
            isOpen = false
            throw HTTPClientError(error)
        }
    }

    private func wait(forReading: Bool, until deadline: Int64) throws(SystemError) {
        let left = deadline - Clock.monotonicMilliseconds()
        guard left > 0 else { throw .timedOut }
        let isReady = try socket.descriptor.wait(
            forReading: forReading,
            timeoutMilliseconds: Int(left)
        )
        guard isReady else { throw .timedOut }
    }
}
