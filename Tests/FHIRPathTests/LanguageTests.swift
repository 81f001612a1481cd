import Basics
import Testing

@testable import FHIRPath

@Suite("the language")
struct LanguageTests {
    @Test(
        "faults of syntax have their offset",
        arguments: [
            ("", FHIRPathError.Code.syntax, 0), ("1 +", .syntax, 3), ("(1", .syntax, 2),
            ("1)", .syntax, 1), ("a..b", .syntax, 2), ("'abc", .syntax, 0), ("a[1", .syntax, 3),
            ("a b", .syntax, 2), ("'\\q'", .syntax, 1), ("'\\u12'", .syntax, 1),
            ("@2024-13", .syntax, 0), ("@T25", .syntax, 0), ("$that", .syntax, 0),
            ("/* open", .syntax, 0), ("a.", .syntax, 2), ("#", .syntax, 0), ("a = = b", .syntax, 4),
            ("{1}", .syntax, 1), ("%", .syntax, 1), ("é", .syntax, 0),
            ("99999999999999999999", .syntax, 0), ("foo(1)", .unknownFunction, 0),
            ("a.wher(b)", .unknownFunction, 2), ("a.where()", .wrongArgumentCount, 2),
            ("a.first(1)", .wrongArgumentCount, 2), ("a.memberOf('x')", .unsupported, 2),
            ("a.ofType(Quantiti)", .unknownElement, 9), ("a is string1", .unknownElement, 5),
            ("a.matches('(')", .syntax, 10), ("a.matches('(?=x)')", .unsupported, 10),
            ("a.matches('(x)\\\\1')", .unsupported, 10),
            ("1.defineVariable('context')", .unknownVariable, 17),
        ]
    )
    func faults(text: String, code: FHIRPathError.Code, offset: Int) {
        #expect(throws: FHIRPathError(code: code, offset: offset)) {
            try FHIRPathExpression(parsing: text)
        }
    }

    @Test("every proper prefix of an expression parses or is refused, and none crashes")
    func prefixes() {
        let text =
            #"a.where($this > -1.5 'mg' and b[0] is FHIR.Quantity) | %`x y`.c('\u0041', @2024-02-29T10:00:00.5+01:00) // end"#
        for length in 0..<text.utf8.count {
            let prefix = String(decoding: Array(text.utf8.prefix(length)), as: UTF8.self)
            do throws(FHIRPathError) {
                _ = try FHIRPathExpression(parsing: prefix)
            } catch {
                #expect(error.offset <= length)
            }
        }
    }

    @Test(
        "operators bind as the specification says",
        arguments: [
            ("1 + 2 * 3", ["7"]), ("(1 + 2) * 3", ["9"]), ("2 * 3 + 1", ["7"]),
            ("10 - 2 - 3", ["5"]), ("-2.abs()", ["-2"]), ("(-2).abs()", ["2"]),
            ("1 | 2 = 2 | 1", ["false"]), ("true or false and false", ["true"]),
            ("true xor true or true", ["true"]), ("false implies false and false", ["true"]),
            ("1 < 2 = true", ["true"]), ("'a' & 'b' + 'c'", ["abc"]), ("7 div 2 * 2", ["6"]),
            ("1 in (1 | 2) and true", ["true"]), ("- - 1", ["1"]), ("1 = 1 'mg'", []),
            ("7 mod -2", ["1"]), ("-7 mod 2", ["-1"]), ("-7 div 2", ["-3"]),
        ]
    )
    func precedence(text: String, result: [String]) throws {
        #expect(try evaluate(text) == result)
    }

    @Test(
        "decimal arithmetic is exact",
        arguments: [
            ("0.1 + 0.2 = 0.3", ["true"]), ("1.10 + 2", ["3.10"]),
            (
                "1 / 3",
                [
                    "0.3333333333333333333333333333"
                ]
            ), ("2 / 3", ["0.6666666666666666666666666667"]), ("1 / 8", ["0.125"]),
            ("600 / 3", ["200"]), ("1.0 / 0.00", []), ("0.00 / 5 = 0", ["true"]),
            ("5.5 mod 0.7", ["0.6"]), ("2.5.round()", ["3"]), ("(-2.5).round()", ["-3"]),
            ("36.05.round(1)", ["36.1"]), ("2.power(10)", ["1024"]), ("2.power(-1)", ["0.5"]),
            ("9223372036854775807 + 1", []), ("2.sqrt().round(10)", ["1.4142135624"]),
            ("10.ln().round(10)", ["2.3025850930"]), ("1.exp().round(10)", ["2.7182818285"]),
            ("0.ln()", []), ("(-4).sqrt()", []), ("0.sqrt()", ["0"]), ("1024.log(2)", ["10"]),
        ]
    )
    func arithmetic(text: String, result: [String]) throws {
        #expect(try evaluate(text) == result)
    }

    @Test(
        "dates are moved by the calendar",
        arguments: [
            ("@2024-02-29 + 1 year", ["2025-02-28"]), ("@2024-01-31 + 1 month", ["2024-02-29"]),
            ("@2024-03-31 - 1 month", ["2024-02-29"]), ("@2024 + 24 months", ["2026"]),
            ("@2024-01 + 1 year", ["2025-01"]), ("@2024-01-01 - 1 day", ["2023-12-31"]),
            ("@2024-01-01 + 25 hours", ["2024-01-02"]), ("@2024 + 800 days", ["2026"]),
            ("@2024-01-01T23:30:00Z + 45 minutes", ["2024-01-02T00:15:00Z"]),
            ("@2024-01-01T00:00:00Z - 1 second", ["2023-12-31T23:59:59Z"]),
            ("@T23:30 + 45 minutes", ["00:15"]), ("@T00:10 - 20 minutes", ["23:50"]),
            ("@9999-12-31 + 1 day", []), ("@0001-01-01 - 1 day", []),
            ("@2024-01-01 + 999999999999999 years", []), ("today()", ["2026-03-01"]),
            ("now()", ["2026-03-01T12:00:00.000Z"]), ("timeOfDay()", ["12:00:00.000"]),
            ("today() - 16 years", ["2010-03-01"]), ("@2024-01-01 + 1 'wk'", ["2024-01-08"]),
        ]
    )
    func dates(text: String, result: [String]) throws {
        #expect(try evaluate(text) == result)
    }

    @Test(
        "what cannot be decided is empty",
        arguments: [
            "@2024 = @2024-01", "@2024-01-01T10:00 < @2024-01-01T10:00:30",
            "@2024-01-01T10:00:00 = @2024-01-01T10:00:00Z", "1 'xyzzy' = 1 'mg'",
            "1 year = 12 'mo'", "{} = 1", "1 > {}", "{} and true", "true implies {}", "1 + {}",
            "'a'.substring(5)", "{}.first()", "'x'.toInteger()", "1 / 0", "{}.single()",
        ]
    )
    func undecided(text: String) throws {
        #expect(try evaluate(text) == [])
    }

    @Test(
        "calendar durations compare by their length",
        arguments: [
            ("1 year = 12 months", "true"), ("1 week = 7 days", "true"),
            ("1 day > 23 hours", "true"), ("60 seconds = 1 minute", "true"),
            ("1 minute = 60000 milliseconds", "true"), ("2 days < 47 hours", "false"),
        ]
    )
    func durations(text: String, result: String) throws {
        #expect(try evaluate(text) == [result])
    }

    @Test(
        "faults of running have the offset of the operator or function",
        arguments: [
            ("1 < 'a'", FHIRPathError.Code.typeMismatch, 2), ("(1 | 2) + 1", .notSingleton, 8),
            ("(1 | 2).single()", .notSingleton, 8), ("'a' - 'b'", .typeMismatch, 4),
            ("1.upper()", .typeMismatch, 2), ("(1 | 2) and true", .notSingleton, 8),
            ("@2024-01-01 + 5", .typeMismatch, 12), ("@2024-01-01 + 1 'mg'", .typeMismatch, 12),
            ("1.23.round(-1)", .arithmetic, 5), ("'x'.conformsTo('http://other')", .unsupported, 4),
        ]
    )
    func runtimeFaults(text: String, code: FHIRPathError.Code, offset: Int) {
        #expect(fault(text) == FHIRPathError(code: code, offset: offset))
    }

    @Test(
        "a variable is seen to its right and inside, not outside",
        arguments: [
            ("1.defineVariable('a').select(%a + 1)", ["2"]),
            ("(1 | 2).defineVariable('n', $this.count()).select($this + %n)", ["3", "4"]),
            ("(1 | 2).select($this.defineVariable('x').select(%x * 2))", ["2", "4"]),
        ]
    )
    func variables(text: String, result: [String]) throws {
        #expect(try evaluate(text) == result)
    }

    @Test("a variable is not seen in the other operand")
    func variableScope() {
        #expect(fault("1.defineVariable('a') + %a")?.code == .unknownVariable)
        #expect(fault("1.defineVariable('a').defineVariable('a')")?.code == .unknownVariable)
    }

    @Test(
        "A condition asks by its outermost operator",
        arguments: [
            ("a > 1", true), ("(a = 1 and b)", true), ("a in b", true), ("a implies b", true),
            ("a.where(b > 1)", false), ("a | b", false), ("a + 1", false), ("a.exists()", false),
        ]
    )
    func conditions(text: String, isCondition: Bool) throws {
        #expect(try FHIRPathExpression(parsing: text).isCondition == isCondition)
    }
}
