import JSON
import Mapping
import Testing

@Suite("The golden cases of the shipped profiles")
struct GoldenCaseTests {
    private static let profiles: [String: Profile] = {
        var profiles: [String: Profile] = [:]
        for name in ShippedProfile.names { profiles[name] = try? ShippedProfile(name).profile }
        return profiles
    }()

    @Test("A case gives what it expects", arguments: GoldenCase.all)
    func holds(_ golden: GoldenCase) throws {
        let profile = try #require(Self.profiles[golden.profile], "the profile does not load")
        try golden.check(try golden.report(profile))
    }

    @Test("There are cases for both profiles, and each reason of the closed list is in one")
    func coversEveryReason() {
        #expect(GoldenCase.all.filter { $0.profile == "news2" }.count >= 100)
        #expect(GoldenCase.all.filter { $0.profile == "qsofa" }.count >= 10)
        var seen: Set<String> = []
        for golden in GoldenCase.all {
            for item in golden.json["expect"]?["rejections"]?.elements.map({ $0 }) ?? [] {
                seen.insert(item["reason"]?.stringValue ?? "")
            }
        }
        // `code` is counted and never listed.
        let wanted = Set(RejectionReason.allCases.map(\.rawValue)).subtracting(["code"])
        #expect(seen == wanted)
    }
}
