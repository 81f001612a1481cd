import Basics
import Crypto
import JSON

/// What each check has found, what it would accept, and whether it could be made.
struct TokenExpectation {
    let examination: TokenExamination
    let knowledge: TokenExplanation.Knowledge

    private var policy: TokenPolicy { knowledge.policy }
    private var header: JSONValue { examination.signed.header }
    private var claims: JSONValue { examination.claims }

    func verdict(of check: TokenCheck) -> TokenExplanation.Step.Verdict {
        let rejection = examination.failure(of: check)
        switch check {
        case .keySetURL where header["jku"] == nil: return .passed
        // What makes an algorithm impossible does so for every issuer.
        case .algorithm where rejection != .algorithmNotRegistered: break
        case .algorithm, .keySetURL, .issuer: if !knowledge.hasIssuer { return .open }
        case .key, .signature: if !knowledge.hasKeys { return .open }
        case .audience where rejection == .audience: if !knowledge.hasAudiences { return .open }
        case .critical, .foreignKeys, .nesting, .type, .keyID, .audience, .expiry, .issuedAt,
            .lifetime, .notBefore, .tenant, .tokenID:
            break
        }
        return rejection.map { .failed($0) } ?? .passed
    }

    func found(by check: TokenCheck) -> String? {
        switch check {
        case .critical: text(header["crit"])
        case .foreignKeys:
            ["jwk", "x5c", "x5u"].first { header[$0] != nil }.map { "\"\($0)\" in the header" }
        case .nesting: text(header["cty"])
        case .algorithm: text(header["alg"])
        case .type: text(header["typ"])
        case .keyID: text(header["kid"])
        case .keySetURL: text(header["jku"])
        case .key: keyFound
        case .signature: "\(examination.signed.signature.count) bytes, not shown"
        case .issuer: text(claims["iss"])
        case .audience: text(claims["aud"])
        case .expiry: moment("exp")
        case .issuedAt: moment("iat")
        case .lifetime: lifetimeFound
        case .notBefore: moment("nbf")
        case .tenant: text(claims["tenant"])
        case .tokenID: text(claims["jti"])
        }
    }

    func accepted(by check: TokenCheck) -> String {
        let skew = Int64(policy.skewSeconds) * 1_000_000
        let now = examination.now
        switch check {
        case .critical: return "no crit and no b64: no extension is understood"
        case .foreignKeys: return "no jwk, x5c or x5u: keys come from the registration alone"
        case .nesting: return "no cty that says JWT"
        case .algorithm:
            let names = policy.algorithms.sorted().map(\.rawValue).joined(separator: ", ")
            return names + " (never none, never HMAC)"
        case .type: return "\"JWT\""
        case .keyID: return "a text of 1 to \(Limits.keyIDBytesMax) bytes"
        case .keySetURL:
            return policy.keySetURLs.isEmpty
                ? "no jku: none is registered"
                : policy.keySetURLs.map(quoted).joined(separator: " or ") + ", never fetched"
        case .key: return keyAccepted
        case .signature: return "made with that key over header and claims as they stand"
        case .issuer: return knowledge.hasIssuer ? quoted(policy.issuer) : "the registered issuer"
        case .audience:
            let known = policy.audiences.map(quoted)
            return (known + (knowledge.hasAudiences ? [] : ["the URL that is called"]))
                .joined(separator: " or ")
        case .expiry: return "after " + now.advanced(byMicroseconds: -skew).text
        case .issuedAt: return "until " + now.advanced(byMicroseconds: skew).text
        case .lifetime: return "at most \(policy.lifetimeSecondsMax) s"
        case .notBefore: return "absent, or until " + now.advanced(byMicroseconds: skew).text
        case .tenant: return tenantAccepted
        case .tokenID: return "a text of 1 to \(Limits.tokenIDBytesMax) bytes, used once"
        }
    }

    private var keyFound: String? {
        guard let keyID = examination.keyID else { return nil }
        switch policy.keys.key(named: keyID) {
        case .unknown: return "no key of this name"
        case .refused(let reason): return reason.sentence
        case .key(let key):
            let use = key.algorithm.map { " for " + $0.rawValue } ?? ""
            switch key.publicKey.material {
            case .rsa(let modulus, _): return "RSA, \(KeyMaterial.bitCount(modulus)) bits" + use
            case .ellipticCurve(let curve, _, _): return curve.rawValue + use
            case .ed25519: return "Ed25519" + use
            }
        }
    }

    private var keyAccepted: String {
        guard knowledge.hasKeys else { return "a key of the issuer for this algorithm" }
        guard let algorithm = examination.signed.algorithm else { return "a key for the algorithm" }
        let fitting = policy.keys.keys.values.filter { $0.mayVerify(algorithm) }
        let names = fitting.map(\.keyID).sorted().map(quoted).joined(separator: ", ")
        return names.isEmpty
            ? "no key of the set is for " + algorithm.rawValue
            : "one for \(algorithm.rawValue): " + names
    }

    private var tenantAccepted: String {
        switch policy.tenant {
        case .ignored: "absent, or any text"
        case .ifPresent(let text): "absent, or " + quoted(text)
        case .required(let text): quoted(text)
        }
    }

    private var lifetimeFound: String? {
        guard let expiry = examination.moment("exp"), let issuedAt = examination.moment("iat")
        else { return nil }
        return "\(expiry.microseconds(since: issuedAt) / 1_000_000) s"
    }

    private func moment(_ name: String) -> String? {
        guard let found = text(claims[name]) else { return nil }
        guard let moment = examination.moment(name) else { return found }
        return found + " = " + moment.text
    }

    /// A value as JSON on one line, escaped so that no terminal is steered by it.
    private func text(_ value: JSONValue?) -> String? {
        guard let value else { return nil }
        var writer = JSONWriter()
        writer.compactValue(value)
        let text = writer.text
        return text.count <= 200 ? text : String(text.prefix(200)) + "..."
    }

    private func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.value(text)
        return writer.text
    }
}
