import Basics
import HTTPMessages
import Testing

struct RequestParserTests {
    static let head = "POST /cds-services/news2 HTTP/1.1\r\nHost: gw.test\r\n"

    @Test("a request is read with its fields, its query and its body")
    func whole() throws {
        let text =
            "POST /a/b?x=1&y=%20 HTTP/1.1\r\nHost: GW.test:8080\r\n"
            + "Content-TYPE:\tapplication/json \r\nContent-Length: 2\r\nX-A: 1\r\nx-a: 2\r\n\r\n{}"
        var parser = RequestParser()
        let bytes = Array(text.utf8)
        let progress = parser.consume(bytes, 0..<bytes.count)
        #expect(progress.consumed == bytes.count)
        #expect(progress.outcome == .complete)
        let parsed = parser.take()
        let request = parsed.request
        #expect(request.method == "POST")
        #expect(request.path == "/a/b")
        #expect(request.query == "x=1&y=%20")
        #expect(request.body == Array("{}".utf8))
        #expect(request.fields["content-type"] == "application/json")
        #expect(request.fields["CONTENT-type"] == "application/json")
        #expect(request.fields.values("x-a") == ["1", "2"])
        #expect(request.fields["absent"] == nil)
        #expect(request.fields.entries.map(\.name).first == "Host")
        #expect(parsed.keepsAlive)
        #expect(parser.isBetweenRequests)
    }

    @Test("bytes behind a request stay for the next one")
    func pipelined() {
        let text = Self.head + "Content-Length: 3\r\n\r\nabcGET /n HTTP/1.1\r\nHost: a\r\n\r\nGET"
        let parsed = ParsedStream(text)
        #expect(parsed.messages.map(\.path) == ["/cds-services/news2", "/n"])
        #expect(parsed.messages[0].body == Array("abc".utf8))
        #expect(parsed.isIncomplete)
    }

    @Test(
        "the connection stays or goes as version and options say",
        arguments: [
            ("1.1", nil, true), ("1.1", "close", false), ("1.1", "Keep-Alive", true),
            ("1.1", "x, CLOSE ,y", false), ("1.0", nil, false), ("1.0", "keep-alive", true),
            ("1.0", "keep-alive, close", false), ("1.1", "closed", true), ("1.1", "", true),
        ] as [(String, String?, Bool)]
    )
    func keepAlive(_ version: String, _ option: String?, _ stays: Bool) {
        let field = option.map { "Connection: \($0)\r\n" } ?? ""
        let parsed = ParsedStream("GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n")
        #expect(parsed.messages.first?.keepsAlive == stays)
    }

