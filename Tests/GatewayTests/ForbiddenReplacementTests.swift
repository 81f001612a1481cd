import Basics
import ClinicalEngine
import JSON
import Mapping
import PMML
import Testing

@testable import Gateway

/// What a document says a missing input is worth, and what its profile allows.
@Suite("A replacement for a missing input")
struct ForbiddenReplacementTests {
    /// A regression that takes 90 for a pulse that is missing.
    private static let model = #"""
        <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>
        <DataField name="pulse" optype="continuous" dataType="double"/>
        <DataField name="y" optype="continuous" dataType="double"/></DataDictionary>
        <RegressionModel modelName="m" functionName="regression"><MiningSchema>
        <MiningField name="pulse" missingValueReplacement="90" missingValueTreatment="asMedian"/>
        <MiningField name="y" usageType="target"/></MiningSchema>
        <RegressionTable intercept="1"><NumericPredictor name="pulse" coefficient="1"/>
        </RegressionTable></RegressionModel></PMML>
        """#

    private func evaluation(policy: String) throws -> Evaluation {
        let text = #"""
            {"format":"limen-profile/1","url":"u","version":"1","status":"active",
             "model":"model.pmml","defaults":{"within":"PT12H"},
             "inputs":[{"name":"pulse","type":"quantity","unit":"/min",
              "missing":{"policy":"\#(policy)"},
              "from":[{"code":["http://loinc.org|8867-4"],"path":"value.ofType(Quantity)"}]}]}
            """#
        let profile = try Profile(parsing: JSONDocument(parsing: text), conceptMaps: [:])
        let loaded = try #require(
            LoadedProfile(
                name: "p",
                profile: profile,
                model: try PMMLDocument.compile(Array(Self.model.utf8)),
                profileDigest: "",
                modelDigest: "",
                conceptMapDigests: [],
                structureDigests: []
            )
        )
        let report = profile.map(
            patient: nil,
            resources: [],
            patientID: "p",
            now: Instant(microseconds: 0)
        )
        return loaded.evaluate(report)
    }

    @Test("counts where the profile leaves it to the model")
    func allowed() throws {
        let evaluation = try evaluation(policy: "model")
        #expect(evaluation.status == .complete)
        #expect(evaluation.value == 91)
        #expect(evaluation.imputed == ["pulse"])
    }

    @Test("does not count where the profile demands the input")
    func forbidden() throws {
        let evaluation = try evaluation(policy: "reject")
        #expect(evaluation.status == .refused)
        #expect(evaluation.value == nil)
        #expect(evaluation.refusal == .init(code: .missingValue, field: "pulse"))
    }
}
