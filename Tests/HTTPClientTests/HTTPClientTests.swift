import Crypto
import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Testing

struct HTTPClientTests {
    @Test(
        "a URL gives the socket, the Host, the path and the query",
        arguments: [
            (
                "http://127.0.0.1:8080/a/b?x=1?y", "127.0.0.1", 8_080, "127.0.0.1:8080", "/a/b",
                "x=1?y"
            ),
            ("http://localhost", "127.0.0.1", 80, "localhost", "/", nil),
            ("http://[::1]:81?q", "::1", 81, "[::1]:81", "/", "q"),
            ("http://[::1]/", "::1", 80, "[::1]", "/", nil),
        ] as [(String, String, Int, String, String, String?)]
    )
    func addresses(
        _ url: String,
        _ address: String,
        _ port: Int,
        _ host: String,
        _ path: String,
        _ query: String?
    ) throws {
        let parsed = try HTTPAddress(url: url)
        #expect(parsed.socket == SocketAddress(host: address, port: port))
        #expect(parsed.host == host)
        #expect(parsed.path == path)
        #expect(parsed.query == query)
    }

    @Test(
        "what is no such URL is refused",
        arguments: [
            "ftp://127.0.0.1/", "https:127.0.0.1", "127.0.0.1", "http://", "http://:80/",
            "http://example.org/",
            "http://127.0.0.1:0/", "http://127.0.0.1:70000/", "http://127.0.0.1:x/",
            "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y",
        ]
    )
    func badAddresses(_ url: String) {
        #expect(throws: HTTPClientError.addressMalformed) { try HTTPAddress(url: url) }
    }

    @Test("an https URL is never asked in clear")
    func neverInClear() {
        #expect(throws: HTTPClientError.notSecured(.noTrust)) {
            try HTTPClient.send(url: "https://127.0.0.1:1/", method: "GET")
        }
    }

    @Test("a request to a URL is answered, and one to nobody is refused")
    func send() async throws {
        let server = try HTTPServer.start(HTTPServerConfiguration(port: 0)) { request in
            HTTPResponse(
                status: 201,
                fields: ["X-Query": request.query ?? "none"],
                body: Array(request.method.utf8) + request.body
            )
        }
        let url = "http://127.0.0.1:\(server.localPort)/x?a=b"
        let response = try HTTPClient.send(url: url, method: "PUT", body: [0x21])
        #expect(response.status == 201)
        #expect(response.fields["x-query"] == "a=b")
        #expect(response.body == Array("PUT!".utf8))
        #expect(await server.drain(withinMilliseconds: 5_000))
        #expect(throws: HTTPClientError.connectionRefused) {
            try HTTPClient.send(url: url, method: "GET")
        }
    }

    @Test("a server that does not answer is given up when the time is over")
    func timeout() throws {
        let listener = try Socket.listen(SocketAddress(host: "127.0.0.1", port: 0), backlog: 8)
        let address = try listener.localAddress()
        #expect(throws: HTTPClientError.timedOut) {
            var client = try HTTPClient.connect(address, timeoutMilliseconds: 50)
            _ = try client.send(HTTPRequest(method: "GET", path: "/"))
        }
        withExtendedLifetime(listener.descriptor.raw) {}
    }

    @Test("a response above the limit is refused")
    func limit() async throws {
        let server = try HTTPServer.start(HTTPServerConfiguration(port: 0)) { _ in
            HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: 1_000))
        }
        let address = SocketAddress(host: "127.0.0.1", port: server.localPort)
        for (limit, isAllowed) in [(999, false), (1_000, true), (1_001, true)] {
            var client = try HTTPClient.connect(address, responseBytesMax: limit)
            let response = try? client.send(HTTPRequest(method: "GET", path: "/"))
            #expect((response?.body.count == 1_000) == isAllowed)
        }
        #expect(await server.drain(withinMilliseconds: 5_000))
    }
}

