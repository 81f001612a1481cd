import Basics
import JSON
import UCUM

/// What a profile declares of units that UCUM cannot know.
///
///     "unitAliases": { "F": "[degF]", "urn:site|C": "Cel" },
///     "molarMass": { "grams": "180.156", "source": "glucose, PubChem CID 5793" },
///     "convert": [ { "from": "mmol/mol", "factor": "0.09148", "offset": "2.152",
///                    "source": "NGSP/IFCC master equation" } ]
struct UnitDeclarations {
    private var aliases: [Alias] = []
    private var molarMass: (mass: UnitPath.MolarMass, place: ProfileNode)?
    private var formulas: [UnitPath.Formula] = []
    /// Where anything is declared, for whoever has no unit to declare it for.
    private(set) var firstPlace: ProfileNode?

    private struct Alias {
        let text: String
        let unit: UCUMUnit
        let place: ProfileNode
    }

    init(_ node: ProfileNode) throws(ProfileError) {
        try readAliases(node)
        if let child = node.child("molarMass") {
            try child.requireObject(ProfileFormat.molarMass)
            let grams = try child.required("grams").decimal()
            guard grams > DecimalNumber(0) else { throw child.fault(.malformed, at: "grams") }
            let source = try child.requiredString("source")
            molarMass = (UnitPath.MolarMass(grams: grams, source: source), child)
            firstPlace = firstPlace ?? child
        }
        for child in try node.list("convert") {
            try child.requireObject(ProfileFormat.convert)
            let factor = try child.required("factor").decimal()
            guard factor != DecimalNumber(0) else { throw child.fault(.malformed, at: "factor") }
            let unit = try Self.unit(child.required("from"))
            guard !formulas.contains(where: { UnitPath.isSame($0.unit, unit) }) else {
                throw child.fault(.malformed, at: "from")
            }
            formulas.append(
                UnitPath.Formula(
                    unit: unit,
                    factor: factor,
                    offset: try child.decimal("offset") ?? DecimalNumber(0),
                    source: try child.requiredString("source")
                )
            )
            firstPlace = firstPlace ?? child
        }
    }

    private mutating func readAliases(_ node: ProfileNode) throws(ProfileError) {
        guard let child = node.child("unitAliases") else { return }
        guard child.json.kind == .object else { throw child.fault() }
        for (name, value) in child.json.members {
            let text = name.stringValue ?? ""
            let place = ProfileNode(json: value, path: child.childPath(text))
            guard !text.isEmpty else {
                throw node.fault(
                    .malformed,
                    at: "unitAliases",
                    accepted:
                        "a unit text of the site that is not empty, for the UCUM unit it means"
                )
            }
            aliases.append(Alias(text: text, unit: try Self.unit(place), place: place))
            firstPlace = firstPlace ?? place
        }
    }

    private static func unit(_ node: ProfileNode) throws(ProfileError) -> UCUMUnit {
        let text = try node.text()
        do throws(UCUMError) {
            return try UCUMUnit(parsing: text)
        } catch {
            throw node.fault(.unknownUnit)
        }
    }

    /// What is declared here and there; where both say it, what is said nearer to the rule counts.
    func adding(_ nearer: UnitDeclarations) -> UnitDeclarations {
        var sum = self
        sum.aliases += nearer.aliases
        sum.molarMass = nearer.molarMass ?? molarMass
        if !nearer.formulas.isEmpty { sum.formulas = nearer.formulas }
        sum.firstPlace = firstPlace ?? nearer.firstPlace
        return sum
    }

    /// The table of a unit; refused where a declaration does not lead to it.
    func table(target: UCUMUnit) throws(ProfileError) -> UnitTable {
        if let molarMass, !UnitPath.measuresSubstance(target) {
            throw molarMass.place.fault()
        }
        let path = UnitPath(target: target, molarMass: molarMass?.mass, formulas: formulas)
        var prepared: [(text: String, conversion: PreparedConversion)] = []
        for alias in aliases {
            guard let conversion = path.conversion(from: alias.unit) else {
                throw alias.place.fault(.unknownUnit)
            }
            prepared.append((alias.text, conversion))
        }
        return UnitTable(path: path, aliases: prepared)
    }
}
