import Basics
package import HTTPMessages
package import Posix

/// One connection to a server that is used for request after request; its calls block.
///
///     var client = try HTTPClient.connect(address, host: "127.0.0.1:8080")
///     let response = try client.send(HTTPRequest(method: "GET", path: "/livez"))
package struct HTTPClient: ~Copyable {
    private let socket: Socket
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
        host: String? = nil,
        timeoutMilliseconds: Int = 30_000,
        responseBytesMax: Int = Limits.httpClientResponseBytesMax
    ) throws(HTTPClientError) -> HTTPClient {
        do throws(SystemError) {
            let socket = try Socket.connect(address)
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
        timeoutMilliseconds: Int = 30_000
    ) throws(HTTPClientError) -> HTTPResponse {
        let address = try HTTPAddress(url: url)
        var client = try connect(
            address.socket,
            host: address.host,
            timeoutMilliseconds: timeoutMilliseconds
        )
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

    /// Sends bytes as they are; for tests of what no client should send.
    package mutating func write(_ bytes: [UInt8]) throws(HTTPClientError) {
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
