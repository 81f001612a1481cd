import Foundation
import JSON
import Support
import Testing

/// The same file, fired at the gateway and explained without one.
@Suite("limen hook fire", .enabled(if: LiveGateway.isPresent, LiveGateway.absence))
struct HookFireTests {
    /// Runs the program with a file on its standard input.
    private static func json(_ arguments: [String], _ input: String) throws -> JSONValue {
        let run = try LiveGateway.run(arguments + ["--json"], input: input)
        return try JSONDocument(parsing: run.output).root
    }

    private static func summaries(_ answer: JSONValue) -> [String] {
        answer["cards"]?.elements.compactMap { $0["summary"]?.stringValue } ?? []
    }

    private static func file(_ head: String, _ resources: [String]) -> String {
        let entries = resources.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        return #"{"resourceType":"Bundle",\#(head)"entry":[\#(entries)]}"#
    }

    private static let patient =
        #"{"resourceType":"Patient","id":"p1","birthDate":"1950-02-03"}"#
    private static let hypertension =
        #"{"resourceType":"Condition","id":"h","subject":{"reference":"Patient/p1"},"#
        + #""code":{"coding":[{"system":"http://snomed.info/sct","code":"38341003"}]}}"#
    private static let incomplete =
        #"{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"incomplete"}]}"#

    @Test(
        "tells of lacking data what limen map explain tells of them",
        arguments: [
            ("", ""), (#""link":[{"relation":"Next","url":"u"}],"#, ""),
            (#""link":[{"relation":"next","url":"u"}],"#, ""), (#""total":"12","#, ""),
            ("", incomplete),
        ]
    )
    func lackingData(_ head: String, _ outcome: String) throws {
        let more = outcome.isEmpty ? [] : [outcome]
        let file = Self.file(head, [Self.patient, Self.hypertension] + more)
        let fired = Self.summaries(
            try Self.json(["hook", "fire", "cha2ds2-va", "--bundle", "-"], file)
        )
        let explained = Self.summaries(try Self.json(["map", "explain", "cha2ds2-va", "-"], file))
        #expect(fired == explained && fired.count == 1)
        let isWhole = head.isEmpty && more.isEmpty
        #expect(fired.first?.contains("does not apply") == isWhole)
    }

    @Test("asks for a check of orders with a Medication and no record of what the patient takes")
    func medications() throws {
        let draft =
            #"{"resourceType":"MedicationRequest","id":"d","status":"draft","intent":"order","#
            + #""subject":{"reference":"Patient/p1"},"#
            + #""medicationReference":{"reference":"Medication/m"}}"#
        let medication =
            #"{"resourceType":"Medication","id":"m","code":{"coding":[{"system":"#
            + #""http://www.nlm.nih.gov/research/umls/rxnorm","code":"11289"}]}}"#
        let file = Self.file("", [Self.patient, draft, medication])
        let run = try LiveGateway.run(
            ["hook", "fire", "interactions", "--bundle", "-"],
            input: file
        )
        #expect(run.exitCode == 0, "\(run.output)\(run.error)")
        #expect(!run.output.contains("412"))
        for head in [#""link":[{"relation":"Next","url":"u"}],"#, #""total":"12","#] {
            let statement = draft.replacing("draft", with: "active").replacing(
                #""id":"d""#,
                with: #""id":"a""#
            )
            let lacking = Self.file(head, [Self.patient, draft, statement, medication])
            let cards = Self.summaries(
                try Self.json(["hook", "fire", "interactions", "--bundle", "-"], lacking)
            )
            #expect(!cards.isEmpty)
        }
    }
}
