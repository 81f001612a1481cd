import HTTPMessages
import Testing

/// The state machine read as a transcript, with a clock of our own.
struct ConnectionStateTests {
    static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    static let head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
    static let postHead = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n"

    /// What an action is, to be compared.
    enum Step: Equatable {
        case wait, sendContinue, dispatch(String), refuse(RequestRejection), shutDownSending, close

        init(_ action: ConnectionState.Action) {
            switch action {
            case .wait: self = .wait
            case .sendContinue: self = .sendContinue
            case .dispatch(let request): self = .dispatch(request.path)
            case .refuse(let reason): self = .refuse(reason)
            case .shutDownSending: self = .shutDownSending
            case .close: self = .close
            }
        }
    }

    private func fresh(
        _ change: (inout HTTPConnectionLimits) -> Void = { _ in }
    ) -> ConnectionState {
        var limits = HTTPConnectionLimits()
        change(&limits)
        return ConnectionState(parsing: HTTPParsingLimits(), limits: limits, at: 0)
    }

    private func send(_ text: String, _ state: inout ConnectionState, at now: Int64) -> Step {
        let bytes = Array(text.utf8)
        return Step(state.received(bytes, 0..<bytes.count, at: now).action)
    }

    @Test("requests are answered one after the other on a connection that stays")
    func keepAlive() {
        var state = fresh()
        #expect(send(Self.get, &state, at: 1) == .dispatch("/"))
        #expect(!state.wantsInput)
        #expect(send(Self.get, &state, at: 2) == .wait)
        #expect(state.responded(closes: false, bytes: 1, at: 3).keepsAlive)
        #expect(Step(state.flushed(at: 4)) == .wait)
        #expect(send(Self.get, &state, at: 5) == .dispatch("/"))
        #expect(!state.responded(closes: true, bytes: 1, at: 6).keepsAlive)
        #expect(Step(state.flushed(at: 7)) == .shutDownSending)
        #expect(send("junk", &state, at: 8) == .wait)
        #expect(Step(state.endOfInput(at: 9)) == .close)
        #expect(state.isClosed)
    }

    @Test(
        "a refusal of HEAD has no body, and one of anything else has",
        arguments: [
            ("HEAD / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", true),
            ("HEAD /a/../b HTTP/1.1\r\n", true), ("HEAD / HTTP/1.1\r\nHost : a\r\n", true),
            ("HEAD / HTTP/2.0\r\n", true), ("HEAD / HTTP/1.1 \r\n", true),
            ("HEAD /\u{7} HTTP/1.1\r\n", true), ("HEAD /\n", true), ("HEAD \r\n", true),
            ("HEAD /" + String(repeating: "a", count: 20_000), true),
            ("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", false),
            ("GET /HEAD / HTTP/1.1\r\n", false), ("GET / HTTP/2.0\r\n", false),
            ("head / HTTP/1.1\r\n", false), ("HEADS / HTTP/1.1\r\n", false),
            ("HEAD\t/ HTTP/1.1\r\n", false), ("\rHEAD / HTTP/1.1\r\n", false),
        ] as [(String, Bool)]
    )
    func refusedHead(_ text: String, _ isHead: Bool) {
        var state = fresh()
        // What was asked before is not what is asked now.
        #expect(send(isHead ? Self.get : Self.head, &state, at: 1) == .dispatch("/"))
        _ = state.responded(closes: false, bytes: 1, at: 1)
        _ = state.flushed(at: 1)
        guard case .refuse = send(text, &state, at: 2) else {
            Issue.record("it is not refused")
            return
        }
        #expect(state.responded(closes: true, bytes: 1, at: 2).isHead == isHead)
    }

    @Test("the last of the allowed requests says that the connection closes")
    func requestCount() {
        var state = fresh { $0.requestCountMax = 3 }
        for number in 1...3 {
            #expect(send(Self.get, &state, at: 1) == .dispatch("/"))
            let framing = state.responded(closes: false, bytes: 1, at: 1)
            #expect(framing.keepsAlive == (number < 3))
            let step = Step(state.flushed(at: 1))
            #expect(step == (number < 3 ? .wait : .shutDownSending))
        }
    }

