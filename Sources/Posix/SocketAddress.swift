import CLinux
import Glibc

/// An address and port of IPv4 or IPv6.
package struct SocketAddress: Hashable, Sendable {
    /// The address in text form, such as `127.0.0.1` or `::1`.
    package let host: String
    /// The port.
    package let port: Int

    /// Makes an address; whether the text is one shows when it is used.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Whether this is an IPv6 address.
    var isSix: Bool { host.utf8.contains(UInt8(ascii: ":")) }

    /// The address family.
    var family: Int32 { isSix ? AF_INET6 : AF_INET }

    /// Calls `body` with the kernel's form of the address.
    func withKernelForm(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemError) -> Int32 {
        guard port >= 0, port <= 65_535 else { throw .invalidArgument }
        if isSix {
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = in_port_t(port).bigEndian
            let parsed = unsafe inet_pton(AF_INET6, host, &six.sin6_addr)
            guard parsed == 1 else { throw .invalidArgument }
            return try SystemCall.run {
                unsafe withUnsafePointer(to: &six) {
                    unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                    }
                }
            }
        }
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = in_port_t(port).bigEndian
        let parsed = unsafe inet_pton(AF_INET, host, &four.sin_addr)
        guard parsed == 1 else { throw .invalidArgument }
        return try SystemCall.run {
            unsafe withUnsafePointer(to: &four) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    /// Reads the kernel's form that a call such as `accept4` fills in.
    static func fromKernel(_ storage: sockaddr_storage) -> SocketAddress {
        var storage = storage
        return unsafe withUnsafePointer(to: &storage) { pointer in
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            let raw = unsafe UnsafeRawPointer(pointer)
            if Int32(unsafe pointer.pointee.ss_family) == AF_INET6 {
                var six = unsafe raw.load(as: sockaddr_in6.self)
                _ = unsafe inet_ntop(AF_INET6, &six.sin6_addr, &text, socklen_t(text.count))
                // A listener of both kinds shows an IPv4 peer as an IPv6 address (RFC 4291, section
                // 2.5.5.2); rules for its address must find it.
                let host = Self.text(text)
                let mapped = "::ffff:"
                let isFour = host.hasPrefix(mapped) && host.utf8.contains(UInt8(ascii: "."))
                return SocketAddress(
                    host: isFour ? String(host.dropFirst(mapped.count)) : host,
                    port: Int(in_port_t(bigEndian: six.sin6_port))
                )
            }
            var four = unsafe raw.load(as: sockaddr_in.self)
            _ = unsafe inet_ntop(AF_INET, &four.sin_addr, &text, socklen_t(text.count))
            return SocketAddress(
                host: Self.text(text),
                port: Int(in_port_t(bigEndian: four.sin_port))
            )
        }
    }

    private static func text(_ characters: [CChar]) -> String {
        String(
            decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }
}
