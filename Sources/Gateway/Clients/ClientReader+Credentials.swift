import Basics
import CDSHooks
import Crypto
import HTTPMessages
import JOSE
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
            "issuer", "keys", "overlap", "jku", "audience", "tenant", "algorithms",
            "lifetimeMax", "skew",
        ]
        guard let node = root.child("jwt"), node.isObject(of: members) else { return nil }
        let issuer = node.requiredText("issuer", accepted: "what the tokens say in iss") {
            $0.utf8.count <= 512
        }
        let keys = keySource(node)
        var addresses = node.texts("jku", accepted: "https addresses", where: Self.isAddress) ?? []
        if let address = keys?.address, !addresses.contains(address) { addresses.append(address) }
        let audiences = node.texts("audience", accepted: "what the tokens say in aud")
        let tenant = node.text("tenant", accepted: "what the tokens say in tenant")
        let overlaps = node.flag("overlap") ?? true
        let algorithms = node.choices("algorithms", JWSAlgorithm.self).map { Set($0) }
        let lifetime = node.seconds("lifetimeMax", in: 1...Limits.tokenLifetimeSecondsMax)
        let skew = node.seconds("skew", in: 1...Limits.tokenSkewSecondsMax)
        guard let issuer, let keys else { return nil }
        return TokenRegistration(
            issuer: issuer,
            keys: keys,
            overlaps: overlaps,
            keyAddresses: addresses,
            audiences: audiences ?? [],
            tenantClaim: tenant,
            algorithms: algorithms ?? JWSAlgorithm.recommended,
            lifetimeSecondsMax: lifetime ?? Limits.tokenLifetimeSecondsDefault,
            skewSeconds: skew ?? Limits.tokenSkewSecondsDefault
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
            return keySet(Array(inline.json.rawBytes), at: inline)
        }
        if keys.json["url"] != nil {
            return keys.text("url", accepted: "an https address", where: Self.isAddress)
                .map { .address($0) }
        }
        let name = keys.text("file", accepted: "the name of a .jwks.json file beside this one") {
            Self.isFileName($0, ending: Self.keySetEnding) && files[beside($0)] != nil
        }
        guard let name, let bytes = files[beside(name)], let file = keys.child("file") else {
            return nil
        }
        return keySet(bytes, at: file)
    }

    private func keySet(
        _ bytes: [UInt8],
        at node: ClientNode
    ) -> TokenRegistration.KeySource? {
        do {
            return .set(try KeySet(parsing: bytes))
        } catch {
            let place = error.position.map { " (key \($0), counted from 0)" } ?? ""
            node.fault(
                "the key set cannot be used: \(error.sentence)\(place)"
                    + " [\(error.code.rawValue)]",
                accepted: "a JWK Set (RFC 7517) of public keys, each with a kid of its own"
            )
            return nil
        }
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
        } else if !isEnough, ["apiKey", "apiKeys", "jwt"].allSatisfy({ root.json[$0] == nil }) {
            node.fault(
                "the certificate is not enough, and there is nothing to come with it",
                accepted: "\"alone\": true, or apiKey, apiKeys or jwt beside the certificate"
            )
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

    /// Whether a text is an origin as browsers send it (RFC 6454, section 6.2), byte by byte: what
    /// is written in any other way would never be found.
    static func isOrigin(_ text: String) -> Bool {
        (try? WebURL(parsing: text))?.origin.text == text
    }

    /// Whether a text is an https address; plain http is for this machine only.
    static func isAddress(_ text: String) -> Bool {
        do throws(WebURL.Fault) {
            let origin = try WebURL(parsing: text).origin
            if origin.scheme == .https { return true }
            guard case .address(let address) = origin.host else { return false }
            return AddressPolicy.isLoopback(address)
        } catch {
            return false
        }
    }
}
