import Basics
import Gateway
import JOSE
import Posix

/// What `limen jwt explain` checks a token against: a registered client, or what the options say.
struct TokenKnowledge {
    /// What is known of the issuer.
    var issuer = TokenExplanation.Knowledge()
    /// Whether the client may call; `nil` when none is named.
    var isActive: Bool?

    static func choose(
        _ parsed: Arguments,
        now: Instant
    ) throws(CommandError) -> TokenKnowledge {
        var chosen =
            try parsed.value("client").map { name throws(CommandError) in
                try registered(name, parsed, now)
            } ?? TokenKnowledge()
        chosen.issuer = try adding(parsed, to: chosen.issuer)
        return chosen
    }

    /// What the options say beside the registration, or without one.
    private static func adding(
        _ parsed: Arguments,
        to registered: TokenExplanation.Knowledge
    ) throws(CommandError) -> TokenExplanation.Knowledge {
        var knowledge = registered
        if let issuer = parsed.value("issuer") {
            knowledge.policy.issuer = issuer
            knowledge.hasIssuer = true
        }
        if !parsed.all("audience").isEmpty {
            knowledge.policy.audiences +=
                parsed.all("audience").flatMap(HookGateway.audiences(calling:))
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
    ) throws(CommandError) -> TokenKnowledge {
        let (client, token) = try client(name, parsed, now)
        if token.keys.address != nil, parsed.value("jwks") == nil {
            Terminal.writeError(
                "limen: the keys of \(name) come from an address; say --jwks FILE to check with them\n"
            )
        }
        return TokenKnowledge(client, token)
    }

    /// What a registration says.
    init(_ client: Client, _ token: TokenRegistration) {
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
        // The audiences of a registration come beside the URL that is called, which it does not say.
        issuer = TokenExplanation.Knowledge(
            policy: policy,
            hasIssuer: true,
            hasAudiences: false,
            hasKeys: keys != nil
        )
        isActive = client.isActive
    }

    /// Knows nothing yet.
    init() {}

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
