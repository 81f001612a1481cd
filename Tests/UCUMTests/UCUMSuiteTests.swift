import Basics
import Foundation
import FoundationXML
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
        let url = Shared.url("conformance/ucum/UcumFunctionalTests.xml")
        let nodes = try? XMLDocument(contentsOf: url).nodes(forXPath: "/ucumTests/\(section)/case")
        return (nodes ?? []).compactMap { $0 as? XMLElement }.map { element in
            var attributes: [String: String] = [:]
            for attribute in element.attributes ?? [] {
                attributes[attribute.name ?? ""] = attribute.stringValue ?? ""
            }
            return Case(attributes: attributes)
        }
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

    private static func elements(_ name: String, of parent: XMLElement?) -> [XMLElement] {
        (parent?.children ?? []).compactMap { $0 as? XMLElement }.filter { $0.name == name }
    }

    /// `attribute(forName:)` finds nothing in a document with a default namespace.
    private static func attribute(_ name: String, of element: XMLElement) -> String? {
        element.attributes?.first { $0.name == name }?.stringValue
    }

    static let published: [Published] = {
        let url = Shared.url("conformance/ucum/ucum-essence.xml")
        guard let document = try? XMLDocument(contentsOf: url) else { return [] }
        return elements("unit", of: document.rootElement()).compactMap { unit in
            guard let code = attribute("Code", of: unit),
                let value = elements("value", of: unit).first
            else { return nil }
            let function = elements("function", of: value).first
            func has(_ name: String) -> Bool {
                attribute(name, of: unit) == "yes"
            }
            let definition = function ?? value
            return Published(
                code: code,
                name: elements("name", of: unit).first?.stringValue ?? "",
                isMetric: has("isMetric"),
                isSpecial: has("isSpecial"),
                isArbitrary: has("isArbitrary"),
                factor: attribute("value", of: definition) ?? "",
                unit: attribute("Unit", of: definition) ?? ""
            )
        }
    }()

    @Test("every published unit and prefix is in our table, and no other")
    func isComplete() throws {
        #expect(Self.published.count == 305)
        let base: Set<String> = ["m", "s", "g", "rad", "K", "C", "cd"]
        #expect(Set(Self.published.map(\.code)).union(base) == Set(UCUMTable.atoms.keys))
        let url = Shared.url("conformance/ucum/ucum-essence.xml")
        let document = try XMLDocument(contentsOf: url)
        let prefixes = Self.elements("prefix", of: document.rootElement())
        for prefix in prefixes {
            let code = Self.attribute("Code", of: prefix)
            let value = Self.elements("value", of: prefix).first.flatMap {
                Self.attribute("value", of: $0)
            }
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
