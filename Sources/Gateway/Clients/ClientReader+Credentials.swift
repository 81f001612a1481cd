import Basics
import CDSHooks
import Crypto
import JSON

/// How a client is known.
extension ClientReader {
    // MARK: API keys

    func apiKeys(_ root: ClientNode) -> [APIKeyDigest] {
        if root.json["apiKey"] != nil, root.json["apiKeys"] != nil {
            root.fault(at: "apiKeys", "apiKey stands beside it", accepted: "one of the two")
        }
        if let node = root.child("apiKey") { return apiKey(node).map { [$0] } ?? [] }
        let accepted = "a list of one or two objects with salt, sha256 and until"
        guard let nodes = root.list("apiKeys", accepted: accepted) else { return [] }
        // Two are needed while a key is being replaced; a third would be one that was forgotten.
        guard nodes.count <= Limits.apiKeysPerClientMax else {
            root.fault(at: "apiKeys", "the list does not fit", accepted: accepted)
            return []
        }
        let keys = nodes.compactMap(apiKey)
        if keys.count == 2, keys[0].digest == keys[1].digest {
            root.fault(at: "apiKeys", "the key stands there twice", accepted: "each once")
        }
        return keys
    }

    private func apiKey(_ node: ClientNode) -> APIKeyDigest? {
        guard node.isObject(of: ["salt", "sha256", "until"]) else { return nil }
        let salt = bytes(
            node,
            "salt",
            accepted: "at least \(Limits.apiKeySaltBytesMin) bytes in hexadecimal"
        ) { $0.count >= Limits.apiKeySaltBytesMin }
        let digest = bytes(node, "sha256", accepted: "32 bytes in hexadecimal") { $0.count == 32 }
        let until = node.text("until", accepted: "a moment such as 2027-01-31T12:00:00Z") {
            Instant(rfc3339: $0) != nil
        }
        guard let salt, let digest else { return nil }
        return APIKeyDigest(
            salt: salt,
            digest: digest,
            until: until.flatMap(Instant.init(rfc3339:))
        )
    }

    private func bytes(
        _ node: ClientNode,
        _ name: String,
        accepted: String,
        where fits: ([UInt8]) -> Bool
    ) -> [UInt8]? {
        let text = node.requiredText(name, accepted: accepted) {
            Hexadecimal.bytes($0).map(fits) ?? false
        }
        return text.flatMap(Hexadecimal.bytes)
    }

    // MARK: Tokens

    func token(_ root: ClientNode) -> TokenRegistration? {
        let members = [
            "issuer", "keys", "jku", "audience", "tenant", "algorithms", "lifetimeMax", "skew",
        ]
        guard let node = root.child("jwt"), node.isObject(of: members) else { return nil }
        let issuer = node.requiredText("issuer", accepted: "what the tokens say in iss") {
            $0.utf8.count <= 512
        }
        let keys = keySource(node)
        var addresses = node.texts("jku", accepted: "https addresses", where: Self.isAddress) ?? []
        if case .url(let address) = keys, !addresses.contains(address) { addresses.append(address) }
        let audiences = node.texts("audience", accepted: "what the tokens say in aud")
        let tenant = node.text("tenant", accepted: "what the tokens say in tenant")
        let algorithms = node.texts(
            "algorithms",
            accepted: "a list out of " + TokenRegistration.knownAlgorithms.joined(separator: ", ")
        ) { TokenRegistration.knownAlgorithms.contains($0) }
        let lifetime = node.seconds("lifetimeMax", in: 1...Limits.tokenLifetimeSecondsMax)
        let skew = node.seconds("skew", in: 1...Limits.tokenSkewSecondsMax)
        guard let issuer, let keys else { return nil }
        return TokenRegistration(
            issuer: issuer,
            keys: keys,
            keyAddresses: addresses,
            audiences: audiences ?? [],
            tenantClaim: tenant,
            algorithms: algorithms ?? TokenRegistration.recommendedAlgorithms,
            lifetimeSecondsMax: lifetime ?? TokenRegistration.lifetimeSecondsDefault,
            skewSeconds: skew ?? TokenRegistration.skewSecondsDefault
        )
    }

