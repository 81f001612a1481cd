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

    @Test("There are cases for both profiles, and each reason of the closed list is in one")
    func coversEveryReason() {
        #expect(ShippedCases.all.filter { $0.profile == "news2" }.count >= 100)
        #expect(ShippedCases.all.filter { $0.profile == "qsofa" }.count >= 10)
        var seen: Set<String> = []
        for golden in ShippedCases.all {
            for item in golden.expected["rejections"]?.elements.map({ $0 }) ?? [] {
                seen.insert(item["reason"]?.stringValue ?? "")
            }
        }
        // `code` is counted and never listed.
        let wanted = Set(RejectionReason.allCases.map(\.rawValue)).subtracting(["code"])
        #expect(seen.subtracting(["code"]) == wanted)
    }
}
