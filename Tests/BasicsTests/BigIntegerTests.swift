import Basics
import Testing

@Suite("Big integer")
struct BigIntegerTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64 = 20_261_121

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private func value(_ text: String) throws -> BigInteger {
        try #require(BigInteger(decimalDigits: text))
    }

    @Test(
        "decimal digits come back",
        arguments: [
            "0", "1", "4294967295", "4294967296", "1000000000", "18446744073709551616",
            "340282366920938463463374607431768211456",
            "31415926535897932384626433832795028841971693993751058209749445923",
        ]
    )
    func digits(_ text: String) throws {
        #expect(try value(text).description == text)
        #expect(try value(text).decimalDigitCount == text.utf8.count)
        #expect(try value(text).negated.description == (text == "0" ? "0" : "-" + text))
    }

    @Test("text that is no number is refused", arguments: ["", "-1", "1.0", "a", " 1"])
    func refuses(_ text: String) {
        #expect(BigInteger(decimalDigits: text) == nil)
    }

    @Test("small numbers agree with 128-bit arithmetic")
    func small() throws {
        var generator = Generator()
        for _ in 0..<2_000 {
            let left =
                Int128(Int64.random(in: .min ... .max, using: &generator))
                >> Int128.random(in: 0...60, using: &generator)
            let right =
                Int128(Int64.random(in: .min ... .max, using: &generator))
                >> Int128.random(in: 0...60, using: &generator)
            let (first, second) = (BigInteger(left), BigInteger(right))
            #expect((first + second).int128 == left + right)
            #expect((first - second).int128 == left - right)
            #expect((first * second).int128 == left * right)
            #expect((first < second) == (left < right))
            guard right != 0 else { continue }
            let (quotient, remainder) = first.quotientAndRemainder(dividingBy: second)
            #expect(quotient.int128 == left / right)
            #expect(remainder.int128 == left % right)
        }
    }

    @Test("quotient times divisor plus remainder is the dividend, also where a guess is too high")
    func division() throws {
        var generator = Generator()
        // Digits of all ones and of the top bit alone are where long division must correct itself.
        let special: [UInt64] = [0, 1, .max, 1 << 63, 0xFFFF_FFFF, 0xFFFF_FFFF_0000_0000]
        func random(_ count: Int) -> BigInteger {
            var value = BigInteger(0)
            for _ in 0..<count {
                let isSpecial = Bool.random(using: &generator)
                let digit = isSpecial ? special.randomElement(using: &generator) : generator.next()
                value = value * BigInteger(UInt128(1) << 64) + BigInteger(digit ?? 0)
            }
            return value
        }
        for round in 0..<3_000 {
            let dividend = random(1 + round % 6)
            let divisor = random(1 + round % 4)
            guard !divisor.isZero else { continue }
            let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
            #expect(quotient * divisor + remainder == dividend)
            #expect(remainder < divisor && !remainder.isNegative)
        }
    }

    @Test("powers and common divisors")
    func powers() throws {
        #expect(BigInteger.powerOfTen(30).description == "1" + String(repeating: "0", count: 30))
        #expect(BigInteger(-3).raised(to: 3).int128 == -27)
        #expect(BigInteger(7).raised(to: 0).int128 == 1)
        let left = BigInteger(2).raised(to: 90) * BigInteger(45)
        let right = BigInteger(2).raised(to: 88) * BigInteger(-75)
        let expected = BigInteger(2).raised(to: 88) * BigInteger(15)
        #expect(BigInteger.greatestCommonDivisor(left, right) == expected)
        #expect(BigInteger.greatestCommonDivisor(BigInteger(0), BigInteger(-4)).int128 == 4)
    }

    @Test("only what fits becomes a 128-bit integer")
    func width() {
        #expect(BigInteger(Int128.max).int128 == .max)
        #expect((BigInteger(Int128.max) + BigInteger(1)).int128 == nil)
        #expect(BigInteger(Int128.max).bitCount == 127)
        #expect(BigInteger(0).bitCount == 0)
    }
}
