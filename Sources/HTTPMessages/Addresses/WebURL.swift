/// An absolute `https` or `http` URL that two parsers cannot read in two ways.
///
///     https://fhir.example.org:8443/r4/Observation?patient=1
///
/// RFC 3986, read as narrowly as possible: whatever programs are known to disagree about is
/// refused and not repaired: user information, fragments, blanks and controls, backslashes,
/// letters outside ASCII, empty and dot segments (also encoded ones), numbers that some resolvers
/// take for IPv4, names with a dot at the end. Scheme and host are put in lower case.
package struct WebURL: Hashable, Sendable {
    /// The schemes.
    package enum Scheme: String, Sendable {
        case https
        case http

        /// The port when none is named.
        package var defaultPort: Int {
            switch self {
            case .https: 443
            case .http: 80
            }
        }
    }

    /// Who is called.
    package enum Host: Hashable, Sendable {
        /// A DNS name in lower case.
        case name(String)
        /// An address.
        case address(IPAddress)
    }

    /// Scheme, host and port (RFC 6454).
    package struct Origin: Hashable, Sendable {
        /// The scheme.
        package let scheme: Scheme
        /// The host.
        package let host: Host
        /// The port.
        package let port: Int

        /// What goes into `Host`: the port only when it is not the scheme's own.
        package var authority: String {
            let name: String
            switch host {
            case .name(let text): name = text
            case .address(let address): name = address.isSix ? "[\(address.text)]" : address.text
            }
            return port == scheme.defaultPort ? name : "\(name):\(port)"
        }

        /// The origin as text.
        package var text: String { "\(scheme.rawValue)://\(authority)" }
    }

    /// Why a text is refused.
    package enum Fault: Error, Sendable, CaseIterable {
        case length
        case character
        case scheme
        case userInformation
        case host
        case port
        case path
        case fragment
    }

    /// Scheme, host and port.
    package let origin: Origin
    /// The path, which begins with `/`.
    package let path: String
    /// The query without its question mark.
    package let query: String?

    /// The longest URL that is read: what proxies allow as a target, and a host before it.
    package static let bytesMax = 8_192

    /// Reads a text.
    package init(parsing text: String) throws(Fault) {
        guard !text.isEmpty, text.utf8.count <= Self.bytesMax else { throw .length }
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy(Self.mayStand) else { throw .character }
        guard !bytes.contains(UInt8(ascii: "#")) else { throw .fragment }
        let (scheme, start) = try Self.scheme(bytes)
        let end =
            bytes[start...].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            ?? bytes.endIndex
        let (host, port) = try Self.authority(bytes[start..<end], scheme)
        origin = Origin(scheme: scheme, host: host, port: port)
        let question = bytes[end...].firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        let path = bytes[end..<question]
        try Self.checkPath(path)
        self.path = path.isEmpty ? "/" : String(decoding: path, as: UTF8.self)
        guard question < bytes.endIndex else {
            query = nil
            return
        }
        let query = bytes[(question + 1)...]
        try Self.checkEscapes(query)
        self.query = String(decoding: query, as: UTF8.self)
    }

    /// The URL as text.
    package var text: String { origin.text + target }

    /// Path and query, as a request line has them.
    package var target: String { query.map { path + "?" + $0 } ?? path }

    /// Whether a path has no empty and no dot segments and no escapes that could hide some.
    package static func isPlain(path: String) -> Bool {
        do throws(Fault) {
            try checkPath(Array(path.utf8)[...])
            return path.utf8.allSatisfy { mayStand($0) && $0 != UInt8(ascii: "#") }
                && !path.utf8.contains(UInt8(ascii: "?"))
        } catch {
            return false
        }
    }

    /// The characters of RFC 3986, without those that only a lenient reader lets pass.
    private static func mayStand(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~:/?#[]@!$&'()*+,;=%|".utf8.contains(byte)
        }
    }

    private static func scheme(_ bytes: [UInt8]) throws(Fault) -> (Scheme, Int) {
        for scheme in [Scheme.https, .http] {
            let prefix = Array((scheme.rawValue + "://").utf8)
            guard bytes.count > prefix.count else { continue }
            if zip(bytes, prefix).allSatisfy({ HTTPGrammar.lower($0) == $1 }) {
                return (scheme, prefix.count)
            }
        }
        throw .scheme
    }

    private static func authority(
        _ bytes: ArraySlice<UInt8>,
        _ scheme: Scheme
    ) throws(Fault) -> (Host, Int) {
        guard !bytes.contains(UInt8(ascii: "@")) else { throw .userInformation }
        var name = bytes
        var port = scheme.defaultPort
        let bracket = bytes.lastIndex(of: UInt8(ascii: "]"))
        if let colon = bytes.lastIndex(of: UInt8(ascii: ":")), bracket.map({ $0 < colon }) ?? true {
            name = bytes[..<colon]
            port = try Self.port(bytes[(colon + 1)...])
        }
        return (try host(name), port)
    }

    private static func port(_ digits: ArraySlice<UInt8>) throws(Fault) -> Int {
        guard digits.count >= 1, digits.count <= 5, digits.first != 0x30,
            digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { throw .port }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard number <= 65_535 else { throw .port }
        return number
    }

    private static func host(_ bytes: ArraySlice<UInt8>) throws(Fault) -> Host {
        if bytes.first == UInt8(ascii: "[") {
            guard bytes.last == UInt8(ascii: "]"), bytes.count > 2 else { throw .host }
            let inner = String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
            guard let address = IPAddress(inner), address.isSix else { throw .host }
            return .address(address)
        }
        guard !bytes.isEmpty, bytes.count <= 253 else { throw .host }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        for label in labels {
            guard label.count >= 1, label.count <= 63, label.first != UInt8(ascii: "-"),
                label.last != UInt8(ascii: "-"), label.allSatisfy(isLabel)
            else { throw .host }
        }
        let text = String(decoding: bytes.map { HTTPGrammar.lower($0) }, as: UTF8.self)
        // A last label that is a number in any notation makes it an address for some resolvers.
        guard let last = labels.last, isNumber(last) else { return .name(text) }
        guard let address = IPAddress(text) else { throw .host }
        return .address(address)
    }

    private static func isLabel(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
        if label.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) { return true }
        guard label.first == 0x30, label.dropFirst().first.map({ $0 | 0x20 }) == 0x78 else {
            return false
        }
        return label.dropFirst(2).allSatisfy { HTTPGrammar.hexadecimal($0) != nil }
    }

    private static func checkPath(_ path: ArraySlice<UInt8>) throws(Fault) {
        try checkEscapes(path)
        guard !path.isEmpty else { return }
        guard path.first == UInt8(ascii: "/"), !path.contains(where: "[]|".utf8.contains) else {
            throw .path
        }
        let segments = path.dropFirst().split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        )
        for (position, segment) in segments.enumerated() {
            // `..;x` is `..` to servers that cut parameters off first (RFC 3986, section 3.3).
            let name = segment.prefix { $0 != UInt8(ascii: ";") }
            if name.isEmpty {
                guard position == segments.count - 1, segment.isEmpty else { throw .path }
            }
            guard !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) else {
                throw .path
            }
        }
        var position = path.startIndex
        while let percent = path[position...].firstIndex(of: UInt8(ascii: "%")) {
            let decoded = escape(path, percent)
            // A dot, a slash, a backslash or a control that comes out only behind the check.
            guard let decoded, decoded > 0x20, decoded != 0x7F, !"./\\%;".utf8.contains(decoded)
            else { throw .path }
            position = percent + 3
        }
    }

    private static func checkEscapes(_ bytes: ArraySlice<UInt8>) throws(Fault) {
        var position = bytes.startIndex
        while let percent = bytes[position...].firstIndex(of: UInt8(ascii: "%")) {
            guard escape(bytes, percent) != nil else { throw .character }
            position = percent + 3
        }
    }

    private static func escape(_ bytes: ArraySlice<UInt8>, _ percent: Int) -> UInt8? {
        guard percent + 2 < bytes.endIndex, let high = HTTPGrammar.hexadecimal(bytes[percent + 1]),
            let low = HTTPGrammar.hexadecimal(bytes[percent + 2])
        else { return nil }
        return UInt8(high) << 4 | UInt8(low)
    }
}
