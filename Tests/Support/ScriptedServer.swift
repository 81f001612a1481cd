import Foundation
import Posix

import Synchronization

/// A server of the test's own that does on every connection what a script says: well or badly.
///
///     let server = try ScriptedServer.start { peer in
///         while let request = peer.readRequest() { peer.write("HTTP/1.1 200 OK\r\n...") }
///     }
///     defer { server.stop() }
///
/// Each connection has a thread of its own, so a script may wait; it ends when the script returns.
package final class ScriptedServer: Sendable {
    /// What a script does with one connection.
    package typealias Script = @Sendable (ScriptedPeer) -> Void

    /// The port on 127.0.0.1.
    package let port: Int
    private let listener: Listener
    private let script: Script
    private let identity: TLSIdentity?
    private let state = Mutex((accepted: 0, heads: [String](), isStopped: false))

    private final class Listener: Sendable {
        let socket: Socket
        init(_ socket: consuming Socket) { self.socket = socket }
    }

    private init(listener: Listener, port: Int, identity: TLSIdentity?, script: @escaping Script) {
        self.listener = listener
        self.port = port
        self.identity = identity
        self.script = script
    }

    /// Listens on a free port of 127.0.0.1; with an identity, behind TLS.
    ///
    /// - Throws: `SystemError` when there is no port or thread.
    package static func start(
        identity: TLSIdentity? = nil,
        _ script: @escaping Script
    ) throws -> ScriptedServer {
        // OpenSSL writes to a socket whose peer is gone as to any descriptor.
        signal(SIGPIPE, SIG_IGN)
        let address = SocketAddress(host: "127.0.0.1", port: 0)
        let listener = Listener(try Socket.listen(address, backlog: 64))
        let server = ScriptedServer(
            listener: listener,
            port: try listener.socket.localAddress().port,
            identity: identity,
            script: script
        )
        try WorkerThread.start(name: "scripted") { server.acceptAll() }
        return server
    }

    /// How many connections were accepted.
    package var acceptedCount: Int { state.withLock { $0.accepted } }

    /// The heads of all requests that were read.
    package var heads: [String] { state.withLock { $0.heads } }

    /// Accepts no more; scripts find their connection ended.
    package func stop() { state.withLock { $0.isStopped = true } }

    /// Whether the server was stopped.
    package var isStopped: Bool { state.withLock { $0.isStopped } }

    func note(head: String) { state.withLock { $0.heads.append(head) } }

    private func acceptAll() {
        while !isStopped {
            let isReady = try? listener.socket.descriptor.wait(
                forReading: true,
                timeoutMilliseconds: 50
            )
            guard isReady ?? false, let acceptance = try? listener.socket.accept() else { continue }
            switch consume acceptance {
            case .wouldBlock: continue
            case .accepted(let socket, _):
                state.withLock { $0.accepted += 1 }
                let peer = ScriptedPeer(socket, server: self)
                let identity = identity
                let script = script
                try? WorkerThread.start(name: "scripted-peer") {
                    if let identity, !peer.secure(identity) { return }
                    script(peer)
                    peer.finish()
                }
            }
        }
    }
}
