import Basics
import JSON
import Mapping
import UCUM

extension LintPass {
    /// Units that are none, that do not convert, or that are declared to mean something else.
    mutating func checkUnits() {
        for input in inputs {
            let unit = input.type == "integer" ? Self.unit("1") : readUnit(input.node)
            checkAliases(input.node, target: unit)
            for rule in rules where rule.input.node.path == input.node.path {
                let own = readUnit(rule.node) ?? unit
                checkAliases(rule.node, target: own)
            }
            checkPlausible(input)
        }
    }

    /// The unit of an input or alternative, reported when it is none.
    private mutating func readUnit(_ owner: LintNode) -> UCUMUnit? {
        guard let node = owner["unit"], let text = node.text else { return nil }
        do {
            return try UCUMUnit(parsing: text)
        } catch {
            add(
                .error,
                .unitUnknown,
                node,
                "\(text.quoted) is no unit of UCUM",
                accepted: Self.unitMeant(by: text),
                byteOffset: error.offset
            )
            return nil
        }
    }

    static func unit(_ text: String) -> UCUMUnit? {
        do throws(UCUMError) { return try UCUMUnit(parsing: text) } catch { return nil }
    }

    /// How people write units, and what UCUM has for them.
    static let usual = [
        "°C": "Cel", "degC": "Cel", "celsius": "Cel", "°F": "[degF]", "F": "[degF]",
        "degF": "[degF]", "fahrenheit": "[degF]", "mmHg": "mm[Hg]", "mmhg": "mm[Hg]",
        "bpm": "/min", "beats/min": "/min", "breaths/min": "/min", "percent": "%", "lb": "[lb_av]",
        "lbs": "[lb_av]", "in": "[in_i]", "inch": "[in_i]", "inches": "[in_i]", "sec": "s",
        "hr": "h", "years": "a", "score": "{score}", "points": "{score}", "mcg": "ug",
        "µg/L": "ug/L", "µmol/L": "umol/L", "mmol/l": "mmol/L", "x10^9/l": "10*9/L",
        "10^9/l": "10*9/L", "/mm3": "/mm3", "ratio": "1", "ml": "mL",
    ]

    private mutating func checkAliases(_ owner: LintNode, target: UCUMUnit?) {
        for (name, node) in owner["unitAliases"]?.members ?? [] {
            guard let text = node.text else { continue }
            guard let unit = Self.unit(text) else {
                add(
                    .error,
                    .unitUnknown,
                    node,
                    "\(text.quoted) is no unit of UCUM",
                    accepted: Self.unitMeant(by: text)
                )
                continue
            }
            if let target, !converts(unit, target, owner) {
                add(
                    .error,
                    .unitIncompatible,
                    node,
                    "\(text) does not convert to \(target.text)",
                    accepted: "a unit of the same kind of quantity as \(target.text)"
                )
            }
            checkAlias(name, means: unit, node)
        }
    }

    /// An alias that is a unit of UCUM itself, or that redefines one.
    private mutating func checkAlias(_ name: String, means unit: UCUMUnit, _ node: LintNode) {
        let ucum = "http://unitsofmeasure.org|"
        let isUCUM = name.hasPrefix(ucum)
        let text = isUCUM ? String(name.dropFirst(ucum.count)) : name
        guard !name.contains("|") || isUCUM else {
            if let bar = name.lastIndex(of: "|") {
                check(system: String(name[..<bar]), node)
            }
            return
        }
        guard let real = Self.unit(text) else { return }
        guard let conversion = Self.conversion(real, unit) else {
            add(
                isUCUM ? .error : .warning,
                .unitAlias,
                node,
                "the alias \(text.quoted) is a unit of UCUM of another kind (\(real.canonicalText)),"
                    + " and is declared to mean \(unit.text)",
                accepted: "the system's own url before it, such as https://site.example|\(text)"
            )
            return
        }
        if !Self.isSame(conversion) {
            add(
                .error,
                .unitAlias,
                node,
                "the alias \(text.quoted) is a unit of UCUM, and its numbers would be read as "
                    + unit.text
            )
        } else if isUCUM {
            add(.note, .unitAlias, node, "UCUM says so itself: the alias is not needed")
        }
    }

