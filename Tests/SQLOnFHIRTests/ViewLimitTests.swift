import Basics
import JSON
import Testing

@testable import SQLOnFHIR

@Suite("Hostile views")
struct ViewLimitTests {
    private func view(_ text: String) throws -> ViewDefinition {
        try ViewDefinition(parsing: try JSONDocument(parsing: text))
    }

    private func refusal(_ text: String) throws -> ViewError {
        try #require(throws: ViewError.self) { try view(text) }
    }

    private func nested(_ depth: Int) -> String {
        let open = String(repeating: #"{"select":["#, count: depth - 1)
        let close = String(repeating: "]}", count: depth - 1)
        return #"{"resource":"Patient","select":["# + open
            + #"{"column":[{"name":"id","path":"id"}]}"# + close + "]}"
    }

    @Test("The limits leave room for one another")
    func relations() {
        // Each selection takes an object and an array.
        #expect(2 * Limits.viewDepthMax + 8 <= Limits.jsonDepthMax)
        #expect(Limits.viewDepthMax <= Limits.viewSelectsMax)
        #expect(Limits.viewElementsMax <= Limits.fhirPathItemsMax)
        #expect(Limits.viewCellsMax > Limits.viewColumnsMax)
        // A product of rows is computed before it is refused.
        #expect(Limits.viewCellsMax < 1 << 31)
    }

    @Test("Selections nest as deep as the limit says, and no deeper")
    func depth() throws {
        #expect(try view(nested(Limits.viewDepthMax)).columns.count == 1)
        let error = try refusal(nested(Limits.viewDepthMax + 1))
        #expect(error.code == .limitExceeded)
    }

    @Test(
        "Columns are counted up to the limit",
        arguments: [Limits.viewColumnsMax - 1, Limits.viewColumnsMax, 10_000]
    )
    func columns(count: Int) throws {
        let columns = (0..<count).map { #"{"name":"c\#($0)","path":"id"}"# }
        let text =
            #"{"resource":"Patient","select":[{"column":["# + columns.joined(separator: ",")
            + "]}]}"
        guard count > Limits.viewColumnsMax else {
            #expect(try view(text).columns.count == count)
            return
        }
        let error = try refusal(text)
        #expect(error.code == .limitExceeded)
        #expect(error.pointer == "/select/0/column/\(Limits.viewColumnsMax)")
    }

    @Test("Selections are counted")
    func selections() throws {
        let select = #"{"select":[{"column":[{"name":"a","path":"id"}]}]}"#
        let count = Limits.viewSelectsMax / 2 + 1
        let list = Array(repeating: select, count: count).joined(separator: ",")
        let error = try refusal(#"{"resource":"Patient","select":[\#(list)]}"#)
        #expect(error.code == .limitExceeded)
    }

    @Test("Constants are counted")
    func constants() throws {
        let list = (0...Limits.viewConstantsMax).map { #"{"name":"c\#($0)","valueInteger":1}"# }
        let error = try refusal(
            #"{"resource":"Patient","constant":[\#(list.joined(separator: ","))],"#
                + #""select":[{"column":[{"name":"a","path":"id"}]}]}"#
        )
        #expect(error.code == .limitExceeded)
        #expect(error.pointer == "/constant/\(Limits.viewConstantsMax)")
    }

    private func patient(names count: Int) throws -> JSONValue {
        let names = Array(repeating: #"{"family":"x"}"#, count: count).joined(separator: ",")
        return try JSONDocument(
            parsing: #"{"resourceType":"Patient","name":[\#(names)]}"#
        ).root
    }

    @Test("A list as long as the limit gives its rows, and one more is an error")
    func elements() throws {
        let view = try view(
            #"{"resource":"Patient","select":[{"forEach":"name","column":[{"name":"i","#
                + #""path":"%rowIndex"}]}]}"#
        )
        let count = 20_000
        let rows = try view.rows(of: try patient(names: count), now: ViewCase.now)
        #expect(rows.count == count)
        let error = #expect(throws: ViewRowError.self) {
            try view.rows(
                of: try patient(names: Limits.viewElementsMax + 1),
                now: ViewCase.now
            )
        }
        // FHIRPath's own limit on collections is met first.
        #expect(error?.code == .expressionFailed || error?.code == .tooManyRows)
    }

    @Test("A product of lists that would fill the memory is an error")
    func product() throws {
        let side = { (name: String) in
            #"{"forEach":"name","column":[{"name":"\#(name)","path":"family"}]}"#
        }
        let view = try view(
            #"{"resource":"Patient","select":[\#(side("a")),\#(side("b")),\#(side("c"))]}"#
        )
        let error = #expect(throws: ViewRowError.self) {
            try view.rows(of: try patient(names: 1_000), now: ViewCase.now)
        }
        #expect(error?.code == .tooManyRows)
    }

    @Test("Every document cut short, and every byte of one changed, is refused or read")
    func mutations() throws {
        let text = Array(
            (#"{"resource":"Observation","constant":[{"name":"c","valueCode":"x"}],"select":["#
                + #"{"forEach":"component","column":[{"name":"a","path":"code.text = %c","#
                + #""type":"boolean"}],"unionAll":[{"column":[{"name":"b","path":"1"}]}]}],"#
                + #""where":[{"path":"status = 'final'"}]}"#).utf8
        )
        var readCount = 0
        for position in text.indices {
            for byte in [UInt8(ascii: "["), UInt8(ascii: "}"), UInt8(ascii: "9"), 0x22] {
                var changed = text
                changed[position] = byte
                if read(changed) { readCount += 1 }
            }
            #expect(!read(Array(text[..<position])))
        }
        // Only what changed a name, a literal or nothing may still be a view.
        #expect(readCount < text.count)
    }

    /// Whether the bytes are a view; whatever they are, reading them ends.
    private func read(_ bytes: [UInt8]) -> Bool {
        guard let document = try? JSONDocument(parsing: bytes) else { return false }
        return (try? ViewDefinition(parsing: document)) != nil
    }
}