struct LatencyHistogramTests {
    @Test("quantiles are at most a thirty-second off, from nanoseconds to minutes")
    func quantiles() {
        for scale in [1, 1_000, 1_000_000, 60_000_000] as [Int64] {
            var histogram = LatencyHistogram()
            for value in 1...1_000 { histogram.record(nanoseconds: Int64(value) * scale) }
            for (quantile, exact) in [(0.5, 500), (0.9, 900), (0.99, 990), (1, 1_000)]
                as [(Double, Int64)]
            {
                let measured = Double(histogram.nanoseconds(atQuantile: quantile))
                let wanted = Double(exact * scale)
                #expect(measured >= wanted)
                #expect(measured <= wanted * (1 + 1.0 / 32) + 1)
            }
            #expect(histogram.nanosecondsMax == 1_000 * scale)
            #expect(histogram.count == 1_000)
        }
        #expect(LatencyHistogram().nanoseconds(atQuantile: 0.5) == 0)
    }

    @Test("histograms add up")
    func sum() {
        var left = LatencyHistogram()
        left.record(nanoseconds: 10)
        var right = LatencyHistogram()
        right.record(nanoseconds: 20)
        right.record(nanoseconds: -5)
        left.add(right)
        #expect(left.count == 3)
        #expect(left.nanoseconds(atQuantile: 0.1) == 0)
        #expect(left.nanosecondsMax == 20)
    }
}

struct LoadGeneratorTests {
    @Test("statuses are counted, and requests differ as the closure says")
    func counts() async throws {
        let server = try HTTPServer.start(HTTPServerConfiguration(port: 0)) { request in
            HTTPResponse(status: request.path == "/0" ? 200 : 404)
        }
        let address = SocketAddress(host: "127.0.0.1", port: server.localPort)
        let report = try LoadGenerator.run(
            LoadPlan(address: address, connectionCount: 3, end: .requests(1_000)),
            template: Array("GET /0 HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        ) { bytes, number in bytes[5] = number % 4 == 0 ? 0x30 : 0x31 }
        #expect(report.statusCounts == [200: 250, 404: 750])
        #expect(report.requestCount == 1_000)
        #expect(report.errorCount == 0)
        #expect(report.requestsPerSecond > 0)
        #expect(report.generatorNanoseconds > 0)
        #expect(await server.drain(withinMilliseconds: 5_000))
    }

    @Test("a steady load begins no more requests than its rate allows, on all connections in turn")
    func steady() async throws {
        let server = try HTTPServer.start(HTTPServerConfiguration(port: 0)) { _ in
            HTTPResponse(status: 200)
        }
        let address = SocketAddress(host: "127.0.0.1", port: server.localPort)
        var plan = LoadPlan(address: address, connectionCount: 3, end: .milliseconds(300))
        plan.requestsPerSecond = 50
        let report = try LoadGenerator.run(
            plan,
            template: Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        )
        #expect(report.requestCount >= 3)
        #expect(report.requestCount <= 1 + report.elapsedNanoseconds / 20_000_000)
        #expect(report.errorCount == 0)
        #expect(await server.drain(withinMilliseconds: 5_000))
    }

    @Test("a server that is not there is an error, not an endless attempt")
    func nobody() throws {
        let listener = try Socket.listen(SocketAddress(host: "127.0.0.1", port: 0), backlog: 1)
        let address = try listener.localAddress()
        _ = consume listener
        let report = try LoadGenerator.run(
            LoadPlan(address: address, connectionCount: 2, end: .milliseconds(10_000)),
            template: Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        )
        #expect(report.requestCount == 0)
        #expect(report.lostConnections > 0)
    }
}

struct RequestTemplateTests {
    @Test("a marker is found and filled in place")
    func fill() {
        var bytes = Array("id=00000000-0000-4000-8000-000000000000!".utf8)
        let place = RequestTemplate.position(of: "-000000000000", in: bytes)
        #expect(place == 26)
        RequestTemplate.write(0xAB_CD, digits: 12, at: 27, in: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("-8000-00000000abcd!"))
        #expect(RequestTemplate.position(of: "x", in: bytes) == nil)
        #expect(RequestTemplate.position(of: "!", in: bytes) == bytes.count - 1)
        #expect(RequestTemplate.position(of: "", in: bytes) == nil)
    }
}
