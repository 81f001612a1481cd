import Audit
import JSON
import Support
import Testing

@testable import Gateway

/// Checks of interactions as they were recorded, computed again from their rows.
@Suite("A check of interactions that is computed again")
struct InteractionRecomputationTests {
    static func recomputation(_ fixture: GatewayFixture) -> Recomputation {
        Recomputation(
            Array(fixture.gateway.catalogue.profiles.values),
            knowledge: Array(fixture.gateway.catalogue.knowledgeBases.values)
        )
    }

    static func event(
        _ fixture: GatewayFixture,
        drafts: [String],
        current: [String] = []
    ) async throws -> StoredEvent {
        var body = OrderBody(drafts: drafts)
        body.requests = current
        _ = await fixture.post(InteractionTests.path, body.text)
        let record = try #require(fixture.sink.records.last { $0.kind == .decision })
        return StoredEvent(record: record, recordedAt: record.startedAt)
    }

    static let unknown = OrderBody.coded(OrderBody.rxNorm, "999999999")

    @Test(
        "is the same, whether something was found, nothing was, or not all was known",
        arguments: [
            ([InteractionTests.simvastatin], [InteractionTests.clarithromycin]),
            ([InteractionTests.warfarin], [InteractionTests.ibuprofen]),
            ([InteractionTests.simvastatin], [unknown]),
            ([unknown], []),
            ([], []),
            (
                [InteractionTests.simvastatin, InteractionTests.warfarin],
                [InteractionTests.clarithromycin, InteractionTests.ibuprofen, unknown]
            ),
        ]
    )
    func same(drafts: [String], current: [String]) async throws {
        let fixture = try GatewayFixture()
        let event = try await Self.event(
            fixture,
            drafts: drafts.enumerated().map { InteractionTests.draft("d\($0)", $1) },
            current: current.enumerated().map { OrderBody.resource("m\($0)", $1) }
        )
        #expect(Self.recomputation(fixture).verdict(on: event) == .same)
    }

    static func found(_ fixture: GatewayFixture) async throws -> StoredEvent {
        try await event(
            fixture,
            drafts: [InteractionTests.draft("d1", InteractionTests.simvastatin)],
            current: [OrderBody.resource("m1", InteractionTests.clarithromycin)]
        )
    }

    @Test(
        "names what was changed in the row since",
        arguments: [
            (#""severity":"contraindicated""#, #""severity":"caution""#, "pairs[0].severity"),
            (#""status":"found""#, #""status":"none""#, "status"),
            (#""lookups":1"#, #""lookups":2"#, "lookups"),
            (#""unchecked":0"#, #""unchecked":1"#, "unchecked"),
        ]
    )
    func different(text: String, other: String, path: String) async throws {
        let fixture = try GatewayFixture()
        var event = try await Self.found(fixture)
        let result = String(decoding: event.record.result ?? [], as: UTF8.self)
        #expect(result.contains(text), "\(result)")
        event.record.result = Array(result.replacing(text, with: other).utf8)
        guard case .different(let differences) = Self.recomputation(fixture).verdict(on: event)
        else {
            Issue.record("\(path) is not called different")
            return
        }
        #expect(differences.map(\.path) == [path])
    }

    @Test("finds an interaction that the row says nothing of")
    func hidden() async throws {
        let fixture = try GatewayFixture()
        var event = try await Self.found(fixture)
        event.record.result = Array(
            #"{"status":"none","medicines":2,"unchecked":0,"lookups":1,"pairs":[]}"#.utf8
        )
        let verdict = Self.recomputation(fixture).verdict(on: event)
        #expect(verdict.isFinding)
        #expect(verdict.word == "different")
    }

    @Test("says when the knowledge base of the row is not here, or the row lacks the codes")
    func lacking() async throws {
        let fixture = try GatewayFixture()
        var event = try await Self.found(fixture)
        let without = Recomputation(Array(fixture.gateway.catalogue.profiles.values))
        #expect(without.verdict(on: event).word == "unknown-digest")
        #expect(without.verdict(on: event).isFinding)
        let inputs = String(decoding: event.record.inputs ?? [], as: UTF8.self)
        event.record.inputs = Array(inputs.replacing("\"codes\"", with: "\"x\"").utf8)
        #expect(
            Self.recomputation(fixture).verdict(on: event)
                == .incompleteRow("a medicine without its codes")
        )
    }
}
