import Basics
import Testing

@Suite("Decimal number")
struct DecimalNumberTests {
    private func number(_ text: String) throws -> DecimalNumber {
        try #require(DecimalNumber(text: text), "no number")
    }

    @Test(
        "text is read with its scale and written back",
        arguments: [
            ("0", "0"), ("7.10", "7.10"), ("-7.10", "-7.10"), ("0.05", "0.05"), ("-0.0", "0.0"),
            ("-0", "0"), ("1e2", "100"), ("1E+2", "100"), ("1.0e2", "100"), ("1.25e1", "12.5"),
            ("12.5e-3", "0.0125"), ("0e0", "0"), ("0e1000000000000", "0"), ("0E-2", "0.00"),
            ("999999999999999999", "999999999999999999"),
            ("0.00000000000000001", "0.00000000000000001"),
            ("9223372036854775808", "9223372036854775808"),
            ("-9223372036854775809.50", "-9223372036854775809.50"),
            ("123456789012345678901234567890.12345678", "123456789012345678901234567890.12345678"),
            ("170141183460469231731687303715884105727", "170141183460469231731687303715884105727"),
            ("1e38", "1" + String(repeating: "0", count: 38)),
            ("1e-60", "0." + String(repeating: "0", count: 59) + "1"),
        ]
    )
    func reads(_ text: String, _ written: String) throws {
        #expect(try number(text).text == written)
        #expect(DecimalNumber(utf8: Array(text.utf8))?.text == written)
        #expect(DecimalNumber(utf8: Array("[\(text)]".utf8)[1...].dropLast())?.text == written)
    }

    @Test(
        "text that is no number, or too large to keep exactly, is refused",
        arguments: [
            "", "-", "+1", ".", ".5", "5.", "-.5", "1.2.3", "1e", "1e+", "1e1.5", "e5", "01", "-01",
            "00", "0x1", "1_000", " 1", "1 ", "１", "1,5", "NaN", "Infinity", "<5", "--1", "1-",
            "00000000000000000000001", "1.00000000000000000000e", "12345678901234567890.",
            "1e39", "1e400", "1E400", "1e-400", "1e-61", "1e1000000000", "1e-99999999999999999999",
            "170141183460469231731687303715884105728",
            "1234567890123456789012345678901234567890",
        ]
    )
    func refuses(_ text: String) {
        #expect(DecimalNumber(text: text) == nil)
    }

    @Test(
        "values are charted by rounding half away from zero",
        arguments: [
            ("36.05", "0.1", "36.1"), ("36.04", "0.1", "36.0"), ("36.049999", "0.1", "36.0"),
            ("-36.05", "0.1", "-36.1"), ("-36.04", "0.1", "-36.0"), ("91.5", "1", "92"),
            ("90.5", "1", "91"), ("91.49999999999999999", "1", "91"), ("-0.5", "1", "-1"),
            ("0.5", "1", "1"), ("0.49", "1", "0"), ("7", "5", "5"), ("7.5", "5", "10"),
            ("2.5", "0.5", "2.5"), ("2.74", "0.5", "2.5"), ("2.75", "0.5", "3.0"),
            ("1e-50", "0.1", "0.0"), ("-1e-50", "0.1", "0.0"), ("7", "0.1", "7.0"),
            ("149.5", "1", "150"), ("38.95", "0.1", "39.0"), ("0", "0.1", "0.0"),
            ("0." + String(repeating: "0", count: 38) + "5", "1", "0"),
        ]
    )
    func rounds(_ value: String, _ increment: String, _ expected: String) throws {
        let rounded = try number(value).rounded(toMultipleOf: try number(increment))
        #expect(rounded?.text == expected)
    }

    @Test("rounding needs an increment above zero and room for the result")
    func roundingFails() throws {
        #expect(try number("1").rounded(toMultipleOf: try number("0")) == nil)
        #expect(try number("1").rounded(toMultipleOf: try number("-0.1")) == nil)
        #expect(try number("1e38").rounded(toMultipleOf: try number("0.1")) == nil)
    }

