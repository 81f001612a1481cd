import Basics
import Posix
import Testing

@testable import HTTPServer

/// What a connection holds of what it sends.
@Suite("What waits to be sent")
struct OutputQueueTests {
    @Test("stays as large as what is not sent, though it never becomes empty")
    func neverEmpty() throws {
        let listener = try Socket.listen(SocketAddress(host: "127.0.0.1", port: 0), backlog: 1)
        let client = try Socket.connect(try listener.localAddress(), receivedBytesMax: 4_096)
        _ = try listener.descriptor.wait(forReading: true, timeoutMilliseconds: 20_000)
        guard case .accepted(let server, _) = try listener.accept() else {
            Issue.record("nobody has come")
            return
        }
        try server.limitUnsent(bytes: 1 << 17)
        var queue = OutputQueue()
        var sent: UInt8 = 0
        var expected: UInt8 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        func append(_ count: Int) {
            queue.append { output in
                for _ in 0..<count {
                    output.append(sent)
                    sent &+= 1
                }
            }
        }
        // More than the kernel takes, and then what the peer takes is added again each time.
        append(6 << 20)
        try queue.send(to: server)
        #expect(queue.byteCount > 0)
        var largest = 0
        var total = 0
        while total < 48 << 20 {
            _ = try client.descriptor.wait(forReading: true, timeoutMilliseconds: 20_000)
            guard case .moved(let count) = try client.receive(into: &buffer), count > 0 else {
                continue
            }
            let isInOrder = buffer[..<count].allSatisfy { byte in
                defer { expected &+= 1 }
                return byte == expected
            }
            try #require(isInOrder)
            total += count
            append(count)
            try queue.send(to: server)
            largest = max(largest, queue.tail.count)
            #expect(!queue.isEmpty)
        }
        // Twice what waits, and what is kept in any case.
        #expect(largest <= 2 * (6 << 20) + 2 * Limits.httpSentBytesKept)
    }

    @Test("is given out for encryption in pieces, in its order, and to the last byte")
    func pieces() {
        var queue = PlainQueue()
        let parts: [[UInt8]] = [
            [UInt8](repeating: 1, count: 10), [], [UInt8](repeating: 2, count: 4),
            [UInt8](repeating: 3, count: 1),
        ]
        for part in parts { queue.append(part) }
        #expect(queue.byteCount == 15)
        var taken: [ArraySlice<UInt8>] = []
        while !queue.isEmpty { taken.append(queue.take(atMost: 4)) }
        #expect(taken.map(\.count) == [4, 4, 2, 4, 1])
        #expect(taken.flatMap { $0 } == parts.flatMap { $0 })
        #expect(queue.take(atMost: 4) == [])
        queue.append([1, 2])
        queue.removeAll()
        #expect(queue.isEmpty)
    }

    @Test("gives memory back once when much was held and little is, and not before")
    func memory() {
        let much = Limits.httpMemoryReturnBytesMin
        let crowd = Limits.httpMemoryReturnConnectionCountMin
        let pause = Int64(Limits.httpMemoryReturnMilliseconds)
        var memory = MemoryReturn()
        #expect(memory.isDue(bytes: much - 1, connections: 1, at: 0) == false)
        #expect(memory.isDue(bytes: 0, connections: 1, at: 0) == false)
        #expect(memory.isDue(bytes: much, connections: 1, at: 0) == false)
        #expect(memory.isDue(bytes: 1, connections: 1, at: 0) == false)
        #expect(memory.isDue(bytes: 0, connections: 1, at: 0) == true)
        #expect(memory.isDue(bytes: 0, connections: 1, at: pause) == false)
        #expect(memory.isDue(bytes: 0, connections: crowd + 60, at: pause) == false)
        #expect(memory.isDue(bytes: 0, connections: crowd / 2, at: pause) == false)
        #expect(memory.isDue(bytes: 0, connections: 60, at: pause) == true)
        #expect(memory.isDue(bytes: 0, connections: 0, at: 2 * pause) == false)
        // What comes too soon is not forgotten.
        #expect(memory.isDue(bytes: much, connections: 0, at: 2 * pause - 2) == false)
        #expect(memory.isDue(bytes: 0, connections: 0, at: 2 * pause - 1) == false)
        #expect(memory.isDue(bytes: 0, connections: 0, at: 2 * pause) == true)
    }
}
