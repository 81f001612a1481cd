import Basics
import Crypto
import HTTPMessages
import Posix
import Support
import Testing

@testable import HTTPClient

@Suite("Outgoing requests")
struct OutboundClientTests {
    /// Answers every request of a connection with 200.
    private static let plain: ScriptedServer.Script = { peer in
        while let request = peer.readRequest() { peer.respond(200, request.target) }
    }

    @Test("A request is answered, and the next one uses the same connection")
    func reuse() async throws {
        let server = try ScriptedServer.start(Self.plain)
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        let destination = try OutboundFixture.destination(
            "http://127.0.0.1/",
            opening: ["127.0.0.0/8"]
        )
        for number in 0..<5 {
            let response = try await fixture.client.send(
                OutboundFixture.request("/r4/Patient/\(number)"),
                to: destination
            )
            #expect(response.status == 200)
            #expect(response.body == Array("/r4/Patient/\(number)".utf8))
        }
        #expect(server.acceptedCount == 1)
        let head = try #require(server.heads.first)
        #expect(head.hasPrefix("GET /r4/Patient/0 HTTP/1.1\r\nHost: 127.0.0.1\r\n"))
        #expect(!head.lowercased().contains("accept-encoding"))
        #expect(!head.lowercased().contains("authorization"))
    }

    @Test("A token goes out as it is, and a POST with its form")
    func tokenAndForm() async throws {
        let server = try ScriptedServer.start { peer in
            while let request = peer.readRequest() {
                peer.respond(200, String(decoding: request.body, as: UTF8.self))
            }
        }
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        let response = try await fixture.client.send(
            OutboundRequest(
                method: .post,
                target: "/r4/Observation/_search",
                fields: [("X-Odd", "a\r\nInjected: b")],
                body: Array("patient=1".utf8),
                bearer: Secret(Array("token-1".utf8)),
                responseBytesMax: 100,
                deadline: Clock.monotonicMilliseconds() + 20_000
            ),
            to: try OutboundFixture.destination("http://127.0.0.1:81/", opening: ["127.0.0.0/8"])
        )
        #expect(response.body == Array("patient=1".utf8))
        let head = try #require(server.heads.first)
        #expect(head.contains("\r\nAuthorization: Bearer token-1"))
        #expect(head.contains("\r\nContent-Length: 9\r\n"))
        #expect(head.contains("\r\nHost: 127.0.0.1:81\r\n"))
        #expect(!head.contains("\r\nInjected"))
    }