    @Test("a head that drips is refused when its time is over, not a moment before")
    func slowHead() {
        var state = fresh { $0.headMilliseconds = 100 }
        #expect(send("GET / HT", &state, at: 10) == .wait)
        #expect(send("TP/1.1\r", &state, at: 90) == .wait)
        #expect(state.deadline == 110)
        #expect(Step(state.expired(at: 109)) == .wait)
        #expect(Step(state.expired(at: 110)) == .refuse(.headTimeout))
        #expect(!state.responded(closes: true, bytes: 1, at: 110).keepsAlive)
        #expect(Step(state.flushed(at: 111)) == .shutDownSending)
        #expect(Step(state.expired(at: 111 + 1_999)) == .wait)
        #expect(Step(state.expired(at: 111 + 2_000)) == .close)
    }

    @Test("a body must keep its least rate after the grace, and end in time")
    func slowBody() {
        var state = fresh {
            $0.bodyRateGraceMilliseconds = 1_000
            $0.bodyBytesPerSecondMin = 1_000
            $0.bodyMilliseconds = 5_000
        }
        #expect(send(Self.postHead, &state, at: 0) == .wait)
        #expect(state.deadline == 1_000)
        #expect(send(String(repeating: "a", count: 3_000), &state, at: 500) == .wait)
        #expect(state.deadline == 3_000)
        var slow = state
        #expect(Step(slow.expired(at: 3_000)) == .refuse(.bodyTooSlow))
        #expect(send(String(repeating: "a", count: 6_999), &state, at: 2_900) == .wait)
        #expect(state.deadline == 5_000)
        #expect(Step(state.expired(at: 5_000)) == .refuse(.bodyTimeout))
    }

    @Test("an idle connection is ended after its time without an answer")
    func idle() {
        var state = fresh { $0.idleMilliseconds = 50 }
        #expect(Step(state.expired(at: 49)) == .wait)
        // The last response may still be on its way.
        #expect(Step(state.expired(at: 50)) == .shutDownSending)
        var old = fresh { $0.idleMilliseconds = 5_000 }
        #expect(Step(old.expired(at: 4_999)) == .wait)
        #expect(Step(old.expired(at: 5_000)) == .close)
    }

    @Test("a connection on which nothing was ever said has the time of a head")
    func silent() {
        var state = fresh {
            $0.headMilliseconds = 3_000
            $0.idleMilliseconds = 9_000
        }
        #expect(state.deadline == 3_000)
        var silent = state
        #expect(Step(silent.expired(at: 2_999)) == .wait)
        #expect(Step(silent.expired(at: 3_000)) == .close)
        #expect(send(Self.get, &state, at: 2_500) == .dispatch("/"))
        _ = state.responded(closes: false, bytes: 1, at: 2_600)
        _ = state.flushed(at: 2_600)
        #expect(state.deadline == 11_600)
    }

    @Test("a connection gives way unless a handler has its request or its answer is unsent")
    func leave() {
        var state = fresh()
        #expect(state.leave == .atOnce)
        #expect(send("POST / HT", &state, at: 0) == .wait)
        #expect(state.leave == .inNeed)
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"
        #expect(send(head + "a", &state, at: 0) == .wait)
        #expect(state.leave == .inNeed)
        #expect(send("b", &state, at: 0) == .dispatch("/"))
        #expect(state.leave == .never)
        _ = state.responded(closes: false, bytes: 0, at: 0)
        #expect(state.leave == .never)
        state.blocked(unsentBytes: 1, takenBytes: 0, at: 0)
        #expect(state.leave == .never)
        _ = state.flushed(at: 0)
        #expect(state.leave == .atOnce)
        #expect(send("BAD\r\n\r\n", &state, at: 0) == .refuse(.requestLineMalformed))
        #expect(state.leave == .never)
        _ = state.responded(closes: true, bytes: 1, at: 0)
        _ = state.flushed(at: 0)
        #expect(state.isLingering)
        #expect(state.leave == .never)
        let secured = ConnectionState(
            parsing: HTTPParsingLimits(),
            limits: HTTPConnectionLimits(),
            isSecured: true,
            at: 0
        )
        #expect(secured.leave == .atOnce)
    }

    @Test("a handler that takes too long is answered for")
    func slowHandler() {
        var state = fresh { $0.handlerMilliseconds = 70 }
        #expect(send(Self.get, &state, at: 5) == .dispatch("/"))
        #expect(Step(state.expired(at: 74)) == .wait)
        #expect(Step(state.expired(at: 75)) == .refuse(.handlerTimeout))
        #expect(!state.isHandling)
        #expect(!state.responded(closes: true, bytes: 1, at: 75).keepsAlive)
    }

