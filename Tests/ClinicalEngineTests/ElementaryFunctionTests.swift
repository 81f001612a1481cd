import Foundation
import Testing

@testable import ClinicalEngine

@Suite("Elementary functions")
struct ElementaryFunctionTests {
    /// Numbers from tiny to large, on both sides of zero.
    private static func numbers(_ limit: Double) -> [Double] {
        var numbers: [Double] = [0, 1, -1, 0.5, -0.5]
        var x = 1e-12
        while x < limit {
            numbers += [x, -x]
            x *= 1.137
        }
        return numbers
    }

    private static func error(_ value: Double, _ expected: Double) -> Double {
        if value == expected { return 0 }
        return abs(value - expected) / max(abs(expected), 1e-300)
    }

    @Test("exp, expm1, tanh and the logistic function agree with the C library to a few bits")
    func exponentials() {
        for x in Self.numbers(700) {
            #expect(Self.error(ElementaryFunctions.exp(x), Foundation.exp(x)) < 5e-16)
            #expect(Self.error(ElementaryFunctions.expm1(x), Foundation.expm1(x)) < 2e-15)
            #expect(Self.error(ElementaryFunctions.tanh(x), Foundation.tanh(x)) < 2e-15)
            #expect(
                Self.error(ElementaryFunctions.logistic(x), 1 / (1 + Foundation.exp(-x))) < 5e-16
            )
        }
        #expect(ElementaryFunctions.exp(800) == .infinity)
        #expect(ElementaryFunctions.exp(-800) == 0)
        #expect(ElementaryFunctions.exp(.nan).isNaN)
    }

    @Test("Logarithms agree with the C library to a few bits")
    func logarithms() {
        for x in Self.numbers(1e300) where x > 0 {
            #expect(Self.error(ElementaryFunctions.log(x), Foundation.log(x)) < 5e-16)
            #expect(Self.error(ElementaryFunctions.log10(x), Foundation.log10(x)) < 5e-16)
        }
        for x in Self.numbers(1e6) where x > -1 {
            #expect(Self.error(ElementaryFunctions.log1p(x), Foundation.log1p(x)) < 1e-15)
        }
        #expect(ElementaryFunctions.log(-1).isNaN)
        #expect(ElementaryFunctions.log(0) == -.infinity)
        for exponent in -20...20 {
            let power = Double("1e\(exponent)") ?? 0
            #expect(abs(ElementaryFunctions.log10(power) - Double(exponent)) < 1e-14)
        }
    }

    @Test("Circular functions agree with the C library to a few bits")
    func circular() {
        for x in Self.numbers(1e5) {
            #expect(abs(ElementaryFunctions.sin(x) - Foundation.sin(x)) < 1e-15)
            #expect(abs(ElementaryFunctions.cos(x) - Foundation.cos(x)) < 1e-15)
            #expect(Self.error(ElementaryFunctions.atan(x), Foundation.atan(x)) < 5e-16)
        }
        #expect(ElementaryFunctions.sin(1e10).isNaN)
    }

    @Test("Powers agree with the C library")
    func powers() {
        for x in [0.1, 0.5, 0.9938, 1.5, 7, 142] {
            for y in [-3.0, -1.2, -0.302, 0, 0.5, 1, 2, 2.5, 40, 65] {
                let value = ElementaryFunctions.power(x, y)
                #expect(Self.error(value, Foundation.pow(x, y)) < 5e-14)
            }
        }
        #expect(ElementaryFunctions.power(-2, 3) == -8)
        #expect(ElementaryFunctions.power(-2, 0.3).isNaN)
        #expect(ElementaryFunctions.power(-2, 65) == Foundation.pow(-2, 65))
        #expect(ElementaryFunctions.power(0, -1) == .infinity)
    }

    @Test("The normal distribution agrees with the C library, and its quantile inverts it")
    func normal() {
        for x in Self.numbers(8) {
            #expect(Self.error(ElementaryFunctions.erf(x), Foundation.erf(x)) < 2e-15)
            #expect(Self.error(ElementaryFunctions.erfc(x), Foundation.erfc(x)) < 5e-13)
        }
        for p in [1e-10, 0.001, 0.02, 0.3, 0.5, 0.7, 0.975, 0.9999] {
            let x = ElementaryFunctions.normalQuantile(p)
            #expect(Self.error(0.5 * Foundation.erfc(-x / 2.0.squareRoot()), p) < 1e-13)
        }
        #expect(ElementaryFunctions.normalQuantile(0).isNaN)
        #expect(ElementaryFunctions.normalQuantile(1).isNaN)
    }
}
