import Basics
import Gateway
import JSON
import Testing

@testable import Mapping

@Suite("What is read once and held against several moments")
struct RecordSurveyTests {
    /// The report as JSON with every rejection and its texts.
    private static func text(_ report: MappingReport) -> String {
        var writer = JSONWriter()
        report.writeJSON(to: &writer)
        return writer.text
    }

    private static func subject(_ data: PatientData) -> SubjectMatcher {
        SubjectMatcher(patientID: data.patientID, fullURLs: data.patientFullURLs)
    }

    @Test(
        "says at every moment what reading anew for that moment says",
        arguments: ShippedCases.names
    )
    func agrees(name: String) throws {
        let profile = try #require(ShippedCases.projects[name]?.mapping)
        for golden in ShippedCases.all where golden.profile == name {
            let (data, subject) = (golden.data, Self.subject(golden.data))
            let survey = profile.survey(data.patient, data.resources, subject)
            for hours in [0, -6, -30, 24 * 400, -24 * 40] as [Int64] {
                let now = golden.moment.advanced(byMicroseconds: hours * 3_600_000_000)
                let anew = profile.survey(data.patient, data.resources, subject, readsAhead: false)
                #expect(
                    Self.text(profile.map(survey, now: now))
                        == Self.text(profile.map(anew, now: now)),
                    "\(golden.name), \(hours) hours on"
                )
            }
        }
    }

    @Test("is read ahead by most rules, and never by one that may ask for the moment")
    func readsAhead() throws {
        let plan = try #require(ShippedCases.projects["news2"]?.mapping).plan
        #expect(plan.rules.contains { !$0.hangsOnMoment })
        for rule in plan.rules where rule.resource == .condition { #expect(rule.hangsOnMoment) }
        for rule in plan.rules {
            switch rule.reader {
            case .expression, .elapsed: #expect(rule.hangsOnMoment)
            case .nothing, .member, .anyValue: continue
            }
        }
    }

    @Test("counts rejections as it lists them")
    func counts() throws {
        let profile = try #require(ShippedCases.projects["news2"]?.mapping)
        var seen: Set<RejectionReason> = []
        for golden in ShippedCases.all where golden.profile == "news2" {
            let (data, subject) = (golden.data, Self.subject(golden.data))
            let survey = profile.survey(data.patient, data.resources, subject)
            let report = profile.map(survey, now: golden.moment)
            for (reason, count) in report.rejectionCounts {
                #expect(report.rejections.count { $0.reason == reason } == count)
                seen.insert(reason)
            }
            let sum = report.rejectionCounts.map(\.count).reduce(0, +)
            #expect(sum == report.rejections.count)
        }
        #expect(seen.count > 10)
    }

    @Test("orders the reasons as they are tested")
    func ranks() {
        #expect(RejectionReason.allCases.map(\.rank) == Array(RejectionReason.allCases.indices))
    }

    @Test("finds two versions of a resource among thousands of others")
    func versions() throws {
        // Ids by the thousand, so that the table of ids is probed and grows; one stands twice.
        let texts = (0..<4_000).map { #"{"resourceType":"Observation","id":"o\#($0)"}"# }
        let again = #"{"resourceType":"Observation","id":"\u006f7","meta":{"versionId":"2"}}"#
        let resources = try (texts + [again]).map { try JSONDocument(parsing: $0).root }
        let versions = ResourceVersions(resources)
        let found = resources.indices.filter { versions.finding(at: $0) != nil }
        #expect(found == [7, 4_000])
    }
}
