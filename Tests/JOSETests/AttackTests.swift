import Basics
import JSON
import Support
import Testing

@testable import JOSE

/// The attack vectors for the authentication of CDS clients.
@Suite(
    "JWT attacks",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct AttackTests {
    static let folder = "conformance/jwt-attacks/"

    /// What the policy decides where the vectors leave it open, and why.
    static let decisions: [String: TokenRejection?] = [
        // ES256 is not on the list of the clock file; see `es256IsAcceptedWhenRegistered`.
        "ok-es256": .algorithmNotRegistered,
        // RFC 7519, section 4.1.3.
        "ok-aud-array": TokenRejection?.none,
        // Twenty seconds past exp, of thirty granted.
        "ok-skew": TokenRejection?.none,
        // CDS Hooks requires typ.
        "typ-missing": .type,
        "cty-jwt": .nested,
    ]

    struct Case: Sendable {
        let id: String
        let expect: String
        let sequence: Int?
        let token: String
    }

    struct Setting {
        let cases: [Case]
        let policy: TokenPolicy
        let now: Instant
    }

    static func setting() throws -> Setting {
        let clock = try JSONDocument(parsing: Shared.bytes(folder + "clock.json")).root
        let sets = try JSONDocument(parsing: Shared.bytes(folder + "jwks.json")).root
        let issuer = try #require(clock["issuer"]?.stringValue)
        let algorithms = try #require(clock["allowed_algs"]).elements.compactMap {
            $0.stringValue.flatMap(JWSAlgorithm.init(rawValue:))
        }
        let policy = TokenPolicy(
            issuer: issuer,
            audiences: [try #require(clock["audience"]?.stringValue)],
            algorithms: Set(algorithms),
            keys: try KeySet(reading: #require(sets[issuer])),
            lifetimeSecondsMax: try #require(clock["max_lifetime_seconds"]?.integerValue),
            skewSeconds: try #require(clock["skew_seconds"]?.integerValue)
        )
        let cases = try Shared.text(folder + "cases.jsonl").split(separator: "\n").map { line in
            let value = try JSONDocument(parsing: String(line)).root
            return Case(
                id: try #require(value["id"]?.stringValue),
                expect: try #require(value["expect"]?.stringValue),
                sequence: value["seq"]?.integerValue,
                token: try #require(value["jwt"]?.stringValue)
            )
        }
        let now = try #require(clock["now"]?.integerValue)
        return Setting(
            cases: cases,
            policy: policy,
            now: Instant(microseconds: Int64(now) * 1_000_000)
        )
    }

    @Test("Every attack ends as its vector says")
    func everyAttackEndsAsItsVectorSays() async throws {
        let setting = try Self.setting()
        #expect(setting.cases.count == 113)
        let sequence = ReplayGuard(ledger: MemoryLedger())
        var rejections: [TokenRejection: Int] = [:]
        for attack in setting.cases {
            // The replay cases share one memory; every other case begins with an empty one.
            let replays =
                attack.sequence == nil ? ReplayGuard(ledger: MemoryLedger()) : sequence
            let rejection = await Self.rejection(of: attack, setting, replays)
            if let rejection { rejections[rejection, default: 0] += 1 }
            switch attack.expect {
            case "accept": #expect(rejection == nil, "\(attack.id)")
            case "reject": #expect(rejection != nil, "\(attack.id)")
            default:
                let decision = try #require(Self.decisions[attack.id], "\(attack.id)")
                #expect(rejection == decision, "\(attack.id)")
            }
        }
        // Each kind of attack is refused for its own reason, not by accident for another's.
        #expect(rejections[.keyInHeader] == 1)
        #expect(rejections[.replayed] == 2)
        #expect(rejections[.keySetURL] == 7)
        #expect(rejections[.keyRefused, default: 0] >= 1)
        #expect(rejections[.lifetime] == 1)
        #expect(rejections[.headerDuplicate] == 1)
        #expect(rejections[.claimsDuplicate] == 1)
    }

    @Test("A token of an algorithm that the client is registered for is accepted")
    func es256IsAcceptedWhenRegistered() throws {
        let setting = try Self.setting()
        let attack = try #require(setting.cases.first { $0.id == "ok-es256" })
        var policy = setting.policy
        policy.algorithms.insert(.es256)
        let token = try UnverifiedToken(parsing: attack.token)
        let verified = try TokenVerifier.verify(token, policy: policy, now: setting.now)
        #expect(verified.algorithm == .es256)
    }

    static func rejection(
        of attack: Case,
        _ setting: Setting,
        _ replays: ReplayGuard
    ) async -> TokenRejection? {
        do throws(TokenRejection) {
            let token = try UnverifiedToken(parsing: attack.token)
            let verified = try TokenVerifier.verify(
                token,
                policy: setting.policy,
                now: setting.now
            )
            try await replays.claim(verified.use(tenant: "hospital"), now: setting.now)
            return nil
        } catch {
            return error
        }
    }
}