    @Test("a peer that takes nothing of its response is left when its time is over")
    func writeStall() {
        var state = fresh {
            $0.writeStallMilliseconds = 40
            $0.writeStallBytesMin = 100
        }
        #expect(send(Self.get, &state, at: 0) == .dispatch("/"))
        _ = state.responded(closes: false, bytes: 1_000, at: 0)
        state.blocked(unsentBytes: 900, takenBytes: 30, at: 10)
        #expect(state.isBlocked)
        #expect(state.deadline == 50)
        state.blocked(unsentBytes: 800, takenBytes: 130, at: 45)
        #expect(Step(state.expired(at: 50)) == .wait)
        state.blocked(unsentBytes: 800, takenBytes: 130, at: 60)
        #expect(Step(state.expired(at: 84)) == .wait)
        #expect(Step(state.expired(at: 85)) == .close)
    }

    @Test("a peer that takes a byte now and then gains no time by it")
    func dripReader() {
        var state = fresh {
            $0.writeStallMilliseconds = 40
            $0.writeStallBytesMin = 100
        }
        #expect(send(Self.get, &state, at: 0) == .dispatch("/"))
        _ = state.responded(closes: false, bytes: 1_000, at: 0)
        state.blocked(unsentBytes: 1_000, takenBytes: 7, at: 0)
        state.blocked(unsentBytes: 950, takenBytes: 57, at: 20)
        state.taken(106, at: 39)
        #expect(state.deadline == 40)
        var enough = state
        enough.taken(107, at: 39)
        #expect(enough.deadline == 79)
        #expect(Step(state.expired(at: 40)) == .close)
    }

    @Test("a peer that takes enough, however slowly, is waited for beyond every other time")
    func slowReader() {
        var state = fresh {
            $0.writeStallMilliseconds = 40
            $0.writeStallBytesMin = 100
            $0.idleMilliseconds = 60
        }
        #expect(send(Self.get, &state, at: 0) == .dispatch("/"))
        _ = state.responded(closes: false, bytes: 1_000, at: 0)
        state.blocked(unsentBytes: 1_000, takenBytes: 0, at: 0)
        // All that time our kernel took nothing more from us.
        for round in 1...10 {
            state.taken(round * 100, at: Int64(round) * 40)
            #expect(Step(state.expired(at: Int64(round) * 40)) == .wait)
            #expect(state.deadline == Int64(round + 1) * 40)
        }
        #expect(Step(state.flushed(at: 430)) == .wait)
        #expect(!state.isBlocked)
        // It has its time between requests from when it has its answer.
        #expect(state.deadline == 490)
        #expect(Step(state.expired(at: 489)) == .wait)
        #expect(Step(state.expired(at: 490)) == .shutDownSending)
    }

    @Test("whatever is sent besides, a peer has a bounded time for what it was answered")
    func besides() {
        for closes in [false, true] {
            var state = fresh {
                $0.writeStallMilliseconds = 40
                $0.writeStallBytesMin = 100
                $0.idleMilliseconds = 60
            }
            #expect(send(Self.get, &state, at: 0) == .dispatch("/"))
            _ = state.responded(closes: closes, bytes: 250, at: 5)
            state.blocked(unsentBytes: 250, takenBytes: 0, at: 5)
            // It takes enough each time, and the same amount waits each time.
            var now: Int64 = 5
            while now < 225 {
                #expect(Step(state.expired(at: now)) == .wait)
                state.blocked(unsentBytes: 250, takenBytes: Int(now) * 100, at: now)
                now += 20
            }
            // Its idle time, a stall for each 100 bytes of 250, and two for what the kernel holds.
            #expect(state.deadline == 225)
            #expect(Step(state.expired(at: 224)) == .wait)
            #expect(Step(state.expired(at: 225)) == .close)
        }
    }

    @Test("a request has one time as a whole, whichever of its parts uses it up")
    func wholeRequest() {
        var state = fresh {
            $0.headMilliseconds = 100
            $0.bodyMilliseconds = 200
            $0.bodyRateGraceMilliseconds = 200
            $0.handlerMilliseconds = 200
            $0.requestMilliseconds = 250
        }
        #expect(send("POST / HT", &state, at: 1_000) == .wait)
        #expect(state.deadline == 1_100)
        let rest = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"
        #expect(send(rest, &state, at: 1_090) == .wait)
        #expect(state.deadline == 1_250)
        var slow = state
        #expect(Step(slow.expired(at: 1_249)) == .wait)
        #expect(Step(slow.expired(at: 1_250)) == .refuse(.requestTimeout))
        #expect(send("x", &state, at: 1_200) == .dispatch("/"))
        #expect(state.deadline == 1_250)
        var late = state
        #expect(Step(late.expired(at: 1_250)) == .refuse(.handlerTimeout))
        // The next request has its own time.
        _ = state.responded(closes: false, bytes: 1, at: 1_240)
        _ = state.flushed(at: 1_240)
        #expect(send(Self.get, &state, at: 1_300) == .dispatch("/"))
        #expect(state.deadline == 1_500)
    }

