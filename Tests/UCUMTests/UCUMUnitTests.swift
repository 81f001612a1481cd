import Basics
import Testing

@testable import UCUM

@Suite("UCUM unit")
struct UCUMUnitTests {
    private func fault(_ text: String) -> UCUMError? {
        do {
            _ = try UCUMUnit(parsing: text)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a fault is named with its byte offset",
        arguments: [
            ("", UCUMError.Code.syntax, 0), ("m/", .syntax, 2), ("/", .syntax, 1),
            ("//m", .syntax, 1), ("m//s", .syntax, 2), ("m..s", .syntax, 2), (".m", .syntax, 0),
            ("m.", .syntax, 2), ("(m", .syntax, 2), ("m)", .syntax, 1), ("()", .syntax, 1),
            ("(m)2", .syntax, 3), ("12h", .syntax, 2), ("m2s", .syntax, 2), ("m-", .syntax, 1),
            ("m+", .syntax, 1), ("m{", .syntax, 1), ("m{a", .syntax, 1), ("m}", .syntax, 1),
            ("{a}m", .syntax, 3), ("m{a}{b}", .syntax, 4), ("m{a b}", .syntax, 3),
            ("{}", .syntax, 0),
            ("m{a{b}}", .syntax, 3), ("m s", .syntax, 1), (" m", .syntax, 0), ("m ", .syntax, 1),
            ("rad2{錠}", .syntax, 5), ("°C", .syntax, 0), ("µg", .syntax, 0),
            ("kg*m", .syntax, 2), ("2^3", .syntax, 1), ("m^2", .syntax, 1), ("m\n", .syntax, 1),
            ("bpm", .unknownUnit, 0), ("mmHg", .unknownUnit, 0), ("degC", .unknownUnit, 0),
            ("mg/foo", .unknownUnit, 3), ("kmin", .unknownUnit, 0), ("k[lb_av]", .unknownUnit, 0),
            ("[DEGF]", .unknownUnit, 0), ("[degF", .unknownUnit, 0), ("mm[hg]", .unknownUnit, 0),
            ("kk g", .unknownUnit, 0), ("kkg", .unknownUnit, 0), ("k", .unknownUnit, 0),
            ("%%", .unknownUnit, 0), ("Kg", .unknownUnit, 0), ("ML.x", .unknownUnit, 3),
            ("m100", .outOfRange, 1), ("0", .outOfRange, 0), ("m/0", .outOfRange, 2),
            ("10*99999999999999999999", .outOfRange, 3), ("Ym99", .outOfRange, 0),
            ("1234567890123456789012345", .outOfRange, 0),
        ]
    )
    func faults(_ text: String, _ code: UCUMError.Code, _ offset: Int) {
        #expect(fault(text) == UCUMError(code: code, offset: offset))
    }

    @Test(
        "the whole grammar is read",
        arguments: [
            ("m", "m"), ("/min", "s-1"), ("{beats}/min", "s-1"), ("/{tot}", "1"), ("1", "1"),
            ("10*3{rbc}/uL", "m-3"), ("10*+3/ul", "m-3"), ("10^-9.m", "m"), ("kg.m/s2", "g.m.s-2"),
            ("mL/(8.h.kg)", "g-1.m3.s-1"), ("((m))", "m"), ("(m/(s/(m)))", "m2.s-1"),
            ("s/m.mg", "g.m-1.s"), ("s/(m.mg)", "g-1.m-1.s"), ("m-2", "m-2"), ("m+2", "m2"),
            ("m0", "1"), ("{a}", "1"), ("1{c}", "1"), ("12.h", "s"), ("mm[Hg]", "g.m-1.s-2"),
            ("dar", "m2"), ("dag", "g"), ("cd", "cd"), ("Pa", "g.m-1.s-2"), ("PA", "C.s-1"),
            ("mol/L", "m-3"), ("[iU]/L", "m-3.[iU]"), ("[CFU]2/m", "m-1.[CFU]2"), ("KiBy", "1"),
            ("m[iU]", "[iU]"), ("%{HemoglobinSaturation}", "1"), ("mg{total}/dL", "g.m-3"),
            ("cal_[15]", "g.m2.s-2"), ("[m/s2/Hz^(1/2)]", "m2.s-3"), ("[in_i'H2O]", "g.m-1.s-2"),
            ("''", "rad"), ("dB[SPL]", "g.m-1.s-2"), ("2.Cel", "K"), ("{x}.Cel", "K"),
        ]
    )
    func canonical(_ text: String, _ canonical: String) throws {
        let unit = try UCUMUnit(parsing: text)
        #expect(unit.text == text)
        #expect(unit.canonicalText == canonical)
        #expect(unit.isComparable(with: try UCUMUnit(parsing: canonical)))
    }

    @Test("expressions at the limits are read and beyond them refused")
    func limits() {
        let depth = Limits.ucumDepthMax
        func nested(_ count: Int) -> String {
            String(repeating: "(", count: count) + "m" + String(repeating: ")", count: count)
        }
        #expect(fault(nested(depth)) == nil)
        #expect(fault(nested(depth + 1))?.code == .outOfRange)
        let length = Limits.ucumTextBytesMax
        func annotated(_ count: Int) -> String {
            "{" + String(repeating: "a", count: count - 2) + "}"
        }
        #expect(fault(annotated(length)) == nil)
        #expect(fault(annotated(length + 1))?.code == .outOfRange)
        #expect(fault("m\(Limits.ucumExponentMax)") == nil)
        #expect(fault("m-\(Limits.ucumExponentMax + 1)")?.code == .outOfRange)
    }

    @Test("hostile expressions are refused or read quickly")
    func hostile() {
        let clock = ContinuousClock()
        let start = clock.now
        for part in ["[pi]9.", "Ym9/", "ym-9.", "[m_e]7/", "((", "[G]5.", "m99.", "10*99/"] {
            let text = String(repeating: part, count: Limits.ucumTextBytesMax / part.utf8.count - 1)
            _ = fault(text + "m")
        }
        #expect(clock.now - start < .seconds(10))
    }

    @Test("products and quotients stand for what they say")
    func algebra() throws {
        func unit(_ text: String) throws -> UCUMUnit { try UCUMUnit(parsing: text) }
        #expect(try unit("mg").divided(by: unit("kg")).text == "mg/kg")
        #expect(try unit("mg").divided(by: unit("kg.d")).text == "mg/(kg.d)")
        #expect(try unit("L").multiplied(by: unit("/min")).text == "L.(1/min)")
        #expect(try unit("/min").multiplied(by: unit("L")).canonicalText == "m3.s-1")
        #expect(try unit("g").divided(by: unit("m/s")).canonicalText == "g.m-1.s")
    }

    @Test(
        "units are shown in words",
        arguments: [
            ("mm[Hg]", "(millimeter of mercury column)"), ("{beats}/min", "{beats} / (minute)"),
            ("/min", "1 / (minute)"),
            (
                "10*3{rbc}/uL",
                "(the number ten for arbitrary powers ^ 3) {rbc} / (microliter)"
            ),
            ("mL/(kg.h)", "(milliliter) / ((kilogram) * (hour))"), ("1", "1"), ("%", "(percent)"),
        ]
    )
    func display(_ text: String, _ name: String) throws {
        #expect(try UCUMUnit(parsing: text).displayName == name)
    }
}