    /// Whether a unit converts by what is declared for an input or one of its alternatives.
    private func converts(_ unit: UCUMUnit, _ target: UCUMUnit, _ owner: LintNode) -> Bool {
        let input = inputs.first {
            owner.path == $0.node.path || owner.path.hasPrefix($0.node.path + ".")
        }
        let masses = [owner, input?.node].compactMap { $0?["molarMass"]?["grams"]?.decimal }
        let formulas = [owner, input?.node].flatMap { $0?.list("convert") ?? [] }
        return UnitCheck.converts(
            unit,
            to: target,
            molarMass: masses.first,
            formulaUnits: formulas.compactMap { $0["from"]?.text.flatMap { Self.unit($0) } }
        )
    }

    static func converts(_ unit: UCUMUnit, _ target: UCUMUnit) -> Bool {
        UnitCheck.converts(unit, to: target)
    }

    /// Whether numbers mean the same in both units, as in `{beats}/min` and `/min`.
    static func isSame(_ unit: UCUMUnit, _ target: UCUMUnit) -> Bool {
        converts(unit, target) && conversion(unit, target).map(isSame) ?? false
    }

    private static func isSame(_ conversion: UCUMConversion) -> Bool {
        [DecimalNumber(0), DecimalNumber(100)].allSatisfy { conversion.convert($0) == $0 }
    }

    private static func conversion(_ unit: UCUMUnit, _ target: UCUMUnit) -> UCUMConversion? {
        do throws(UCUMError) {
            return try UCUMConversion(from: unit, to: target)
        } catch {
            return nil
        }
    }

    /// A well-known code whose usual unit does not convert to the one the value is wanted in.
    mutating func checkUnit(of known: KnownCodes.Entry, _ rule: LintRuleNode, _ node: LintNode) {
        guard rule.node["constant"] == nil, rule.node["conceptMap"] == nil,
            rule.node["convert"] == nil, rule.node["molarMass"] == nil,
            rule.input.node["convert"] == nil, rule.input.node["molarMass"] == nil,
            let wanted = rule.node["unit"]?.text ?? rule.input.unit, let target = Self.unit(wanted),
            let usual = known.unit, let unit = Self.unit(usual), !Self.converts(unit, target)
        else { return }
        add(
            .error,
            .unitIncompatible,
            node,
            "the code means \(known.meaning) in \(usual), which does not convert to \(wanted)"
        )
    }

    private mutating func checkPlausible(_ input: LintInput) {
        let owners = [input.node] + input.node.list("from")
        for owner in owners {
            guard let node = owner["plausible"] else {
                continue
            }
            let bounds = node.elements.compactMap(\.decimal)
            guard bounds.count == 2 else { continue }
            if bounds[0] == bounds[1] {
                add(.warning, .plausible, node, "only one value is plausible")
            } else if bounds[1] < bounds[0] {
                add(
                    .error,
                    .plausible,
                    node,
                    "the range is upside down",
                    accepted: "[ \(bounds[1].text), \(bounds[0].text) ]"
                )
            }
            if let above = owner["above"], let limit = above.decimal,
                limit < bounds[0] || limit >= bounds[1]
            {
                add(.error, .plausible, above, "the threshold lies outside the plausible range")
            }
        }
        checkValues(input)
        guard let node = input.node["round"], let increment = node.decimal else {
            return
        }
        let bounds = input.node.list("plausible").compactMap(\.decimal)
        if bounds.count == 2, let width = bounds[1].subtracting(bounds[0]), width < increment {
            add(.error, .round, node, "the rounding is wider than the plausible range")
        }
    }

    /// Stated values must themselves be plausible.
    private mutating func checkValues(_ input: LintInput) {
        let bounds = input.node.list("plausible").compactMap(\.decimal)
        guard input.isNumber, bounds.count == 2, bounds[0] <= bounds[1] else { return }
        var nodes = input.node.list("from").compactMap { $0["constant"] }
        nodes += [input.node["missing"]?["value"], input.node["onTie"]].compactMap { $0 }
        for node in nodes {
            guard let value = node.decimal else { continue }
            guard value < bounds[0] || value > bounds[1] else { continue }
            add(.error, .plausible, node, "the stated value lies outside the plausible range")
        }
    }
}
