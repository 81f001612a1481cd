import Basics
import Gateway
import JOSE
import Posix

/// What `limen jwt explain` checks a token against: a registered client, or what the options say.
enum TokenKnowledge {
    static func choose(
        _ parsed: Arguments,
        token: [UInt8],
        now: Instant
    ) throws(CommandError) -> TokenExplanation.Knowledge {
        var knowledge =
            try parsed.value("client").map { name throws(CommandError) in
                try registered(name, parsed, now)
            } ?? TokenExplanation.Knowledge()
        if let issuer = parsed.value("issuer") {
            knowledge.policy.issuer = issuer
            knowledge.hasIssuer = true
        }
        if !parsed.all("audience").isEmpty {
            knowledge.policy.audiences += parsed.all("audience")
            knowledge.hasAudiences = true
        }
        if let path = parsed.value("jwks") {
            knowledge.policy.keys = try keys(path)
            knowledge.hasKeys = true
        }
        return knowledge
    }

    /// A client of the configuration that is registered for tokens.
    static func client(
        _ name: String,
        _ parsed: Arguments,
        _ now: Instant
    ) throws(CommandError) -> (client: Client, token: TokenRegistration) {
        let files = try ConfigurationFiles.read(
            home: try ConfigurationFiles.home(),
            clients: parsed.value("clients")
        )
        let catalogue: Catalogue
        do throws(CatalogueError) {
            catalogue = try Catalogue(files: files, now: now, isDevelopment: true)
        } catch {
            let lines = error.findings.map { "\n  " + $0.text }
            throw CommandError(.badInput, "the configuration has faults:" + lines.joined())
        }
        guard let client = catalogue.clients.clients[name] else {
            let known = catalogue.clients.clients.keys.sorted().joined(separator: ", ")
            throw CommandError(.usage, "there is no client \(name); known are \(known)")
        }
        guard let token = client.token else {
            throw CommandError(.badInput, "the client \(name) is not registered for tokens")
        }
        return (client, token)
    }

    private static func registered(
        _ name: String,
        _ parsed: Arguments,
        _ now: Instant
    ) throws(CommandError) -> TokenExplanation.Knowledge {
        let (client, token) = try client(name, parsed, now)
        var keys: KeySet?
        if case .set(let set) = token.keys { keys = set }
        let policy = TokenPolicy(
            issuer: token.issuer,
            audiences: token.audiences,
            algorithms: token.algorithms,
            keys: keys ?? KeySet([]),
            keySetURLs: token.keyAddresses,
            tenant: token.tenantClaim.map { .required($0) } ?? .ifPresent(client.tenant),
            lifetimeSecondsMax: token.lifetimeSecondsMax,
            skewSeconds: token.skewSeconds
        )
        if keys == nil, parsed.value("jwks") == nil {
            Terminal.writeError(
                "limen: the keys of \(name) come from an address; say --jwks FILE to check with them\n"
            )
        }
        return TokenExplanation.Knowledge(
            policy: policy,
            hasIssuer: true,
            hasAudiences: !token.audiences.isEmpty,
            hasKeys: keys != nil
        )
    }

    private static func keys(_ path: String) throws(CommandError) -> KeySet {
        let bytes = try ConfigurationFiles.bytes(path)
        do throws(KeySetError) {
            return try KeySet(parsing: bytes)
        } catch {
            let place = error.position.map { " (key \($0 + 1))" } ?? ""
            throw CommandError(
                .badInput,
                "\(path): \(error.sentence)\(place) [\(error.code.rawValue)]"
            )
        }
    }
}
