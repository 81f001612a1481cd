/// Writes requests as bytes, for our own client (RFC 9112 section 3).
package enum RequestSerializer {
    /// The bytes of a request; `Host` and `Content-Length` are added.
    package static func bytes(_ request: HTTPRequest, host: String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(256 + request.body.count)
        output.append(contentsOf: request.method.utf8)
        output.append(0x20)
        output.append(contentsOf: request.path.utf8)
        if let query = request.query {
            output.append(0x3F)
            output.append(contentsOf: query.utf8)
        }
        output.append(contentsOf: " HTTP/1.1\r\nHost: ".utf8)
        output.append(contentsOf: host.utf8)
        output.append(contentsOf: "\r\n".utf8)
        request.fields.write(to: &output)
        if !request.body.isEmpty || request.method == "POST" || request.method == "PUT" {
            output.append(contentsOf: "Content-Length: ".utf8)
            ResponseSerializer.appendDecimal(request.body.count, to: &output)
            output.append(contentsOf: "\r\n".utf8)
        }
        output.append(contentsOf: "\r\n".utf8)
        output.append(contentsOf: request.body)
        return output
    }
}