    @Test("a handshake has its own time, and what follows begins anew")
    func handshake() {
        var limits = HTTPConnectionLimits()
        limits.handshakeMilliseconds = 30
        limits.idleMilliseconds = 5_000
        var state = ConnectionState(
            parsing: HTTPParsingLimits(),
            limits: limits,
            isSecured: true,
            at: 10
        )
        #expect(state.wantsInput)
        #expect(state.isSecuring)
        #expect(state.deadline == 40)
        var slow = state
        #expect(Step(slow.expired(at: 39)) == .wait)
        #expect(Step(slow.expired(at: 40)) == .close)
        var gone = state
        #expect(Step(gone.endOfInput(at: 20)) == .close)
        #expect(Step(state.flushed(at: 20)) == .wait)
        #expect(Step(state.drain(at: 20)) == .wait)
        state.secured(at: 25)
        #expect(!state.isSecuring)
        #expect(send(Self.get, &state, at: 26) == .dispatch("/"))
        #expect(!state.responded(closes: false, bytes: 1, at: 27).keepsAlive)
    }

    @Test("nothing more is read while too many responses or bytes wait to be sent")
    func backPressure() {
        var state = fresh { $0.pipelineDepthMax = 2 }
        for _ in 0..<2 {
            #expect(state.wantsInput)
            #expect(send(Self.get, &state, at: 0) == .dispatch("/"))
            _ = state.responded(closes: false, bytes: 1, at: 0)
        }
        #expect(!state.wantsInput)
        #expect(send(Self.get, &state, at: 0) == .wait)
        #expect(Step(state.flushed(at: 0)) == .wait)
        #expect(state.wantsInput)
        var heavy = fresh { $0.unsentBytesMax = 100 }
        #expect(send(Self.get, &heavy, at: 0) == .dispatch("/"))
        _ = heavy.responded(closes: false, bytes: 100, at: 0)
        #expect(!heavy.wantsInput)
    }

    @Test("the end of input closes at once unless an answer is under way")
    func endOfInput() {
        var idle = fresh()
        #expect(Step(idle.endOfInput(at: 0)) == .close)
        var inHead = fresh()
        _ = send("GET", &inHead, at: 0)
        #expect(Step(inHead.endOfInput(at: 0)) == .close)
        var inBody = fresh()
        _ = send(Self.postHead, &inBody, at: 0)
        #expect(Step(inBody.endOfInput(at: 0)) == .close)
        var handling = fresh()
        _ = send(Self.get, &handling, at: 0)
        #expect(Step(handling.endOfInput(at: 0)) == .wait)
        #expect(!handling.responded(closes: false, bytes: 1, at: 0).keepsAlive)
        #expect(Step(handling.flushed(at: 0)) == .close)
        // An answer without a body is not sent either before it is flushed.
        for bytes in [0, 1] {
            var unsent = fresh()
            _ = send(Self.get, &unsent, at: 0)
            _ = unsent.responded(closes: false, bytes: bytes, at: 0)
            #expect(Step(unsent.endOfInput(at: 0)) == .wait)
            #expect(Step(unsent.flushed(at: 0)) == .close)
            var drained = fresh()
            _ = send(Self.get, &drained, at: 0)
            _ = drained.responded(closes: false, bytes: bytes, at: 0)
            #expect(Step(drained.drain(at: 0)) == .wait)
            #expect(Step(drained.flushed(at: 0)) == .shutDownSending)
        }
    }

