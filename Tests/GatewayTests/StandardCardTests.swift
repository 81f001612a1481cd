import Audit
import CDSHooks
import Foundation
import JSON
import Support
import Testing

@testable import Gateway

/// A hook document that says only what a result means still speaks when there is none.
@Suite("The standard cards")
struct StandardCardTests {
    /// The qSOFA service, reduced to its two cards for a result.
    static func fixture(defaults: String = "") throws -> GatewayFixture {
        let text = #"""
            {"id":"qsofa","hook":"patient-view","title":"qSOFA","description":"D",
             "prefetch":"auto",
             "limen":{"format":"limen-hook/1","version":"1","profile":"qsofa","mode":"live",
              "deadline":"PT5S","labels":{"age-under-16":"under 16 years of age"}\#(defaults),
              "cards":[
               {"name":"positive","when":"%result.score >= 2","card":{
                 "summary":"qSOFA {{ %result.score }}: positive","indicator":"warning"}},
               {"name":"negative","when":"%result.score < 2","card":{
                 "summary":"qSOFA {{ %result.score }}: negative","indicator":"info"}}]}}
            """#
        return try GatewayFixture(extraFiles: ["Hooks/qsofa.json": Array(text.utf8)])
    }

    static func observations(_ rate: String?, mentation: String? = "15") -> [String] {
        var all = [HookBody.quantity("sbp", loinc: "8480-6", "99", "mm[Hg]")]
        if let rate { all.append(HookBody.quantity("rr", loinc: "9279-1", rate, "/min")) }
        if let mentation {
            all.append(HookBody.quantity("gcs", loinc: "9269-2", mentation, "{score}"))
        }
        return all
    }

    @Test("speak when an input is missing, and name it with its reason")
    func incomplete() async throws {
        let fixture = try Self.fixture()
        var body = HookBody()
        body.observations = Self.observations(nil)
        let card = try await fixture.post("/cds-services/qsofa", body.text).card
        #expect(
            card?["summary"]?.stringValue
                == "qSOFA not calculated. Missing: respiratory rate"
        )
        #expect(card?["indicator"]?.stringValue == "info")
        #expect(card?["source"]?["label"]?.stringValue == "qSOFA")
        #expect(card?["detail"]?.stringValue?.contains("this is not a result") == true)
        #expect(fixture.sink.records.first?.outcome == .incomplete)
    }

    @Test("say in the document's own words why the model does not apply")
    func notApplicable() async throws {
        let fixture = try Self.fixture()
        var body = HookBody()
        body.birthDate = "2020-02-03"
        body.observations = Self.observations("22")
        let card = try await fixture.post("/cds-services/qsofa", body.text).card
        #expect(
            card?["summary"]?.stringValue
                == "qSOFA does not apply: under 16 years of age. Nothing was calculated"
        )
    }

    @Test("say that it is not known whether the model applies")
    func undecided() async throws {
        let fixture = try Self.fixture()
        var body = HookBody()
        body.birthDate = nil
        body.observations = Self.observations("22")
        let card = try await fixture.post("/cds-services/qsofa", body.text).card
        #expect(
            card?["summary"]?.stringValue
                == "qSOFA could not be computed: not known whether it applies (age unknown)"
        )
    }

    @Test("say that the model refuses a value")
    func refused() async throws {
        let fixture = try Self.fixture()
        var body = HookBody()
        // A Glasgow score is a whole number: the model gives no answer for another.
        body.observations = Self.observations("22", mentation: "14.5")
        let card = try await fixture.post("/cds-services/qsofa", body.text).card
        let summary = card?["summary"]?.stringValue
        #expect(
            summary
                == "qSOFA could not be computed: the model gives no answer for these inputs"
        )
        #expect(card?["detail"]?.stringValue?.contains("invalid-value mentation") == true)
    }

    @Test("stay away when there is a result, and its urgent card carries the published reasons")
    func complete() async throws {
        let fixture = try Self.fixture()
        var body = HookBody()
        body.observations = Self.observations("22")
        let response = await fixture.post("/cds-services/qsofa", body.text)
        let cards = try #require(try response.json["cards"])
        #expect(Array(cards.elements).count == 1)
        let reasons = try #require(try response.card?["overrideReasons"])
        // Of the code system of CDS Hooks 3.0-ballot.
        let system = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
        #expect(
            reasons.elements.map { $0["code"]?.stringValue } == [
                "cds-not-applicable", "cds-suboptimal-context", "recipient-disagrees-evidence",
                "recipient-concerns-outcomes", "does-not-align-preferences",
                "not-convenient-feasible", "action-completed", "patient-contraindication",
                "patient-refuses", "too-costly-uncovered", "service-not-available",
                "recipient-does-not-understand",
            ]
        )
        for reason in reasons.elements {
            #expect(reason["system"]?.stringValue == system)
            #expect(reason["display"]?.stringValue?.isEmpty == false)
        }
        let other = try Self.fixture(defaults: #","defaults":{"overrideReasons":[]}"#)
        let plain = try await other.post("/cds-services/qsofa", body.text).card
        #expect(plain?["summary"]?.stringValue == "qSOFA 2: positive")
        #expect(plain?["overrideReasons"] == nil)
    }

    @Test("keep a long title within the limit of a summary")
    func longTitle() throws {
        let text = #"""
            {"id":"long","hook":"patient-view","title":"\#(String(repeating: "Title ", count: 40))",
             "description":"D","prefetch":"auto",
             "limen":{"format":"limen-hook/1","version":"1","profile":"qsofa","mode":"live",
              "deadline":"PT5S","cards":[{"name":"a","when":"%result.score >= 2","card":{
               "summary":"a","indicator":"info"}}]}}
            """#
        #expect(throws: Never.self) {
            _ = try GatewayFixture(extraFiles: ["Hooks/long.json": Array(text.utf8)])
        }
    }

    @Test("show the part of each input in a sum, and no part where there is only one")
    func parts() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations = [HookBody.quantity("c", loinc: "2160-0", "1.37", "mg/dL")]
        let text = body.text.replacing(
            #""birthDate":"#,
            with: #""gender":"male","birthDate":"#
        )
        let single = try await fixture.post("/cds-services/egfr-ckd-epi-2021", text).card
        let detail = try #require(single?["detail"]?.stringValue)
        #expect(detail.contains("| Input | Value | Age | Source |"))
        #expect(detail.contains("| creatinine | 1.37 mg/dL | "))
        body.observations = HookBody.vitals(temperature: "39.5")
        let sum = try await fixture.post("/cds-services/news2", body.text).card
        #expect(sum?["detail"]?.stringValue?.contains("| Value | Points | Age |") == true)
    }
}
