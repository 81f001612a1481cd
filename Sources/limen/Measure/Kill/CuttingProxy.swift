import Posix
import Synchronization

/// Stands between a gateway and its PostgreSQL, and cuts a connection after so many bytes of the
/// server's answers: what was under way has happened or not, and its COMMIT may be confirmed to
/// nobody.
///
/// Only the writer's connections are cut; the name of the login stands in their first message
/// (PostgreSQL manual, protocol message formats, StartupMessage).
final class CuttingProxy: Sendable {
    private struct State {
        /// How many more bytes of answers pass; `nil` for all.
        var rest: Int?
        var cutCount = 0
        var isEnding = false
    }

    /// Where it listens on 127.0.0.1.
    let port: Int
    private let server: String
    private let state = Mutex(State())
    private let listener: Socket
    private let thread = Mutex<JoinableThread?>(nil)

    private static let login = Array("limen_writer".utf8)
    private static let sliceMilliseconds = 20

    /// Listens for connections to the server whose socket has this path.
    init(server: String) throws(CommandError) {
        self.server = server
        do throws(SystemError) {
            listener = try Socket.listen(SocketAddress(host: "127.0.0.1", port: 0), backlog: 64)
            port = try listener.localAddress().port
        } catch {
            throw CommandError(.unavailable, "the proxy of the drill cannot listen: \(error.text)")
        }
        let running = JoinableThread { [self] in accept() }
        thread.withLock { $0 = running }
    }

    /// Cuts the writer's connection after so many further bytes of answers.
    func cut(after byteCount: Int) {
        state.withLock { $0.rest = byteCount }
    }

    /// How many connections were cut.
    var cutCount: Int { state.withLock { $0.cutCount } }

    /// Takes no more connections and ends those that are there.
    func end() {
        state.withLock { $0.isEnding = true }
        thread.withLock { $0.take() }?.join()
    }

    private var isEnding: Bool { state.withLock { $0.isEnding } }

    private func accept() {
        while !isEnding {
            guard
                Readiness.wait(
                    for: .reading,
                    of: listener.descriptor.raw,
                    timeoutMilliseconds: Self.sliceMilliseconds
                ), let accepted = try? listener.accept()
            else { continue }
            switch consume accepted {
            case .wouldBlock: continue
            case .accepted(let client, _):
                guard let upstream = try? Socket.connect(path: server) else { continue }
                let pair = Mutex<Pair?>(Pair(client: client, server: upstream))
                // Without a thread the connection ends here, which a drill may do.
                try? WorkerThread.start(name: "proxy") { [self] in
                    guard var taken = pair.withLock({ $0.take() }) else { return }
                    carry(&taken)
                }
            }
        }
    }

    /// The two ends of a connection.
    private struct Pair: ~Copyable {
        let client: Socket
        let server: Socket
        var isWriter = false
        var hasBegun = false
    }

    /// Carries bytes both ways until one end is gone or the connection is cut.
    private func carry(_ pair: inout Pair) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !isEnding {
            let ready = Readiness.waitForReading(
                pair.client.descriptor.raw,
                pair.server.descriptor.raw,
                timeoutMilliseconds: Self.sliceMilliseconds
            )
            if ready.first {
                guard let count = try? Self.receive(pair.client, &buffer) else { return }
                let bytes = Array(buffer[..<count])
                if !pair.hasBegun, count > 8 {
                    pair.hasBegun = true
                    pair.isWriter = bytes.indices.contains { place in
                        bytes[place...].starts(with: Self.login)
                    }
                }
                guard Self.send(bytes, to: pair.server) else { return }
            }
            if ready.second {
                guard let count = try? Self.receive(pair.server, &buffer) else { return }
                let (passed, isCut) = pair.isWriter ? pass(count) : (count, false)
                guard Self.send(Array(buffer[..<passed]), to: pair.client), !isCut else { return }
            }
        }
    }

    /// How many of so many bytes of answers pass, and whether the connection is cut behind them.
    private func pass(_ count: Int) -> (passed: Int, isCut: Bool) {
        state.withLock { state in
            guard let rest = state.rest else { return (count, false) }
            if count < rest {
                state.rest = rest - count
                return (count, false)
            }
            state.rest = nil
            state.cutCount += 1
            return (rest, true)
        }
    }

    /// Takes in what is there; throws at the end.
    private static func receive(
        _ socket: borrowing Socket,
        _ buffer: inout [UInt8]
    ) throws(SystemError) -> Int {
        switch try socket.receive(into: &buffer) {
        case .wouldBlock: return 0
        case .moved(0): throw .connectionReset
        case .moved(let count): return count
        }
    }

    private static func send(_ bytes: [UInt8], to socket: borrowing Socket) -> Bool {
        var sent = 0
        while sent < bytes.count {
            switch try? socket.send(bytes, from: sent) {
            case .some(.moved(let count)): sent += count
            case .some(.wouldBlock):
                _ = Readiness.wait(
                    for: .writing,
                    of: socket.descriptor.raw,
                    timeoutMilliseconds: sliceMilliseconds
                )
            case .none: return false
            }
        }
        return true
    }
}
