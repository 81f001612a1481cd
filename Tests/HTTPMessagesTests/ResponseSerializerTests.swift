import Basics
import HTTPMessages
import Testing

struct ResponseSerializerTests {
    private func text(
        _ response: HTTPResponse,
        isHead: Bool = false,
        keepsAlive: Bool = true,
        minorVersion: Int = 1
    ) -> String {
        var output: [UInt8] = []
        let isLeft = ResponseSerializer.write(
            response,
            .init(isHead: isHead, keepsAlive: keepsAlive, minorVersion: minorVersion),
            date: Array("D".utf8),
            to: &output
        )
        #expect(!isLeft)
        return String(decoding: output, as: UTF8.self)
    }

    @Test("a response is written with its length, and the server's fields are the server's alone")
    func plain() {
        let response = HTTPResponse(
            status: 200,
            fields: [
                "X": "1", "Content-Length": "9", "connection": "x", "Date": "x",
                "Transfer-Encoding": "chunked",
            ],
            body: Array("ab".utf8)
        )
        #expect(
            text(response)
                == "HTTP/1.1 200 OK\r\nDate: D\r\nX: 1\r\nContent-Length: 2\r\n\r\nab"
        )
        #expect(text(response, keepsAlive: false).contains("\r\nConnection: close\r\n"))
        #expect(text(response, minorVersion: 0).contains("\r\nConnection: keep-alive\r\n"))
    }

    @Test("HEAD has the length and no body, 204 has neither")
    func bodiless() {
        let response = HTTPResponse(status: 404, body: Array("abc".utf8))
        #expect(
            text(response, isHead: true)
                == "HTTP/1.1 404 Not Found\r\nDate: D\r\nContent-Length: 3\r\n\r\n"
        )
        #expect(text(HTTPResponse(status: 204)) == "HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n")
        #expect(text(HTTPResponse(status: 200)).hasSuffix("Content-Length: 0\r\n\r\n"))
    }

    @Test("a body above the limit of copying is left to be sent from where it lies")
    func large() {
        let limit = ResponseSerializer.inlineBodyBytesMax
        for (size, isLeft) in [(limit - 1, false), (limit, false), (limit + 1, true)] {
            var output: [UInt8] = []
            let result = ResponseSerializer.write(
                HTTPResponse(status: 200, body: [UInt8](repeating: 1, count: size)),
                .init(isHead: false, keepsAlive: true, minorVersion: 1),
                date: [],
                to: &output
            )
            #expect(result == isLeft)
            #expect(output.contains(1) != isLeft)
        }
    }

    @Test(
        "dates are written as HTTP wants them",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_795_219_199, "Fri, 20 Nov 2026 23:59:59 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ] as [(Int64, String)]
    )
    func dates(_ seconds: Int64, _ text: String) {
        #expect(HTTPDate.text(Instant(microseconds: seconds * 1_000_000)) == text)
    }
}