    private func keySource(_ node: ClientNode) -> TokenRegistration.KeySource? {
        let accepted = "an object with one of file, url and inline"
        guard let keys = node.child("keys") else {
            node.fault(at: "keys", "the member is missing", accepted: accepted)
            return nil
        }
        let ways = ["file", "url", "inline"]
        guard keys.isObject(of: ways) else { return nil }
        guard ways.count(where: { keys.json[$0] != nil }) == 1 else {
            keys.fault("the keys come from one place", accepted: accepted)
            return nil
        }
        if let inline = keys.child("inline") {
            guard inline.json.kind == .object else {
                inline.fault("the value is of another kind", accepted: "a JWK Set (RFC 7517)")
                return nil
            }
            return .document(Array(inline.json.rawBytes))
        }
        if keys.json["url"] != nil {
            return keys.text("url", accepted: "an https address", where: Self.isAddress)
                .map { .url($0) }
        }
        let name = keys.text("file", accepted: "the name of a .jwks.json file beside this one") {
            Self.isFileName($0, ending: Self.keySetEnding) && files[beside($0)] != nil
        }
        return name.flatMap { files[beside($0)] }.map { .document($0) }
    }

    /// The ending of the files that hold key sets and no clients.
    static let keySetEnding = ".jwks.json"

    // MARK: Certificates

    func certificate(_ root: ClientNode) -> CertificateRegistration? {
        guard let node = root.child("certificate"),
            node.isObject(of: ["sha256", "subject", "names", "alone"])
        else { return nil }
        let fingerprint = node.text("sha256", accepted: "32 bytes in hexadecimal") {
            Hexadecimal.bytes($0)?.count == 32
        }
        let subject = node.text("subject", accepted: "the subject as the proxy writes it")
        let names = node.texts("names", accepted: "DNS names or URIs of the certificate")
        let isEnough = node.flag("alone") ?? false
        if ["sha256", "subject", "names"].allSatisfy({ node.json[$0] == nil }) {
            node.fault("nothing says which certificate it is", accepted: "sha256, subject or names")
        }
        return CertificateRegistration(
            fingerprint: fingerprint?.lowercased(),
            subject: subject,
            names: names,
            isEnough: isEnough
        )
    }

    // MARK: Forms

    static func isIdentifier(_ text: String) -> Bool {
        FHIRIdentifier.isID(text) && !text.contains(".")
    }

    static func isFileName(_ text: String, ending: String) -> Bool {
        text.hasSuffix(ending) && text.count > ending.count && !text.contains("/")
            && !text.hasPrefix(".")
    }

    static func isOrigin(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else {
            return false
        }
        let host = text.dropFirst(scheme.count)
        return !host.isEmpty
            && host.utf8.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x2E
                    || $0 == 0x2D || $0 == 0x3A
            }
    }

    /// Whether a text is an https address; plain http is for this machine only.
    static func isAddress(_ text: String) -> Bool {
        isBase(text) || isLocal(text)
    }

    /// Whether a text is the base of a FHIR server.
    static func isBase(_ text: String) -> Bool {
        guard text.utf8.count <= 2_048, text.hasPrefix("https://") || isLocal(text) else {
            return false
        }
        let rest = text.drop { $0 != ":" }.dropFirst(3)
        let host = rest.prefix { $0 != "/" }
        return !host.isEmpty
            && text.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "?")
                    && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "@")
                    && byte != UInt8(ascii: "\\")
            }
    }

    private static func isLocal(_ text: String) -> Bool {
        ["http://127.0.0.1", "http://[::1]", "http://localhost"].contains { start in
            guard text.hasPrefix(start) else { return false }
            let next = text.dropFirst(start.count).first
            return next == nil || next == ":" || next == "/"
        }
    }

    static func isNetwork(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = Int(parts[1]), parts[1].count <= 3 else {
            return false
        }
        let isSixth = parts[0].contains(":")
        return (0...(isSixth ? 128 : 32)).contains(length)
            && parts[0].utf8.allSatisfy { byte in
                (byte >= 0x30 && byte <= 0x39) || byte == UInt8(ascii: ".")
                    || (isSixth
                        && (byte == UInt8(ascii: ":")
                            || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66)))
            }
    }
}
