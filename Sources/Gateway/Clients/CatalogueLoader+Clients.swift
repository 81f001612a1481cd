import CDSHooks
import JSON

/// What clients must keep among each other, and what the services must have for them.
extension CatalogueLoader {
    mutating func checkClients() {
        for (position, client) in clients.enumerated() {
            let others = clients[..<position]
            checkCredentials(client, others)
            for (index, id) in (client.services ?? []).enumerated()
            where !services.contains(where: { $0.hook.id == id }) {
                fault(client, .unknownName, "services[\(index)]", "there is no such service")
            }
            for (index, hook) in (client.hooks ?? []).enumerated()
            where !HookDefinition.isWellKnown(hook)
                && !services.contains(where: { $0.hook.hook == hook })
            {
                fault(client, .unknownName, "hooks[\(index)]", "no service is offered for it")
            }
            // Whoever reads the sandbox's repository can sign as it.
            guard !isDevelopment, client.isActive else { continue }
            if client.dialect.isDevelopmentOnly {
                fault(client, .client, "dialect", "the dialect is for development mode only")
            }
            if KnownPublicKeys.isOpen(client) {
                fault(
                    client,
                    .client,
                    "jwt",
                    "the private key of this issuer is public; it is for development mode only"
                )
            }
        }
    }

    /// Two clients that show the same credentials could not be told apart.
    private mutating func checkCredentials(_ client: Client, _ others: ArraySlice<Client>) {
        if let token = client.token {
            // Several clients of one issuer are told apart by the tenant claim, each by its own.
            let same = others.filter { $0.token?.issuer == token.issuer }
            let isTold =
                token.tenantClaim != nil
                && same.allSatisfy {
                    $0.token?.tenantClaim != nil && $0.token?.tenantClaim != token.tenantClaim
                }
            if !same.isEmpty, !isTold {
                fault(
                    client,
                    .duplicate,
                    "jwt.issuer",
                    "another client is registered for this issuer, and not for another tenant of it"
                )
            }
        }
        for key in client.apiKeys
        where others.contains(where: { $0.apiKeys.contains { $0.digest == key.digest } }) {
            fault(client, .duplicate, "apiKeys", "another client has this key")
        }
        if let certificate = client.certificate,
            others.contains(where: { $0.certificate?.isSame(as: certificate) ?? false })
        {
            fault(client, .duplicate, "certificate", "another client has this certificate")
        }
    }

    private mutating func fault(
        _ client: Client,
        _ code: CatalogueFinding.Code,
        _ path: String,
        _ sentence: String
    ) {
        note(code, client.file, path, sentence)
    }
}

extension CertificateRegistration {
    /// Whether both are registered for one certificate.
    fileprivate func isSame(as other: CertificateRegistration) -> Bool {
        if let fingerprint { return fingerprint == other.fingerprint }
        return subject == other.subject && names == other.names && other.fingerprint == nil
    }
}
