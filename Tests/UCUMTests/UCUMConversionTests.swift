import Basics
import Testing

@testable import UCUM

@Suite("UCUM conversion")
struct UCUMConversionTests {
    private func conversion(_ source: String, _ target: String) throws -> UCUMConversion {
        try UCUMConversion(from: UCUMUnit(parsing: source), to: UCUMUnit(parsing: target))
    }

    private func convert(_ value: String, _ source: String, _ target: String) throws -> String? {
        try conversion(source, target).convert(try #require(DecimalNumber(text: value)))?.text
    }

    @Test(
        "values are converted exactly, with the precision carried",
        arguments: [
            ("98.6", "[degF]", "Cel", "37.0"), ("32", "[degF]", "Cel", "0"),
            ("-40", "[degF]", "Cel", "-40"), ("37.0", "Cel", "[degF]", "98.6"),
            ("36.6", "Cel", "K", "309.75"), ("0", "K", "Cel", "-273.15"),
            ("0", "K", "[degF]", "-459.67"), ("491.67", "[degR]", "Cel", "0.00"),
            ("80", "[degRe]", "Cel", "100"), ("100", "Cel", "[degRe]", "80"),
            ("36600", "mCel", "Cel", "36.600"), ("310.15", "K", "[degF]", "98.60"),
            ("101.3", "[degF]", "Cel", "38.5"), ("100.4", "[degF]", "Cel", "38.0"),
            ("150", "[lb_av]", "kg", "68.0388555"), ("1", "[lb_av]", "g", "453.59237"),
            ("70", "[in_i]", "cm", "177.8"), ("5.5", "[ft_i]", "cm", "167.64"),
            ("6", "[oz_av]", "g", "170.09713875"), ("1.80", "m", "cm", "180"),
            ("180", "cm", "m", "1.80"), ("13.2", "g/dL", "g/L", "132"),
            ("132", "g/L", "g/dL", "13.2"), ("4.5", "g%", "g/L", "45"),
            ("0.21", "1", "%", "21"), ("21", "%", "1", "0.21"), ("0.95", "1", "%", "95"),
            ("97", "%", "%{HemoglobinSaturation}", "97"),
            ("72", "{beats}/min", "/min", "72"), ("16", "{breaths}/min", "/min", "16"),
            ("1.2", "Hz", "{beats}/min", "72"), ("2.5", "L/min", "mL/min", "2500"),
            ("2500", "mL/min", "L/min", "2.500"), ("2", "l/min", "L/min", "2"),
            ("7.2", "10*3/uL", "10*9/L", "7.2"), ("250", "10*3/mm3", "10*9/L", "250"),
            ("4.5", "10*6/uL", "10*12/L", "4.5"), ("7.2", "10^3/uL", "10*9/L", "7.2"),
            ("120", "mm[Hg]", "kPa", "15.99864"), ("760", "mm[Hg]", "Pa", "101324.72"),
            ("1", "m[Hg]", "kPa", "133.322"), ("10", "cm[H2O]", "Pa", "980.665"),
            ("1", "d", "h", "24"), ("1", "wk", "h", "168"), ("1", "a", "d", "365.25"),
            ("140", "mmol/L", "mol/m3", "140"), ("5", "mg/dL", "g/L", "0.05"),
            ("3", "[iU]/mL", "[IU]/L", "3000"), ("5", "m[IU]/L", "u[iU]/mL", "5"),
            ("2", "meq/L", "mmol/L", "2"), ("1", "U/L", "ukat/L", nil),
            ("1", "[pt_br]", "mL", "568.26125"), ("1", "[stone_av]", "kg", "6.35029318"),
            ("30", "kg/m2", "g/cm2", "3.0"), ("100", "ug", "mg", "0.100"),
            ("0", "[lb_av]", "kg", "0.0"), ("-5.5", "mmol/L", "mol/L", "-0.0055"),
            ("7", "[pH]", "mol/L", "0.0000001"), ("1", "B", "dB", "10"), ("30", "dB", "B", "3.0"),
            ("20", "dB", "1", "100"), ("0", "B[SPL]", "uPa", "20"), ("60", "dB[V]", "V", "1000"),
            ("8", "bit_s", "1", "256"), ("3", "[hp'_X]", "1", "0.001"),
            ("3", "[m/s2/Hz^(1/2)]", "m2/s3", "9"), ("49", "m2/s3", "[m/s2/Hz^(1/2)]", "7"),
            ("100", "%[slope]", "deg", "45"), ("45", "deg", "%[slope]", "100"),
            ("1000", "1", "B", "3"), ("0.00001", "mol/L", "[pH]", "5"),
            ("1", "circ", "deg", "360"), ("1e30", "m", "km", "1000000000000000000000000000.000"),
        ] as [(String, String, String, String?)]
    )
    func exact(_ value: String, _ source: String, _ target: String, _ expected: String?) throws {
        guard let expected else { return }
        #expect(try convert(value, source, target) == expected)
    }

    @Test(
        "what is no finite decimal is given to 28 digits, half up",
        arguments: [
            ("10.6", "kPa", "mm[Hg]", "79.50675807443632708780246321"),
            ("16", "kPa", "mm[Hg]", "120.0102008670737012646074916"),
            ("1", "h", "d", "0.04166666666666666666666666667"),
            ("2", "h", "d", "0.08333333333333333333333333333"),
            ("99.5", "[degF]", "Cel", "37.5"),
            ("99", "[degF]", "Cel", "37.22222222222222222222222222"),
            ("-2", "h", "d", "-0.08333333333333333333333333333"),
            ("7.4", "[pH]", "nmol/L", "39.81071705534972507702523051"),
            ("40", "nmol/L", "[pH]", "7.397940008672037609572522211"),
            ("1", "Np", "1", "2.718281828459045235360287471"),
            ("2", "1", "Np", "0.6931471805599453094172321215"),
            ("30", "deg", "%[slope]", "57.73502691896257645091487805"),
            ("10", "[p'diop]", "deg", "5.710593137499642512695881348"),
            ("2", "m2/s3", "[m/s2/Hz^(1/2)]", "1.414213562373095048801688724"),
            ("1", "Np", "dB", "4.342944819032518276511289189"),
        ]
    )
    func rounded(_ value: String, _ source: String, _ target: String, _ expected: String) throws {
        #expect(try convert(value, source, target) == expected)
    }

    @Test(
        "different kinds of quantity are not converted",
        arguments: [
            ("kg", "m"), ("Cel", "C"), ("[degF]", "F"), ("mm[Hg]", "mm"), ("mg/dL", "mmol/L"),
            ("[iU]", "1"), ("[iU]/L", "U/L"), ("[iU]", "[arb'U]"), ("[USP'U]", "[iU]"),
            ("g", "mol"),
            ("[CFU]/mL", "[PFU]/mL"), ("min", "m"), ("rad", "1"), ("[pH]", "1"), ("L/min", "L"),
            ("[iU]2", "[iU]"), ("cd", "lm"),
        ]
    )
    func incompatible(_ source: String, _ target: String) throws {
        #expect(throws: UCUMError(code: .incompatible, offset: 0)) {
            try conversion(source, target)
        }
        let (left, right) = (try UCUMUnit(parsing: source), try UCUMUnit(parsing: target))
        #expect(!left.isComparable(with: right))
        #expect(left.canonicalText != right.canonicalText)
    }

