import Basics
import JSON
import Testing

@testable import CDSHooks

@Suite("A feedback request")
struct FeedbackRequestTests {
    static let card = "4e0a3a1e-3283-4575-ab82-028d55fe2719"

    static func read(_ text: String) throws -> FeedbackRequest {
        try FeedbackRequest(reading: JSONDocument(parsing: text))
    }

    @Test("is read with all its items")
    func reads() throws {
        let feedback = try Self.read(
            #"""
            {"feedback":[
             {"card":"\#(Self.card)","outcome":"overridden","overrideReason":{"reason":
              {"code":"c","system":"s"},"userComment":"words"},
              "outcomeTimestamp":"2026-05-04T10:00:00Z"},
             {"card":"\#(Self.card)","outcome":"accepted","acceptedSuggestions":[{"id":"a"}],
              "outcomeTimestamp":"2026-05-04T10:00:01Z"}]}
            """#
        )
        #expect(feedback.items.map(\.outcome) == [.overridden, .accepted])
        #expect(feedback.items[0].card.text == Self.card)
        #expect(feedback.items[0].overrideReason == "s|c")
        #expect(feedback.items[0].userComment == "words")
        #expect(feedback.items[1].acceptedSuggestions == ["a"])
        #expect(feedback.items[1].outcomeAt?.text == "2026-05-04T10:00:01Z")
        #expect(feedback.flags.isEmpty)
    }

    @Test("is kept and flagged when a fault of the client costs no information")
    func tolerates() throws {
        let feedback = try Self.read(
            #"{"feedback":[{"card":"\#(Self.card)","outcome":"accepted","overrideReason":{"userComment":""}}]}"#
        )
        #expect(feedback.flags == [.withoutTime, .withoutSuggestion, .withoutReason])
        #expect(feedback.items.count == 1)
        #expect(try Self.read(#"{"feedback":[]}"#).items.isEmpty)
    }

    @Test(
        "is refused with the place of the fault",
        arguments: [
            (#"{"card":"x","outcome":"accepted"}"#, "/feedback", HookRequestError.Code.missing),
            ("[]", "", .wrongType),
            (#"{"feedback":{}}"#, "/feedback", .wrongType),
            (#"{"feedback":[7]}"#, "/feedback/0", .wrongType),
            (#"{"feedback":[{"outcome":"accepted"}]}"#, "/feedback/0/card", .missing),
            (#"{"feedback":[{"card":"x"}]}"#, "/feedback/0/card", .notUUID),
            (#"{"feedback":[{"card":"\#(card)"}]}"#, "/feedback/0/outcome", .missing),
            (
                #"{"feedback":[{"card":"\#(card)","outcome":"ignored"}]}"#, "/feedback/0/outcome",
                .notInValueSet
            ),
            (
                #"{"feedback":[{"card":"\#(card)","outcome":"accepted","outcomeTimestamp":"x"}]}"#,
                "/feedback/0/outcomeTimestamp", .notInstant
            ),
            (
                #"{"feedback":[{"card":"\#(card)","outcome":"accepted","acceptedSuggestions":[{}]}]}"#,
                "/feedback/0/acceptedSuggestions/0/id", .missing
            ),
        ] as [(String, String, HookRequestError.Code)]
    )
    func refuses(_ text: String, _ pointer: String, _ code: HookRequestError.Code) {
        #expect {
            try Self.read(text)
        } throws: { error in
            let error = error as? HookRequestError
            return error?.pointer == pointer && error?.code == code
        }
    }

    @Test("is held to its limits", arguments: [(500, true), (501, false)])
    func limits(_ count: Int, _ isAccepted: Bool) {
        let item = #"{"card":"\#(Self.card)","outcome":"overridden"}"#
        let items = [String](repeating: item, count: count).joined(separator: ",")
        let feedback = try? Self.read(#"{"feedback":[\#(items)]}"#)
        #expect((feedback != nil) == isAccepted)
    }
}
