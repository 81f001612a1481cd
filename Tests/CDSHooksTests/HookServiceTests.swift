import Basics
import JSON
import Testing

@testable import CDSHooks

@Suite("A hook service")
struct HookServiceTests {
    static func service(_ cards: String, more: String = "") throws -> HookService {
        let text = #"""
            {"id":"s","hook":"patient-view","title":"T","description":"D",
             "extension":{"org.example":{"a":1}}\#(more),
             "limen":{"format":"limen-hook/1","version":"1","profile":"p","mode":"live",
              "deadline":"PT0.4S","defaults":{"source":{"label":"L"},
              "overrideReasons":[{"code":"c","system":"http://s","display":"d"}]},
              "cards":[\#(cards)]}}
            """#
        return try HookService(
            reading: JSONDocument(parsing: text),
            profile: .init(queries: [], inputNames: [])
        )
    }

    static func render(_ service: HookService, _ result: String = #"{"score":7}"#) throws
        -> [Card]
    {
        let environment = CardEnvironment(
            try JSONDocument(parsing: #"{"result":\#(result),"inputs":{},"service":{}}"#),
            now: Instant(microseconds: 0),
            markup: { _ in "" }
        )
        return try service.render(in: environment) { name in
            // Its own for each name, as the gateway's are.
            let high = name.utf8.reduce(UInt64(1)) { $0 &* 257 &+ UInt64($1) }
            return UUIDBytes(high: high, low: 1 << 63).withVersion(8)
        }
    }

    static func card(_ name: String, _ when: String, _ indicator: String, all: Bool = false)
        -> String
    {
        #"{"name":"\#(name)","when":"\#(when)","all":\#(all),"card":{"summary":"\#(name)","indicator":"\#(indicator)"}}"#
    }

    @Test(
        "asks by FHIRPath for the very type that every client is asked for",
        arguments: [
            ("Observation?patient={{%patient.id}}", true),
            // A type whose name begins alike is another type.
            ("ObservationDefinition?patient={{%patient.id}}", false),
            ("Observations?patient={{%patient.id}}", false), ("Obs?patient={{%patient.id}}", false),
        ]
    )
    func pathType(_ path: String, _ isTaken: Bool) throws {
        let text = #"""
            {"id":"s","hook":"patient-view","title":"T","description":"D",
             "prefetch":{"patient":"Patient/{{context.patientId}}",
              "observations":"Observation?patient={{context.patientId}}"},
             "limen":{"format":"limen-hook/1","version":"1","profile":"p","mode":"live",
              "deadline":"PT0.4S","defaults":{"source":{"label":"L"}},
              "prefetchFHIRPath":{"observations":"\#(path)"},
              "cards":[{"name":"a","card":{"summary":"S","indicator":"info"}}]}}
            """#
        let document = try JSONDocument(parsing: text)
        func read() throws(HookServiceError) -> HookService {
            try HookService(reading: document, profile: .init(queries: [], inputNames: []))
        }
        guard !isTaken else {
            #expect(try read().prefetch.count == 2)
            return
        }
        let error = #expect(throws: HookServiceError.self) { _ = try read() }
        #expect(error?.path == "limen.prefetchFHIRPath.observations")
        #expect(error?.code == .prefetchTemplate)
    }

    @Test("shows the first card that matches, or all that say so, the most urgent first")
    func precedence() throws {
        let first = try Self.service(
            Self.card("a", "%result.score > 9", "info") + ","
                + Self.card("b", "%result.score > 5", "info") + ","
                + Self.card("c", "%result.score > 1", "critical")
        )
        #expect(try Self.render(first).map(\.name) == ["b"])
        let all = try Self.service(
            Self.card("a", "%result.score > 1", "info", all: true) + ","
                + Self.card("b", "%result.score > 5", "critical", all: true) + ","
                + Self.card("c", "%result.lower > 1", "warning")
        )
        #expect(try Self.render(all).map(\.name) == ["b", "a"])
        #expect(try Self.render(first, "{}").isEmpty)
    }

    @Test("reads what values are called, of inputs that exist")
    func values() throws {
        func read(_ values: String) throws -> [String: [String: String]] {
            let text =
                #"{"id":"s","hook":"patient-view","description":"D","limen":{"format":"limen-hook/1","#
                + #""version":"1","profile":"p","mode":"live","deadline":"PT0.4S","#
                + #""values":\#(values),"cards":[{"name":"a","card":{"summary":"a","#
                + #""indicator":"info"}}]}}"#
            return try HookService(
                reading: JSONDocument(parsing: text),
                profile: .init(queries: [], inputNames: ["oxygen"])
            ).values
        }
        #expect(try read(#"{"oxygen":{"true":"yes"}}"#) == ["oxygen": ["true": "yes"]])
        for fault in [
            #"{"oxigen":{"true":"yes"}}"#, #"{"oxygen":"yes"}"#, #"{"oxygen":{"true":""}}"#,
        ] {
            #expect(throws: HookServiceError.self, "\(fault)") { try read(fault) }
        }
    }

    @Test("gives information no override reasons, and urgent cards those of the service")
    func defaults() throws {
        let service = try Self.service(
            Self.card("a", "true", "info", all: true) + "," + Self.card("b", "true", "warning")
        )
        let cards = try Self.render(service)
        let names = try cards.map { card in
            var writer = JSONWriter()
            card.write(to: &writer)
            return try JSONDocument(parsing: writer.bytes).root.members.compactMap {
                $0.name.stringValue
            }.dropFirst(3)
        }
        #expect(names == [["source", "overrideReasons"], ["source"]])
        let response = CDSResponse(cards: cards)
        let text = response.json(cards: response.cardsJSON)
        #expect(CDSResponseChecker.violations(in: try JSONDocument(parsing: text)).isEmpty)
    }

    @Test("gives each suggestion a uuid, and writes its members as they stand")
    func suggestions() throws {
        let service = try Self.service(
            #"""
            {"name":"a","card":{"summary":"S","indicator":"info","selectionBehavior":"any",
             "suggestions":[{"label":"x y","isRecommended":true},{"label":"z"}]}}
            """#
        )
        let cards = try Self.render(service)
        #expect(Set(cards[0].suggestionIDs).count == 2)
        let response = CDSResponse(cards: cards)
        let text = String(decoding: response.cardsJSON, as: UTF8.self)
        #expect(text.contains(#""label":"x y","isRecommended":true}"#))
        let document = try JSONDocument(parsing: response.json(cards: response.cardsJSON))
        #expect(CDSResponseChecker.violations(in: document).isEmpty)
    }

    @Test("shows in discovery what is public")
    func discovery() throws {
        let service = try Self.service(Self.card("a", "true", "info"))
        let text = String(decoding: DiscoveryDocument.json(of: [service]), as: UTF8.self)
        #expect(
            text
                == #"{"services":[{"hook":"patient-view","id":"s","title":"T","description":"D","#
                + #""version":"2.0.0","hookVersion":"1.0","#
                + #""extension":{"org.example":{"a":1}}}]}"#
        )
        #expect(
            String(decoding: DiscoveryDocument.json(of: []), as: UTF8.self) == #"{"services":[]}"#
        )
    }

    @Test(
        "is refused when a card is not sound",
        arguments: [
            "", #"{"name":"a"}"#, #"{"name":"a","card":{"indicator":"info"}}"#,
            #"{"name":"a","card":{"summary":"S","indicator":"info","uuid":"x"}}"#,
            #"{"name":"a","colour":1,"card":{"summary":"S","indicator":"info"}}"#,
            #"{"name":"a","card":{"summary":"S","indicator":"info","links":[{"label":"{{ 1 }}"}]}}"#,
            card("a", "true", "info") + "," + card("a", "true", "info"),
        ]
    )
    func refuses(_ cards: String) {
        #expect(throws: HookServiceError.self) { try Self.service(cards) }
    }
}
