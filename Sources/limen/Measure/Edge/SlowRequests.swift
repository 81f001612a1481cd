import Basics
import Crypto
import HTTPClient
import HTTPMessages
import Posix

/// What slow clients send: sound beginnings, which only never end.
struct SlowRequests: Sendable {
    /// What a client begins TLS with (RFC 8446 section 4.1.2); empty without it.
    let hello: [UInt8]
    /// A request head, of which a value goes on and on.
    let head: [UInt8]
    /// A request head with everything that its service asks for before it takes a body, and the
    /// length of a body that never comes to its end.
    let bodyHead: [UInt8]
    /// How many bytes of that body some send at once, and so make the server keep.
    static let keptBytes = 48_000
    /// A request whose answer is made for who asks it, and is large: nobody shares its memory.
    let own: EdgeTarget.Work
    /// Whether these answers are decisions; without a key they are those of `/livez`.
    let hasDecisions: Bool

    /// What is sent to a gateway that knows the key; without a key what any server may answer.
    init(
        host: String,
        key: String?,
        now: Instant,
        _ security: ClientStream.Security? = nil
    ) throws(CommandError) {
        hello = try Self.hello(security)
        head = Array("GET /livez HTTP/1.1\r\nHost: \(host)\r\nX-Slow: ".utf8)
        hasDecisions = key != nil
        let credential = key.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        bodyHead = Array(
            """
            POST /cds-services/news2 HTTP/1.1\r
            Host: \(host)\r
            Content-Type: application/json\r
            \(credential)Content-Length: 100000\r
            \r

            """.utf8
        )
        guard let key else {
            let livez = HTTPRequest(method: "GET", path: "/livez")
            own = .init(bytes: RequestSerializer.bytes(livez, host: host)) { _, _ in }
            return
        }
        let request = try LoadRequest(
            prefetchBytes: 64_000,
            host: host,
            key: key,
            now: now,
            explains: true
        )
        own = .init(bytes: request.bytes) { bytes, _ in
            request.put(UUIDBytes.version7(at: Clock.now()), into: &bytes)
        }
    }

    private static func hello(_ security: ClientStream.Security?) throws(CommandError) -> [UInt8] {
        guard let security else { return [] }
        do {
            let session = try TLSSession(security.trust, expecting: security.peer)
            _ = try session.handshake()
            return session.takeOutput()
        } catch {
            throw CommandError(.internalError, "no handshake can be begun: \(error.rawValue)")
        }
    }
}