    @Test("rounding twice changes nothing, and never moves by more than half an increment")
    func roundingProperties() throws {
        let step = try number("0.1")
        let half = try number("0.05")
        for coefficient in stride(from: -5_000, through: 5_000, by: 7) {
            let value = try #require(DecimalNumber(coefficient: Int128(coefficient), scale: 3))
            let rounded = try #require(value.rounded(toMultipleOf: step))
            #expect(rounded.rounded(toMultipleOf: step)?.text == rounded.text)
            let distance = try #require(rounded.subtracting(value))
            #expect(distance <= half && distance >= half.negated)
        }
    }

    static let ascending = [
        "-1e38", "-1e20", "-9223372036854775809", "-9223372036854775808", "-100", "-7.10",
        "-7.0999", "-1e-60", "0", "1e-60", "1e-59", "0.1", "0.10001", "7.09", "7.1", "7.11", "100",
        "9223372036854775807", "9223372036854775807.5", "1e20", "1e38",
    ]

    @Test("numbers are ordered by value across all scales")
    func order() throws {
        for (left, first) in Self.ascending.enumerated() {
            for (right, second) in Self.ascending.enumerated() {
                let (first, second) = (try number(first), try number(second))
                #expect((first < second) == (left < right))
                #expect((first == second) == (left == right))
            }
        }
    }

    @Test(
        "equal values of different scale are equal and hash alike",
        arguments: [
            ("7.1", "7.10"), ("0", "0.000"), ("-0.0", "0"), ("100", "1e2"), ("-5", "-5.00"),
            ("9223372036854775808", "9223372036854775808.0"), ("1e30", "1000000e24"),
            ("0.5", "0.50000000000000000000000000000"),
        ]
    )
    func equality(_ left: String, _ right: String) throws {
        let (left, right) = (try number(left), try number(right))
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(!(left < right) && !(right < left))
        #expect(left.normalized.text == right.normalized.text)
    }

    @Test("sums, differences and products are exact or refused")
    func arithmetic() throws {
        #expect(try number("0.1").adding(try number("0.2"))?.text == "0.3")
        #expect(try number("1.10").adding(try number("2"))?.text == "3.10")
        #expect(try number("1").subtracting(try number("1.5"))?.text == "-0.5")
        #expect(try number("1.5").multiplied(by: try number("-0.20"))?.text == "-0.300")
        let largest = try number("170141183460469231731687303715884105727")
        #expect(largest.adding(DecimalNumber(1)) == nil)
        #expect(largest.negated.subtracting(DecimalNumber(1)) == nil)
        #expect(largest.multiplied(by: DecimalNumber(2)) == nil)
        #expect(try number("1e-40").multiplied(by: try number("1e-40")) == nil)
        #expect(try number("1e38").adding(try number("0.1")) == nil)
    }

    @Test("parts out of range make no number")
    func parts() {
        #expect(DecimalNumber(coefficient: 1, scale: -1) == nil)
        #expect(DecimalNumber(coefficient: 1, scale: DecimalNumber.scaleMax + 1) == nil)
        #expect(DecimalNumber(coefficient: 1, scale: DecimalNumber.scaleMax) != nil)
        #expect(DecimalNumber(coefficient: .min, scale: 0) == nil)
    }

    @Test("whole numbers are recognised whatever their scale")
    func integers() throws {
        #expect(try number("7.00").integerValue == 7)
        #expect(try number("-1e3").integerValue == -1_000)
        #expect(try number("7.01").integerValue == nil)
        #expect(try number("9223372036854775808").integerValue == nil)
    }

    @Test("the nearest double is that of the standard library", arguments: ascending)
    func doubles(_ text: String) throws {
        #expect(try number(text).doubleValue == Double(text))
    }
}
