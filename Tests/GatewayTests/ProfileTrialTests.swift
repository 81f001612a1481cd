import HTTPMessages
import JSON
import Mapping
import Testing

@testable import Gateway

@Suite("A trial of a profile without a request")
struct ProfileTrialTests {
    private static let shortfalls =
        PrefetchDecisionTests.shortfalls + [
            ("", #","link":[{"relation":"Next","url":"x"}]"#), ("", #","total":"12""#),
            ("", #","total":-1"#),
        ]

    private static func trial(
        _ name: String,
        _ conditions: String,
        isWhole: Bool = false
    ) throws -> ProfileTrial {
        let project = ProfileProject(
            name: name,
            files: try GatewayFixture.files(),
            now: GatewayFixture.now
        )
        let prefetch = #"{"patient":\#(PrefetchDecisionTests.patient),"conditions":\#(conditions)}"#
        var data = PatientData(patientID: "p1")
        let root = try JSONDocument(parsing: prefetch).root
        data.patient = root["patient"]
        data.resources = root["conditions"]?["entry"]?.elements.compactMap { $0["resource"] } ?? []
        return ProfileTrial(
            mapping: try #require(project.mapping),
            loaded: project.loaded,
            services: project.services,
            data: data,
            at: GatewayFixture.now,
            sending: isWhole ? nil : { _ in Array(prefetch.utf8) }
        )
    }

    private static func bundle(_ resources: [String], _ entry: String, _ more: String) -> String {
        let entries = resources.map { #"{"resource":\#($0)}"# } + (entry.isEmpty ? [] : [entry])
        return #"{"resourceType":"Bundle"\#(more),"entry":[\#(entries.joined(separator: ","))]}"#
    }

    @Test("says of data that are not all there is what the gateway says", arguments: shortfalls)
    func partial(_ shortfall: (entry: String, more: String)) async throws {
        for conditions in [
            [PrefetchDecisionTests.hypertension], [PrefetchDecisionTests.fibrillation],
        ] {
            let trial = try Self.trial(
                "cha2ds2-va",
                Self.bundle(conditions, shortfall.entry, shortfall.more)
            )
            let answer = try await PrefetchDecisionTests.scoreFibrillation(
                conditions,
                entry: shortfall.entry,
                more: shortfall.more
            )
            #expect(trial.cards.map(\.summary) == [answer.summary])
            #expect(trial.isPartial && !trial.isRefused && trial.cardFaults.isEmpty)
        }
    }

    @Test("takes data of which nothing is known to be lacking for whole")
    func whole() async throws {
        let conditions = [PrefetchDecisionTests.hypertension]
        let bundle = Self.bundle(conditions, "", "")
        let answer = try await PrefetchDecisionTests.scoreFibrillation(conditions)
        for isWhole in [true, false] {
            let trial = try Self.trial("cha2ds2-va", bundle, isWhole: isWhole)
            #expect(trial.cards.map(\.summary) == [answer.summary])
            #expect(trial.isPartial == !isWhole)
        }
    }

    @Test(
        "refuses where the gateway does, and does not decide",
        arguments: [
            bundle([], "", #","total":4"#), bundle([], #"{"fullUrl":"x"}"#, ""),
            bundle([PrefetchDecisionTests.fibrillation], "", #","link":{"relation":"next"}"#),
            bundle(
                [PrefetchDecisionTests.fibrillation],
                #"{"resource":\#(PrefetchDecisionTests.error)}"#,
                ""
            ),
        ]
    )
    func refused(_ conditions: String) async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post(
            "/cds-services/cha2ds2-va",
            PrefetchDecisionTests.body(
                #","prefetch":{"patient":\#(PrefetchDecisionTests.patient),"#
                    + #""conditions":\#(conditions)}"#
            )
        )
        #expect(response.status != 200)
        let trial = try Self.trial("cha2ds2-va", conditions)
        #expect(trial.isRefused && trial.cards.isEmpty && trial.evaluation == nil)
        #expect(trial.cardFaults.count == 1)
        if case .notApplicable = trial.report.applicability {
            Issue.record("what is not known bars no model")
        }
    }
}
