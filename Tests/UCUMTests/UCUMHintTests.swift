import Basics
import Testing

@testable import UCUM

@Suite("hints at units that may have been meant")
struct UCUMHintTests {
    @Test(
        "what is seen in data has a hint",
        arguments: [
            ("C", "Cel"), ("°C", "Cel"), ("celsius", "Cel"), ("F", "[degF]"), ("°F", "[degF]"),
            ("mmHg", "mm[Hg]"), ("MMHG", "mm[Hg]"), ("cmH2O", "cm[H2O]"), ("lbs", "[lb_av]"),
            ("lb", "[lb_av]"), ("inches", "[in_i]"), ("IU/mL", "[iU]/mL"), ("mcg", "ug"),
            ("mcg/kg/min", "ug/kg/min"), ("\u{B5}g", "ug"), ("\u{3BC}mol/L", "umol/L"),
            ("bpm", "{beats}/min"), ("breaths/min", "{breaths}/min"), ("MMOL/L", "mmol/L"),
            ("mg/dl", nil), ("x10^9/L", "10*9/L"), ("K/uL", "10*3/uL"), ("pH", "[pH]"),
            ("hours", "h"), ("percent", "%"), ("kg", nil), ("mm[Hg]", nil), ("Cel", nil),
            ("", nil), ("wibble", nil), ("a/b/c/wibble", nil), ("/", nil),
        ] as [(String, String?)]
    )
    func hints(text: String, expected: String?) throws {
        let hint = UCUMHint(for: text)
        #expect(hint?.suggestion == expected)
        if let hint { #expect(try UCUMUnit(parsing: hint.suggestion).displayName == hint.name) }
    }

    @Test("a hint is never used: the text stays what it was")
    func unused() throws {
        #expect(throws: UCUMError.self) { try UCUMUnit(parsing: "mmHg") }
        #expect(try UCUMUnit(parsing: "C").canonicalText == "C")
        #expect(try UCUMUnit(parsing: "pH").displayName == "(picohenry)")
    }

    @Test(
        "every infusion rate and concentration of the clinic has its way",
        arguments: [
            ("5", "ug/kg/min", "mg/kg/h", "0.3"), ("10", "[hp_X]", "[hp_X]", "10"),
            ("110", "[lb_av]", "kg", "49.8951607"), ("1013.25", "hPa", "kPa", "101.325"),
            ("1", "mmol/L", "mol/m3", "1"), ("60", "/min", "Hz", "1"), ("3", "[iU]", "[IU]", "3"),
            ("0.5", "mg/dL", "mg/L", "5"), ("5", "{cells}/uL", "/uL", "5"),
            ("310.15", "K", "Cel", "37.00"), ("32.0", "[degF]", "K", "273.15"),
            ("37.0", "Cel", "[degF]", "98.6"), ("559.67", "[degR]", "[degF]", "100.00"),
        ]
    )
    func clinical(value: String, source: String, target: String, expected: String) throws {
        let conversion = try UCUMConversion(
            from: try UCUMUnit(parsing: source),
            to: try UCUMUnit(parsing: target)
        )
        let number = try #require(DecimalNumber(text: value))
        let result = try #require(conversion.convert(number))
        #expect(result == DecimalNumber(text: expected))
    }
}
