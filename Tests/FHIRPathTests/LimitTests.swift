import Basics
import Testing

@testable import FHIRPath

@Suite("limits")
struct LimitTests {
    @Test(
        "nesting beyond the limit is refused, whatever it is made of",
        arguments: [
            ("(", "1", ")"), ("-", "1", ""), ("iif(true, ", "1", ")"), ("a.where(", "true", ")"),
            ("a[", "0", "]"), ("", "a", ".a"), ("", "1", " + 1"), ("1 + (", "1", ")"),
            ("not(", "1", ")"), ("a implies (", "b", ")"),
        ]
    )
    func nesting(open: String, inner: String, close: String) {
        let count = 20_000 / max(1, open.utf8.count + close.utf8.count)
        let text =
            String(repeating: open, count: count) + inner + String(repeating: close, count: count)
        #expect(throws: FHIRPathError.self) { try FHIRPathExpression(parsing: text) }
    }

    @Test("a path of exactly the allowed depth runs, one more is refused")
    func depth() throws {
        let longest = Array(repeating: "a", count: Limits.fhirPathDepthMax).joined(separator: ".")
        #expect(try evaluate(longest, on: "{}") == [])
        #expect(throws: FHIRPathError.self) { try FHIRPathExpression(parsing: longest + ".a") }
    }

    @Test("a text of exactly the allowed length is read, one byte more is refused")
    func length() throws {
        let text = "1" + String(repeating: " ", count: Limits.fhirPathBytesMax - 1)
        _ = try FHIRPathExpression(parsing: text)
        #expect(throws: FHIRPathError(code: .limitExceeded, offset: Limits.fhirPathBytesMax)) {
            try FHIRPathExpression(parsing: text + " ")
        }
    }

    @Test(
        "what would run or grow without end is stopped",
        arguments: [
            "'0123456789'.toChars().select($this & 'x').repeat($this & 'x')",
            "(1|2|3|4|5|6|7|8|9|10).repeat($this + 1)",
            "(1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22).aggregate($total & 'xxxxxxxx' "
                + "& $total, 'x').length()",
            "'x'.replace('', '0123456789').replace('', '0123456789').replace('', '0123456789')"
                + ".replace('', '0123456789').replace('', '0123456789').replace('', '0123456789')",
        ]
    )
    func endless(text: String) {
        #expect(fault(text)?.code == .limitExceeded)
    }

    @Test(
        "a chain of unions costs no more than comparing each item with each",
        arguments: [(" | ", ""), (".union(", ")")]
    )
    func unions(open: String, close: String) throws {
        // Quantities cannot be put into a table, and comparing them is dear.
        var text = "0 'mg'"
        for number in 1..<60 {
            text += "\(open)\(number) '\(number % 2 == 0 ? "mg" : "L")'\(close)"
        }
        #expect(try evaluate(text + open + "0 'mg'" + close, on: "{}").count == 60)
    }

    @Test("a regular expression that would backtrack for ever ends quickly")
    func regularExpression() throws {
        let text = String(repeating: "a", count: 40)
        #expect(try evaluate("'\(text)!'.matches('^(a+)+$')") == ["false"])
        #expect(try evaluate("'\(text)'.matches('^(a|a)*b?$')") == ["true"])
    }

    @Test(
        "a regular expression whose program is too long is refused",
        arguments: [
            "((a{50}){50}){50}", "a{1001}", "(a{1,900}){1,900}",
        ]
    )
    func longProgram(pattern: String) {
        #expect(throws: FHIRPathError(code: .limitExceeded, offset: 12)) {
            try FHIRPathExpression(parsing: "'x'.matches('\(pattern)')")
        }
    }

    @Test(
        "a search that costs too much is stopped",
        arguments: [
            "text.contains(text.substring(100) & 'b')", "text.indexOf(text & 'b')",
            "text.matches('(a|b|c|d|e|f|g|h)*x')", "text.replaceMatches('a.*x|b', '')",
        ]
    )
    func searches(expression: String) {
        let text = String(repeating: "a", count: 60_000)
        #expect(fault(expression, on: #"{"text":"\#(text)"}"#)?.code == .limitExceeded)
    }

    /// A Bundle whose entries refer to one another in a circle.
    private static let bundle: String = {
        let entries = (0..<1_500).map { index in
            """
            {"fullUrl":"urn:uuid:\(index)","resource":{"resourceType":"Observation",
            "subject":{"reference":"urn:uuid:\((index + 1) % 1_500)"},"id":"\(index)",
            "valueQuantity":{"value":\(index),"system":"http://unitsofmeasure.org","code":"mg"}}}
            """
        }
        return #"{"resourceType":"Bundle","entry":[\#(entries.joined(separator: ","))]}"#
    }()

    /// Products that have no room in 128 bits.
    private static let wideProduct = Array(repeating: "1.234567890123456789012345678", count: 12)
        .joined(separator: " * ")

    @Test(
        "what costs more than it is allowed on a large Bundle is stopped",
        arguments: [
            "entry.resource.repeat(subject.resolve()).count()",
            "entry.descendants().repeat(children()).count()",
            "entry.descendants().distinct().count()",
            "entry.resource.value.distinct().count()",
            "entry.resource.where(%context.entry.resource.where(id = $this.id).exists()).count()",
            "entry.resource.id.select(%context.entry.resource.id.count()).sum()",
            "entry.aggregate($total.combine(%context.entry), {}).count()",
            "entry.repeatAll($this).count()",
            "entry.select(%context.entry).select(%context.entry).count()",
            "entry.select(1.0000000000000000000000000001.power(1000)).count()",
            "entry.select(1.0000000000000000000000000001.power(-1000)).count()",
            "entry.select(\(wideProduct)).count()",
            "entry.select(1 'mg' + 1 'g' + 1 'kg').count()",
        ]
    )
    func large(text: String) {
        #expect(fault(text, on: Self.bundle)?.code == .limitExceeded)
    }

    @Test(
        "what a large Bundle is asked for every day is answered",
        arguments: [
            ("entry.resource.id.distinct().count()", "1500"),
            ("entry.resource.id.isDistinct()", "true"),
            ("(entry.resource.id | entry.resource.id).count()", "1500"),
            ("entry.resource.where(id = '7').subject.resolve().id", "8"),
            ("entry.resource.subject.resolve().count()", "1500"),
            ("entry.resource.where(value > 1490 'mg').count()", "9"),
            ("entry.resource.value.value.sum()", "1124250"),
            ("descendants().count() > 10000", "true"),
            ("entry.take(500).select(0.9938.power(60)).count()", "500"),
            ("entry.resource.select(value.value * 0.0555 / 3).count()", "1500"),
            ("entry.resource.where(value + 1 'mg' > 1490 'mg').count()", "10"),
        ]
    )
    func everyday(text: String, expected: String) throws {
        #expect(try evaluate(text, on: Self.bundle) == [expected])
    }

    @Test(
        "arithmetic that runs out of digits or of time is empty",
        arguments: [
            "9.power(100000)", "99999999.power(9999)", "2.power(9223372036854775807)",
            "100000.exp()", "9223372036854775807 + 1", "@9999-12-31 + 1 day",
            "@2020-01-01 + 9223372036854775807 years", "@0001-01-01 - 1 year",
        ]
    )
    func digits(text: String) throws {
        #expect(try evaluate(text) == [])
    }
}
