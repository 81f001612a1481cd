import Basics
import JSON
import Support
import Testing

@testable import Telemetry

@Suite("Log lines")
struct LogWriterTests {
    static let writer = LogWriter(now: { Instant(microseconds: 0) }, write: { _ in })

    @Test("name their parts as OpenTelemetry does")
    func names() throws {
        let event = LogEvent(
            .warning,
            "caller refused",
            [(.status, .number(401)), (.route, .text("/cds-services/{id}"))],
            traceID: [UInt8](repeating: 0xAB, count: 16)
        )
        let line = String(decoding: Self.writer.line(event), as: UTF8.self)
        #expect(
            line
                == #"{"Timestamp":"1970-01-01T00:00:00Z","SeverityText":"WARN","SeverityNumber":13,"#
                + #""Body":"caller refused","TraceId":"abababababababababababababababab","#
                + #""Resource":{"service.name":"limen"},"#
                + #""Attributes":{"http.response.status_code":401,"#
                + #""http.route":"/cds-services/{id}"}}"# + "\n"
        )
    }

    @Test(
        "stay one line of bounded length, whatever a value holds",
        .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
    )
    func injection() throws {
        var count = 0
        for line in try Shared.lines("conformance/log-injection/strings.jsonl") {
            let json = try JSONDocument(parsing: line).root
            var text = json["text"]?.stringValue ?? ""
            if let unit = json["repeat"]?["unit"]?.stringValue {
                text = String(repeating: unit, count: json["repeat"]?["count"]?.integerValue ?? 0)
            }
            count += 1
            for attribute in LogEvent.Attribute.allCases {
                let bytes = Self.writer.line(
                    LogEvent(.info, "event", [(attribute, .text(text))])
                )
                #expect(bytes.last == 0x0A)
                #expect(bytes.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F })
                #expect(bytes.count < 4_096)
                let document = try JSONDocument(parsing: Array(bytes.dropLast()))
                let value = document.root["Attributes"]?[attribute.rawValue]?.stringValue ?? ""
                #expect(value.unicodeScalars.count <= Limits.logValueCharactersMax + 3)
                #expect(document.root["SeverityText"]?.stringValue == "INFO")
                let hidden = value.unicodeScalars.contains {
                    $0.properties.generalCategory == .control
                        || $0.properties.generalCategory == .format
                }
                #expect(!hidden)
            }
        }
        #expect(count == 40)
    }
}
