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
        ]
    )
    func malformed(_ text: String) {
        #expect(parse(text) == nil)
    }

    @Test("the response to HEAD has no body whatever its length says")
    func head() {
        #expect(parse("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", isHead: true)?.body == [])
    }
}
