import Basics
package import Crypto
package import HTTPMessages
package import Posix

/// One connection to a server that is used for request after request; its calls block.
///
///     var client = try HTTPClient.connect(address, host: "127.0.0.1:8080")
///     let response = try client.send(HTTPRequest(method: "GET", path: "/livez"))
package struct HTTPClient: ~Copyable {
    private let stream: ClientStream
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
        let stream: ClientStream
        do {
            stream = try ClientStream.connect(address, from: source)
        } catch {
            throw HTTPClientError(error)
        }
        try stream.establish(until: Clock.monotonicMilliseconds() + Int64(timeoutMilliseconds))
        return HTTPClient(
            stream: stream,
            host: host ?? "\(address.host):\(address.port)",
            timeoutMilliseconds: timeoutMilliseconds,
            responseBytesMax: responseBytesMax
        )
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
        stream: ClientStream,
        host: String,
        timeoutMilliseconds: Int,
        responseBytesMax: Int
    ) {
        self.stream = stream
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
        do {
            try stream.secure(.init(trust, expecting: .address(serverAddress)))
            try stream.establish(until: deadline())
        } catch {
            isOpen = false
            // Whatever became of the connection, nothing was said in clear.
            guard case .notSecured = error else { throw .notSecured(.truncated) }
            throw error
        }
    }

    /// Sends bytes as they are; for tests of what no client should send.
    package mutating func write(_ bytes: [UInt8]) throws(HTTPClientError) {
        try sending { stream, deadline throws(HTTPClientError) in
            var offset = 0
            while offset < bytes.count {
                switch try stream.send(bytes, from: offset) {
                case .moved(let count): offset += count
                case .wouldBlock: try stream.wait(forReading: false, until: deadline)
                }
            }
        }
    }

    /// Renews the keys of TLS and asks the server to renew its own; for tests.
    package mutating func updateKeys() throws(HTTPClientError) {
        try sending { stream, _ throws(HTTPClientError) in try stream.updateKeys() }
    }

    /// Sends bytes and, in the same flight, that no more will be sent.
    package mutating func writeLast(_ bytes: [UInt8]) throws(HTTPClientError) {
        if stream.isSecured {
            try sending { stream, _ throws(HTTPClientError) in try stream.sendLast(bytes) }
        } else {
            try write(bytes)
        }
        shutdownSending()
    }

    /// Sends something until the kernel has all of it.
    private mutating func sending(
        _ send: (ClientStream, _ deadline: Int64) throws(HTTPClientError) -> Void
    ) throws(HTTPClientError) {
        precondition(isOpen, "the connection is over")
        let deadline = deadline()
        do throws(HTTPClientError) {
            try send(stream, deadline)
            while !(try stream.flush()) { try stream.wait(forReading: false, until: deadline) }
        } catch .connectionLost {
            // The server may have answered before it stopped reading; `receive` will tell.
        } catch {
            isOpen = false
            throw error
        }
    }

    /// Says that no more will be sent.
    package func shutdownSending() { stream.socket.shutdownSending() }

    /// Makes the end of this connection a reset.
    package func resetOnClose() throws(HTTPClientError) {
        do {
            try stream.socket.resetOnClose()
        } catch {
            throw HTTPClientError(error)
        }
    }

    /// Waits for the next response.
    package mutating func receive(isHead: Bool = false) throws(HTTPClientError) -> HTTPResponse {
        let deadline = deadline()
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

    /// What came and was not taken yet.
    package var unread: [UInt8] { input }

    /// Waits until so many bytes came and takes them as they are; for tests.
    package mutating func receiveBytes(count: Int) throws(HTTPClientError) -> [UInt8] {
        let deadline = deadline()
        while input.count < count {
            guard try receiveSome(until: deadline) else { throw .connectionLost }
        }
        defer { input.removeFirst(count) }
        return Array(input[..<count])
    }

    /// Reads to the end of the connection and answers all bytes that came; for tests.
    package mutating func receiveAll() throws(HTTPClientError) -> [UInt8] {
        let deadline = deadline()
        while try receiveSome(until: deadline) {}
        isOpen = false
        return input
    }

    /// Receives what there is; `false` at the end of the connection.
    private mutating func receiveSome(until deadline: Int64) throws(HTTPClientError) -> Bool {
        do {
            while true {
                switch try stream.receive(into: &piece) {
                case .moved(0): return false
                case .moved(let count):
                    input.append(contentsOf: piece[..<count])
                    return true
                case .wouldBlock: try stream.wait(forReading: true, until: deadline)
                }
            }
        } catch {
            isOpen = false
            throw error
        }
    }

    /// When what is begun now must be over.
    private func deadline() -> Int64 {
        Clock.monotonicMilliseconds() + Int64(timeoutMilliseconds)
    }
}
