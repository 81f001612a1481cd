import Audit
import Basics
import HTTPMessages
import JSON
import Support
import Testing

@testable import Gateway

/// Records that look usable and are not: each ends as "not available, because ...", in the card and
/// in the row, and never as a score.
@Suite("A record that only looks usable")
struct UnusableRecordTests {
    /// Calls news2 with a full set of which one observation is replaced.
    private func decide(
        without id: String,
        with record: String,
        service: String = "news2"
    ) async throws -> (card: JSONValue, record: AuditRecord, text: String) {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations =
            HookBody.vitals().filter { !$0.contains(#""id":"\#(id)""#) } + [record]
        let response = await fixture.post("/cds-services/" + service, body.text)
        #expect(response.status == 200)
        return (
            try #require(try response.card), try #require(fixture.sink.records.first),
            response.text
        )
    }

    private func expectNoScore(
        _ decision: (card: JSONValue, record: AuditRecord, text: String),
        missing input: String,
        named label: String
    ) throws {
        let summary = decision.card["summary"]?.stringValue ?? ""
        #expect(summary.contains("not calculated") || summary.contains("incomplete"), "\(summary)")
        #expect(summary.contains("Missing: " + label), "\(summary)")
        #expect(!decision.text.lowercased().contains("low risk"))
        #expect(decision.record.outcome == .incomplete)
        #expect(decision.record.missingInputs == [input])
    }

    @Test("a local code that is spelt like a LOINC code")
    func localCode() async throws {
        let record = HookBody.quantity("pulse", loinc: "8867-4", "70", "/min")
            .replacing("http://loinc.org", with: "https://kis.example/codes")
        let decision = try await decide(without: "pulse", with: record)
        try expectNoScore(decision, missing: "pulse", named: "pulse")
        #expect(
            decision.text.contains("**pulse**: nothing was sent under a code that is asked for")
        )
    }

    @Test("a temperature in coulomb")
    func coulomb() async throws {
        let record = HookBody.quantity("temp", loinc: "8310-5", "37.0", "C")
        let decision = try await decide(without: "temp", with: record)
        try expectNoScore(decision, missing: "temperature", named: "temperature")
        #expect(
            decision.text.contains("**temperature**: the unit measures another kind of quantity")
        )
        let rejections = String(decoding: decision.record.rejections ?? [], as: UTF8.self)
        #expect(rejections.contains("unit-incompatible"))
        #expect(rejections.contains("Observation/temp"))
    }

    @Test("a panel with one code for the systolic and the diastolic pressure")
    func onePressureCode() async throws {
        let part = { (value: String) in
            #"{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"#
                + #""valueQuantity":{"value":\#(value),"code":"mm[Hg]","#
                + #""system":"http://unitsofmeasure.org"}}"#
        }
        let record =
            #"{"resourceType":"Observation","id":"bp","status":"final","#
            + #""code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"#
            + #""subject":{"reference":"Patient/p1"},"effectiveDateTime":"\#(HookBody.effective)","#
            + #""component":[\#(part("120")),\#(part("80"))]}"#
        let decision = try await decide(without: "sbp", with: record)
        try expectNoScore(decision, missing: "systolic", named: "systolic blood pressure")
        #expect(decision.text.contains("it gives more than one value"))
        let rejections = String(decoding: decision.record.rejections ?? [], as: UTF8.self)
        #expect(rejections.contains("value-type"))
    }

    @Test("two observations of one moment with one code for both pressures")
    func twoPressuresOfOneCode() async throws {
        let fixture = try GatewayFixture()
        var body = HookBody()
        body.observations =
            HookBody.vitals(systolic: nil) + [
                HookBody.quantity("bp1", loinc: "8480-6", "120", "mm[Hg]"),
                HookBody.quantity("bp2", loinc: "8480-6", "80", "mm[Hg]"),
            ]
        let response = await fixture.post("/cds-services/news2", body.text)
        let record = try #require(fixture.sink.records.first)
        let decision = (try #require(try response.card), record, response.text)
        try expectNoScore(decision, missing: "systolic", named: "systolic blood pressure")
        let rejections = String(decoding: record.rejections ?? [], as: UTF8.self)
        #expect(rejections.contains("duplicate"))
    }
}
