import Testing

@testable import FHIRPath

@Suite("regular expressions")
struct RegularExpressionTests {
    private func match(_ pattern: String, _ text: String) throws -> String? {
        var budget = 100_000
        let scalars = Array(text.unicodeScalars)
        let expression = try RegularExpression(pattern)
        return try expression.firstMatch(in: scalars, budget: &budget).map { saved in
            String(String.UnicodeScalarView(scalars[saved[0]..<saved[1]]))
        }
    }

    @Test(
        "find the leftmost match with the preferred length",
        arguments: [
            ("abc", "xabcx", "abc"), ("a.c", "a\nc", "a\nc"), ("a|ab", "ab", "a"),
            ("ab|a", "ab", "ab"), ("a*", "aaa", "aaa"), ("a*?", "aaa", ""), ("a+?", "aaa", "a"),
            ("a?b", "ab", "ab"), ("(ab)+", "ababx", "abab"), ("[a-c]+", "xxabcd", "abc"),
            ("[^a-c]+", "abxyc", "xy"), ("[]a]+", "a]", "a]"), ("[a-]+", "a-b", "a-"),
            ("\\d{3}", "12345", "123"), ("\\d{2,}", "12345", "12345"), ("\\d{2,3}?", "123", "12"),
            ("\\w+\\s\\w+", "ab cd", "ab cd"), ("\\bcd\\b", "abcd cd", "cd"), ("^b|c", "bc", "b"),
            ("c$", "cbc", "c"), ("(?:a|b)c", "bc", "bc"), ("x{2}|y", "y", "y"),
            ("(a|b|c)*d", "abcabcd", "abcabcd"), ("a{0}b", "ab", "b"), ("\\.", "a.b", "."),
            ("[\\d.]+", "v1.2", "1.2"), ("[^\\s]+", " ab ", "ab"), ("a{", "a{", "a{"),
            ("(a*)*", "aa", "aa"), ("é+", "caféé", "éé"), ("(?<name>x)y", "xy", "xy"),
        ]
    )
    func find(pattern: String, text: String, result: String) throws {
        #expect(try match(pattern, text) == result)
    }

    @Test(
        "do not find what is not there",
        arguments: [
            ("abc", "abx"), ("^b", "ab"), ("b$", "ba"), ("[a-c]", "xyz"), ("a{3}", "aa"),
            ("\\d", "abc"), ("\\Bx", "x"), ("a.b", "ab"),
        ]
    )
    func miss(pattern: String, text: String) throws {
        #expect(try match(pattern, text) == nil)
    }

    @Test(
        "are refused when they are none",
        arguments: ["(", ")", "a)", "[a", "*a", "a{2,1}", "\\", "[b-a]", "(?<n", "a{1,2", "+"]
    )
    func refused(pattern: String) {
        #expect(throws: RegularExpression.Fault.self) { try RegularExpression(pattern) }
    }

    @Test(
        "replace every match and know groups",
        arguments: [
            (
                "'2024-02-29'.replaceMatches('(\\\\d+)-(\\\\d+)-(\\\\d+)', '$3.$2.${1}')",
                "29.02.2024"
            ),
            ("'aXbX'.replaceMatches('X', '-')", "a-b-"),
            ("'abc'.replaceMatches('x*', '-')", "-a-b-c-"),
            ("'abc'.replaceMatches('b', '$')", "a$c"), ("'abc'.replaceMatches('b', '$9')", "ac"),
        ]
    )
    func replace(text: String, result: String) throws {
        #expect(try evaluate(text) == [result])
    }
}
