import Basics
import Testing

@testable import FHIRPath

@Suite("functions beyond the normative text, and sets")
struct AdditionTests {
    @Test(
        "answers",
        arguments: [
            (
                "'11/30/1972'.replaceMatches('(?<m>\\\\d+)/(?<d>\\\\d+)/(?<y>\\\\d+)', "
                    + "'${d}-${m}-${y}')", ["30-11-1972"]
            ),
            ("'ab'.replaceMatches('(a)(b)', '$2${1}$')", ["ba$"]),
            ("'ab'.replaceMatches('a', '${x}$x')", ["${x}$xb"]),
            ("'ABC'.matches('b')", ["false"]), ("'ABC'.matches('b', 'i')", ["true"]),
            ("'ABC'.matchesFull('[a-c]+', 'i')", ["true"]),
            ("'B'.matches('[^b]', 'i')", ["false"]),
            (
                "'X\u{C4}'.matches('\u{E4}$', 'i')",
                ["true"]
            ),
            ("'a\\nb'.matches('^b$')", ["false"]), ("'a\\nb'.matches('^b$', 'm')", ["true"]),
            ("'AaA'.replaceMatches('a', 'x', 'i')", ["xxx"]),
            ("(1 | 2).repeatAll(iif($this < 3, $this + 1, {}))", ["2", "3", "3"]),
            ("coalesce({}, 'a', 1 / 0)", ["a"]), ("coalesce({})", []),
            ("@2020-05-04.yearOf()", ["2020"]), ("@2020-05.dayOf()", []),
            ("@2020-05-04T10:20:30.123Z.millisecondOf()", ["123"]), ("@T10:20.hourOf()", ["10"]),
            ("@2020-05-04T10:20:30+02:00.timezoneOffsetOf()", ["2"]),
            ("@2020-05-04T10:20:30+02:00.dateOf()", ["2020-05-04"]),
            ("@2020-05-04T10:20:30Z.timeOf()", ["10:20:30"]),
            ("@2020-01-31.duration(@2021-01-30, 'years')", ["0"]),
            ("@2020-01-31.difference(@2021-01-30, 'years')", ["1"]),
            ("@2020-01-31.difference(@2020-02-01, 'months')", ["1"]),
            ("(2 'cm' * 2 'm').toString()", ["4 'cm.m'"]),
            ("(6 'm' / (2 's' * 1 'g')).toString()", ["3 'm/(s.g)'"]),
            ("(2 '/min' * 3 'g').toString()", ["6 '1/min.g'"]),
            ("2 'cm' * 2 'm' = 0.04 'm2'", ["true"]),
        ] as [(String, [String])]
    )
    func answers(text: String, expected: [String]) throws {
        #expect(try evaluate(text) == expected)
    }

    @Test("flags of a regular expression that nobody knows are refused")
    func flags() {
        #expect(fault("'a'.matches('a', 'x')")?.code == .unsupported)
    }

    private static let json = """
        {"resourceType":"Patient","birthDate":"2020-01-01",
         "name":[{"given":["a","b","a","c","d","e","f","g","h","i","j","k","l","m","n","o","p","a"]}]}
        """

    @Test(
        "a long collection of strings or numbers has the same sets as a short one",
        arguments: [
            ("name.given.distinct().count()", "16"), ("name.given.isDistinct()", "false"),
            ("(name.given | name.given).count()", "16"),
            ("(name.given | birthDate).count()", "17"),
            ("name.given.intersect('c' | 'q' | 'a').join()", "ac"),
            ("name.given.exclude('c' | 'q' | 'a').count()", "14"),
            ("name.given.subsetOf(name.given | 'z')", "true"),
            ("(name.given | 'z').subsetOf(name.given)", "false"),
            ("name.given.select($index).distinct().count()", "18"),
            ("name.given.select($index mod 3).distinct().count()", "3"),
            (
                "name.given.select($index.toString()).intersect(name.given.select($index)).count()",
                "0"
            ),
            (
                "name.given.select($index.toDecimal()).intersect(name.given.select($index)).count()",
                "18"
            ),
        ]
    )
    func sets(text: String, expected: String) throws {
        #expect(try evaluate(text, on: Self.json) == [expected])
    }
}
