import Basics
import Crypto
import JOSE

/// Measures what a token costs: microseconds for one verification, the best of nine rounds.
///
/// The best and not the median: on a machine that does other things too it is what the work costs.
///
///     swift run -c release JOSEBench
@main
enum JOSEBench {
    static func main() throws {
        let now = Instant(microseconds: 1_795_300_000_000_000)
        let audience = "https://limen.example/cds-services/news2"
        for algorithm in JWSAlgorithm.allCases {
            let signer = TokenSigner.generate(algorithm, keyID: "key-1")
            let claims = TokenClaims(
                issuer: "https://ehr.example",
                audiences: [audience],
                issuedAt: now,
                tokenID: "b1c9a3e2-6d3b-4b0e-9c8f-0a1b2c3d4e5f"
            )
            let token = Array(signer.sign(claims).utf8)
            let policy = TokenPolicy(
                issuer: claims.issuer,
                audiences: [audience],
                algorithms: [algorithm],
                keys: KeySet([signer.publicKey])
            )
            let parsed = try UnverifiedToken(parsing: token).signed
            let key = signer.publicKey.publicKey
            report(algorithm.rawValue + " verified token") {
                (try? TokenVerifier.verify(token, policy: policy, now: now)) != nil
            }
            report("  of it the signature") {
                key.isValid(parsed.signature, over: parsed.signingInput, by: algorithm.scheme)
            }
            report("  of it taking apart") { (try? UnverifiedToken(parsing: token)) != nil }
            var unknown = policy
            unknown.keys = KeySet([])
            report("  unknown key, refused") {
                (try? TokenVerifier.verify(token, policy: unknown, now: now)) == nil
            }
        }
    }

    private static func report(_ name: String, _ work: () -> Bool) {
        var figures: [Double] = []
        for _ in 0..<9 {
            let clock = ContinuousClock()
            var count = 0
            let start = clock.now
            var elapsed = Duration.zero
            repeat {
                for _ in 0..<20 { precondition(work(), "the work was not done") }
                count += 20
                elapsed = start.duration(to: clock.now)
            } while elapsed < .milliseconds(60)
            let parts = elapsed.components
            let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
            figures.append(seconds * 1e6 / Double(count))
        }
        let best = figures.min() ?? 0
        let text = String(Int(best)) + "." + String(Int(best * 10) % 10)
        print(name + String(repeating: " ", count: max(1, 26 - name.count)) + text + " us")
    }
}
