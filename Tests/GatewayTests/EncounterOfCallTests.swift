import Audit
import Basics
import JSON
import Support
import Testing

@testable import Gateway

@Suite("The encounter that a call is about")
struct EncounterOfCallTests {
    /// The moment so many minutes before now.
    private static func ago(_ minutes: Int64) -> String {
        GatewayFixture.now.advanced(byMicroseconds: minutes * -60_000_000).text
    }

    private static func encounter(
        _ id: String,
        _ code: String,
        _ status: String,
        _ period: String
    ) -> String {
        #"{"resourceType":"Encounter","id":"\#(id)","status":"\#(status)","#
            + #""class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","#
            + #""code":"\#(code)"},"subject":{"reference":"Patient/p1"},"period":\#(period),"#
            + #""priority":{"coding":[{"system":"#
            + #""http://terminology.hl7.org/CodeSystem/v3-ActPriority","code":"EM"}]}}"#
    }

    /// Twenty days, ended half an hour ago.
    private static var ended: String {
        let (start, end) = (ago(20 * 1_440 + 30), ago(30))
        return encounter("zzz", "IMP", "finished", #"{"start":"\#(start)","end":"\#(end)"}"#)
    }

    /// Began yesterday and goes on.
    private static var open: String {
        encounter("a", "NONAC", "in-progress", #"{"start":"\#(ago(1_440))"}"#)
    }

    private static func body(_ encounters: [String]) -> String {
        let entries = encounters.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        let bundle = #"{"resourceType":"Bundle","type":"searchset","entry":[\#(entries)]}"#
        let score = HookBody.coded(
            "c",
            system: "http://limen.example/codes",
            "charlson-lace",
            value: #","valueInteger":0"#
        )
        return #"{"hook":"encounter-discharge","#
            + #""hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea","context":{"#
            + #""userId":"Practitioner/p","patientId":"p1","encounterId":"zzz"},"prefetch":{"#
            + #""patient":\#(PrefetchDecisionTests.patient),"encounters":\#(bundle),"#
            + #""encountersP1000D":\#(bundle),"observations":{"resourceType":"Bundle","#
            + #""entry":[{"resource":\#(score)}]}}}"#
    }

    @Test("is the one that is scored, and the one that the row names")
    func isScored() async throws {
        for encounters in [[Self.ended], [Self.ended, Self.open], [Self.open, Self.ended]] {
            let fixture = try GatewayFixture()
            let response = await fixture.post("/cds-services/lace", Self.body(encounters))
            let card = try #require(try response.card)
            #expect(card["summary"]?.stringValue?.hasPrefix("LACE 10: high risk") == true)
            #expect(card["detail"]?.stringValue?.contains("Encounter/a") == false)
            let inputs = String(decoding: fixture.sink.records[0].inputs ?? [], as: UTF8.self)
            #expect(inputs.contains("Encounter/zzz"))
            #expect(!inputs.contains("Encounter/a"))
        }
    }

    @Test("is never taken for another one when it was not sent")
    func isNotSent() async throws {
        let fixture = try GatewayFixture()
        let response = await fixture.post("/cds-services/lace", Self.body([Self.open]))
        let card = try #require(try response.card)
        #expect(card["summary"]?.stringValue?.contains("LACE 4") == false)
        let record = fixture.sink.records[0]
        #expect(record.outcome == .incomplete)
        #expect(record.reasonCode == "undecided:encounter-without-stay")
    }
}
