import Basics

/// The units of UCUM's case-sensitive form.
///
/// Written from the published definitions: the SI brochure, the international yard and pound
/// agreement of 1959, the Weights and Measures Acts and the factors that UCUM itself fixes (its
/// tables 2 to 11). A test compares every unit with the table that UCUM publishes.
enum UCUMTable {
    /// The units by code.
    static let atoms: [String: UCUMAtom] = {
        var atoms: [String: UCUMAtom] = [:]
        for (code, name) in baseUnits {
            guard let dimension = UCUMDimension.base(code) else { continue }
            atoms[code] = UCUMAtom(
                code: code,
                name: name,
                isMetric: true,
                measure: UCUMMeasure(.one, dimension)
            )
        }
        for definition in definitions {
            guard let atom = resolve(definition, with: atoms) else {
                preconditionFailure("a unit is defined by a unit that is not known before it")
            }
            precondition(atoms[atom.code] == nil, "a unit is defined twice")
            atoms[atom.code] = atom
        }
        return atoms
    }()

    /// The circle number to the 64 decimals that UCUM fixes.
    static let pi: Rational = {
        guard let value = Rational(text: piText) else {
            preconditionFailure("the circle number is a decimal number")
        }
        return value
    }()

    static let piText = "3.1415926535897932384626433832795028841971693993751058209749445923"

    private static let baseUnits = [
        ("m", "meter"), ("s", "second"), ("g", "gram"), ("rad", "radian"), ("K", "kelvin"),
        ("C", "coulomb"), ("cd", "candela"),
    ]

    static var definitions: [UCUMDefinition] {
        [
            numbers, siUnits, otherUnits, natural, mechanics, lengths, areas, volumes, masses, heat,
            clinical, arbitraryUnits, levels, miscellaneous,
        ].flatMap { $0 }
    }

    private static func resolve(
        _ definition: UCUMDefinition,
        with atoms: [String: UCUMAtom]
    ) -> UCUMAtom? {
        guard let factor = Rational(text: definition.factor),
            let tokens = try? UCUMParser.parse(definition.unit, atoms: atoms),
            let unit = try? UCUMParser.measure(of: tokens)
        else { return nil }
        var measure = unit.scaled(by: factor)
        switch definition.kind {
        case .metric, .plain:
            break
        case .arbitrary:
            measure.dimension.arbitrary = [definition.code: 1]
        case .special(let function):
            measure.special = UCUMMeasure.Special(function: function)
        }
        return UCUMAtom(
            code: definition.code,
            name: definition.name,
            isMetric: definition.isMetric,
            measure: measure
        )
    }
}
