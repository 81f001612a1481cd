import Basics
import UCUM

/// How a value gets from one unit to the unit of an input: by UCUM, or by what is declared.
///
/// 1. A declared formula, for just its unit. Where that unit is comparable with the target (mmol/mol
///    and % of a haemoglobin), UCUM would convert by a mere factor, which is another quantity: then
///    only the formula's units and the target itself are taken.
/// 2. UCUM, where the units are comparable. UCUM takes a mole for a number, so that cells for each
///    litre would become millimoles: an amount of substance is here no count of anything else. Nor
///    is it one of charges (eq) or of osmotic particles (osm), which UCUM takes for the same: 4
///    meq/L of calcium are 2 mmol/L.
/// 3. The molar mass, between a mass and an amount of substance, each alone or in the same volume,
///    mass or time. UCUM itself cannot: a mole is a number to it.
struct UnitPath: Sendable {
    let target: UCUMUnit
    let molarMass: MolarMass?
    let formulas: [Formula]

    /// How many grams a mole has.
    struct MolarMass: Sendable {
        let grams: DecimalNumber
        let source: String
    }

    /// A cited formula: value x factor + offset, in the unit of the input.
    struct Formula: Sendable {
        let unit: UCUMUnit
        let factor: DecimalNumber
        let offset: DecimalNumber
        let source: String
    }

    /// What a mass or an amount may be measured in.
    private static let containers = ["", "/L", "/kg", "/d", "/L/d", "/kg/d"]

    /// The conversion of a unit; `nil` where there is none.
    func conversion(from unit: UCUMUnit) -> PreparedConversion? {
        for formula in formulas where Self.isSame(unit, formula.unit) {
            return PreparedConversion(formula)
        }
        if unit.isComparable(with: target) {
            guard Self.counted(by: unit) == Self.counted(by: target) else { return nil }
            let isAmbiguous = formulas.contains { $0.unit.isComparable(with: target) }
            guard !isAmbiguous || Self.isSame(unit, target) else { return nil }
            return Self.conversion(unit, target).map { PreparedConversion($0) }
        }
        return molarMass.flatMap { molar(from: unit, $0) }
    }

    /// Whether a unit is one of mass or of amount of substance, so that a molar mass means anything.
    static func measuresSubstance(_ unit: UCUMUnit) -> Bool {
        containers.contains { isMass(unit, $0) || isAmount(unit, $0) }
    }

    static func isSame(_ left: UCUMUnit, _ right: UCUMUnit) -> Bool {
        conversion(left, right)?.isIdentity ?? false
    }

    private static func isMass(_ unit: UCUMUnit, _ container: String) -> Bool {
        parsed("g" + container).map { unit.isComparable(with: $0) } ?? false
    }

    /// What a unit counts that is a mere number to UCUM.
    private enum Counted: CaseIterable {
        /// Atoms or molecules, also by what enzymes turn over: a katal is a mole in a second.
        case molecules
        case charges
        case osmoticParticles

        var symbols: [String] {
            switch self {
            case .molecules: ["mol", "kat", "U"]
            case .charges: ["eq"]
            case .osmoticParticles: ["osm"]
            }
        }
    }

    private static func counted(by unit: UCUMUnit) -> Set<Counted> {
        let text = withoutAnnotations(unit.text)
        return Set(
            Counted.allCases.filter { counted in counted.symbols.contains { text.contains($0) } }
        )
    }

    private static func withoutAnnotations(_ text: String) -> String {
        var depth = 0
        return text.filter { character in
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            return depth == 0
        }
    }

    private static func isAmount(_ unit: UCUMUnit, _ container: String) -> Bool {
        guard counted(by: unit) == [.molecules] else { return false }
        return parsed("mol" + container).map { unit.isComparable(with: $0) } ?? false
    }

    /// By way of the mole: so many grams are taken as one unit, of which there are so many.
    private func molar(from unit: UCUMUnit, _ mass: MolarMass) -> PreparedConversion? {
        for container in Self.containers {
            let grams = "(\(mass.grams.coefficient).10*-\(mass.grams.scale).g)" + container
            guard let heap = Self.parsed(grams), let mole = Self.parsed("mol" + container) else {
                return nil
            }
            let steps: (UCUMConversion?, UCUMConversion?)
            if Self.isMass(unit, container), Self.isAmount(target, container) {
                steps = (Self.conversion(unit, heap), Self.conversion(mole, target))
            } else if Self.isAmount(unit, container), Self.isMass(target, container) {
                steps = (Self.conversion(unit, mole), Self.conversion(heap, target))
            } else {
                continue
            }
            guard let first = steps.0, let second = steps.1 else { return nil }
            return PreparedConversion(first, then: second, mass)
        }
        return nil
    }

    private static func parsed(_ text: String) -> UCUMUnit? {
        do throws(UCUMError) { return try UCUMUnit(parsing: text) } catch { return nil }
    }

    private static func conversion(_ unit: UCUMUnit, _ target: UCUMUnit) -> UCUMConversion? {
        do throws(UCUMError) {
            return try UCUMConversion(from: unit, to: target)
        } catch {
            return nil
        }
    }
}

/// A conversion behind a reference, because candidates keep it and its parts are many.
final class PreparedConversion: Sendable {
    private let steps: Steps
    let isIdentity: Bool
    /// What is computed, for the reader.
    let formula: String

    private enum Steps: Sendable {
        case ucum(UCUMConversion)
        case molar(UCUMConversion, UCUMConversion, UnitPath.MolarMass)
        case formula(UnitPath.Formula)
    }

    init(_ conversion: UCUMConversion) {
        steps = .ucum(conversion)
        isIdentity = conversion.isIdentity
        formula = conversion.formula
    }

    init(_ first: UCUMConversion, then second: UCUMConversion, _ mass: UnitPath.MolarMass) {
        steps = .molar(first, second, mass)
        isIdentity = false
        formula = "by molar mass \(mass.grams.text) g/mol (\(mass.source))"
    }

    init(_ formula: UnitPath.Formula) {
        steps = .formula(formula)
        isIdentity = false
        let isLess = formula.offset < DecimalNumber(0)
        let offset =
            formula.offset == DecimalNumber(0)
            ? ""
            : isLess ? " - \(formula.offset.negated.text)" : " + \(formula.offset.text)"
        self.formula = "value x \(formula.factor.text)\(offset) (\(formula.source))"
    }

    func convert(_ value: DecimalNumber) -> DecimalNumber? {
        guard !isIdentity else { return value }
        switch steps {
        case .ucum(let conversion): return conversion.convert(value)
        case .molar(let first, let second, _):
            return first.convert(value).flatMap { second.convert($0) }
        case .formula(let formula):
            return value.multiplied(by: formula.factor)
                .flatMap { $0.adding(formula.offset) }?.normalized
        }
    }
}
