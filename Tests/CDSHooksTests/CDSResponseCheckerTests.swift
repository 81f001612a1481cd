import Basics
import JSON
import Support
import Testing

@testable import CDSHooks

@Suite("The check of responses")
struct CDSResponseCheckerTests {
    static func rules(_ text: String) throws -> [String] {
        CDSResponseChecker.violations(in: try JSONDocument(parsing: text)).map {
            $0.rule.rawValue + " " + $0.pointer
        }
    }

    static func card(_ more: String = "", summary: String = "S", source: String = #"{"label":"L"}"#)
        -> String
    {
        #"{"cards":[{"summary":"\#(summary)","indicator":"info","source":\#(source)\#(more)}]}"#
    }

    @Test("passes what the specification allows")
    func passes() throws {
        #expect(try Self.rules(#"{"cards":[]}"#) == [])
        #expect(try Self.rules(Self.card()) == [])
        #expect(try Self.rules(Self.card(summary: String(repeating: "x", count: 139))) == [])
        let suggestion =
            #"{"label":"L","actions":[{"type":"create","description":"D","resource":{"resourceType":"Task","x":null}}]}"#
        let more = #","selectionBehavior":"any","suggestions":[\#(suggestion)]"#
        #expect(try Self.rules(Self.card(more)) == [])
    }

    @Test(
        "finds each breach",
        arguments: [
            ("{}", "cards-missing /cards"),
            (#"{"cards":null}"#, "wrong-type /cards"),
            (
                card(summary: String(repeating: "x", count: 140)),
                "summary-too-long /cards/0/summary"
            ),
            (
                card(summary: String(repeating: "\u{1F600}", count: 70)),
                "summary-too-long /cards/0/summary"
            ),
            (card(summary: ""), "empty-value /cards/0/summary"),
            (card(source: "{}"), "missing /cards/0/source/label"),
            (card(source: #"{"label":"L","url":"x"}"#), "not-absolute-url /cards/0/source/url"),
            (
                card(source: #"{"label":"L","topic":{"code":"c"}}"#),
                "missing /cards/0/source/topic/system"
            ),
            (card(#","detail":null"#), "empty-value /cards/0/detail"),
            (card(#","links":[]"#), "empty-value /cards/0/links"),
            (card(#","uuid":"x""#), "not-uuid /cards/0/uuid"),
            (card(#","extension":[1]"#), "extension-object /cards/0/extension"),
            (
                card(
                    #","selectionBehavior":"any","suggestions":[{"label":"L","uuid":"a"},{"label":"M","uuid":"A"}]"#
                ),
                "duplicate-uuid /cards/0/suggestions/1/uuid"
            ),
            (
                card(#","suggestions":[{"label":"L"}]"#),
                "selection-behavior /cards/0/selectionBehavior"
            ),
            (card(#","selectionBehavior":"all""#), "value-set /cards/0/selectionBehavior"),
            (
                card(
                    #","selectionBehavior":"at-most-one","suggestions":[{"label":"L","isRecommended":true},{"label":"M","isRecommended":true}]"#
                ), "recommended /cards/0/suggestions"
            ),
            (
                card(
                    #","selectionBehavior":"any","suggestions":[{"label":"L","actions":[{"type":"create","description":"D"}]}]"#
                ), "action-resource /cards/0/suggestions/0/actions/0/resource"
            ),
            (
                card(#","overrideReasons":[{"code":"c","system":"s"}]"#),
                "missing /cards/0/overrideReasons/0/display"
            ),
            (
                card(#","links":[{"label":"L","url":"https://x","type":"other"}]"#),
                "value-set /cards/0/links/0/type"
            ),
            (
                card(
                    #","links":[{"label":"L","url":"https://x","type":"absolute","appContext":"c"}]"#
                ), "app-context /cards/0/links/0/appContext"
            ),
            (
                #"{"cards":[{"summary":"S","indicator":"hard-stop","source":{"label":"L"}}]}"#,
                "value-set /cards/0/indicator"
            ),
            (#"{"cards":[{"summary":"S","indicator":"info"}]}"#, "missing /cards/0/source"),
            (#"{"cards":[],"systemActions":[]}"#, "empty-value /systemActions"),
        ]
    )
    func finds(_ text: String, _ breach: String) throws {
        #expect(try Self.rules(text).contains(breach))
    }

    @Test(
        "finds the same in cards that are about to be written as in their text",
        arguments: [
            "S", "", " \n", String(repeating: "x", count: 139), String(repeating: "x", count: 140),
            String(repeating: "\u{E9}", count: 139), String(repeating: "\u{1F600}", count: 70),
            String(repeating: "\u{1F600}", count: 69),
        ],
        [nil, "D", "", " "] as [String?]
    )
    func cards(_ summary: String, _ detail: String?) throws {
        let source = RawMember(name: "source", value: Array(#"{"label":"L"}"#.utf8))
        let frames = [
            CardFrame(members: []), CardFrame(members: [source]),
            CardFrame(members: [RawMember(name: "source", value: Array("null".utf8))]),
            CardFrame(members: [source, RawMember(name: "links", value: Array("[]".utf8))]),
            CardFrame(
                members: [source],
                suggestions: [[RawMember(name: "label", value: Array(#""""#.utf8))]]
            ),
        ]
        let cards = frames.map { frame in
            Card(
                name: "c",
                uuid: UUIDBytes(high: 0x8000, low: 1 << 63),
                summary: summary,
                indicator: .info,
                detail: detail,
                suggestionIDs: frame.suggestions.map { _ in UUIDBytes(high: 0x8000, low: 1 << 63) },
                frame: frame
            )
        }
        let response = CDSResponse(cards: cards)
        let text = try JSONDocument(parsing: response.json(cards: response.cardsJSON))
        func texts(_ violations: [CDSResponseChecker.Violation]) -> Set<String> {
            Set(violations.map { $0.rule.rawValue + $0.pointer })
        }
        let found = texts(CDSResponseChecker.violations(in: cards))
        #expect(found.contains("missing/cards/0/source"))
        #expect(!found.contains { $0.contains("/cards/1/source") })
        // White space alone is empty here even where the text would show it as an escape.
        let expected = texts(CDSResponseChecker.violations(in: text))
        #expect(found.isSuperset(of: expected))
        #expect(
            found.subtracting(expected).allSatisfy { $0.hasSuffix("/summary") && summary == " \n" }
        )
    }

    @Test(
        "agrees with the published validator",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func agrees() throws {
        let folder = "conformance/cds-hooks-validator/"
        var count = 0
        for line in try Shared.lines(folder + "expected.tsv").dropFirst() {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns[2] == "CDSHooksResponse" else { continue }
            count += 1
            let document = try JSONDocument(
                parsing: Shared.bytes(folder + "cases/" + columns[1])
            )
            let found = CDSResponseChecker.violations(in: document)
            // The text of the specification is stricter than the validator in two rules: a link
            // has a type, and a summary is shorter than 140 characters.
            let strict = found.filter { $0.rule != .linkType && $0.rule != .summaryTooLong }
            #expect(strict.isEmpty == (columns[3] == "valid"), "\(columns[1])")
        }
        #expect(count == 9)
    }
}
