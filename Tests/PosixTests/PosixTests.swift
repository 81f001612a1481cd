import Basics
import Posix
import Testing

struct SystemCallTests {
    @Test("an error is thrown with its number and a sentence")
    func errors() {
        #expect(throws: SystemError(code: 2)) { _ = try Descriptor.open(path: "/nowhere").raw }
        let absent = SystemError(code: 2)
        #expect(absent.isAbsent)
        #expect(absent.text == "No such file or directory")
        #expect(SystemError(code: 98).isAddressInUse)
        #expect(SystemError(code: 28).isDiskFull)
        #expect(SystemError(code: 13).isPermissionDenied)
        #expect(!absent.isPermissionDenied)
    }

    @Test("a closed descriptor is our own mistake and ends the process")
    func badDescriptor() async {
        await #expect(processExitsWith: .failure) {
            try Descriptor(adopting: 999_999).synchronize()
        }
    }

    @Test("the clocks go forward and the wall clock is in this century")
    func clocks() {
        let first = Clock.monotonicNanoseconds()
        let second = Clock.monotonicNanoseconds()
        #expect(second >= first)
        #expect(Clock.now() > Instant(microseconds: 1_700_000_000_000_000))
        #expect(Clock.now() < Instant(microseconds: 4_102_444_800_000_000))
        #expect(Clock.threadProcessorNanoseconds() > 0)
    }

    @Test("random bytes have the wanted number and do not repeat")
    func random() {
        #expect(RandomBytes.make(count: 0).isEmpty)
        #expect(RandomBytes.make(count: 300).count == 300)
        #expect(RandomBytes.make(count: 16) != RandomBytes.make(count: 16))
        #expect(Set((0..<100).map { _ in RandomBytes.number() }).count == 100)
    }

    @Test("the process knows what it uses")
    func usage() {
        let usage = ResourceUsage.now()
        #expect(usage.processorMicroseconds > 0)
        #expect(usage.residentBytesPeak > 1 << 20)
        let resident = ResourceUsage.residentBytes() ?? 0
        #expect(resident > 1 << 20)
        #expect(ResourceUsage.coreCount >= 1)
        #expect(ResourceUsage.residentBytes(process: 1_999_999_999) == nil)
        #expect(ResourceUsage.processorMicroseconds(process: 1_999_999_999) == nil)
        #expect(ResourceUsage.raiseDescriptorLimit() >= 256)
    }
}

struct FileTests {
    /// A path that nobody else uses.
    private var path: String { "/tmp/limen-posix-\(RandomBytes.number())" }

    @Test("a file is written whole, readable by its owner alone, and read back")
    func roundTrip() throws {
        let path = path
        defer { try? File.remove(path: path) }
        let bytes = RandomBytes.make(count: 200_000)
        try File.writeAtomically(path: path, bytes)
        #expect(try File.read(path: path, bytesMax: 200_000) == bytes)
        let mode = try ChildProcess.run("stat", ["-c", "%a", path])
        #expect(String(decoding: mode.output, as: UTF8.self) == "600\n")
        try File.writeAtomically(path: path, [1, 2])
        #expect(try File.read(path: path, bytesMax: 2) == [1, 2])
        let left = try ChildProcess.run("sh", ["-c", "ls \(path)*"])
        #expect(String(decoding: left.output, as: UTF8.self) == path + "\n")
    }

    @Test("a file is read up to the limit and not one byte more")
    func limit() throws {
        let path = path
        defer { try? File.remove(path: path) }
        try File.writeAtomically(path: path, [UInt8](repeating: 7, count: 100))
        #expect(try File.read(path: path, bytesMax: 101).count == 100)
        #expect(try File.read(path: path, bytesMax: 100).count == 100)
        #expect(throws: SystemError.tooLarge) { try File.read(path: path, bytesMax: 99) }
    }

    @Test("a write that fails leaves the old file and nothing else")
    func failure() throws {
        #expect(throws: SystemError(code: 2)) {
            try File.writeAtomically(path: "/nowhere/file", [1])
        }
        let path = path
        #expect(!File.exists(path: path))
        try File.remove(path: path)
    }
}

struct ChildProcessTests {
    @Test("a program's output, both streams of it, and exit code are captured")
    func captured() throws {
        let result = try ChildProcess.run("sh", ["-c", "echo out; echo err >&2; exit 3"])
        #expect(result.ending == .init(exitCode: 3, signal: 0))
        #expect(!result.ending.isSuccess)
        #expect(String(decoding: result.output, as: UTF8.self) == "out\nerr\n")
    }

    @Test("environment and folder are what was given")
    func surroundings() throws {
        let result = try ChildProcess.run(
            "/bin/sh",
            ["-c", "echo $LIMEN_A; pwd"],
            environment: ["LIMEN_A=1", "PATH=/bin"],
            folder: "/"
        )
        #expect(String(decoding: result.output, as: UTF8.self) == "1\n/\n")
    }

