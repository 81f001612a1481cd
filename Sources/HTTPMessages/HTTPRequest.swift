/// A complete HTTP/1.1 request.
package struct HTTPRequest: Sendable {
    /// The method, such as `POST`, as it was sent.
    package var method: String
    /// The path of the target, not decoded, such as `/cds-services/news2`.
    package var path: String
    /// The query of the target without the question mark, not decoded.
    package var query: String?
    /// The header fields.
    package var fields: HTTPFields
    /// The body; empty when there is none.
    package var body: [UInt8]
    /// How many bytes of a body the head has announced that are not read, as it was ruled that the
    /// head alone is answered.
    package var unreadByteCount = 0
    /// The address of the peer, such as `127.0.0.1`.
    package var peerAddress: String
    /// The certificate that the peer has shown on this connection, found good by the server.
    package var peerCertificate: PeerCertificate?

    /// Makes a request.
    package init(
        method: String,
        path: String,
        query: String? = nil,
        fields: HTTPFields = HTTPFields(),
        body: [UInt8] = [],
        peerAddress: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.fields = fields
        self.body = body
        self.peerAddress = peerAddress
    }
}

/// A complete HTTP/1.1 response; the server adds `Date`, `Content-Length` and `Connection`.
package struct HTTPResponse: Sendable {
    /// The status code.
    package var status: Int
    /// The header fields.
    package var fields: HTTPFields
    /// The body.
    package var body: [UInt8]
    /// Whether the connection must be closed behind this response.
    package var closesConnection: Bool

    /// Makes a response.
    package init(
        status: Int,
        fields: HTTPFields = HTTPFields(),
        body: [UInt8] = [],
        closesConnection: Bool = false
    ) {
        self.status = status
        self.fields = fields
        self.body = body
        self.closesConnection = closesConnection
    }
}
