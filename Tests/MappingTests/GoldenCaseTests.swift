import Gateway
import JSON
import Mapping
import Testing

@Suite("The golden cases of the shipped profiles")
struct GoldenCaseTests {
    @Test("A case gives what it expects", arguments: ShippedCases.all)
    func holds(_ golden: GoldenCase) throws {
        let project = try #require(ShippedCases.projects[golden.profile])
        let outcome = golden.run(in: project)
        #expect(outcome.fault == nil)
        for difference in outcome.differences {
            Issue.record(
                "\(difference.member): \(difference.expected) expected, got \(difference.actual)"
            )
        }
    }

    @Test(
        "Every file of cases can be read, and every profile loads",
        arguments: ShippedCases.shippedNames
    )
    func loads(_ name: String) throws {
        let suite = GoldenSuite(profile: name, files: ShippedCases.files)
        #expect(suite.findings.isEmpty)
        #expect(!suite.cases.isEmpty)
        #expect(try #require(ShippedCases.projects[name]).findings.isEmpty)
    }

    @Test("There are cases for both profiles, and each has one of every reason of the closed list")
    func coversEveryReason() {
        #expect(ShippedCases.all.filter { $0.profile == "news2" }.count >= 250)
        #expect(ShippedCases.all.filter { $0.profile == "qsofa" }.count >= 50)
        // In these two `code` is counted and never listed, and nothing can be too recent.
        let unreachable: Set = ["code", "recent"]
        let wanted = Set(RejectionReason.allCases.map(\.rawValue)).subtracting(unreachable)
        for profile in ["news2", "qsofa"] {
            var seen: Set<String> = []
            for golden in ShippedCases.all where golden.profile == profile {
                for item in golden.expected["rejections"]?.elements.map({ $0 }) ?? [] {
                    seen.insert(item["reason"]?.stringValue ?? "")
                }
            }
            #expect(wanted.isSubset(of: seen), "\(profile)")
        }
    }
}
