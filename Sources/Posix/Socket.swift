import CLinux
import Glibc

/// A TCP socket that never blocks.
package struct Socket: ~Copyable, Sendable {
    /// The descriptor to register with a poller.
    package let descriptor: Descriptor

    /// What an attempt to accept came to.
    package enum Acceptance: ~Copyable {
        /// A connection and the address of its peer.
        case accepted(Socket, SocketAddress)
        /// Nobody is waiting.
        case wouldBlock
    }

    private init(descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Takes over a socket that listens already; `nil` when the descriptor is none that does.
    static func adopt(listening raw: Int32) -> Socket? {
        var isListening: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let result = unsafe getsockopt(raw, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length)
        guard result == 0, isListening == 1 else { return nil }
        // The address of a peer is believed to be one of the internet protocol.
        var family: Int32 = 0
        length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(raw, SOL_SOCKET, SO_DOMAIN, &family, &length) == 0,
            family == AF_INET || family == AF_INET6
        else { return nil }
        let flags = limen_status_flags(raw)
        guard flags >= 0, limen_set_status_flags(raw, flags | O_NONBLOCK) == 0 else { return nil }
        guard limen_close_on_exec(raw) == 0 else { return nil }
        return Socket(descriptor: Descriptor(adopting: raw))
    }

    /// Listens; port 0 takes any free one.
    ///
    /// Without SO_REUSEPORT unless asked for: with it a second server of the same user would
    /// silently share the port instead of being told that it is taken.
    package static func listen(
        _ address: SocketAddress,
        backlog: Int,
        unsentBytesMax: Int? = nil,
        sharesPort: Bool = false
    ) throws(SystemError) -> Socket {
        let socket = try make(family: address.family)
        let raw = socket.descriptor.raw
        try set(raw, SOL_SOCKET, SO_REUSEADDR, 1)
        if sharesPort { try set(raw, SOL_SOCKET, SO_REUSEPORT, 1) }
        if let unsentBytesMax { try socket.limitUnsent(bytes: unsentBytesMax) }
        _ = try unsafe address.withKernelForm { unsafe bind(raw, $0, $1) }
        try SystemCall.run { Glibc.listen(raw, Int32(clamping: backlog)) }
        return socket
    }

    /// Limits what the kernel keeps of what the peer has not been sent yet; a socket that is
    /// accepted has the limit of the one that listens.
    package func limitUnsent(bytes: Int) throws(SystemError) {
        try Self.set(
            descriptor.raw,
            Int32(IPPROTO_TCP),
            TCP_NOTSENT_LOWAT,
            Int32(clamping: bytes)
        )
    }

    /// What the kernel keeps at most of what the peer has not been sent yet.
    package var unsentBytesMax: Int {
        get throws(SystemError) {
            var value: UInt32 = 0
            var length = socklen_t(MemoryLayout<UInt32>.size)
            try SystemCall.run {
                unsafe getsockopt(
                    descriptor.raw,
                    Int32(IPPROTO_TCP),
                    TCP_NOTSENT_LOWAT,
                    &value,
                    &length
                )
            }
            return Int(value)
        }
    }

    /// How many bytes were given to the kernel and are not acknowledged by the peer.
    package var unacknowledgedBytes: Int {
        get throws(SystemError) {
            var count: Int32 = 0
            try SystemCall.run { unsafe limen_unacknowledged_bytes(descriptor.raw, &count) }
            return max(0, Int(count))
        }
    }

    /// Begins to connect; the socket becomes writable when the attempt has ended.
    ///
    /// - Parameters:
    ///   - address: the peer.
    ///   - source: the address to come from, with port 0 for any; the kernel decides without.
    ///   - receivedBytesMax: what the kernel keeps at most of what was not read yet, for clients
    ///     that are slow on purpose; it decides on its own without.
    /// - Returns: the socket.
    /// - Throws: `SystemError` when the attempt cannot begin.
    package static func connect(
        _ address: SocketAddress,
        from source: SocketAddress? = nil,
        receivedBytesMax: Int? = nil
    ) throws(SystemError) -> Socket {
        let socket = try make(family: address.family)
        let raw = socket.descriptor.raw
        if let source { _ = try unsafe source.withKernelForm { unsafe bind(raw, $0, $1) } }
        if let bytes = receivedBytesMax {
            try set(raw, SOL_SOCKET, SO_RCVBUF, Int32(clamping: bytes))
        }
        try set(raw, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        do {
            _ = try unsafe address.withKernelForm { unsafe Glibc.connect(raw, $0, $1) }
        } catch {
            guard error.code == EINPROGRESS else { throw error }
        }
        return socket
    }

    /// Connects to the Unix socket of a path; a path longer than 107 bytes is refused.
    package static func connect(path: String) throws(SystemError) -> Socket {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw .invalidArgument
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            for (place, byte) in bytes.enumerated() { unsafe room[place] = byte }
        }
        let socket = try make(family: AF_UNIX)
        let raw = socket.descriptor.raw
        try SystemCall.run {
            unsafe withUnsafePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        return socket
    }

    /// Accepts a waiting connection.
    package func accept() throws(SystemError) -> Acceptance {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let accepted = try SystemCall.transfer {
            Int(
                unsafe withUnsafeMutablePointer(to: &storage) {
                    unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe accept4(descriptor.raw, $0, &length, limen_sock_nonblock_cloexec)
                    }
                }
            )
        }
        guard case .moved(let raw) = accepted else { return .wouldBlock }
        let socket = Socket(descriptor: Descriptor(adopting: Int32(raw)))
        try Self.set(socket.descriptor.raw, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        return .accepted(socket, SocketAddress.fromKernel(storage))
    }

    /// Receives into an array, over what it holds; it keeps its size.
    package func receive(into bytes: inout [UInt8]) throws(SystemError) -> SystemCall.Transfer {
        precondition(!bytes.isEmpty, "no room to receive into")
        let raw = descriptor.raw
        return try SystemCall.transfer {
            unsafe bytes.withUnsafeMutableBytes { unsafe recv(raw, $0.baseAddress, $0.count, 0) }
        }
    }

    /// Sends an array from an offset on, without SIGPIPE; `hasMore` joins this with the next.
    package func send(
        _ bytes: [UInt8],
        from offset: Int = 0,
        hasMore: Bool = false
    ) throws(SystemError) -> SystemCall.Transfer {
        precondition(offset < bytes.count, "nothing to send")
        let flags = Int32(MSG_NOSIGNAL) | (hasMore ? Int32(MSG_MORE) : 0)
        let raw = descriptor.raw
        return try SystemCall.transfer {
            unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(
                    raw,
                    $0.baseAddress?.advanced(by: offset),
                    $0.count - offset,
                    flags
                )
            }
        }
    }

    /// Says that we send no more; a peer that is gone already is no error.
    package func shutdownSending() {
        _ = shutdown(descriptor.raw, Int32(SHUT_WR))
    }

    /// Makes the close a reset, as an aborting peer does.
    package func resetOnClose() throws(SystemError) {
        var option = linger(l_onoff: 1, l_linger: 0)
        try SystemCall.run {
            unsafe setsockopt(
                descriptor.raw,
                SOL_SOCKET,
                SO_LINGER,
                &option,
                socklen_t(MemoryLayout<linger>.size)
            )
        }
    }

    /// The error that an attempt to connect ended with, if any.
    package func takeError() throws(SystemError) {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        try SystemCall.run {
            unsafe getsockopt(descriptor.raw, SOL_SOCKET, SO_ERROR, &code, &length)
        }
        guard code == 0 else { throw SystemError(code: code) }
    }

    /// The address this end is bound to.
    package func localAddress() throws(SystemError) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        try SystemCall.run {
            unsafe withUnsafeMutablePointer(to: &storage) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getsockname(descriptor.raw, $0, &length)
                }
            }
        }
        return SocketAddress.fromKernel(storage)
    }

    private static func make(family: Int32) throws(SystemError) -> Socket {
        let kind = limen_sock_stream | limen_sock_nonblock_cloexec
        let raw = try SystemCall.run { socket(family, kind, 0) }
        return Socket(descriptor: Descriptor(adopting: raw))
    }

    private static func set(
        _ raw: Int32,
        _ level: Int32,
        _ option: Int32,
        _ value: Int32
    ) throws(SystemError) {
        var value = value
        try SystemCall.run {
            unsafe setsockopt(raw, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }
}
