/// Makes requests that are wrong in some way, and bytes that are no requests; a seed names the run.
struct RequestMutator {
    private var state: UInt64
    private let bases: [[UInt8]]

    /// What stands in requests that were made to be read in two ways.
    private static let fragments: [String] = [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ";", ",", "0\r\n\r\n", "\r\n\r\n",
        "Transfer-Encoding: chunked\r\n", "Content-Length: 0\r\n", "Content-Length: -1\r\n",
        "Host: b\r\n", "Expect: 100-continue\r\n", "Connection: close\r\n", "HTTP/1.1", "HTTP/2.0",
        "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", "%2e%2e/", "%00", "ffffffffffffffff\r\n",
    ]

    /// Makes a mutator around a request that is good.
    init(seed: UInt64, base: [UInt8]) {
        state = seed
        let texts = [
            "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /cds-services/news2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5;a=b\r\n{\"a\":\r\n2\r\n1}\r\n0\r\nX-Trailer: 1\r\n\r\n",
            "GET http://a/cds-services?x=1 HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
        ]
        bases = [base] + texts.map { Array($0.utf8) }
    }

    /// The next request.
    mutating func next() -> [UInt8] {
        guard number(below: 10) > 0 else { return noise(1 + number(below: 2_000)) }
        var bytes = bases[number(below: bases.count)]
        for _ in 0...number(below: 4) { change(&bytes) }
        return bytes.isEmpty ? [0] : bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = number(below: bytes.count + 1)
        let isInside = place < bytes.count
        switch number(below: 7) {
        case 0 where isInside: bytes[place] = UInt8(number(below: 256))
        case 1 where isInside: bytes[place] ^= 1 << UInt8(number(below: 8))
        case 2 where isInside: bytes.remove(at: place)
        case 3: bytes.insert(contentsOf: noise(1 + number(below: 8)), at: place)
        case 4: bytes.removeLast(bytes.count - place)
        case 5:
            let end = min(bytes.count, place + number(below: 64))
            bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        default:
            let fragment = Self.fragments[number(below: Self.fragments.count)]
            bytes.insert(contentsOf: Array(fragment.utf8), at: place)
        }
    }

    private mutating func noise(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(number(below: 256)) }
    }

    /// SplitMix64.
    private mutating func number(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(bound))
    }
}
