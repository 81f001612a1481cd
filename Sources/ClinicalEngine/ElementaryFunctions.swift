/// The elementary functions that models need, in pure Swift.
///
/// The engine imports no platform library, so that it gives the same bits everywhere. The
/// reductions and polynomials are the classic ones (argument reduction by ln 2 and pi/2, minimax
/// polynomials on what remains); each result is within about two units in the last place.
package enum ElementaryFunctions {
    private static var ln2High: Double { 6.93147180369123816490e-01 }
    private static var ln2Low: Double { 1.90821492927058770002e-10 }

    /// The exponential function.
    package static func exp(_ x: Double) -> Double {
        if x.isNaN { return x }
        if x > 709.782712893384 { return .infinity }
        if x < -745.1332191019412 { return 0 }
        let k = (x * 1.44269504088896338700e+00).rounded()
        let high = x - k * ln2High
        let low = k * ln2Low
        let r = high - low
        let t = r * r
        let p = polynomial(
            t,
            (
                1.66666666666666019037e-01, -2.77777777770155933842e-03,
                6.61375632143793436117e-05, -1.65339022054652515390e-06,
                4.13813679705723846039e-08
            )
        )
        let c = r - t * p
        let y = 1 - ((low - (r * c) / (2 - c)) - high)
        return scale(y, Int(k))
    }

    private static func polynomial(
        _ t: Double,
        _ c: (Double, Double, Double, Double, Double)
    ) -> Double {
        c.0 + t * (c.1 + t * (c.2 + t * (c.3 + t * c.4)))
    }

    private static func scale(_ y: Double, _ k: Int) -> Double {
        if k >= -1_000, k <= 1_000 {
            return y * Double(sign: .plus, exponent: k, significand: 1)
        }
        let half = k / 2
        return y * Double(sign: .plus, exponent: half, significand: 1)
            * Double(sign: .plus, exponent: k - half, significand: 1)
    }

    /// The natural logarithm; not a number below zero.
    package static func log(_ x: Double) -> Double {
        if x.isNaN || x < 0 { return .nan }
        if x == 0 { return -.infinity }
        if x == .infinity { return x }
        var k = Double(x.exponent)
        var m = x.significand
        if m > 1.4142135623730951 {
            m *= 0.5
            k += 1
        }
        let f = m - 1
        let s = f / (2 + f)
        let z = s * s
        let w = z * z
        let even =
            w
            * (3.999999999940941908e-01
                + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
        let odd =
            z
            * (6.666666666666735130e-01 + w
                * (2.857142874366239149e-01
                    + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)))
        let remainder = even + odd
        let half = 0.5 * f * f
        return k * ln2High - ((half - (s * (half + remainder) + k * ln2Low)) - f)
    }

    /// The exponential function less one, also for small numbers.
    static func expm1(_ x: Double) -> Double {
        if abs(x) < 1e-5 { return x + x * x / 2 + x * x * x / 6 }
        let u = exp(x)
        if !u.isFinite || u == 0 { return u - 1 }
        if abs(x) > 1 { return u - 1 }
        return (u - 1) * x / log(u)
    }

    /// The natural logarithm of one more, also for small numbers.
    static func log1p(_ x: Double) -> Double {
        let u = 1 + x
        if u == 1 { return x }
        if !u.isFinite || u <= 0 { return log(u) }
        return log(u) * x / (u - 1)
    }

    /// The decimal logarithm, exact for powers of ten.
    static func log10(_ x: Double) -> Double {
        let result = log(x) * 0.4342944819032518
        let whole = result.rounded()
        if abs(result - whole) < 1e-9, abs(whole) <= 22 {
            let power = power(10, whole)
            if power == x { return whole }
        }
        return result
    }

    /// `x` to the power of `y`: by squaring for small whole powers, else by logarithm.
    package static func power(_ x: Double, _ y: Double) -> Double {
        if y == 0 || x == 1 { return 1 }
        if x.isNaN || y.isNaN { return .nan }
        if y == y.rounded(), abs(y) <= 1_024 {
            var result = 1.0
            var base = x
            var count = Int(abs(y))
            while count > 0 {
                if count & 1 == 1 { result *= base }
                base *= base
                count >>= 1
            }
            return y < 0 ? 1 / result : result
        }
        if y == 0.5 { return x.squareRoot() }
        if x == 0 { return y > 0 ? 0 : .infinity }
        if x > 0 { return exp(y * log(x)) }
        guard y == y.rounded() else { return .nan }
        let magnitude = exp(y * log(-x))
        return y.truncatingRemainder(dividingBy: 2) == 0 ? magnitude : -magnitude
    }

    /// The sine; not a number beyond what can be reduced exactly enough.
    static func sin(_ x: Double) -> Double {
        guard let (quadrant, r) = reduced(x) else { return .nan }
        switch quadrant {
        case 0: return sineKernel(r)
        case 1: return cosineKernel(r)
        case 2: return -sineKernel(r)
        default: return -cosineKernel(r)
        }
    }

    /// The cosine; not a number beyond what can be reduced exactly enough.
    static func cos(_ x: Double) -> Double {
        guard let (quadrant, r) = reduced(x) else { return .nan }
        switch quadrant {
        case 0: return cosineKernel(r)
        case 1: return -sineKernel(r)
        case 2: return -cosineKernel(r)
        default: return sineKernel(r)
        }
    }

    private static func reduced(_ x: Double) -> (Int, Double)? {
        guard abs(x) < 1e6 else { return nil }
        let n = (x * 0.6366197723675814).rounded()
        let first = x - n * 1.57079632673412561417e+00
        let second = first - n * 6.07710050630396597660e-11
        let r = second - n * 2.02226624879595063154e-21
        return (((Int(n) % 4) + 4) % 4, r)
    }

    private static func sineKernel(_ x: Double) -> Double {
        let z = x * x
        let p =
            8.33333333332248946124e-03 + z
            * (-1.98412698298579493134e-04
                + z
                * (2.75573137070700676789e-06 + z
                    * (-2.50507602534068634195e-08
                        + z * 1.58969099521155010221e-10)))
        return x + z * x * (-1.66666666666666324348e-01 + z * p)
    }

    private static func cosineKernel(_ x: Double) -> Double {
        let z = x * x
        let p =
            z
            * (4.16666666666666019037e-02 + z
                * (-1.38888888888741095749e-03
                    + z
                    * (2.48015872894767294178e-05 + z
                        * (-2.75573143513906633035e-07
                            + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))))
        return 1 - (0.5 * z - z * p)
    }

    /// The arc tangent.
    static func atan(_ x: Double) -> Double {
        if x.isNaN { return x }
        let a = abs(x)
        let sign = x < 0 ? -1.0 : 1.0
        if a > 1e17 { return sign * 1.5707963267948966 }
        let (reduced, high, low): (Double, Double, Double)
        if a < 0.4375 {
            (reduced, high, low) = (a, 0, 0)
        } else if a < 0.6875 {
            (reduced, high, low) =
                ((2 * a - 1) / (2 + a), 4.63647609000806093515e-01, 2.26987774529616870924e-17)
        } else if a < 1.1875 {
            (reduced, high, low) =
                ((a - 1) / (a + 1), 7.85398163397448278999e-01, 3.06161699786838301793e-17)
        } else if a < 2.4375 {
            (reduced, high, low) =
                ((a - 1.5) / (1 + 1.5 * a), 9.82793723247329054082e-01, 1.39033110312309984516e-17)
        } else {
            (reduced, high, low) =
                (-1 / a, 1.57079632679489655800e+00, 6.12323399573676603587e-17)
        }
        let z = reduced * reduced
        let w = z * z
        let odd =
            z
            * (3.33333333333329318027e-01 + w
                * (1.42857142725034663711e-01
                    + w
                    * (9.09088713343650656196e-02 + w
                        * (6.66107313738753120669e-02
                            + w * (4.97687799461593236017e-02 + w * 1.62858201153657823623e-02)))))
        let even =
            w
            * (-1.99999999998764832476e-01 + w
                * (-1.11111104054623557880e-01
                    + w
                    * (-7.69187620504482999495e-02 + w
                        * (-5.83357013379057348645e-02
                            + w * -3.65315727442169155270e-02))))
        return sign * (high - ((reduced * (odd + even) - low) - reduced))
    }

    /// The hyperbolic tangent.
    static func tanh(_ x: Double) -> Double {
        if x > 20 { return 1 }
        if x < -20 { return -1 }
        let e = expm1(2 * x)
        return e / (e + 2)
    }

    /// The logistic function, without overflow on either side.
    static func logistic(_ x: Double) -> Double {
        1 / (1 + exp(-x))
    }
}
