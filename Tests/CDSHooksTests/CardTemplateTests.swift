import Basics
import FHIRPath
import JSON
import Testing

@testable import CDSHooks

@Suite("A card template")
struct CardTemplateTests {
    static func environment(_ json: String) throws -> CardEnvironment {
        CardEnvironment(
            try JSONDocument(parsing: json),
            now: Instant(microseconds: 0),
            markup: { "| **\($0.rawValue)** |\n" }
        )
    }

    static func render(
        _ text: String,
        _ json: String = "{}",
        _ place: CardTemplate.Place = .summary
    ) throws -> String {
        try CardTemplate(parsing: text, place: place).render(in: environment(json))
    }

    static func code(_ body: () throws -> String) -> CardTemplateError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? CardTemplateError)?.code
        }
    }

    @Test("puts values into text")
    func values() throws {
        let json =
            #"{"result":{"score":7,"lower":1.50,"status":"complete"},"inputs":{"missing":["a","b"]}}"#
        #expect(try Self.render("NEWS2 {{ %result.score }}!", json) == "NEWS2 7!")
        #expect(try Self.render("{{%result.lower}}", json) == "1.50")
        #expect(try Self.render("{{ %inputs.missing }}", json) == "a, b")
        #expect(try Self.render("{{ %inputs.missing.join(' and ') }}", json) == "a and b")
        #expect(try Self.render("{{ iif(%result.score > 6, '}}', 'n') }}", json) == "}}")
        #expect(try Self.render("{{ %result.nothing }}.", json) == ".")
        #expect(try Self.render("no braces } {", json) == "no braces } {")
    }

    @Test("escapes what it puts in, and trusts only the markup of the gateway")
    func escapes() throws {
        let json = #"{"result":{"code":"<b>|[x](y)"}}"#
        let detail = try Self.render("{{ %result.code }} {{ %explain.table }}", json, .detail)
        #expect(detail == "&lt;b&gt;&#124;[x&#93;(y) | **table** |")
        #expect(!(try Self.render("{{ %result.code }}", json)).contains("<"))
    }

    @Test(
        "leaves no empty lines where a part has nothing to say",
        arguments: [
            ("a\n\n{{ %x.y }}\n\nb", "a\n\nb"), ("a\n\n{{ %x.y }}\n", "a"),
            ("a\nb\n\nc", "a\nb\n\nc"),
        ]
    )
    func tidies(_ text: String, _ tidied: String) throws {
        #expect(try Self.render(text, #"{"x":{}}"#, .detail) == tidied)
    }

    @Test("ends lists early to stay below 140, and never cuts a number")
    func fits() throws {
        let names = (1...40).map { "\"input number \($0)\"" }.joined(separator: ",")
        let text = try Self.render(
            "Missing: {{ %inputs.missing }}",
            #"{"inputs":{"missing":[\#(names)]}}"#
        )
        #expect(text.utf16.count < 140)
        #expect(text.utf16.count > 110)
        #expect(text.hasSuffix(" more"))
        #expect(text.hasPrefix("Missing: input number 1, input number 2"))
        let wide = #"{"result":{"score":1234567890.123}}"#
        #expect(Self.code { try Self.render("{{ %result.score }}", wide) } == .tooWide)
        let long = String(repeating: "x", count: 140)
        #expect(Self.code { try Self.render(long) } == .summaryTooLong)
        #expect(try Self.render(String(long.dropLast())).utf16.count == 139)
        #expect(try Self.render(long, "{}", .detail).utf16.count == 140)
        #expect(Self.code { try Self.render("{{ %result }}", wide) } == .notText)
    }

    @Test(
        "is refused when it cannot be read",
        arguments: [
            ("{{ %result.score", CardTemplateError.Code.unclosed, 0),
            ("ab {{ 1 + }}", .expression, 0),
            ("{{ %explain.table }}", .markupInSummary, 0),
        ] as [(String, CardTemplateError.Code, Int)]
    )
    func refuses(_ text: String, _ code: CardTemplateError.Code, _ offset: Int) {
        #expect(
            Self.code {
                _ = try CardTemplate(parsing: text, place: .summary)
                return ""
            } == code
        )
    }

    @Test(
        "of an expression with a name that does not exist is found",
        arguments: [
            ("%result.score >= 7", nil), ("%result.scor >= 7", "scor"),
            ("%other.score", "other"), ("%result.contributions.where(points = 3).exists()", nil),
            ("%result.contributions.where(pints = 3).exists()", "pints"),
            ("%result.status = 'anything at all'", nil), ("$this.name", nil),
            ("%inputs.missing.select($this & name)", nil), ("iif(true, 1, colour)", "colour"),
        ] as [(String, String?)]
    )
    func names(_ text: String, _ unknown: String?) throws {
        let expression = try FHIRPathExpression(parsing: text)
        #expect(ExpressionNames.firstUnknown(in: expression) == unknown)
    }
}
