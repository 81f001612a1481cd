/// What is known of a head while its lines are read.
struct RequestHead: Sendable {
    var method = ""
    /// The line begins with HEAD, whatever else is wrong with it.
    var isHead = false
    var minorVersion = 1
    var path = ""
    var query: String?
    /// The authority of an absolute-form target in lower case.
    var authority: [UInt8]?
    /// The port that the scheme of an absolute-form target stands for.
    var schemePort: StaticString = "80"
    var fields = HTTPFields()
    var places: [HTTPFields.Place] = []
    var host: [UInt8]?
    var contentLength: Int?
    var isChunked = false
    var hasCoding = false
    /// The last of the transfer codings is the only `chunked`.
    var endsInChunked = false
    var asksToClose = false
    var asksToStay = false
    var hasExpectation = false
    var expectsContinue = false
    /// The body is not read, and so many bytes of it were announced.
    var unreadByteCount: Int?

    /// Whether the connection stays open behind the response (RFC 9112 section 9.3).
    var keepsAlive: Bool {
        !asksToClose && unreadByteCount == nil && (minorVersion == 1 || asksToStay)
    }
}
