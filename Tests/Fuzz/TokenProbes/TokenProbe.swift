import Basics
import Crypto
import JOSE

/// What must hold for any change of a signed token: no changed token is accepted.
///
/// The input is a script of edits on a token that was just signed, so that every change lies close
/// to a token that would be let in:
///
///     byte 0      which algorithm signed the token
///     byte 1      what is edited: the text, the header's JSON, the claims' JSON, the signature,
///                 or nothing: what follows is the token itself
///     then, four bytes each: operation, place (two bytes), value
public enum TokenProbe {
    private struct Baseline {
        let text: [UInt8]
        let parts: [[UInt8]]
        let keys: KeySet
    }

    private static let now = Instant(microseconds: 1_795_300_000_000_000)
    private static let issuer = "https://ehr.example/"
    private static let audience = "https://limen.example/cds-services/news2"

    /// One of each family; new keys for each run of the program.
    private static let baselines = [JWSAlgorithm.es256, .rs384, .eddsa, .ps256, .es384].map {
        let signer = TokenSigner.generate($0, keyID: "key-1")
        let token = signer.sign(
            TokenClaims(
                issuer: issuer,
                audiences: [audience],
                issuedAt: now,
                tokenID: "9f2c7a",
                notBefore: now,
                tenant: "ward"
            )
        )
        return Baseline(
            text: Array(token.utf8),
            parts: token.split(separator: ".").map { Base64URL.bytes($0) ?? [] },
            keys: KeySet([signer.publicKey])
        )
    }

    /// How many of each input's first byte lead to another token.
    public static let baselineCount = 5

    /// Runs a script; whether the token was accepted, which only an unchanged one may be.
    @discardableResult
    public static func run(_ script: [UInt8]) -> Bool {
        let baseline = baselines[Int(script.first ?? 0) % baselineCount]
        let token = edited(baseline, script)
        let policy = TokenPolicy(
            issuer: issuer,
            audiences: [audience],
            algorithms: Set(JWSAlgorithm.allCases),
            keys: baseline.keys,
            tenant: .required("ward")
        )
        let isAccepted: Bool
        do throws(TokenRejection) {
            let verified = try TokenVerifier.verify(token, policy: policy, now: now)
            precondition(verified.tokenID == "9f2c7a", "another token was accepted")
            isAccepted = true
        } catch {
            isAccepted = false
        }
        let explained = TokenExplanation(
            of: token,
            TokenExplanation.Knowledge(
                policy: policy,
                hasIssuer: true,
                hasAudiences: true,
                hasKeys: true
            ),
            now: now
        )
        precondition((explained.rejection == nil) == isAccepted, "explained is not what is done")
        precondition(isAccepted == (token == baseline.text), "a changed token was accepted")
        return isAccepted
    }

    private static func edited(_ baseline: Baseline, _ script: [UInt8]) -> [UInt8] {
        let edits = Array(script.dropFirst(2))
        switch (script.dropFirst().first ?? 0) % 5 {
        case 0: return apply(edits, to: baseline.text)
        case 4 where !edits.isEmpty: return edits
        case let part:
            var parts = baseline.parts
            let index = Int(part - 1) % parts.count
            parts[index] = apply(edits, to: parts[index])
            return Array(parts.map(Base64URL.text).joined(separator: ".").utf8)
        }
    }

    /// Applies edits of four bytes each, at most sixteen of them.
    private static func apply(_ edits: [UInt8], to bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var rest = edits[...].prefix(64)
        while rest.count >= 4 {
            let edit = Array(rest.prefix(4))
            rest = rest.dropFirst(4)
            let place = (Int(edit[1]) << 8 | Int(edit[2])) % (bytes.count + 1)
            let value = edit[3]
            let isInside = place < bytes.count
            switch edit[0] % 8 {
            case 0 where isInside: bytes[place] ^= 1 << (value % 8)
            case 1 where isInside: bytes[place] = value
            case 2: bytes.insert(value, at: place)
            case 3 where isInside: bytes.remove(at: place)
            case 4 where isInside: bytes.swapAt(place, Int(value) % bytes.count)
            case 5: bytes.removeLast(min(bytes.count, Int(value)))
            case 6:
                let end = min(bytes.count, place + Int(value))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 7: bytes.append(contentsOf: [UInt8](repeating: value, count: place % 9))
            default: continue
            }
        }
        return bytes
    }
}
