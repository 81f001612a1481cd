import Testing

@testable import Mapping

@Suite("Unit texts beside a code")
struct UnitSpellingTests {
    /// Why a value of 40 in the unit of a code is not taken; `nil` where it is.
    private func refusal(_ text: String, beside code: String) throws -> String? {
        let profile = try Probe.profile(
            """
            {"name":"x","type":"quantity","unit":"\(code)",
            "from":[{"code":["s|a"],"path":"value.ofType(Quantity)"}]}
            """
        )
        let record = try Probe.observation(
            "o",
            minutes: 5,
            """
            "valueQuantity":{"value":40,"unit":"\(text)","system":"http://unitsofmeasure.org",
            "code":"\(code)"}
            """
        )
        let report = try Probe.map(profile, [record])
        guard report.inputs[0].value == nil else { return nil }
        return report.rejections.first.map { "\($0.path): \($0.sentence)" } ?? "none"
    }

    @Test(
        "A text that plainly spells a unit of another size or kind disagrees with the code",
        arguments: [
            ("%", "/min"), ("cmH2O", "mm[Hg]"), ("%", "mm[Hg]"), ("%", "Cel"), ("L/min", "/min"),
            ("/min", "%"), ("breaths per minute", "/h"), ("beats/min", "/h"), ("bpm", "%"),
            ("per minute", "mm[Hg]"), ("Beats/Minute", "Cel"), ("kPa", "mm[Hg]"),
            ("mm Hg", "/min"), ("mmol/L", "%"), ("mg/dL", "/min"), ("µg/L", "mmol/L"),
            ("μg/L", "mmol/L"), ("liters/min", "%"), ("percent", "Cel"), ("°F", "Cel"),
            ("/min", "L/min"), ("10^9/L", "%"), ("mL/h", "/min"), ("kg", "cm"), ("lbs", "kg"),
            ("kg/m²", "kg"), ("ug", "mg/dL"),
            ("ug/min", "ug/kg/min"), ("mcg/min", "ug/kg/min"), ("µg/min", "ug/kg/min"),
            ("mg/h", "ug/kg/min"), ("mg/hr", "ug/kg/min"), ("mcg/kg/h", "ug/kg/min"),
            ("mcg/kg/hour", "ug/kg/min"), ("[iU]/min", "ug/kg/min"), ("ng / kg / min", "ug/kg/min"),
        ]
    )
    func contradictions(text: String, code: String) throws {
        let sentence = "its unit code and its unit text name different units"
        #expect(try refusal(text, beside: code) == "valueQuantity.unit: " + sentence)
    }

    @Test(
        "A text that says the same as the code, or may, leaves the value as it is",
        arguments: [
            ("bpm", "/min"), ("beats/min", "/min"), ("breaths/min", "/min"), ("1/min", "/min"),
            ("breaths per minute", "/min"), ("Breaths per Minute", "{breaths}/min"),
            ("C", "Cel"), ("°C", "Cel"), ("º C", "Cel"), ("Grad Celsius", "Cel"), ("F", "[degF]"),
            ("mmHg", "mm[Hg]"), ("mm Hg", "mm[Hg]"), ("MMHG", "mm[Hg]"), ("mm", "mm[Hg]"),
            ("cc", "mL"), ("ml", "mL"), ("mg/dl", "mg/dL"), ("umol/l", "umol/L"),
            ("µmol/l", "umol/L"), ("μmol/L", "umol/L"), ("mM", "mmol/L"), ("mEq/L", "mmol/L"),
            ("IU/L", "U/L"), ("U/L", "[iU]/L"), ("G/L", "10*9/L"), ("T/L", "10*12/L"),
            ("K/uL", "10*3/uL"), ("10^9/L", "10*9/L"), ("10^9/L", "10*3/uL"),
            ("percent", "%"), ("%", "%{mass_fraction}"), ("Prozent", "%"), ("%O2", "%"),
            ("Schläge/min", "/min"), ("liters/min", "L/min"), ("L", "L/min"), ("mg", "mg/dL"),
            ("mL", "mL/h"), ("mL/min", "mL/min/{1.73_m2}"), ("kg", "kg/m2"), ("degrees", "Cel"),
            ("mcg/kg/min", "ug/kg/min"), ("µg/kg/min", "ug/kg/min"), ("ug / kg / min", "ug/kg/min"),
            ("mcg/kg/minute", "ug/kg/min"), ("ug/kg", "ug/kg/min"), ("meq/L", "mmol/L"),
            ("mU/L", "m[iU]/L"), ("mosm/kg", "mmol/kg"), ("N/A", "%"), ("P/F", "mm[Hg]"),
            // A letter, and a word that nobody knows, may be anything.
            ("C", "/min"), ("F", "/min"), ("whatever", "Cel"), ("", "Cel"),
        ]
    )
    func agreements(text: String, code: String) throws {
        #expect(try refusal(text, beside: code) == nil)
    }

    @Test("Every spelling leads to a unit that can be the unit of an input")
    func units() throws {
        for unit in Set(UnitSpelling.units.values).sorted() {
            _ = try Probe.profile(
                """
                {"name":"x","type":"quantity","unit":"\(unit)",
                "from":[{"code":["s|a"],"path":"value.ofType(Quantity)"}]}
                """
            )
        }
    }

    @Test("A spelling is the same in any case, with blanks and points, and no long text is read")
    func forms() {
        #expect(UnitSpelling.unit("  Breaths  per\tMIN. ") == "/min")
        #expect(UnitSpelling.unit("per cent") == nil)
        #expect(UnitSpelling.unit("percent") == "%")
        #expect(UnitSpelling.unit("%" + String(repeating: " ", count: 39)) == "%")
        #expect(UnitSpelling.unit("%" + String(repeating: " ", count: 40)) == nil)
    }
}
