import Basics
import HTTPMessages

/// What a request brings to say who calls.
struct CallerCredentials: Sendable {
    /// An API key: `Authorization: Bearer` or `X-API-Key`.
    private(set) var apiKey: [UInt8]?
    /// A signed token: `Authorization: Bearer`.
    private(set) var token: [UInt8]?
    /// The certificate, as a proxy that is believed reports it.
    let certificate: ClientCertificate?

    /// Reads the fields of a request.
    ///
    /// Each field may stand there once (RFC 9110, section 11.6.2), and a key comes one way: two
    /// would be two callers, or a proxy that reads another one than we do.
    init(_ request: HTTPRequest, edge: EdgeTrust) throws(CallerRefusal) {
        certificate = try edge.certificate(of: request)
        let authorization = request.fields.values("authorization")
        let keys = request.fields.values("x-api-key")
        guard authorization.count < 2, keys.count < 2 else { throw .malformed }
        if let header = authorization.first {
            let scheme = "bearer "
            guard header.utf8.count > scheme.utf8.count,
                header.prefix(scheme.count).lowercased() == scheme
            else { throw .malformed }
            // RFC 9110, section 11.4: any number of blanks, and at least one.
            let blank = UInt8(ascii: " ")
            let bytes = Array(header.utf8.dropFirst(scheme.utf8.count).drop { $0 == blank })
            guard !bytes.isEmpty else { throw .malformed }
            // A token is three parts; a key has its client's id, a dot, and no other dot.
            if bytes.count(where: { $0 == UInt8(ascii: ".") }) == 1 {
                apiKey = bytes
            } else {
                token = bytes
            }
        }
        if let key = keys.first {
            guard apiKey == nil else { throw .malformed }
            apiKey = Array(key.utf8)
        }
        guard apiKey != nil || token != nil || certificate != nil else { throw .noCredentials }
        if let apiKey, apiKey.count > Limits.apiKeyBytesMax { throw .malformed }
    }
}
