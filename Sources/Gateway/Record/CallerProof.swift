import Audit
import Crypto
import JOSE
import JSON

/// How a caller proved who it is, for the audit row: never a credential or a part of one.
struct CallerProof: Sendable, Equatable {
    /// Such as `token`, `api-key`, `certificate`, or several joined by `+`.
    let method: String
    /// The `kid` of the token's key, or what tells one API key of a client from another.
    let key: String?
    /// The algorithm of the token's signature.
    let algorithm: String?
    /// A keyed hash of issuer and `jti`.
    let tokenDigest: [UInt8]?
    /// The SHA-256 of the certificate, when a proxy reported it.
    let certificateDigest: [UInt8]?

    /// Says how a caller was let in; hashes are made with the key of the tenant.
    init(_ caller: CallerCheck.Caller, key tenantKey: AuthenticationKey) {
        method = caller.credentials.kinds
        algorithm = caller.token?.algorithm.rawValue
        if let token = caller.token {
            key = String(token.keyID.prefix(255))
            tokenDigest = tenantKey.authenticate("jti " + token.issuer + "\n" + token.tokenID)
        } else if let apiKey = caller.credentials.apiKey {
            // A keyed hash, cut: it tells which of the client's keys it was, and nothing of the key.
            key = "api-key-" + Hexadecimal.text(tenantKey.authenticate(apiKey).prefix(8))
            tokenDigest = nil
        } else {
            key = nil
            tokenDigest = nil
        }
        certificateDigest = caller.credentials.certificate?.digest
    }

    /// Writes it into a row.
    func write(to record: inout AuditRecord) {
        record.clientMethod = method
        record.clientKey = key
        record.clientAlgorithm = algorithm
        record.tokenDigest = tokenDigest
        record.certificateDigest = certificateDigest
    }

    /// What is known of a login that failed: which ways were tried, why it was refused, and which
    /// registered client it claimed to be.
    static func refusal(_ refused: CallerCheck.Refused, tried: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("tried", tried)
        writer.member("refused", refused.refusal.reason)
        writer.member("claimed", ifPresent: refused.claimed?.id)
        writer.endObject()
        return writer.bytes
    }
}

extension CallerCredentials {
    /// The ways in which the caller says who it is.
    var kinds: String {
        var kinds: [String] = []
        if token != nil { kinds.append("token") }
        if apiKey != nil { kinds.append("api-key") }
        if certificate != nil { kinds.append("certificate") }
        return kinds.joined(separator: "+")
    }
}

extension ClientCertificate {
    /// The SHA-256 of the certificate; `nil` when the proxy reported none that is one.
    var digest: [UInt8]? {
        guard let bytes = fingerprint.flatMap({ Hexadecimal.bytes($0) }), bytes.count == 32 else {
            return nil
        }
        return bytes
    }
}

extension AuditRecord {
    /// Takes over who called, from the row of the same request that led to this one.
    mutating func takeCaller(of cause: AuditRecord) {
        causedBy = cause.eventID
        client = cause.client
        clientMethod = cause.clientMethod
        clientKey = cause.clientKey
        clientAlgorithm = cause.clientAlgorithm
        tokenDigest = cause.tokenDigest
        certificateDigest = cause.certificateDigest
        peerAddress = cause.peerAddress
        programVersion = cause.programVersion
        traceID = cause.traceID
        parentSpanID = cause.parentSpanID
    }
}
