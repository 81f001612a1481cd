import HTTPMessages

/// Where to listen: `HOST:PORT`, `[IPV6]:PORT` or `:PORT`.
struct ListenAddress: Equatable {
    /// The host, such as `127.0.0.1`.
    let host: String
    /// The port; 0 takes any free one.
    let port: Int

    /// Reads the text form.
    ///
    /// - Throws: `CommandError` with exit code 2.
    init(_ text: String) throws(CommandError) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else {
            throw CommandError(.usage, "--listen takes HOST:PORT, such as 127.0.0.1:8080")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.host = host.isEmpty ? "0.0.0.0" : host
        self.port = port
    }

    /// Whether it stands for every address of the machine, and so for none that clients call.
    var isWildcard: Bool { IPAddress(host)?.bits == 0 }

    /// The authority for a URL.
    static func authority(host: String, port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
