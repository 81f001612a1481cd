import Basics
import HTTPMessages
import Testing

struct ResponseParserTests {
    private func parse(_ text: String, cutAt cut: Int? = nil, isHead: Bool = false) -> HTTPResponse?
    {
        var parser = ResponseParser()
        if isHead { parser.expectHead() }
        let bytes = Array(text.utf8)
        var buffer: [UInt8] = []
        for piece in [bytes[..<(cut ?? 0)], bytes[(cut ?? 0)...]] {
            buffer.append(contentsOf: piece)
            let (consumed, outcome) = parser.consume(buffer, 0..<buffer.count)
            buffer.removeFirst(consumed)
            if outcome == .complete { return parser.take() }
            if outcome == .failed { return nil }
        }
        return parser.endOfInput() == .complete ? parser.take() : nil
    }

    @Test(
        "responses are read in every framing, wherever they are cut",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "ab"),
            ("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", "ab"),
            ("HTTP/1.1 200 OK\r\nX: y\r\n\r\nab", "ab"),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "ab"),
            ("HTTP/1.1 204 No Content\r\n\r\n", ""),
            ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", "a"),
        ]
    )
    func framings(_ text: String, _ body: String) {
        for cut in 0...text.utf8.count {
            #expect(parse(text, cutAt: cut)?.body == Array(body.utf8), "cut at \(cut)")
        }
    }

    @Test(
        "what is no response is none",
        arguments: [
            "HTTP/2 200\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "hello\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nbad\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Le",
            "HTTX/1.1 200 OK\r\n\r\n", "HTTP/1.x 200 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
            "HTTP/1.1 200\tOK\r\n\r\n", "HTTP/1.1 099 X\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: a\u{0}b\r\n\r\n", "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: y\r\n folded\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: \u{7F}\r\n\r\n",
        ]
    )
    func malformed(_ text: String) {
        #expect(parse(text) == nil)
    }

    @Test("the response to HEAD has no body whatever its length says")
    func head() {
        #expect(parse("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", isHead: true)?.body == [])
    }

    @Test(
        "a length that can be read in two ways is refused",
        arguments: [
            "Content-Length: 2\r\nContent-Length: 3", "Content-Length: 2\r\nContent-Length: 2",
            "Content-Length: 2, 2", "Content-Length: +2", "Content-Length: 0x2",
            "Content-Length: ", "Content-Length: 2 2", "Content-Length: 99999999999999999999",
            "Content-Length: 2\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: identity",
            "Transfer-Encoding: \u{B}chunked", "Transfer-Encoding: gzip, chunked",
        ]
    )
    func ambiguousLengths(_ fields: String) {
        #expect(parse("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\nab") == nil)
        #expect(parse("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n2\r\nab\r\n0\r\n\r\n") == nil)
    }

    @Test("the end of a connection is told wherever it stands in the list")
    func connectionOptions() throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: "
        for (options, closes) in [
            ("close", true), ("keep-alive", false), ("Close", true), ("x, close", true),
            ("close ,x", true), ("closed", false),
        ] {
            let response = try #require(parse(head + options + "\r\n\r\n"))
            #expect(response.closesConnection == closes, "\(options)")
        }
    }

    @Test("interim responses are read up to their limit")
    func interimResponses() {
        let interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        let last = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        let count = Limits.httpInterimResponsesMax
        #expect(parse(String(repeating: interim, count: count) + last)?.status == 200)
        #expect(parse(String(repeating: interim, count: count + 1) + last) == nil)
    }

    @Test("fields are read up to their limit")
    func fieldCounts() {
        let head = "HTTP/1.1 204 No Content\r\n"
        let field = "X: y\r\n"
        let count = Limits.httpFieldCountMax
        #expect(parse(head + String(repeating: field, count: count) + "\r\n")?.status == 204)
        #expect(parse(head + String(repeating: field, count: count + 1) + "\r\n") == nil)
    }
}
