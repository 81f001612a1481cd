import HTTPMessages
import Testing

/// Mutated streams, always the same ones: nothing may end the process, and where the stream is
/// cut may change nothing.
struct MutationTests {
    /// A small generator of numbers that are the same in each run (xorshift).
    struct Numbers {
        private var state: UInt64

        init(seed: UInt64) {
            state = seed
        }

        mutating func next(below bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
    }

    static let seeds = [
        "GET http://a:80/x/%20y?q=%41 HTTP/1.1\r\nHost: a:80\r\nX: \t y \r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: [::1]:1\r\nContent-Length: 5\r\nConnection: close, x\r\n\r\nabcde",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
            + "3;n=\"q\\\"\";m=t\r\nabc\r\n0A\r\n0123456789\r\n0\r\nT: 1\r\n\r\n",
        "OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\n\r\nHEAD / HTTP/1.1\r\nHost: b\r\n\r\n",
    ]

    /// One of the seeds with a few bytes changed, doubled, dropped or moved.
    static func mutated(_ seed: String, _ numbers: inout Numbers) -> [UInt8] {
        let telling: [UInt8] = Array("\r\n \t:;,=\"\\/%.*#?0123456789abcdefxX-+[]@\u{0}\u{7f}".utf8)
        var bytes = Array(seed.utf8)
        for _ in 0...numbers.next(below: 4) {
            let place = numbers.next(below: bytes.count)
            switch numbers.next(below: 5) {
            case 0: bytes[place] = telling[numbers.next(below: telling.count)]
            case 1: bytes.insert(telling[numbers.next(below: telling.count)], at: place)
            case 2 where bytes.count > 1: bytes.remove(at: place)
            case 3: bytes[place] = UInt8(numbers.next(below: 256))
            default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
            }
        }
        return bytes
    }

    @Test("mutated requests are read the same way however they are cut", arguments: 1...8)
    func requests(_ seed: Int) {
        var numbers = Numbers(seed: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
        var refused = 0
        for _ in 0..<500 {
            for text in Self.seeds {
                let bytes = Self.mutated(text, &numbers)
                let whole = ParsedStream(bytes)
                let cut = numbers.next(below: bytes.count + 1)
                #expect(ParsedStream(bytes, cutAt: cut) == whole)
                #expect(ParsedStream(byteByByte: bytes) == whole)
                refused += whole.rejection == nil ? 0 : 1
            }
        }
        #expect(refused > 500)
    }

    @Test(
        "what the parser lets pass is what it says: no control byte in any part",
        arguments: 1...4
    )
    func invariants(_ seed: Int) {
        var numbers = Numbers(seed: UInt64(seed) &* 0xD1B5_4A32_D192_ED03)
        for _ in 0..<500 {
            for text in Self.seeds {
                for message in ParsedStream(Self.mutated(text, &numbers)).messages {
                    let target = message.path + (message.query ?? "")
                    #expect(target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
                    #expect(message.path == "*" || message.path.hasPrefix("/"))
                    #expect(!message.path.split(separator: "/").contains(".."))
                    #expect(
                        message.fields.allSatisfy { !$0.utf8.contains { $0 < 9 || $0 == 0x0D } }
                    )
                    #expect(["GET", "POST", "OPTIONS", "HEAD"].contains(message.method))
                }
            }
        }
    }

    @Test("mutated responses end no process", arguments: 1...4)
    func responses(_ seed: Int) {
        var numbers = Numbers(seed: UInt64(seed) &* 0xA24B_AED4_963E_E407)
        let seeds = [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nabcde",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n0\r\n\r\n",
        ]
        for _ in 0..<1_000 {
            for text in seeds {
                let bytes = Self.mutated(text, &numbers)
                var whole = ResponseParser()
                let outcome = whole.consume(bytes, 0..<bytes.count).outcome
                var buffer: [UInt8] = []
                var pieces = ResponseParser()
                var last = ResponseParser.Outcome.needsMore
                for byte in bytes where last == .needsMore {
                    buffer.append(byte)
                    let (consumed, result) = pieces.consume(buffer, 0..<buffer.count)
                    buffer.removeFirst(consumed)
                    last = result
                }
                #expect(last == outcome)
            }
        }
    }
}
