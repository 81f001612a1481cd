import CLinux
import Glibc

/// The addresses of a name, as the resolver of the machine gives them.
package enum HostLookUp {
    /// Looks a name up; the call blocks, so it belongs on a thread of its own.
    ///
    /// - Returns: the addresses as text in the order of the resolver, each once; none when the
    ///   name has none or the resolver cannot be reached.
    package static func addresses(of name: String) -> [String] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = limen_sock_stream
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [String] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let text = unsafe text(entry.pointee), !addresses.contains(text) {
                addresses.append(text)
            }
            unsafe next = entry.pointee.ai_next
        }
        return addresses
    }

    private static func text(_ entry: addrinfo) -> String? {
        guard let address = unsafe entry.ai_addr else { return nil }
        var storage = sockaddr_storage()
        let size = unsafe Int(entry.ai_addrlen)
        guard size <= MemoryLayout<sockaddr_storage>.size else { return nil }
        unsafe withUnsafeMutableBytes(of: &storage) { target in
            unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: address, count: size))
        }
        guard unsafe entry.ai_family == AF_INET || entry.ai_family == AF_INET6 else { return nil }
        return SocketAddress.fromKernel(storage).host
    }
}
