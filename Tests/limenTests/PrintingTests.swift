import Audit
import Basics
import JSON
import Mapping
import Testing

@testable import limen

@Suite("What the command line prints")
struct PrintingTests {
    @Test("sets tables in columns without blanks at line ends")
    func table() {
        var table = TextTable()
        table.append(["a", "long cell", ""])
        table.append(["longer", "b"])
        #expect(table.lines(indent: "  ") == ["  a       long cell", "  longer  b"])
    }

    /// What an auditor may write into a row of a read of the own, by psql: a reason that clears the
    /// screen, names a title for the window and makes a row up.
    static let hostile =
        "ok\u{1B}[2J\u{1B}]0;x\u{7}\r\n2026-05-04  decision\u{9B}1m\u{202E}\u{2028}\u{0}"

    @Test("lets no cell end a line or speak to the terminal")
    func hostileCells() {
        var table = TextTable()
        table.append(["who", Self.hostile, "x"])
        let lines = table.lines()
        #expect(lines.count == 1)
        #expect(Self.isHarmless(lines[0]), "\(lines)")
        #expect(lines[0].contains(#"ok\u{1b}[2J"#), "what stood there can be seen")
    }

    static func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: scalar == "\n"
            default: true
            }
        }
    }

    @Test("lets no list, story or row of the trail speak to the terminal")
    func hostileRows() throws {
        var record = AuditRecord(
            eventID: UUIDBytes(high: 1, low: 1),
            tenant: "demo",
            kind: .auditRead,
            outcome: .done,
            startedAt: Instant(microseconds: 0),
            status: 200
        )
        record.client = Self.hostile
        record.service = Self.hostile
        record.reasonCode = Self.hostile
        record.flags = [Self.hostile]
        var details = JSONWriter()
        details.beginObject()
        details.member("question", Self.hostile)
        details.member("reason", Self.hostile + "&#27;[2J&#155;1m")
        details.member("filter", String(repeating: Self.hostile, count: 9))
        details.endObject()
        record.details = details.bytes
        let event = StoredEvent(record: record, recordedAt: record.startedAt)
        let zone = try ZoneOffset.shown(try Arguments([], of: "audit list"))
        var row = JSONWriter()
        event.write(to: &row)
        let texts = [
            EventPrinter.list([event], zone), EventPrinter.story(event, row.bytes),
            StoryPrinter.text(Story(hookInstance: nil, events: [event]), zone),
        ]
        for text in texts + [TextStyle.safeLines(Self.hostile)] {
            #expect(Self.isHarmless(text), "\(text.debugDescription)")
            #expect(text.contains("ok"))
        }
        #expect(texts[0].split(separator: "\n").count == 2, "a heading and one row")
        for text in [texts[0], texts[2]] {
            #expect(!text.contains("\n2026-05-04"), "no row was made up")
        }
    }

    @Test(
        "says ages as a reader does",
        arguments: [
            (5, "5s"), (61, "1m"), (3_600, "1h"), (8_040, "2h14m"), (86_400, "1d"),
            (97_200, "1d3h"), (-120, "-2m"),
        ]
    )
    func age(seconds: Int, text: String) {
        #expect(Age.text(seconds: seconds) == text)
    }

    @Test("takes Markdown's marks, escapes and entities off")
    func markdown() {
        let lines = MarkdownText.plain(
            "**NEWS2 7**\n\n| Input | Value |\n|---|---|\n| a\\|b | 1 &lt; 2 &#40;x&#41; |\n\nend \\*"
        )
        #expect(lines == ["NEWS2 7", "", "Input  Value", "a|b    1 < 2 (x)", "", "end *"])
    }

    @Test("shows every input with its source, and the rejected by reason")
    func explanation() throws {
        let response = try JSONDocument(
            parsing: """
                {"cards":[{"summary":"S","indicator":"warning","source":{"label":"L"}}],
                "extension":{"org.limen.explain":{"inputs":[
                {"name":"temperature","value":"38.5","unit":"Cel","rule":0,"flags":["converted"],
                 "source":{"resource":"Observation/t","path":"valueQuantity","ageSeconds":8040},
                 "conversion":{"originalText":"101.3","originalUnit":"[degF]",
                  "formula":"(value - 32) x 5/9","unrounded":"38.5"}},
                {"name":"spo2","missingReason":"stale","isMissing":true}],
                "facts":[{"name":"pregnant","isMissing":true}],
                "rejections":{"counts":{"stale":30,"superseded":1},"unasked":41,"items":[
                {"reason":"stale","input":"spo2","resource":"Observation/s",
                 "path":"effectiveDateTime","sentence":"older","accepted":"within >= PT15H"},
                {"reason":"superseded","input":"pulse","resource":"Observation/p",
                 "path":"valueQuantity","sentence":"another was preferred","accepted":""}]}}}}
                """
        )
        let text = CardPrinter(usesColour: false).text(for: response.root)
        for part in [
            "WARNING   S", "38.5 Cel", "Observation/t valueQuantity", "2h14m old",
            "101.3 [degF] -> 38.5 ((value - 32) x 5/9)", "rule 0", "missing: stale", "stale 30\n",
            "spo2  Observation/s  effectiveDateTime  older  accepted: within >= PT15H",
            "      and 29 more", "superseded 1\n", "another was preferred\n", "code 41",
            "  facts\n    pregnant  -  not recorded\n",
        ] {
            #expect(text.contains(part), "\(part) is missing in: \(text)")
        }
        #expect(!text.contains("\u{1B}"))
    }

    @Test("prints a mapping report just as it prints the grounds of an answer")
    func report() throws {
        let report = MappingReport(
            applicability: .applies,
            inputs: [],
            rejections: [
                .init(
                    reason: .stale,
                    input: "spo2",
                    resource: "Observation/s",
                    path: "effectiveDateTime",
                    sentence: "older",
                    accepted: "within >= PT15H"
                )
            ],
            unaskedCount: 2
        )
        var writer = JSONWriter()
        report.writeJSON(to: &writer)
        let document = try JSONDocument(parsing: writer.bytes)
        #expect(
            CardPrinter(usesColour: false).explanation(document.root) == """
                  rejected
                    stale 1
                      spo2  Observation/s  effectiveDateTime  older  accepted: within >= PT15H
                    code 2 (no input asks for them)
                """
        )
    }

    @Test("names the reason, the place and the code of a refusal")
    func refusal() throws {
        let outcome = try JSONDocument(
            parsing: """
                {"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid",
                "details":{"coding":[{"code":"LIMEN-X-1"}],"text":"no good"},
                "diagnostics":"mend it","expression":["context.patientId"]}]}
                """
        )
        let text = OutcomePrinter.text(status: 400, outcome)
        #expect(text.contains("status 400"))
        #expect(text.contains("LIMEN-X-1: no good: mend it"))
        #expect(text.contains("at context.patientId"))
        #expect(OutcomePrinter.code(outcome) == "LIMEN-X-1")
    }

    @Test("has a help text for every command that it names")
    func help() {
        for command in HelpCommand.commands {
            #expect(HelpCommand.text(for: command) != HelpCommand.overview)
        }
        #expect(HelpCommand.text(for: "nothing") == HelpCommand.overview)
    }
}
