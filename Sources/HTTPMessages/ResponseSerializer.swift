/// Writes responses as bytes (RFC 9112 section 4).
package enum ResponseSerializer {
    /// Bodies up to this size are copied behind their head, so that both leave in one write.
    package static var inlineBodyBytesMax: Int { 16_384 }

    /// How a response is to be written.
    package struct Framing: Sendable {
        /// Whether the request was HEAD, whose response has no body.
        package let isHead: Bool
        /// Whether the connection stays open.
        package let keepsAlive: Bool
        /// The minor version of the request.
        package let minorVersion: Int
        /// Whether the client is told to come by TLS only from now on (RFC 6797).
        package var requiresTransportSecurity = false

        /// Makes a framing.
        package init(isHead: Bool, keepsAlive: Bool, minorVersion: Int) {
            self.isHead = isHead
            self.keepsAlive = keepsAlive
            self.minorVersion = minorVersion
        }
    }

    /// The interim response that asks for the body.
    package static let continueBytes: [UInt8] = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Writes the head and, if it is small, the body; answers whether the body is still to send.
    package static func write(
        _ response: borrowing HTTPResponse,
        _ framing: Framing,
        date: [UInt8],
        to output: inout [UInt8]
    ) -> Bool {
        precondition(response.status >= 200, "interim responses are the server's business")
        precondition(response.status <= 599, "no such status")
        output.append(contentsOf: "HTTP/1.1 ".utf8)
        appendDecimal(response.status, to: &output)
        output.append(0x20)
        output.append(contentsOf: StatusText.phrase(response.status).utf8)
        output.append(contentsOf: "\r\nDate: ".utf8)
        output.append(contentsOf: date)
        output.append(contentsOf: "\r\n".utf8)
        response.fields.write(to: &output)
        if framing.requiresTransportSecurity {
            output.append(contentsOf: "Strict-Transport-Security: max-age=31536000\r\n".utf8)
        }
        // 204 and 304 have no body and 204 no length (RFC 9110 section 8.6).
        let hasNoContent = response.status == 204 || response.status == 304
        if !hasNoContent {
            output.append(contentsOf: "Content-Length: ".utf8)
            appendDecimal(response.body.count, to: &output)
            output.append(contentsOf: "\r\n".utf8)
        }
        if !framing.keepsAlive {
            output.append(contentsOf: "Connection: close\r\n".utf8)
        } else if framing.minorVersion == 0 {
            output.append(contentsOf: "Connection: keep-alive\r\n".utf8)
        }
        output.append(contentsOf: "\r\n".utf8)
        if hasNoContent || framing.isHead || response.body.isEmpty { return false }
        guard response.body.count <= inlineBodyBytesMax else { return true }
        output.append(contentsOf: response.body)
        return false
    }

    /// Appends a number in decimal digits.
    static func appendDecimal(_ value: Int, to output: inout [UInt8]) {
        var divisor = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            output.append(0x30 + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}
