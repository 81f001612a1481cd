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
}
