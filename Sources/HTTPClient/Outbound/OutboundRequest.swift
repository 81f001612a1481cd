package import Crypto

/// A request to another server.
package struct OutboundRequest: Sendable {
    /// The methods.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    /// The method.
    package let method: Method
    /// Path and query.
    package let target: String
    /// Further fields; `Host`, `Authorization` and the framing are added.
    package let fields: [(name: String, value: String)]
    /// The body of a POST.
    package let body: [UInt8]
    /// The access token (RFC 6750).
    package let bearer: Secret?
    /// Whether it may be sent again when a reused connection turns out to be gone.
    ///
    /// A search by POST changes nothing (FHIR R4, section 3.1.1.2.2), so it may as well.
    package let isSafe: Bool
    /// How large the body of the response may be.
    package let responseBytesMax: Int
    /// When everything must be over, in milliseconds of the clock that never goes back.
    package let deadline: Int64

    /// Makes a request.
    package init(
        method: Method = .get,
        target: String,
        fields: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        bearer: Secret? = nil,
        isSafe: Bool = true,
        responseBytesMax: Int,
        deadline: Int64
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.bearer = bearer
        self.isSafe = isSafe
        self.responseBytesMax = responseBytesMax
        self.deadline = deadline
    }

    /// The bytes of the request; the caller wipes them, because the token is among them.
    func bytes(host: String) -> [UInt8] {
        let lines = fields.map { "\($0.name): \(Self.plain($0.value))\r\n" }.joined()
        var head = "\(method.rawValue) \(target) HTTP/1.1\r\nHost: \(host)\r\n\(lines)"
        if method == .post { head += "Content-Length: \(body.count)\r\n" }
        let authorization = "Authorization: Bearer "
        var message: [UInt8] = []
        // All of it at once: an array that grows leaves its old content behind in memory.
        message.reserveCapacity(
            head.utf8.count + body.count + (bearer?.count ?? 0) + authorization.utf8.count + 8
        )
        message.append(contentsOf: head.utf8)
        if let bearer {
            message.append(contentsOf: authorization.utf8)
            bearer.append(to: &message)
            message.append(contentsOf: "\r\n".utf8)
        }
        message.append(contentsOf: "\r\n".utf8)
        message.append(contentsOf: body)
        return message
    }

    /// A value without what could begin a field of its own (RFC 9110, section 5.5).
    private static func plain(_ value: String) -> String {
        String(decoding: value.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
    }
}
