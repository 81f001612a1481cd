import Basics
import JSON
import Testing

@testable import CDSHooks

@Suite("Adapting cards to a dialect")
struct DialectAdapterTests {
    static let drop = #"""
        {"label":"Stop warfarin","uuid":"00000000-0000-4000-8000-000000000002",
         "actions":[{"type":"delete","description":"Stop the order",
                     "resourceId":"MedicationRequest/1"}]}
        """#
    static let swap = #"""
        {"label":"Change both","isRecommended":true,
         "actions":[{"type":"delete","description":"Stop one","resourceId":"MedicationRequest/1"},
                    {"type":"create","description":"Order the other",
                     "resource":{"resourceType":"MedicationRequest"}}]}
        """#

    static func card(_ members: String = "", summary: String = "S", detail: String = "D") -> String
    {
        let rest = members.isEmpty ? "" : "," + members
        return #"""
            {"uuid":"00000000-0000-4000-8000-000000000001","summary":"\#(summary)",
             "indicator":"critical","detail":"\#(detail)",
             "source":{"label":"L","topic":{"code":"news-2","system":"urn:x"}}\#(rest)}
            """#
    }

    static func suggestions(_ behavior: String, _ all: String...) -> String {
        #""suggestions":[\#(all.joined(separator: ","))],"selectionBehavior":"\#(behavior)""#
    }

    /// The adapted cards and the flags; the cards keep the rules of CDS Hooks in every test.
    static func adapt(
        _ cards: [String],
        _ change: (inout ResponseDialect) -> Void,
        from version: ResponseDialect.Version = .second
    ) throws -> (cards: [JSONValue], flags: [DialectFlag]) {
        var dialect = ResponseDialect(standard: version)
        change(&dialect)
        let text = "[" + cards.joined(separator: ",") + "]"
        let document = try JSONDocument(parsing: text)
        let result = DialectAdapter.adapt(document.root, to: dialect) { name in
            UUIDBytes(
                high: name.utf8.reduce(5) { ($0 &* 31 &+ UInt64($1)) << 16 | 0x4000 },
                low: 1 << 63 | name.utf8.reduce(0) { ($0 &* 31 &+ UInt64($1)) & 0xFFFF }
            )
        }
        guard let result else { return (Array(document.root.elements), []) }
        // Some inputs of these tests repeat a suggestion, its uuid with it.
        let violations = dialect.violations(inCards: result.cards)
        #expect(violations.filter { $0.rule != .duplicateUUID } == [])
        let adapted = try JSONDocument(parsing: result.cards)
        return (Array(adapted.root.elements), result.flags)
    }

    @Test("changes nothing where everything is shown")
    func nothing() throws {
        let link = #""links":[{"label":"A","url":"https://a.example","type":"absolute"}]"#
        let reasons = #""overrideReasons":[{"code":"a","system":"urn:x","display":"A"}]"#
        let card = Self.card(
            [Self.suggestions("any", Self.swap), link, reasons].joined(separator: ",")
        )
        #expect(try Self.adapt([card], { _ in }).flags == [])
        #expect(try Self.adapt([card], { _ in }, from: .thirdBallot).flags == [])
    }

    @Test("tells a suggestion in words where none can be shown")
    func suggestions() throws {
        let (cards, flags) = try Self.adapt([Self.card(Self.suggestions("any", Self.swap))]) {
            $0.showsSuggestions = false
        }
        #expect(flags == [.suggestion])
        #expect(cards[0]["suggestions"] == nil && cards[0]["selectionBehavior"] == nil)
        #expect(
            cards[0]["detail"]?.stringValue
                == "D\n\n**Suggestion (recommended):** Change both (Stop one; Order the other)"
        )
    }

    @Test("never splits the actions of a suggestion, which belong together")
    func actionsMax() throws {
        let (cards, flags) = try Self.adapt(
            [Self.card(Self.suggestions("any", Self.drop, Self.swap))]
        ) { $0.actionsMax = 1 }
        #expect(flags == [.suggestion])
        #expect(
            cards[0]["suggestions"]?.elements.map { $0["label"]?.stringValue } == ["Stop warfarin"]
        )
        #expect(cards[0]["detail"]?.stringValue?.contains("Change both") == true)
    }

    @Test("tells a suggestion in words whose actions cannot be taken there")
    func actionTypes() throws {
        let (cards, flags) = try Self.adapt(
            [Self.card(Self.suggestions("any", Self.drop, Self.swap))]
        ) { $0.actions = [.create, .update] }
        #expect(flags == [.suggestion] && cards[0]["suggestions"] == nil)
        let detail = cards[0]["detail"]?.stringValue ?? ""
        #expect(detail.contains("Stop warfarin (Stop the order)") && detail.contains("Change both"))
    }

    @Test("never offers alternatives for free choice")
    func alternatives() throws {
        let (cards, flags) = try Self.adapt(
            [Self.card(Self.suggestions("at-most-one", Self.drop, Self.drop))]
        ) { $0.selectionBehaviors = [.any] }
        #expect(flags == [.suggestion] && cards[0]["suggestions"] == nil)
        #expect(cards[0]["detail"]?.stringValue?.contains("At most one of these") == true)
    }

    @Test("writes the other behaviour where it comes to the same")
    func sameSelection() throws {
        let (one, flags) = try Self.adapt(
            [Self.card(Self.suggestions("at-most-one", Self.drop))]
        ) { $0.selectionBehaviors = [.any] }
        #expect(flags == [.selection])
        #expect(one[0]["selectionBehavior"]?.stringValue == "any")
        let (several, more) = try Self.adapt(
            [Self.card(Self.suggestions("any", Self.drop, Self.drop))]
        ) { $0.selectionBehaviors = [.atMostOne] }
        #expect(more == [.selection])
        #expect(several[0]["selectionBehavior"]?.stringValue == "at-most-one")
        #expect(
            several[0]["detail"]?.stringValue?.hasSuffix(
                "More than one of the suggestions may be taken."
            ) == true
        )
    }

    @Test("does not put a part of several alternatives on buttons")
    func partOfAlternatives() throws {
        let (cards, _) = try Self.adapt(
            [Self.card(Self.suggestions("at-most-one", Self.drop, Self.swap))]
        ) { $0.actionsMax = 1 }
        #expect(cards[0]["suggestions"] == nil)
    }

    @Test("never drops a choice among actions that says something")
    func actionSelection() throws {
        let all = Self.drop.replacing(
            #""label""#,
            with: #""actionSelectionBehavior":"all","label""#
        )
        let any = all.replacing(#""all""#, with: #""any""#)
        let (cards, flags) = try Self.adapt([Self.card(Self.suggestions("any", all, any))]) { _ in }
        #expect(flags == [.suggestion, .actionSelection])
        #expect(cards[0]["suggestions"]?.elements.count { _ in true } == 1)
        #expect(
            try Self.adapt([Self.card(Self.suggestions("any", any))]) {
                $0.hasActionSelection = true
            }.flags == []
        )
    }

    @Test("speaks 1.0: no uuid, no topic, no reasons, the id of a delete in its resource")
    func firstVersion() throws {
        let reasons = #""overrideReasons":[{"code":"a","system":"urn:x","display":"A"}]"#
        let (cards, flags) = try Self.adapt(
            [Self.card(Self.suggestions("any", Self.drop) + "," + reasons)],
            { _ in },
            from: .first
        )
        #expect(
            flags == [.uuid, .selection, .resourceID, .overrideReasons, .topic],
            "\(flags.map(\.rawValue))"
        )
        #expect(cards[0]["uuid"] == nil && cards[0]["overrideReasons"] == nil)
        #expect(cards[0]["source"]?["topic"] == nil)
        #expect(cards[0]["source"]?["label"]?.stringValue == "L")
        let suggestion = cards[0]["suggestions"]?.elements.first { _ in true }
        #expect(suggestion?["uuid"] != nil, "1.0 has one for suggestions")
        let action = suggestion?["actions"]?.elements.first { _ in true }
        #expect(action?["resource"]?.stringValue == "MedicationRequest/1")
        #expect(action?["resourceId"] == nil)
    }

    @Test("says which suggestion is recommended where it cannot be marked")
    func recommended() throws {
        let (cards, flags) = try Self.adapt([Self.card(Self.suggestions("any", Self.swap))]) {
            $0.showsRecommendations = false
        }
        #expect(flags == [.recommended])
        let suggestion = cards[0]["suggestions"]?.elements.first { _ in true }
        #expect(suggestion?["isRecommended"] == nil)
        #expect(cards[0]["detail"]?.stringValue == "D\n\nRecommended: Change both")
    }

    @Test("shortens a summary between words and keeps the whole of it in the detail")
    func summary() throws {
        let long = "NEWS2 11: high risk, emergency response by the team for critical care at once"
        let (cards, flags) = try Self.adapt([Self.card(summary: long)]) { $0.summaryUnitsMax = 40 }
        #expect(flags == [.summary])
        let summary = try #require(cards[0]["summary"]?.stringValue)
        #expect(summary == "NEWS2 11: high risk, emergency response…")
        #expect(summary.utf16.count <= 40)
        #expect(cards[0]["detail"]?.stringValue == "**\(long)**\n\nD")
    }

    @Test("counts UTF-16 units, and cuts a word that is longer than the room")
    func summaryUnits() {
        #expect(DialectAdapter.shortened("abc", 3) == "abc")
        #expect(DialectAdapter.shortened("abcd", 3) == "ab…")
        #expect(DialectAdapter.shortened("😀😀", 3) == "😀…")
        for room in 3...20 {
            let text = DialectAdapter.shortened("ab 😀😀 cd efg hi jklmnop", room)
            #expect(text.utf16.count <= room, "\(room)")
        }
    }

    @Test("takes the nearest indicator, and says a milder one in the summary")
    func indicators() throws {
        let (milder, flags) = try Self.adapt([Self.card(summary: "NEWS2 11")]) {
            $0.indicators = [.info, .warning]
        }
        #expect(flags == [.indicator])
        #expect(milder[0]["indicator"]?.stringValue == "warning")
        #expect(milder[0]["summary"]?.stringValue == "CRITICAL: NEWS2 11")
        #expect(milder[0]["detail"]?.stringValue == "**Urgency as assessed: critical**\n\nD")
        let (urgent, _) = try Self.adapt(
            [Self.card().replacing("critical", with: "warning")]
        ) { $0.indicators = [.info, .critical] }
        #expect(urgent[0]["indicator"]?.stringValue == "critical")
        #expect(urgent[0]["summary"]?.stringValue == "S")
    }

    @Test("tells links in words that are not shown, and launches nothing at once")
    func links() throws {
        let links = #"""
            "links":[{"label":"Guide","url":"https://a.example/g","type":"absolute","autolaunchable":true},
                     {"label":"Chart","url":"https://b.example/l","type":"smart","appContext":"x"}]
            """#
        let (cards, flags) = try Self.adapt([Self.card(links)]) { $0.links = [.absolute] }
        #expect(flags == [.link, .autolaunch])
        let shown = Array(cards[0]["links"]?.elements.map { $0 } ?? [])
        #expect(shown.count == 1 && shown[0]["autolaunchable"] == nil)
        #expect(cards[0]["detail"]?.stringValue == "D\n\nApp: Chart (https&#58;//b.example/l)")
        let (registered, more) = try Self.adapt(
            [Self.card(links)],
            {
                $0.linkPrefixes = ["https://b.example/"]
                $0.hasAutolaunch = true
            }
        )
        #expect(more == [.link])
        #expect(registered[0]["links"]?.elements.map { $0["label"]?.stringValue } == ["Chart"])
    }

    @Test("writes a topic as the client takes it")
    func topic() throws {
        let (cards, flags) = try Self.adapt([Self.card()]) { $0.topic = .alphanumeric }
        #expect(flags == [.topic])
        #expect(cards[0]["source"]?["topic"]?["code"]?.stringValue == "news2")
        #expect(cards[0]["source"]?["topic"]?["system"]?.stringValue == "urn:x")
    }

    @Test("writes Markdown as plain text without losing a word")
    func plain() throws {
        let detail =
            #"**NEWS2 7**\n\n| Input | Value | |\n|---|---|---|\n| pulse | 130 &#47; min | |\n\na &lt; b &amp; c"#
        let (cards, flags) = try Self.adapt([Self.card(detail: detail)]) { $0.detail = .plain }
        #expect(flags == [.plainDetail])
        #expect(
            cards[0]["detail"]?.stringValue
                == "NEWS2 7\n\nInput: Value\npulse: 130 / min\n\na < b & c"
        )
    }

    @Test("lets a long text go on on further cards, a table under its head")
    func continued() throws {
        let rows = (1...30).map { "| input \($0) | \($0) |" }
        let detail = (["Intro", "| Input | Value |", "|---|---|"] + rows + ["End"])
            .joined(separator: #"\n"#)
        let (cards, flags) = try Self.adapt([Self.card(detail: detail)]) { $0.detailUnitsMax = 200 }
        #expect(flags == [.continued])
        let parts = cards.compactMap { $0["detail"]?.stringValue }
        #expect(parts.count == cards.count && parts.count > 2)
        #expect(parts.allSatisfy { $0.utf16.count <= 200 })
        for number in 1...30 { #expect(parts.count { $0.contains("| input \(number) |") } == 1) }
        #expect(parts.dropFirst().allSatisfy { $0.hasPrefix("| Input | Value |\n|---|---|\n") })
        #expect(cards[1]["summary"]?.stringValue == "(2/\(parts.count)) S")
        #expect(cards[1]["indicator"]?.stringValue == "critical")
        #expect(Set(cards.compactMap { $0["uuid"]?.stringValue }).count == cards.count)
    }

    @Test("says so where even further cards do not hold the text")
    func cut() throws {
        let detail = String(repeating: "word ", count: 400)
        let (cards, flags) = try Self.adapt([Self.card(detail: detail)]) {
            $0.detailUnitsMax = 300
            $0.cardsMax = 2
        }
        #expect(flags == [.continued, .cut])
        #expect(cards.count == 2)
        let last = try #require(cards[1]["detail"]?.stringValue)
        #expect(last.hasSuffix("**The text is longer than can be shown here.**"))
        #expect(last.utf16.count <= 300)
    }

    @Test("puts the least urgent cards together where there is room for fewer")
    func joined() throws {
        let cards = ["One", "Two", "Three"].map {
            Self.card(Self.suggestions("any", Self.drop), summary: $0)
        }
        let (adapted, flags) = try Self.adapt(cards) { $0.cardsMax = 2 }
        #expect(flags == [.joined, .suggestion])
        #expect(adapted.count == 2)
        #expect(adapted[0]["summary"]?.stringValue == "One")
        let detail = try #require(adapted[1]["detail"]?.stringValue)
        #expect(detail.contains("**Two**") && detail.contains("**Three**"))
        #expect(detail.split(separator: "Stop warfarin (Stop the order)").count >= 2)
        #expect(adapted[1]["indicator"]?.stringValue == "critical")
    }
}
