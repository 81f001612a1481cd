import JSON

/// The trusted clients, by what they are known by.
package struct ClientRegistry: Sendable {
    /// The clients by id.
    package let clients: [String: Client]
    /// The clients by the issuer of their tokens.
    private let issuers: [String: [Client]]

    /// Makes a registry.
    package init(_ clients: [Client]) {
        self.clients = Dictionary(
            clients.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        issuers = Dictionary(grouping: clients.filter { $0.token != nil }) {
            $0.token?.issuer ?? ""
        }
    }

    /// The client whose tokens have an issuer and, where several share it, a tenant.
    func client(issuer: String?, tenantClaim: String?) -> Client? {
        guard let issuer, let clients = issuers[issuer] else { return nil }
        guard clients.count > 1 else { return clients.first }
        return clients.first { $0.token?.tenantClaim == tenantClaim }
    }

    /// The clients that a certificate is registered for.
    func clients(certificate: ClientCertificate) -> [Client] {
        clients.values.filter { $0.certificate.map(certificate.fits) ?? false }
    }

    /// Whether an origin is registered for a client that may call, or for a given one.
    func allows(origin: String, for client: Client? = nil) -> Bool {
        if let client { return client.corsOrigins.contains(origin) }
        return clients.values.contains { $0.isActive && $0.corsOrigins.contains(origin) }
    }

    /// SHA-256 of each client's document by id, for the row of a change, as JSON text.
    package var digestsJSON: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("clients")
        writer.beginObject()
        for client in clients.values.sorted(by: { $0.id < $1.id }) {
            writer.member(client.id, client.digest)
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}