    @Test(
        "a target is taken in the forms of the specification only",
        arguments: [
            ("/", "/", nil), ("/a?b", "/a", "b"), ("/a?", "/a", ""),
            ("/a?b?c/../d", "/a", "b?c/../d"),
            ("http://h", "/", nil), ("http://h?q", "/", "q"), ("HTTP://H/x", "/x", nil),
            ("https://h/x", "/x", nil), ("/a//b", "/a//b", nil), ("/a?code=x|y", "/a", "code=x|y"),
            ("/...", "/...", nil), ("/.a/b.", "/.a/b.", nil), ("/%41", "/%41", nil),
            ("/a;v=1/b", "/a;v=1/b", nil), ("/%2e%2e%2e", "/%2e%2e%2e", nil),
        ] as [(String, String, String?)]
    )
    func targets(_ target: String, _ path: String, _ query: String?) {
        let parsed = ParsedStream("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(parsed.messages.first?.path == path)
        #expect(parsed.messages.first?.query == query)
    }

    @Test(
        "a target that could be read in two ways is refused",
        arguments: [
            ("/.", .targetDotSegment), ("/..", .targetDotSegment), ("/a/./b", .targetDotSegment),
            ("/a/../b", .targetDotSegment), ("/%2e", .targetDotSegment),
            ("/a/.%2E/b", .targetDotSegment), ("/%2e%2e/", .targetDotSegment),
            ("http://h/../x", .targetDotSegment),
            ("/a%2fb", .targetEncodedDelimiter), ("/a%5Cb", .targetEncodedDelimiter),
            ("/a%00", .targetEncodedDelimiter), ("/a%0d%0a", .targetEncodedDelimiter),
            ("/a%7f", .targetEncodedDelimiter),
            ("/a%", .targetMalformed), ("/a%4", .targetMalformed), ("/a%4g", .targetMalformed),
            ("/a?b=%zz", .targetMalformed), ("/a#b", .targetMalformed),
            ("/a?b#c", .targetMalformed),
            ("/a\"b", .targetMalformed), ("/a\\b", .targetMalformed), ("/a|b", .targetMalformed),
            ("/ä", .targetMalformed), ("/a?ä", .targetMalformed), ("*", .targetMalformed),
            ("a/b", .targetMalformed), ("h:80", .targetMalformed), ("ftp://h/", .targetMalformed),
            ("http://other/", .hostMismatch), ("http:///x", .hostMalformed),
            ("http://u@h/", .hostMalformed), ("/a\tb", .targetMalformed),
        ] as [(String, RequestRejection)]
    )
    func badTargets(_ target: String, _ reason: RequestRejection) {
        let parsed = ParsedStream("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(parsed.rejection == reason)
    }

    /// Targets and Host fields that name the same place (RFC 9110 section 4.2.3).
    static let samePlaces = [
        ("http://h:80/", "h"), ("http://h/", "h:80"), ("http://h:80/", "h:80"),
        ("http://H:80/", "h"), ("HTTP://h:80", "H"), ("http://h:80?q", "h:"), ("http://h:/", "h"),
        ("http://h/", "h:"), ("http://h:/", "h:80"), ("https://h:443/", "h"),
        ("https://h/", "h:443"), ("HTTPS://h:443", "h:"), ("https://h:/", "h:443"),
        ("http://h:8080/", "h:8080"), ("https://h:80/", "h:80"), ("http://h:443/", "h:443"),
        ("http://[::1]:80/", "[::1]"), ("https://[::1]/", "[::1]:443"),
        ("http://[2001:db8::80]/", "[2001:db8::80]:80"), ("http://127.0.0.1/", "127.0.0.1:80"),
        ("http://h80/", "h80:80"), ("http://h:081/", "h:081"),
    ]

    /// And those that do not.
    static let otherPlaces = [
        ("http://h:443/", "h"), ("http://h/", "h:443"), ("https://h:80/", "h"),
        ("https://h/", "h:80"), ("http://h:80/", "h:443"), ("https://h:80/", "h:443"),
        ("http://h:8080/", "h"), ("http://h/", "h:8080"), ("http://h:8080/", "h:80"),
        // Another spelling of the number, or another number that begins or ends like it.
        ("http://h:080/", "h"), ("http://h:0080/", "h:80"), ("http://h:8/", "h"),
        ("http://h:180/", "h"), ("https://h:4430/", "h"), ("http://h:0/", "h"),
        // What only looks like a port.
        ("http://h80/", "h"), ("http://h.80/", "h"), ("http://h/", "h80"),
        ("http://[::80]/", "[::]"), ("http://[::1]:80/", "[::1:80]"), ("http://[::1]/", "::1"),
        // Another place altogether.
        ("http://g:80/", "h"), ("http://h.:80/", "h"), ("http://hh/", "h:80"),
    ]

    @Test("the default port of the scheme is no difference of place", arguments: samePlaces)
    func samePlace(_ target: String, _ host: String) {
        let parsed = ParsedStream("GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(parsed.rejection == nil)
        #expect(parsed.messages.map(\.path) == ["/"])
    }

    @Test("any other port is, and another spelling", arguments: otherPlaces)
    func otherPlace(_ target: String, _ host: String) {
        let parsed = ParsedStream("GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        let reason: RequestRejection = host == "::1" ? .hostMalformed : .hostMismatch
        #expect(parsed.rejection == reason)
        #expect(parsed.messages.isEmpty)
    }

    @Test("the scheme of one request says nothing of the next on its connection")
    func nextPlace() {
        let text =
            "GET https://h:443/ HTTP/1.1\r\nHost: h\r\n\r\n"
            + "GET http://h:443/ HTTP/1.1\r\nHost: h\r\n\r\n"
        let parsed = ParsedStream(text)
        #expect(parsed.messages.count == 1)
        #expect(parsed.rejection == .hostMismatch)
    }

    @Test(
        "a Host is a name or an address with a port",
        arguments: [
            "a", "a.b-c", "A_B", "127.0.0.1:1", "[::1]", "[::1]:80", "[2001:db8::1]:65535", "a:",
        ]
    )
    func goodHosts(_ host: String) {
        #expect(ParsedStream("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").messages.count == 1)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", ":80", "a:65536", "a:123456", "a:-1", "a:1x", "a b", "a,b", "a/b", "a@b", "a?b",
            "[", "[]", "[:]x", "[::1", "[::1]80", "[g::1]", "[:::]", "[1.2.3.4]", "[::1::2]",
            "[12345::]", "a:1:2", "a\\b", "ä", "a%41", "::1",
        ]
    )
    func badHosts(_ host: String) {
        let parsed = ParsedStream("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(parsed.rejection == .hostMalformed)
    }

    @Test(
        "methods that somebody may serve are known, the others refused",
        arguments: [
            ("GET", nil), ("HEAD", nil), ("POST", nil), ("OPTIONS", nil), ("PUT", nil),
            ("DELETE", nil), ("PATCH", nil), ("CONNECT", .methodRefused),
            ("TRACE", nil), ("QUERY", nil), ("get", .methodUnknown), ("GETS", .methodUnknown),
            ("GE", .methodUnknown), ("PRI", .methodUnknown), ("G@T", .requestLineMalformed),
        ] as [(String, RequestRejection?)]
    )
    func methods(_ method: String, _ reason: RequestRejection?) {
        let parsed = ParsedStream("\(method) / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(parsed.rejection == reason)
    }

    @Test("TRACE is the last request of its connection, whatever it asks for")
    func trace() {
        let parsed = ParsedStream(
            "TRACE /a HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n"
                + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n"
        )
        #expect(parsed.messages.map(\.path) == ["/a"])
        #expect(parsed.messages.map(\.keepsAlive) == [false])
    }

    @Test("one empty line before a request is passed over, and no second one")
    func emptyLines() {
        let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
        let bytes = Array(("\r\n" + get + "\r\n" + get + "\r\n").utf8)
        let parsed = ParsedStream(bytes)
        #expect(parsed.messages.count == 2)
        #expect(!parsed.isIncomplete)
        #expect(ParsedStream(byteByByte: bytes) == parsed)
        #expect(ParsedStream(get + "\r").isIncomplete)
        for text in ["\r\n\r\n" + get, get + "\r\n\r\n"] {
            let bytes = Array(text.utf8)
            let twice = ParsedStream(bytes)
            #expect(twice.rejection == .requestLineMalformed)
            #expect(ParsedStream(byteByByte: bytes) == twice)
        }
    }

    @Test(
        "transfer codings that do not end in their only chunked are a fault, others are unknown",
        arguments: [
            ("gzip", .codingNotChunked), ("identity", .codingNotChunked),
            ("chunked, gzip", .codingNotChunked), ("trailers", .codingNotChunked),
            ("", .codingNotChunked), (",", .codingNotChunked), ("chunked,", .codingNotChunked),
            (", chunked", .codingNotChunked), ("gzip,,chunked", .codingNotChunked),
            ("chunked, chunked", .codingNotChunked), ("gzip, chunked ,", .codingNotChunked),
            ("Chunked, gzip, chunked", .codingNotChunked), ("xchunked", .codingNotChunked),
            ("chunked;q=1", .codingNotChunked), ("gzip chunked", .codingNotChunked),
            ("\"chunked\"", .codingNotChunked),
            ("gzip, chunked", .codingUnsupported), ("x;a=b ,\tCHUNKED", .codingUnsupported),
            ("deflate,gzip,chunked", .codingUnsupported),
        ] as [(String, RequestRejection)]
    )
    func codings(_ codings: String, _ reason: RequestRejection) {
        let bytes = Array((Self.head + "Transfer-Encoding: \(codings)\r\n\r\n0\r\n\r\n").utf8)
        let parsed = ParsedStream(bytes)
        #expect(parsed.rejection == reason)
        #expect(parsed.messages.isEmpty)
        #expect(ParsedStream(byteByByte: bytes) == parsed)
        #expect(reason.status == (reason == .codingUnsupported ? 501 : 400))
    }

    @Test(
        "a version other than 1.0 and 1.1 is refused",
        arguments: [
            ("HTTP/1.2", .versionUnsupported), ("HTTP/2.0", .versionUnsupported),
            ("HTTP/0.9", .versionUnsupported), ("HTTP/11", .requestLineMalformed),
            ("HTTP/1.10", .requestLineMalformed), ("HTTP/1,1", .requestLineMalformed),
            ("HTTP/x.1", .requestLineMalformed), ("http/1.1", .requestLineMalformed),
            ("HTTP1.1.", .requestLineMalformed), ("", .requestLineMalformed),
        ] as [(String, RequestRejection)]
    )
    func versions(_ version: String, _ reason: RequestRejection) {
        #expect(ParsedStream("GET / \(version)\r\nHost: h\r\n\r\n").rejection == reason)
    }

    @Test("the version in small letters is refused as the specification writes capitals")
    func versionCase() {
        #expect(
            ParsedStream("GET / Http/1.1\r\nHost: h\r\n\r\n").rejection == .requestLineMalformed
        )
    }

    @Test("a request line reaches its limit and not one byte more")
    func requestLineLimit() {
        let limit = Limits.httpRequestLineBytesMax
        for (length, reason) in [
            (limit - 1, nil), (limit, nil), (limit + 1, .requestLineTooLong),
        ] as [(Int, RequestRejection?)] {
            let path = "/" + String(repeating: "a", count: length - "GET / HTTP/1.1".utf8.count)
            let bytes = Array("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
            #expect(ParsedStream(bytes).rejection == reason)
            #expect(ParsedStream(byteByByte: bytes) == ParsedStream(bytes))
        }
    }

    @Test("a field line reaches its limit and not one byte more")
    func fieldLimit() {
        let limit = Limits.httpFieldBytesMax
        for (length, reason) in [
            (limit - 1, nil), (limit, nil), (limit + 1, .fieldTooLong),
        ] as [(Int, RequestRejection?)] {
            let field = "X: " + String(repeating: "a", count: length - 3)
            let bytes = Array("GET / HTTP/1.1\r\nHost: h\r\n\(field)\r\n\r\n".utf8)
            #expect(ParsedStream(bytes).rejection == reason)
            #expect(ParsedStream(byteByByte: bytes) == ParsedStream(bytes))
        }
    }

    @Test("a head reaches its limit and not one byte more")
    func headLimit() {
        var limits = HTTPParsingLimits()
        limits.headBytesMax = 200
        for (length, reason) in [(199, nil), (200, nil), (201, .headTooLong)]
            as [(Int, RequestRejection?)]
        {
            let start = "GET / HTTP/1.1\r\nHost: h\r\nX: "
            let fill = String(repeating: "a", count: length - start.utf8.count - 4)
            let bytes = Array((start + fill + "\r\n\r\n").utf8)
            #expect(bytes.count == length)
            #expect(ParsedStream(bytes, limits: limits).rejection == reason)
            for cut in 0...bytes.count {
                let parsed = ParsedStream(bytes, cutAt: cut, limits: limits)
                #expect(parsed.rejection == reason, "cut at \(cut)")
            }
        }
    }

    @Test("the number of fields reaches its limit and not one more")
    func fieldCountLimit() {
        let limit = Limits.httpFieldCountMax
        for (count, reason) in [
            (limit - 1, nil), (limit, nil), (limit + 1, .fieldsTooMany),
        ] as [(Int, RequestRejection?)] {
            let fields = (1..<count).map { "X\($0): \($0)\r\n" }.joined()
            let parsed = ParsedStream("GET / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n")
            #expect(parsed.rejection == reason)
        }
    }

    @Test("a declared body reaches its limit and not one byte more, before any of it came")
    func bodyLimit() {
        var limits = HTTPParsingLimits()
        limits.bodyBytesMax = 1_000
        for (length, reason) in [(999, nil), (1_000, nil), (1_001, .bodyTooLarge)]
            as [(Int, RequestRejection?)]
        {
            let parsed = ParsedStream(
                Self.head + "Content-Length: \(length)\r\n\r\n",
                limits: limits
            )
            #expect(parsed.rejection == reason)
        }
    }

    @Test("a chunked body reaches its limit and not one byte more")
    func chunkedBodyLimit() {
        var limits = HTTPParsingLimits()
        limits.bodyBytesMax = 20
        for (sizes, reason) in [
            ([20], nil), ([21], .bodyTooLarge), ([10, 10], nil), ([10, 11], .bodyTooLarge),
        ] as [([Int], RequestRejection?)] {
            var text = Self.head + "Transfer-Encoding: chunked\r\n\r\n"
            for size in sizes {
                text += String(size, radix: 16) + "\r\n"
                text += String(repeating: "a", count: size) + "\r\n"
            }
            let parsed = ParsedStream(text + "0\r\n\r\n", limits: limits)
            #expect(parsed.rejection == reason)
            #expect(parsed.messages.count == (reason == nil ? 1 : 0))
        }
    }

    @Test(
        "a chunked body is read to its end",
        arguments: [
            ("0\r\n\r\n", ""), ("3\r\nabc\r\n0\r\n\r\n", "abc"),
            ("1\r\na\r\n2\r\nbc\r\n00\r\n\r\n", "abc"), ("00000003\r\nabc\r\n0\r\n\r\n", "abc"),
            ("3;x\r\nabc\r\n0;y=z\r\n\r\n", "abc"), ("3;x=\"a\\\"b\";y\r\nabc\r\n0\r\n\r\n", "abc"),
            ("3\r\n\r\n\r\r\n0\r\nA: b\r\nC:\r\n\r\n", "\r\n\r"),
        ]
    )
    func chunks(_ coded: String, _ body: String) {
        let bytes = Array((Self.head + "Transfer-Encoding: chunked\r\n\r\n" + coded).utf8)
        let parsed = ParsedStream(bytes)
        #expect(parsed.messages.first?.body == Array(body.utf8))
        #expect(!parsed.isIncomplete)
        for cut in 0...bytes.count { #expect(ParsedStream(bytes, cutAt: cut) == parsed) }
        // Truncated anywhere it is no request.
        for end in 0..<bytes.count {
            let cut = ParsedStream(Array(bytes[..<end]))
            #expect(cut.messages.isEmpty)
            #expect(cut.rejection == nil)
        }
    }

    @Test(
        "a chunk that is framed otherwise is refused",
        arguments: [
            ("000000003\r\n", .chunkMalformed), (";x\r\n", .chunkMalformed),
            ("3;\r\n", .chunkMalformed), ("3;=a\r\n", .chunkMalformed),
            ("3;a=\r\n", .chunkMalformed), ("3;a=\"b\r\n", .chunkMalformed),
            ("3;a=\"b\"c\r\n", .chunkMalformed), ("3; a\r\n", .chunkMalformed),
            ("3\n", .chunkMalformed), ("3\r\nabc0", .chunkMalformed),
            ("3\r\nabc\rX", .chunkMalformed), ("0\r\n X: 1\r\n", .fieldFolded),
            ("0\r\nX 1\r\n", .fieldMalformed), ("0\r\nX: 1\n", .bareLineFeed),
            ("0\r\nX: \u{7}\r\n", .controlByte), ("0\r\nX: 1\rY", .bareCarriageReturn),
            ("0\r\n\rX", .bareCarriageReturn), ("0\r\n:\r\n", .fieldMalformed),
            ("FFFFFFFF\r\n", .bodyTooLarge),
        ] as [(String, RequestRejection)]
    )
    func badChunks(_ coded: String, _ reason: RequestRejection) {
        let bytes = Array((Self.head + "Transfer-Encoding: chunked\r\n\r\n" + coded).utf8)
        #expect(ParsedStream(bytes).rejection == reason)
        #expect(ParsedStream(byteByByte: bytes).rejection == reason)
    }

    @Test("framing that carries next to nothing is refused, and honest small chunks are not")
    func chunkFraming() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let small = String(repeating: "1\r\na\r\n", count: 20_000)
        #expect(ParsedStream(head + small + "0\r\n\r\n").messages.first?.body.count == 20_000)
        let chunk = "1;" + String(repeating: "e", count: 200) + "\r\na\r\n"
        let costly = ParsedStream(head + String(repeating: chunk, count: 500) + "0\r\n\r\n")
        #expect(costly.rejection == .chunkExtensionTooLong)
        // A few of them are nobody's harm.
        let few = ParsedStream(head + String(repeating: chunk, count: 50) + "0\r\n\r\n")
        #expect(few.messages.first?.body.count == 50)
    }

    @Test("extensions and trailers reach their limits and not one byte more")
    func dropped() {
        let start = Self.head + "Transfer-Encoding: chunked\r\n\r\n"
        let most = Limits.httpChunkExtensionBytesMax
        for (length, isRefused) in [(most - 1, false), (most, false), (most + 1, true)] {
            // The name and the carriage return behind it count.
            let name = String(repeating: "x", count: length - 1)
            let parsed = ParsedStream(start + "1;\(name)\r\na\r\n0\r\n\r\n")
            #expect(parsed.rejection == (isRefused ? .chunkExtensionTooLong : nil))
        }
        for (count, isRefused) in [(31, false), (32, false), (33, true)] {
            let trailers = String(repeating: "X: 1\r\n", count: count)
            let parsed = ParsedStream(start + "0\r\n\(trailers)\r\n")
            #expect(parsed.rejection == (isRefused ? .trailerTooLong : nil))
            #expect(parsed.messages.first?.fields.contains("X: 1") != true)
        }
    }

    @Test("100 Continue is due once, and not when the body is there already")
    func expectation() {
        let head = Array((Self.head + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n").utf8)
        var parser = RequestParser()
        _ = parser.consume(head, 0..<head.count)
        let answers = [parser.takeContinueDue(), parser.takeContinueDue()]
        #expect(answers == [true, false])
        var eager = RequestParser()
        let bytes = head + [0x7B]
        _ = eager.consume(bytes, 0..<bytes.count)
        let isDueForEager = eager.takeContinueDue()
        #expect(!isDueForEager)
        let other = Self.head + "Expect: 200-ok\r\nContent-Length: 2\r\n\r\n"
        #expect(ParsedStream(other).rejection == .expectationFailed)
        #expect(RequestRejection.expectationFailed.status == 417)
        var old = RequestParser()
        let oldHead = Array(
            "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n".utf8
        )
        _ = old.consume(oldHead, 0..<oldHead.count)
        let isDueForOld = old.takeContinueDue()
        #expect(!isDueForOld)
    }

    @Test("every byte that is cut off a request leaves none")
    func truncated() {
        let bytes = Array((Self.head + "X: y\r\nContent-Length: 3\r\n\r\nabc").utf8)
        for end in 1..<bytes.count {
            let parsed = ParsedStream(Array(bytes[..<end]))
            #expect(parsed.messages.isEmpty)
            #expect(parsed.rejection == nil)
            #expect(parsed.isIncomplete)
        }
    }

    @Test("every single byte put in place of another is read the same way in any pieces")
    func mutated() {
        let bytes = Array(
            (Self.head + "Transfer-Encoding: chunked\r\n\r\n1;a\r\nx\r\n0\r\n\r\n").utf8
        )
        for position in bytes.indices {
            for byte in [0x00, 0x09, 0x0A, 0x0D, 0x20, 0x2C, 0x3A, 0x7F, 0xFF] as [UInt8] {
                var mutated = bytes
                mutated[position] = byte
                let whole = ParsedStream(mutated)
                #expect(ParsedStream(byteByByte: mutated) == whole)
                #expect(!whole.messages.contains { $0.body.count > 1 })
            }
        }
    }

    @Test("codes of reasons are unique and their statuses close a connection")
    func reasons() {
        let codes = Set(RequestRejection.allCases.map(\.rawValue))
        #expect(codes.count == RequestRejection.allCases.count)
        for reason in RequestRejection.allCases {
            #expect(reason.rawValue.hasPrefix("LIMEN-HTTP-"))
            #expect(!StatusText.phrase(reason.status).isEmpty)
            #expect(reason.status >= 400)
            let body = ProblemResponse.make(status: reason.status, code: reason.rawValue)
            let text = String(decoding: body.body, as: UTF8.self)
            #expect(text.contains(#""detail":"\#(reason.sentence)""#), "no sentence needs escapes")
            #expect(reason.status != 405, "only a router knows what is allowed")
        }
    }
}
