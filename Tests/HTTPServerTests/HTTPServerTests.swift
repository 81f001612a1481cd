import Basics
import HTTPClient
import HTTPMessages
import HTTPServer
import Posix
import Testing

@Suite(.serialized)
struct HTTPServerTests {
    @Test("a connection carries request after request, with Date and without Server")
    func keepAlive() async throws {
        let server = try TestServer.start()
        var client = try server.connect()
        for number in 0..<5 {
            let response = try client.send(
                HTTPRequest(
                    method: "POST",
                    path: "/\(number)",
                    body: [UInt8](repeating: 65, count: number)
                )
            )
            #expect(response.status == 200)
            #expect(response.body.count == "POST /0\n".utf8.count + number)
            #expect(response.fields["date"]?.hasSuffix(" GMT") == true)
            #expect(response.fields["server"] == nil)
            let isClientOpen = client.isOpen
            #expect(isClientOpen)
        }
        #expect(server.server.connectionCount == 1)
        #expect(server.log.counts.finished == [String](repeating: "POST 200", count: 5))
        #expect(await server.server.drain(withinMilliseconds: 5_000))
        #expect(server.server.connectionCount == 0)
    }

    @Test("pipelined requests are answered in order, whether handlers suspend or not")
    func pipelining() async throws {
        let server = try TestServer.serving { request in
            if request.path.hasSuffix("1") { await Task.yield() }
            return await TestServer.echo(request)
        }
        var client = try server.connect()
        var bytes: [UInt8] = []
        for number in 0..<100 {
            bytes += Array("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        }
        try client.write(bytes)
        for number in 0..<100 {
            #expect(try client.receive().body == Array("GET /\(number)\n".utf8))
        }
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("a handler stays on the thread of its loop")
    func affinity() async throws {
        let server = try TestServer.serving { _ in
            let before = WorkerThread.current
            for _ in 0..<10 { await Task.yield() }
            return HTTPResponse(status: WorkerThread.current == before ? 200 : 500)
        }
        var client = try server.connect()
        for _ in 0..<20 {
            #expect(try client.send(HTTPRequest(method: "GET", path: "/")).status == 200)
        }
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("HEAD is answered with the length and no body")
    func head() async throws {
        let server = try TestServer.start()
        var client = try server.connect()
        let response = try client.send(HTTPRequest(method: "HEAD", path: "/"))
        #expect(response.fields["content-length"] == "7")
        #expect(response.body.isEmpty)
        #expect(try client.send(HTTPRequest(method: "GET", path: "/")).status == 200)
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("a body of 10 MB comes through whole, in one piece or in chunks, and so does the answer")
    func largeBodies() async throws {
        let server = try TestServer.serving { HTTPResponse(status: 200, body: $0.body) }
        var client = try server.connect()
        var body = [UInt8](repeating: 0, count: 10 << 20)
        for index in body.indices { body[index] = UInt8(truncatingIfNeeded: index &* 31 >> 3) }
        let request = HTTPRequest(method: "POST", path: "/", body: body)
        #expect(try client.send(request).body == body)
        var chunked = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        var start = 0
        while start < body.count {
            let end = min(body.count, start + 70_001)
            chunked += Array((String(end - start, radix: 16) + "\r\n").utf8)
            chunked += body[start..<end] + [0x0D, 0x0A]
            start = end
        }
        try client.write(chunked + Array("0\r\n\r\n".utf8))
        #expect(try client.receive().body == body)
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("a body above the limit is answered with 413 even to a client that sends all of it first")
    func tooLarge() async throws {
        let server = try TestServer.start()
        for size in [Limits.httpBodyBytesMax + 1, Limits.httpBodyBytesMax] {
            var client = try server.connect()
            let response = try client.send(
                HTTPRequest(method: "POST", path: "/", body: [UInt8](repeating: 1, count: size))
            )
            let isAllowed = size <= Limits.httpBodyBytesMax
            #expect(response.status == (isAllowed ? 200 : 413))
            let isClientOpen = client.isOpen
            #expect(isClientOpen == isAllowed)
        }
        #expect(server.log.counts.refused == [RequestRejection.bodyTooLarge.rawValue])
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("100 Continue is sent when the body waits for it")
    func expectation() async throws {
        let server = try TestServer.start()
        var client = try server.connect()
        let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        try client.write(Array(head.utf8))
        let interim = try client.receiveBytes(count: ResponseSerializer.continueBytes.count)
        #expect(interim == Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        try client.write(Array("ab".utf8))
        #expect(try client.receive().body == Array("POST /\nab".utf8))
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("a client that has shut down its direction still gets its answer")
    func halfClosed() async throws {
        let server = try TestServer.serving { request in
            await Task.yield()
            return await TestServer.echo(request)
        }
        var client = try server.connect()
        try client.write(Array("GET /x HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        client.shutdownSending()
        #expect(try client.receive().body == Array("GET /x\n".utf8))
        #expect(try client.receiveAll().isEmpty)
        #expect(await server.server.drain(withinMilliseconds: 5_000))
    }

    @Test("what the server refuses is answered by the given closure, without any input in it")
    func errorBodies() async throws {
        let server = try TestServer.start {
            $0.errorResponse = { status, code in
                HTTPResponse(status: status, body: Array("own \(code)".utf8))
            }
        }
        var client = try server.connect()
        try client.write(Array("GET /secret\u{7} HTTP/1.1\r\n".utf8))
        let response = try client.receive()
        #expect(response.status == 400)
        #expect(response.body == Array("own LIMEN-HTTP-001".utf8))
        let isClientOpen = client.isOpen
        #expect(!isClientOpen)
        #expect(server.log.counts.refused == ["LIMEN-HTTP-001"])
        #expect(await server.server.drain(withinMilliseconds: 5_000))
        let problem = ProblemResponse.make(status: 431, code: "LIMEN-HTTP-014")
        #expect(
            String(decoding: problem.body, as: UTF8.self)
                == "{\"type\":\"about:blank\",\"title\":\"Request Header Fields Too Large\","
                + "\"status\":431,\"detail\":\"A header line is longer than the limit.\","
                + "\"code\":\"LIMEN-HTTP-014\"}\n"
        )
    }

    @Test("a taken port is a typed error, and so is an address of somebody else")
    func portInUse() async throws {
        let server = try TestServer.start()
        let port = server.server.localPort
        #expect(throws: HTTPServerError.portInUse(port: port)) {
            try HTTPServer.start(HTTPServerConfiguration(port: port)) { _ in
                HTTPResponse(status: 200)
            }
        }
        #expect(throws: HTTPServerError.addressUnusable) {
            try HTTPServer.start(HTTPServerConfiguration(host: "192.0.2.1", port: 0)) { _ in
                HTTPResponse(status: 200)
            }
        }
        #expect(throws: HTTPServerError.addressUnusable) {
            try HTTPServer.start(HTTPServerConfiguration(host: "nowhere", port: 0)) { _ in
                HTTPResponse(status: 200)
            }
        }
        #expect(await server.server.drain(withinMilliseconds: 5_000))
        // A port that was given up can be taken at once.
        let next = try TestServer.start { $0.port = port }
        #expect(try next.isAlive())
        #expect(await next.server.drain(withinMilliseconds: 5_000))
    }
}
