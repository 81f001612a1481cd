import CDSHooks
import JSON
import Testing

@testable import Gateway

@Suite("Looking at the cards before a client goes live")
struct ClientLintTests {
    static func lint(_ members: String) throws -> ClientLint {
        let key = AccessFixture.apiKey("a")
        let files = try GatewayFixture.files([
            "Hooks/clients/a.json": AccessFixture.client("a", key.member + "," + members)
        ])
        let catalogue = try Catalogue(files: files, now: GatewayFixture.now)
        let client = try #require(catalogue.clients.clients["a"])
        return ClientLint(client, in: catalogue, now: GatewayFixture.now)
    }

    @Test("finds nothing where everything is shown")
    func nothing() throws {
        let lint = try Self.lint(#""dialect":"standard-2.0""#)
        #expect(lint.findings.isEmpty && lint.services.count > 8)
    }

    @Test("looks at the services and hooks that the client may call")
    func services() throws {
        let lint = try Self.lint(#""services":["news2","qsofa"],"hooks":["patient-view"]"#)
        #expect(Set(lint.services) == ["news2", "qsofa"])
    }

    @Test("finds a summary that is too long in its worst case, with its card")
    func summaries() throws {
        let lint = try Self.lint(
            #""services":["news2"],"dialect":{"base":"standard-2.0","summaryMax":40}"#
        )
        let cards = lint.findings.filter { $0.flag == .summary }.map(\.card)
        #expect(!cards.isEmpty && cards.count == Set(cards).count)
        #expect(lint.findings.allSatisfy { $0.flag.movesContent })
    }

    @Test("finds what the orders of an interaction cannot offer")
    func interactions() throws {
        let lint = try Self.lint(
            #""services":["interactions"],"dialect":{"base":"standard-2.0","actions":["create"]}"#
        )
        #expect(lint.findings.map(\.flag).contains(.suggestion))
    }

    @Test("makes the cards of interactions by the table: each of its rules, and more than fit")
    func interactionSamples() throws {
        let catalogue = try Catalogue(files: try GatewayFixture.files(), now: GatewayFixture.now)
        let service = try #require(
            catalogue.services(id: "interactions").first { $0.hook.hook == "order-sign" }
        )
        guard case .interactions(let knowledge) = service.computation else {
            Issue.record("the service checks no interactions")
            return
        }
        let samples = InteractionSamples(service: service, knowledge: knowledge).all
        #expect(samples.count > 1 && samples.count <= knowledge.rules.count + 1)
        let names = knowledge.ingredients.map(\.name)
        for sample in samples {
            let text = Array(#"{"cards":"#.utf8) + sample.cards + [UInt8(ascii: "}")]
            let document = try JSONDocument(parsing: text)
            #expect(CDSResponseChecker.violations(in: document) == [], "\(sample.name)")
            let cards = document.root["cards"].map { Array($0.elements) } ?? []
            let summaries = cards.compactMap { $0["summary"]?.stringValue }
            // Names that stand on the cards come from the table and not from here.
            #expect(
                summaries.contains { text in names.contains { text.contains($0) } },
                "\(sample.name): \(summaries)"
            )
            #expect(cards.contains { $0["suggestions"] != nil }, "\(sample.name)")
        }
        let last = try JSONDocument(parsing: try #require(samples.last).cards).root
        #expect(
            last.elements.contains { $0["summary"]?.stringValue?.contains("not checked") == true }
        )
    }

    @Test("tells what moves for a reader from what does not")
    func severity() throws {
        let lint = try Self.lint(#""services":["news2"],"dialect":"standard-1.0""#)
        #expect(!lint.findings.isEmpty)
        #expect(lint.findings.allSatisfy { !$0.flag.movesContent })
        #expect(DialectFlag.allCases.allSatisfy { !$0.sentence.isEmpty })
    }
}