    @Test(
        "a scale with a zero of its own means nothing in a product",
        arguments: [
            ("Cel/min", "K/min"), ("Cel2", "K2"), ("/Cel", "/K"), ("[pH].L", "mol"), ("m.B", "m"),
            ("Cel.Cel", "K2"), ("(Cel)/s", "K/s"),
        ]
    )
    func meaningless(_ source: String, _ target: String) throws {
        #expect(throws: UCUMError(code: .notConvertible, offset: 0)) {
            try conversion(source, target)
        }
        #expect(try !UCUMUnit(parsing: source).isComparable(with: UCUMUnit(parsing: target)))
        #expect(try conversion(source, source).isIdentity)
    }

    @Test("C is the coulomb and F the farad; both litres are one")
    func letters() throws {
        #expect(try UCUMUnit(parsing: "C").canonicalText == "C")
        #expect(try UCUMUnit(parsing: "Cel").canonicalText == "K")
        #expect(try UCUMUnit(parsing: "F").canonicalText == "C2.g-1.m-2.s2")
        #expect(try conversion("l", "L").isIdentity)
        #expect(try conversion("[IU]", "[iU]").isIdentity)
        #expect(try conversion("{beats}/min", "/min").isIdentity)
        #expect(try !conversion("mg", "g").isIdentity)
        #expect(try !conversion("K", "Cel").isIdentity)
    }

    @Test(
        "a reader sees what was done",
        arguments: [
            ("kPa", "mm[Hg]", "x 7.50063755419"), ("[degF]", "Cel", "(value - 32) x 5/9"),
            ("Cel", "[degF]", "value x 1.8 + 32"), ("Cel", "K", "value + 273.15"),
            ("K", "Cel", "value - 273.15"), ("[degF]", "K", "(value + 459.67) x 5/9"),
            ("[lb_av]", "kg", "x 0.45359237"), ("g/dL", "g/L", "x 10"), ("mm", "m", "x 0.001"),
            ("/min", "{beats}/min", ""), ("h", "d", "x 1/24"), ("mol", "1", "x 6.02214076e23"),
            ("u", "g", "x 1.6605390666e-24"), ("[pH]", "mol/L", "10^(-value)"),
            ("[pH]", "mmol/L", "10^(-value) x 1000"), ("mol/L", "[pH]", "-lg(value)"),
            ("dB", "1", "10^(value x 0.1)"), ("%[slope]", "rad", "atan(value/100)"),
            ("1", "dB", "lg(value) x 10"),
        ]
    )
    func formula(_ source: String, _ target: String, _ formula: String) throws {
        #expect(try conversion(source, target).formula == formula)
    }

    @Test(
        "results that cannot be represented are none",
        arguments: [
            ("1e38", "kg", "ug"), ("1e-60", "mm", "km"), ("1000", "[pH]", "mol/L"), ("0", "1", "B"),
            ("-1", "mol/L", "[pH]"), ("90", "deg", "%[slope]"), ("-1", "m2/s3", "[m/s2/Hz^(1/2)]"),
            ("1e30", "Np", "1"),
        ]
    )
    func unrepresentable(_ value: String, _ source: String, _ target: String) throws {
        #expect(try convert(value, source, target) == nil)
    }

    static let pairs = [
        ("[degF]", "Cel"), ("Cel", "K"), ("[degF]", "K"), ("kPa", "mm[Hg]"), ("[lb_av]", "kg"),
        ("[in_i]", "cm"), ("g/dL", "g/L"), ("h", "d"), ("mg/dL", "ug/L"), ("[ft_us]", "m"),
        ("a_g", "s"), ("[gal_us]", "L"), ("[degRe]", "[degF]"), ("cal", "J"), ("%", "[ppth]"),
        ("mmol/L", "/uL"), ("deg", "rad"), ("[lbf_av]", "N"),
    ]

    @Test("there and back gives the value again", arguments: pairs)
    func thereAndBack(_ source: String, _ target: String) throws {
        let there = try conversion(source, target)
        let back = try conversion(target, source)
        let tolerance = try #require(DecimalNumber(text: "1e-20"))
        for (coefficient, scale) in [
            (0, 0), (1, 0), (-7, 0), (366, 1), (9_999, 2), (1, 5), (123_456_789, 4), (-400, 1),
        ] {
            let value = try #require(DecimalNumber(coefficient: Int128(coefficient), scale: scale))
            let converted = try #require(there.convert(value))
            let result = try #require(back.convert(converted))
            let rest = (Rational(result) - Rational(value)).decimal() ?? value
            #expect(rest < tolerance && rest > tolerance.negated)
        }
    }

    @Test("the fast arithmetic gives what exact fractions give", arguments: pairs)
    func fastAgreesWithExact(_ source: String, _ target: String) throws {
        let prepared = try conversion(source, target)
        let first = try UCUMUnit(parsing: source).measure
        let second = try UCUMUnit(parsing: target).measure
        for step in 0..<300 {
            let coefficient = Int128(step * step * 7_919 - 100_000)
            let value = try #require(DecimalNumber(coefficient: coefficient, scale: step % 5))
            let quantity = try #require(first.quantity(of: Rational(value)))
            let exact = second.value(of: quantity)
            #expect(prepared.convert(value) == exact?.decimal())
        }
    }
}
