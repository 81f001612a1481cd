import Basics
import Testing
import UCUM

@Suite("UCUM converter")
struct UCUMConverterTests {
    @Test(
        "prepared and other units give the same conversion",
        arguments: [
            ("mm[Hg]", "kPa", "16"), ("mm[Hg]", "hPa", "160"), ("Cel", "[degF]", "98.6"),
            ("Cel", "[degRe]", "30"), ("/min", "{beats}/min", "72"), ("/min", "{odd}/min", "72"),
            ("kg", "[lb_av]", "150"), ("kg", "[stone_av]", "11"),
        ]
    )
    func agrees(_ target: String, _ source: String, _ value: String) throws {
        let target = try UCUMUnit(parsing: target)
        let value = try #require(DecimalNumber(text: value))
        let converter = UCUMConverter(to: target, expecting: [source])
        let direct = try UCUMConversion(from: UCUMUnit(parsing: source), to: target)
        let prepared = try converter.conversion(from: source)
        let onTheSpot = try UCUMConverter(to: target).conversion(from: source)
        #expect(prepared.convert(value)?.text == direct.convert(value)?.text)
        #expect(onTheSpot.convert(value)?.text == direct.convert(value)?.text)
        #expect(prepared.formula == direct.formula)
    }

    @Test(
        "what cannot be converted is refused with its reason",
        arguments: [
            ("Cel", "C", UCUMError.Code.incompatible), ("Cel", "degC", .unknownUnit),
            ("Cel", "Cel/", .syntax), ("kg", "cm", .incompatible),
            ("K", "Cel/min", .notConvertible),
        ]
    )
    func refuses(_ target: String, _ source: String, _ code: UCUMError.Code) throws {
        let converter = UCUMConverter(to: try UCUMUnit(parsing: target), expecting: [source])
        let error = #expect(throws: UCUMError.self) { try converter.conversion(from: source) }
        #expect(error?.code == code)
    }

    @Test("a value in the target unit passes unchanged")
    func identity() throws {
        let converter = UCUMConverter(to: try UCUMUnit(parsing: "mL/min/{1.73_m2}"))
        #expect(try converter.conversion(from: "mL/min/{1.73_m2}").isIdentity)
    }
}
