import Basics
import Foundation
import Support
import Testing

@testable import UCUM

/// The functional tests of UCUM, read in place.
@Suite(
    "UCUM functional tests",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct UCUMSuiteTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let attributes: [String: String]
        var testDescription: String { self["id"] + " " + self["unit"] + self["srcUnit"] }
        subscript(name: String) -> String { attributes[name] ?? "" }
    }

    static func cases(_ section: String) -> [Case] {
        guard let bytes = try? Shared.bytes("conformance/ucum/UcumFunctionalTests.xml"),
            let suite = try? XMLTree.read(bytes)
        else { return [] }
        return suite.children(section).flatMap { $0.children("case") }
            .map { Case(attributes: $0.attributes) }
    }

    @Test("the suite is complete")
    func isComplete() {
        #expect(Self.cases("validation").count == 529)
        #expect(Self.cases("conversion").count == 30)
        #expect(Self.cases("displayNameGeneration").count == 9)
        #expect(Self.cases("multiplication").count == 2)
        #expect(Self.cases("division").count == 3)
    }

    @Test("a unit is accepted or refused", arguments: cases("validation"))
    func validation(_ test: Case) {
        let isValid = (try? UCUMUnit(parsing: test["unit"])) != nil
        #expect(isValid == (test["valid"] == "true"))
    }

    @Test("a unit is shown in words", arguments: cases("displayNameGeneration"))
    func displayName(_ test: Case) throws {
        #expect(try UCUMUnit.displayName(of: test["unit"]) == test["display"])
    }

    /// The suite rounds to the digits given: 6.3 in `4.s/m` is 25, 6.30 is 25.2.
    private func agrees(_ value: DecimalNumber, _ outcome: String) -> Bool {
        guard let expected = DecimalNumber(text: outcome) else { return false }
        let digits = outcome.lowercased().prefix { $0 != "e" }.filter(\.isNumber)
        let count = max(2, String(digits.drop { $0 == "0" }).count)
        let text = { (number: DecimalNumber) in
            Rational(number).rounded(toDigits: count)?.normalized.text
        }
        return text(value) == text(expected)
    }

    private func convert(_ value: String, _ source: UCUMUnit, _ target: String) throws
        -> DecimalNumber
    {
        let target = try UCUMUnit(parsing: target.isEmpty ? "1" : target)
        let number = try #require(DecimalNumber(text: value))
        return try #require(try UCUMConversion(from: source, to: target).convert(number))
    }

    @Test("a value is converted", arguments: cases("conversion"))
    func conversion(_ test: Case) throws {
        let source = try UCUMUnit(parsing: test["srcUnit"])
        let value = try convert(test["value"], source, test["dstUnit"])
        #expect(agrees(value, test["outcome"]))
    }

    @Test("units are multiplied", arguments: cases("multiplication"))
    func multiplication(_ test: Case) throws {
        let unit = try UCUMUnit(parsing: test["u1"])
            .multiplied(by: try UCUMUnit(parsing: test["u2"]))
        let first = try #require(DecimalNumber(text: test["v1"]))
        let second = try #require(DecimalNumber(text: test["v2"]))
        let product = try #require(first.multiplied(by: second)).text
        #expect(agrees(try convert(product, unit, test["uRes"]), test["vRes"]))
    }

    @Test("units are divided", arguments: cases("division"))
    func division(_ test: Case) throws {
        let unit = try UCUMUnit(parsing: test["u1"])
            .divided(by: try UCUMUnit(parsing: test["u2"]))
        let first = try #require(DecimalNumber(text: test["v1"]))
        let second = try #require(DecimalNumber(text: test["v2"]))
        let quotient = try #require((Rational(first) / Rational(second)).decimal()).text
        #expect(agrees(try convert(quotient, unit, test["uRes"]), test["vRes"]))
    }
}

/// Our table beside the one that UCUM publishes, read in place.
@Suite(
    "UCUM table",
    .enabled(if: Shared.isPresent, "shared suites absent: set LIMEN_SHARED")
)
struct UCUMTableTests {
    struct Published: Sendable, CustomTestStringConvertible {
        let code: String
        let name: String
        let isMetric: Bool
        let isSpecial: Bool
        let isArbitrary: Bool
        let factor: String
        let unit: String
        var testDescription: String { code }
    }

    private static func table() throws -> XMLTree {
        try XMLTree.read(try Shared.bytes("conformance/ucum/ucum-essence.xml"))
    }

    static let published: [Published] = {
        guard let table = try? table() else { return [] }
        return table.children("unit").compactMap { unit in
            guard let code = unit.attributes["Code"], let value = unit.child("value") else {
                return nil
            }
            let function = value.child("function")
            func has(_ name: String) -> Bool {
                unit.attributes[name] == "yes"
            }
            let definition = function ?? value
            return Published(
                code: code,
                name: unit.child("name")?.text ?? "",
                isMetric: has("isMetric"),
                isSpecial: has("isSpecial"),
                isArbitrary: has("isArbitrary"),
                factor: definition.attributes["value"] ?? "",
                unit: definition.attributes["Unit"] ?? ""
            )
        }
    }()

    @Test("every published unit and prefix is in our table, and no other")
    func isComplete() throws {
        #expect(Self.published.count == 305)
        let base: Set<String> = ["m", "s", "g", "rad", "K", "C", "cd"]
        #expect(Set(Self.published.map(\.code)).union(base) == Set(UCUMTable.atoms.keys))
        let prefixes = try Self.table().children("prefix")
        for prefix in prefixes {
            let code = prefix.attributes["Code"]
            let value = prefix.child("value")?.attributes["value"]
            let ours = try #require(UCUMPrefix.all.first { $0.code == code })
            #expect(Rational(text: value ?? "") == ours.factor)
        }
        #expect(prefixes.count == UCUMPrefix.all.count)
    }

    @Test("a unit has the published kind, dimension and magnitude", arguments: published)
    func agrees(_ published: Published) throws {
        let atom = try #require(UCUMTable.atoms[published.code])
        #expect(atom.isMetric == published.isMetric)
        #expect((atom.measure.special != nil) == published.isSpecial)
        // [IU] is a multiple of the arbitrary [iU].
        #expect(atom.measure.dimension.arbitrary.isEmpty == !published.isArbitrary)
        let name = published.name.replacing("\u{A0}", with: " ")
            .replacing("\u{2019}", with: "'")
        #expect(atom.name == name)
        let unit = try UCUMUnit(parsing: published.unit)
        var dimension = atom.measure.dimension
        if published.isArbitrary { dimension.arbitrary = unit.measure.dimension.arbitrary }
        #expect(dimension == unit.measure.dimension)
        // A slope in percent is a hundred times the tangent of the angle; the published entry
        // names degrees, which is how the angle is shown and not what the tangent is taken of.
        if published.code == "%[slope]" { return }
        let factor = try #require(Rational(text: published.factor))
        #expect(atom.measure.magnitude == factor * unit.measure.magnitude)
    }
}