    @Test("output above the limit is dropped and the program still ends")
    func longOutput() throws {
        let result = try ChildProcess.run(
            "sh",
            ["-c", "head -c 1000000 /dev/zero"],
            bytesMax: 1_000
        )
        #expect(result.ending.isSuccess)
        #expect(result.output.count == 1_000)
    }

    @Test("a program that does not exist is an error and no process")
    func absent() {
        #expect(throws: SystemError(code: 2)) { _ = try ChildProcess.run("limen-nowhere", []) }
    }

    @Test("a running program can be ended, and says by which signal")
    func killed() throws {
        var child = try ChildProcess.spawn("sleep", ["1000"], output: .discarded)
        let before = try child.endingIfOver()
        #expect(before == nil)
        try child.send(.terminate)
        let ending = try child.wait()
        #expect(ending == .init(exitCode: -1, signal: 15))
    }

    @Test("a program that nobody waits for is ended with its value")
    func dropped() throws {
        let child = try ChildProcess.spawn("sleep", ["1000"], inOwnSession: true)
        let identifier = child.identifier
        #expect(ResourceUsage.residentBytes(process: identifier) != nil)
        _ = consume child
        #expect(ResourceUsage.residentBytes(process: identifier) == nil)
    }
}

struct PollerTests {
    @Test("an event comes with the slot and generation of its registration")
    func token() throws {
        let poller = try Poller.open(eventsPerTurnMax: 4)
        let wakeUp = try WakeUp.open()
        let token = Poller.Token(slot: 7, generation: .max)
        try poller.add(wakeUp.descriptor, token, .readable)
        var events: [Poller.Token] = []
        try poller.wait(timeoutMilliseconds: 0) { events.append($0.token) }
        #expect(events.isEmpty)
        wakeUp.signal()
        wakeUp.signal()
        try poller.wait(timeoutMilliseconds: 1_000) { events.append($0.token) }
        #expect(events == [token])
        wakeUp.clear()
        try poller.wait(timeoutMilliseconds: 0) { events.append($0.token) }
        #expect(events.count == 1)
        try poller.remove(wakeUp.descriptor)
        wakeUp.signal()
        try poller.wait(timeoutMilliseconds: 0) { events.append($0.token) }
        #expect(events.count == 1)
    }

    @Test("sockets connect, move bytes, tell would-block and the end")
    func sockets() throws {
        for host in ["127.0.0.1", "::1"] {
            let listener: Socket
            do {
                listener = try Socket.listen(SocketAddress(host: host, port: 0), backlog: 8)
            } catch {
                // A machine without IPv6 has no ::1.
                #expect(host == "::1")
                continue
            }
            let address = try listener.localAddress()
            #expect(address.host == host)
            let client = try Socket.connect(address)
            #expect(try listener.descriptor.wait(forReading: true, timeoutMilliseconds: 5_000))
            guard case .accepted(let server, let peer) = try listener.accept() else {
                Issue.record("nobody was accepted")
                return
            }
            #expect(peer.host == host)
            var buffer = [UInt8](repeating: 0, count: 8)
            #expect(try server.receive(into: &buffer) == .wouldBlock)
            #expect(try client.send([1, 2, 3], from: 1) == .moved(2))
            #expect(try server.descriptor.wait(forReading: true, timeoutMilliseconds: 5_000))
            #expect(try server.receive(into: &buffer) == .moved(2))
            #expect(buffer[..<2] == [2, 3])
            client.shutdownSending()
            #expect(try server.descriptor.wait(forReading: true, timeoutMilliseconds: 5_000))
            #expect(try server.receive(into: &buffer) == .moved(0))
        }
        #expect(throws: SystemError.invalidArgument) {
            _ = try Socket.connect(SocketAddress(host: "example", port: 1)).descriptor.raw
        }
        #expect(throws: SystemError.invalidArgument) {
            _ = try Socket.connect(SocketAddress(host: "127.0.0.1", port: 70_000)).descriptor.raw
        }
    }
}

struct SignalSourceTests {
    @Test("signals come as values, in their order")
    func signals() async throws {
        let result = try await collected()
        #expect(result == [.user1, .user2])
    }

    private func collected() async throws -> [Signal] {
        let stream = try SignalSource.stream(of: [.user1, .user2])
        let result = try ChildProcess.run("sh", ["-c", "kill -USR1 $PPID"])
        #expect(result.ending.isSuccess)
        var iterator = stream.makeAsyncIterator()
        var signals: [Signal] = []
        if let first = await iterator.next() { signals.append(first) }
        _ = try ChildProcess.run("sh", ["-c", "kill -USR2 $PPID"])
        if let second = await iterator.next() { signals.append(second) }
        return signals
    }
}