    @Test(
        "an answer under way is sent when part of a request follows it, and then the end",
        arguments: [
            "\r", "\r\n", "GET /li", "\r\nGET / HTTP/1.1\r\nHost: a\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab",
        ]
    )
    func endBehindPart(_ part: String) {
        for bytes in [0, 1] {
            var state = fresh()
            #expect(send(Self.get, &state, at: 0) == .dispatch("/"))
            _ = state.responded(closes: false, bytes: bytes, at: 0)
            #expect(send(part, &state, at: 0) == .wait)
            #expect(Step(state.endOfInput(at: 1)) == .wait)
            #expect(!state.wantsInput)
            #expect(!state.isReceiving)
            #expect(state.keptBytes == 0)
            // It has the time of any answer, and not that of a head or a body.
            var slow = state
            let deadline = slow.deadline
            #expect(deadline >= Int64(HTTPConnectionLimits().idleMilliseconds))
            #expect(Step(slow.expired(at: deadline - 1)) == .wait)
            #expect(Step(slow.expired(at: deadline)) == .close)
            #expect(Step(state.flushed(at: 2)) == .close)
        }
    }

    @Test("a next head that does not end in time takes nothing from the answer before it")
    func slowHeadBehindAnswer() {
        var state = fresh { $0.headMilliseconds = 100 }
        #expect(send(Self.get, &state, at: 0) == .dispatch("/"))
        _ = state.responded(closes: false, bytes: 1, at: 0)
        #expect(send("GET /li", &state, at: 10) == .wait)
        #expect(Step(state.expired(at: 110)) == .refuse(.headTimeout))
        _ = state.responded(closes: true, bytes: 1, at: 110)
        #expect(state.unsentResponseCount == 2)
        #expect(Step(state.endOfInput(at: 111)) == .wait)
        #expect(Step(state.flushed(at: 112)) == .close)
    }

    @Test("an empty line behind a request begins no other one, in one piece or in two")
    func emptyLine() {
        for pieces in [["\r\n"], ["\r", "\r\n"]] {
            var state = fresh {
                $0.headMilliseconds = 100
                $0.idleMilliseconds = 5_000
            }
            #expect(send(Self.get, &state, at: 0) == .dispatch("/"))
            _ = state.responded(closes: false, bytes: 1, at: 0)
            _ = state.flushed(at: 10)
            for piece in pieces { #expect(send(piece, &state, at: 200) == .wait) }
            #expect(!state.isReceiving)
            #expect(state.leave == .atOnce)
            #expect(state.deadline == 5_010)
            var drained = state
            #expect(Step(drained.drain(at: 3_000)) == .close)
            var silent = state
            #expect(Step(silent.expired(at: 5_010)) == .close)
            // What comes behind it is a request with a time of its own.
            #expect(send("GET", &state, at: 4_000) == .wait)
            #expect(state.deadline == 4_100)
            #expect(send(Self.get, &state, at: 4_050) == .dispatch("/"))
        }
    }

    @Test("draining ends idle connections and lets the others answer")
    func drain() {
        var used = fresh()
        _ = send(Self.get, &used, at: 0)
        _ = used.responded(closes: false, bytes: 1, at: 0)
        _ = used.flushed(at: 0)
        #expect(Step(used.drain(at: 1)) == .shutDownSending)
        var handling = fresh()
        _ = send(Self.get, &handling, at: 0)
        #expect(Step(handling.drain(at: 1)) == .wait)
        #expect(!handling.responded(closes: false, bytes: 1, at: 2).keepsAlive)
        #expect(Step(handling.flushed(at: 2)) == .shutDownSending)
        // The first request of a fresh connection is on its way more often than not.
        var untouched = fresh()
        #expect(Step(untouched.drain(at: 1)) == .wait)
        #expect(untouched.deadline <= 2_000)
        #expect(send(Self.get, &untouched, at: 2) == .dispatch("/"))
        #expect(!untouched.responded(closes: false, bytes: 1, at: 3).keepsAlive)
    }

    @Test("what is read away behind the last word has a bound")
    func linger() {
        var state = fresh { $0.lingerBytesMax = 10 }
        #expect(send("BAD\r\n\r\n", &state, at: 0) == .refuse(.requestLineMalformed))
        _ = state.responded(closes: true, bytes: 1, at: 0)
        #expect(Step(state.flushed(at: 0)) == .shutDownSending)
        #expect(send("0123456789", &state, at: 0) == .wait)
        #expect(send("x", &state, at: 0) == .close)
    }

    @Test("100 Continue is asked for once")
    func expectation() {
        var state = fresh()
        let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        #expect(send(head, &state, at: 0) == .sendContinue)
        #expect(send("a", &state, at: 0) == .wait)
        #expect(send("b", &state, at: 0) == .dispatch("/"))
    }
}
