import Basics
import HTTPMessages
import Testing

/// What a parser does with a body of which somebody knows beforehand what it is worth.
@Suite("A ruling on a head")
struct HeadRulingTests {
    /// Reads 100,000 bytes on one path, and nothing on others.
    static let judge: HTTPHeadRuling.Judge = { head, _ in
        head.path == "/read" ? .read(bytesMax: 100_000) : .answer
    }

    private static func state() -> ConnectionState {
        ConnectionState(
            parsing: HTTPParsingLimits(),
            limits: HTTPConnectionLimits(),
            judge: judge,
            at: 0
        )
    }

    private static func head(_ path: String, _ fields: String) -> [UInt8] {
        Array("POST \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n".utf8)
    }

    static let unread = [
        ("Content-Length: 65537", 65_537), ("Content-Length: 16777216", 16_777_216),
        ("Transfer-Encoding: chunked", 0), ("Content-Length: 2\r\nExpect: 100-continue", 2),
    ]

    @Test("hands the request on without its body, and ends the connection", arguments: unread)
    func answered(_ fields: String, _ count: Int) throws {
        let bytes = Self.head("/other", fields)
        for cut in 1...bytes.count {
            var state = Self.state()
            let first = state.received(bytes, 0..<cut, at: 0)
            let last =
                cut == bytes.count
                ? first : state.received(bytes, first.consumed..<bytes.count, at: 0)
            guard case .dispatch(let request) = last.action else {
                Issue.record("cut at \(cut): nothing is handled")
                continue
            }
            #expect(request.body.isEmpty)
            #expect(request.unreadByteCount == count)
            #expect(!state.wantsInput)
            #expect(!state.responded(closes: false, bytes: 1, at: 0).keepsAlive)
        }
    }

    static let read = [
        "Content-Length: 65537", "Content-Length: 100000", "Transfer-Encoding: chunked",
    ]

    @Test("lets a body in that is of use", arguments: read)
    func taken(_ fields: String) {
        var state = Self.state()
        let bytes = Self.head("/read", fields)
        guard case .wait = state.received(bytes, 0..<bytes.count, at: 0).action else {
            Issue.record("the body is not waited for")
            return
        }
        #expect(state.isReceiving)
        var expecting = Self.state()
        let asked = Self.head("/read", fields + "\r\nExpect: 100-continue")
        guard case .sendContinue = expecting.received(asked, 0..<asked.count, at: 0).action else {
            Issue.record("the body is not asked for")
            return
        }
    }

    @Test("refuses a body above what it lets in, announced or in chunks, before it is kept")
    func tooLarge() {
        for fields in ["Content-Length: 100001", "Content-Length: 16777217"] {
            var state = Self.state()
            let bytes = Self.head("/read", fields + "\r\nExpect: 100-continue")
            guard case .refuse(.bodyTooLarge) = state.received(bytes, 0..<bytes.count, at: 0).action
            else {
                Issue.record("\(fields) is not refused")
                continue
            }
        }
        var chunked = Self.state()
        let chunk = Array("186A1\r\n".utf8) + [UInt8](repeating: 0x20, count: 100_001)
        let bytes = Self.head("/read", "Transfer-Encoding: chunked") + chunk
        guard case .refuse(.bodyTooLarge) = chunked.received(bytes, 0..<bytes.count, at: 0).action
        else {
            Issue.record("a chunk above the ruling is kept")
            return
        }
        #expect(chunked.keptBytes == 0)
    }

    @Test("is not asked for about a small body, so its refusal leaves the connection open")
    func small() {
        var state = Self.state()
        let body = [UInt8](repeating: 0x20, count: Limits.httpUnaskedBodyBytesMax)
        let bytes = Self.head("/other", "Content-Length: \(body.count)") + body
        guard case .dispatch(let request) = state.received(bytes, 0..<bytes.count, at: 0).action
        else {
            Issue.record("nothing is handled")
            return
        }
        #expect(request.body == body)
        #expect(request.unreadByteCount == 0)
        #expect(state.responded(closes: false, bytes: 1, at: 0).keepsAlive)
    }

    @Test("is no longer in force for the request behind it")
    func next() {
        var state = Self.state()
        for _ in 0..<2 {
            let bytes = Self.head("/other", "Content-Length: 1") + [0x20]
            guard case .dispatch(let request) = state.received(bytes, 0..<bytes.count, at: 0).action
            else {
                Issue.record("nothing is handled")
                return
            }
            #expect(request.body == [0x20])
            #expect(state.responded(closes: false, bytes: 1, at: 0).keepsAlive)
            _ = state.flushed(at: 0)
        }
    }

    @Test("what is refused half way is let go of at once")
    func letGo() {
        var state = Self.state()
        let bytes = Self.head("/read", "Content-Length: 90000") + [1, 2, 3]
        _ = state.received(bytes, 0..<bytes.count, at: 0)
        #expect(state.keptBytes == 3)
        guard case .refuse(.roomTooSmall) = state.outOfRoom(at: 1) else {
            Issue.record("it is not refused")
            return
        }
        #expect(state.keptBytes == 0)
        #expect(!state.isReceiving)
        #expect(RequestRejection.roomTooSmall.status == 503)
    }
}
