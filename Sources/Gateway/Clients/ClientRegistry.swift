package import HTTPMessages

import Basics
import Crypto

/// The trusted clients, and the check of their keys.
package struct ClientRegistry: Sendable {
    /// Why a caller is not let in; for the audit row and the log, never for the caller.
    package enum Refusal: String, Error, Sendable, CaseIterable {
        case noCredentials = "no-credentials"
        case malformed = "malformed-credentials"
        case unknownClient = "unknown-client"
        case wrongKey = "wrong-key"
        case inactive = "inactive-client"
    }

    /// The clients by id.
    package let clients: [String: Client]

    /// Makes a registry.
    package init(_ clients: [Client]) {
        self.clients = Dictionary(
            clients.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The client whose key a request carries: `Authorization: Bearer`, or `X-API-Key`.
    ///
    /// Exactly one field may carry a key: RFC 9110, section 11.6.2, allows `Authorization` once.
    ///
    /// - Throws: `Refusal`.
    package func authenticate(_ fields: HTTPFields) throws(Refusal) -> Client {
        guard let key = try Self.key(fields) else { throw .noCredentials }
        let bytes = Array(key.utf8)
        guard bytes.count <= Limits.apiKeyBytesMax,
            let dot = bytes.firstIndex(of: UInt8(ascii: "."))
        else { throw .malformed }
        let id = String(decoding: bytes[..<dot], as: UTF8.self)
        let client = clients[id]
        // An unknown client costs the same hash, so that time does not tell which ids exist.
        let isEqual = (client?.apiKeys ?? [Self.decoy]).contains { $0.fits(bytes) }
        guard let client else { throw .unknownClient }
        guard isEqual else { throw .wrongKey }
        guard client.isActive else { throw .inactive }
        return client
    }

    private static let decoy = APIKeyDigest(
        salt: [UInt8](repeating: 0, count: 32),
        digest: [UInt8](repeating: 0, count: 32),
        until: nil
    )

    private static func key(_ fields: HTTPFields) throws(Refusal) -> String? {
        let count = fields.values("authorization").count + fields.values("x-api-key").count
        // Two credentials are two callers, or a proxy that reads another one than we do.
        guard count < 2 else { throw .malformed }
        guard let header = fields["authorization"] else { return fields["x-api-key"] }
        let scheme = "bearer "
        guard header.utf8.count > scheme.utf8.count,
            header.prefix(scheme.count).lowercased() == scheme
        else { throw .malformed }
        return String(header.dropFirst(scheme.count))
    }
}
