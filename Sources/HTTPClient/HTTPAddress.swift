package import Posix

/// Where an `http` or `https` URL points to.
package struct HTTPAddress: Equatable, Sendable {
    /// The address of the server.
    package let socket: SocketAddress
    /// What goes into `Host`.
    package let host: String
    /// The path.
    package let path: String
    /// The query without its question mark.
    package let query: String?
    /// Whether the URL is an `https` one.
    package let isSecured: Bool

    /// Reads a URL such as `http://127.0.0.1:8080/cds-services?x=1`.
    ///
    /// The client looks no names up: an address, or `localhost` for 127.0.0.1.
    package init(url: String) throws(HTTPClientError) {
        isSecured = url.hasPrefix("https://")
        let scheme = isSecured ? "https://" : "http://"
        guard url.hasPrefix(scheme) else { throw .addressMalformed }
        let rest = url.dropFirst(scheme.count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        host = String(rest[..<end])
        let target = rest[end...]
        let question = target.firstIndex(of: "?") ?? target.endIndex
        path = target[..<question].isEmpty ? "/" : String(target[..<question])
        query =
            question == target.endIndex
            ? nil
            : String(
                target.dropFirst(
                    target.distance(from: target.startIndex, to: question) + 1
                )
            )
        guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .addressMalformed }
        socket = try Self.socket(Substring(host), defaultPort: isSecured ? 443 : 80)
    }

    private static func socket(
        _ authority: Substring,
        defaultPort: Int
    ) throws(HTTPClientError) -> SocketAddress {
        var name = authority
        var port = defaultPort
        let bracket = authority.lastIndex(of: "]")
        if let colon = authority.lastIndex(of: ":"), bracket.map({ $0 < colon }) ?? true {
            name = authority[..<colon]
            guard let number = Int(authority[authority.index(after: colon)...]) else {
                throw .addressMalformed
            }
            guard number > 0, number <= 65_535 else { throw .addressMalformed }
            port = number
        }
        if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
        if name == "localhost" { name = "127.0.0.1" }
        let isAddress = name.utf8.allSatisfy { byte in
            byte == 0x2E || byte == 0x3A || byte >= 0x30 && byte <= 0x39
                || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66
        }
        guard isAddress, !name.isEmpty else { throw .addressMalformed }
        return SocketAddress(host: String(name), port: port)
    }
}