    @Test("Many requests at once use a bounded number of connections")
    func bound() async throws {
        let server = try ScriptedServer.start(Self.plain)
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        let destination = try OutboundFixture.destination(
            "http://127.0.0.1/",
            opening: ["127.0.0.0/8"]
        )
        let count = Limits.outboundWaitingMax
        let good = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<count {
                group.addTask {
                    let request = OutboundFixture.request("/\(number)")
                    let response = try? await fixture.client.send(request, to: destination)
                    return response?.body == Array("/\(number)".utf8)
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(good == count)
        #expect(server.acceptedCount <= Limits.outboundConnectionsPerServerMax)
    }

    @Test("Connections are not shared between owners")
    func owners() async throws {
        let server = try ScriptedServer.start(Self.plain)
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        let trust = try OutboundFixture.trust()
        for owner in ["a", "b", "a", "b"] {
            let destination = try OutboundFixture.destination(
                "http://127.0.0.1/",
                opening: ["127.0.0.0/8"],
                owner: owner,
                trust: trust
            )
            #expect(try await fixture.outcome(to: destination) == "200")
        }
        #expect(server.acceptedCount == 2)
    }

    @Test("A reused connection that is gone is replaced, once and without an error")
    func goneConnection() async throws {
        let server = try ScriptedServer.start { peer in
            guard peer.readRequest() != nil else { return }
            peer.respond(200, "")
            // The next request on this connection is read and not answered.
            _ = peer.readRequest()
            peer.abort()
        }
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        let trust = try OutboundFixture.trust()
        let destination = try OutboundFixture.destination(
            "http://127.0.0.1/",
            opening: ["127.0.0.0/8"],
            trust: trust
        )
        #expect(try await fixture.outcome(to: destination) == "200")
        #expect(try await fixture.outcome(to: destination) == "200")
        #expect(server.acceptedCount == 2)
    }

    @Test(
        "An answer that lies about itself is no answer",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "connection-lost"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "connection-lost"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab",
                "response-malformed"
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "response-malformed"
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", "response-malformed"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7FFFFFFF\r\n",
                "response-malformed"
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab",
                "content-coded"
            ),
            ("hello", "connection-lost"), ("", "connection-lost"),
            ("HTTP/1.1 200 OK\r\n", "connection-lost"),
            ("SSH-2.0-x\r\n\r\n\r\n", "response-malformed"),
            (
                "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n",
                "302"
            ),
            ("HTTP/1.1 200 OK\r\n\r\nuntil the end", "200"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\n\r\n", "200"),
        ]
    )
    func lies(_ text: String, _ outcome: String) async throws {
        let server = try ScriptedServer.start { peer in
            guard peer.readRequest() != nil else { return }
            peer.write(text)
        }
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        #expect(try await fixture.outcome() == outcome)
    }

    @Test("What comes behind an answer is never taken for the next one")
    func responseSplitting() async throws {
        let server = try ScriptedServer.start { peer in
            while let request = peer.readRequest() {
                let poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
                peer.write(
                    "HTTP/1.1 200 OK\r\nContent-Length: \(request.target.utf8.count)\r\n\r\n"
                        + request.target + poison
                )
            }
        }
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        let destination = try OutboundFixture.destination(
            "http://127.0.0.1/",
            opening: ["127.0.0.0/8"]
        )
        for target in ["/one", "/two", "/three"] {
            let response = try await fixture.client.send(
                OutboundFixture.request(target),
                to: destination
            )
            #expect(response.body == Array(target.utf8))
        }
    }

    @Test("A body without end is cut off at the limit")
    func endlessBody() async throws {
        let server = try ScriptedServer.start { peer in
            guard peer.readRequest() != nil else { return }
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
            while !peer.isOver { peer.write(chunk) }
        }
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        #expect(try await fixture.outcome() == "response-malformed")
    }

    @Test("One byte after the other does not keep a request alive beyond its deadline")
    func drip() async throws {
        let server = try ScriptedServer.start { peer in
            guard peer.readRequest() != nil else { return }
            peer.drip(
                "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 10_000),
                everyMilliseconds: 10
            )
        }
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        let request = OutboundFixture.request(withinMilliseconds: 150)
        #expect(try await fixture.outcome(request) == "timed-out")
    }

    @Test("A server that says nothing, or accepts nobody, is given up at the deadline")
    func silence() async throws {
        let server = try ScriptedServer.start { $0.idle() }
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        for url in ["http://127.0.0.1/", "https://127.0.0.1/"] {
            let outcome = try await fixture.outcome(
                OutboundFixture.request(withinMilliseconds: 100),
                to: try OutboundFixture.destination(url, opening: ["127.0.0.0/8"])
            )
            #expect(outcome == "timed-out")
        }
    }

    @Test("A request whose time is over already is not sent")
    func pastDeadline() async throws {
        let server = try ScriptedServer.start(Self.plain)
        defer { server.stop() }
        let fixture = try OutboundFixture(port: server.port)
        #expect(
            try await fixture.outcome(OutboundFixture.request(withinMilliseconds: -1))
                == "timed-out"
        )
        #expect(server.heads.isEmpty)
    }

    @Test("A server that is not there is told at once")
    func refused() async throws {
        let server = try ScriptedServer.start(Self.plain)
        let socket = try Socket.listen(SocketAddress(host: "127.0.0.1", port: 0), backlog: 1)
        let port = try socket.localAddress().port
        _ = consume socket
        server.stop()
        let fixture = try OutboundFixture(port: port)
        #expect(try await fixture.outcome() == "connection-refused")
    }
}
