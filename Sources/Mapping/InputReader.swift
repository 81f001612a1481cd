import Basics
import FHIRPath
import JSON
import UCUM

/// Reads the inputs and facts of a profile and their `from` alternatives.
final class InputReader {
    let defaults: ProfileDefaults
    private let conceptMaps: [String: JSONDocument]
    private let structures: StructureShelf
    private let systemAliases: SystemAliases
    let variables: VariablePlan
    private let faults: ProfileFaults
    private var tables: [String: CodeTable?] = [:]
    private(set) var inputs: [InputPlan] = []
    private(set) var rules: [SourceRule] = []

    init(
        defaults: ProfileDefaults,
        conceptMaps: [String: JSONDocument],
        structures: StructureShelf,
        aliases: SystemAliases,
        variables: VariablePlan,
        faults: ProfileFaults
    ) {
        self.defaults = defaults
        self.conceptMaps = conceptMaps
        self.structures = structures
        systemAliases = aliases
        self.variables = variables
        self.faults = faults
    }

    /// Reads an input or fact; what is wrong goes to the faults, and the rest is read all the same.
    func read(_ node: ProfileNode, isFact: Bool) {
        let read = faults.attempt { () throws(ProfileError) in try plan(node, isFact: isFact) }
        guard let read else { return }
        for (position, alternative) in read.from.enumerated() {
            let source = faults.attempt { () throws(ProfileError) in
                guard rules.count < Limits.profileAlternativesMax else { throw alternative.fault() }
                return try rule(alternative, position, read.input, unit: read.unit, of: node)
            }
            if let source { rules.append(source) }
        }
        inputs.append(read.input)
    }

    private func plan(
        _ node: ProfileNode,
        isFact: Bool
    ) throws(ProfileError) -> (input: InputPlan, unit: UCUMUnit?, from: [ProfileNode]) {
        try node.requireObject(isFact ? ProfileFormat.fact : ProfileFormat.input)
        let name = try node.requiredString("name")
        guard !inputs.contains(where: { $0.name == name }) else {
            throw node.fault(.duplicateInput, at: "name")
        }
        let kind = try isFact ? factKind(node) : inputKind(node)
        let unit = try unit(of: node, kind: kind)
        let input = try plan(node, name: name, kind: kind, unit: unit, isFact: isFact)
        let from = try node.list("from")
        guard !from.isEmpty else { throw node.fault(.malformed, at: "from") }
        _ = try UnitDeclarations(node)
        return (input, unit, from)
    }

    private func inputKind(_ node: ProfileNode) throws(ProfileError) -> InputPlan.Kind {
        guard let kind = try node.choice("type", InputPlan.Kind.self) else {
            throw node.fault(.malformed, at: "type")
        }
        return kind
    }

    /// A fact is a yes or no that an `applies` rule reads, never a model input.
    private func factKind(_ node: ProfileNode) throws(ProfileError) -> InputPlan.Kind {
        let kind = try node.choice("type", InputPlan.Kind.self) ?? .boolean
        guard kind == .boolean else { throw node.fault(.malformed, at: "type") }
        return kind
    }

    private func plan(
        _ node: ProfileNode,
        name: String,
        kind: InputPlan.Kind,
        unit: UCUMUnit?,
        isFact: Bool
    ) throws(ProfileError) -> InputPlan {
        let isNumber = kind == .quantity || kind == .integer
        for member in ["round", "plausible"] where !isNumber && node.json[member] != nil {
            throw node.fault(.malformed, at: member)
        }
        let values = try node.strings("values") ?? []
        guard values.isEmpty || kind == .code else { throw node.fault(.malformed, at: "values") }
        guard !values.isEmpty || kind != .code else { throw node.fault(.malformed, at: "values") }
        guard let window = try node.duration("within") ?? defaults.windowSeconds else {
            throw node.fault(.malformed, at: "within")
        }
        let before = try node.duration("before") ?? 0
        guard before < window else { throw node.fault(.malformed, at: "before") }
        let selection = try selection(node, kind)
        let increment = try node.decimal("round")
        guard increment.map({ $0 > DecimalNumber(0) }) ?? true else {
            throw node.fault(.malformed, at: "round")
        }
        let typed = ValueLiteral(kind: kind, unit: unit?.text, values: values)
        return InputPlan(
            name: name,
            kind: kind,
            unit: unit?.text,
            units: Self.units(node, unit),
            increment: increment,
            plausible: try Self.range(node, "plausible"),
            values: values,
            windowSeconds: window,
            beforeSeconds: before,
            futureSeconds: try node.duration("future") ?? defaults.futureSeconds,
            selection: selection,
            preference: try node.choice("prefer", InputPlan.Preference.self)
                ?? defaults.preference,
            onTie: try node.child("onTie").map { (child) throws(ProfileError) in
                try typed.read(child)
            },
            tieSeconds: try node.duration("tieWithin"),
            missing: isFact ? .partial : try missing(node, typed),
            worst: try worst(node, selection, kind),
            absence: try absence(node, selection, isFact: isFact)
        )
    }

    /// What is wrong with declarations is told of the alternatives, each of which reads them too.
    private static func units(_ node: ProfileNode, _ unit: UCUMUnit?) -> UnitTable? {
        guard let unit else { return nil }
        do throws(ProfileError) {
            return try UnitDeclarations(node).table(target: unit)
        } catch {
            return nil
        }
    }

    private func missing(
        _ node: ProfileNode,
        _ typed: ValueLiteral
    ) throws(ProfileError) -> InputPlan.Missing {
        guard let child = node.child("missing") else { return .reject }
        try child.requireObject(ProfileFormat.missing)
        let policy = try child.requiredString("policy")
        guard ["reject", "partial", "model", "assume", "impute"].contains(policy) else {
            throw child.fault(.malformed, at: "policy")
        }
        let takesValue = policy == "assume" || policy == "impute"
        guard takesValue == (child.json["value"] != nil) else {
            throw child.fault(.malformed, at: "value")
        }
        // An imputed value must tell its source, an assumed one may.
        guard policy == "assume" || (policy == "impute") == (child.json["source"] != nil) else {
            throw child.fault(.malformed, at: "source")
        }
        switch policy {
        case "reject": return .reject
        case "partial": return .partial
        case "model": return .model
        case "assume":
            return .assume(
                try typed.read(child.required("value")),
                source: try child.string("source")
            )
        default:
            return .impute(
                try typed.read(child.required("value")),
                source: try child.requiredString("source")
            )
        }
    }

    private func unit(
        of node: ProfileNode,
        kind: InputPlan.Kind
    ) throws(ProfileError) -> UCUMUnit? {
        switch kind {
        case .quantity: return try Self.unit(node.required("unit"))
        case .integer: return try Self.unit("1", node)
        case .boolean, .code:
            guard node.json["unit"] == nil else { throw node.fault(.malformed, at: "unit") }
            return nil
        }
    }

    private static func unit(_ node: ProfileNode) throws(ProfileError) -> UCUMUnit {
        try unit(node.text(), node)
    }

    private static func unit(_ text: String, _ node: ProfileNode) throws(ProfileError) -> UCUMUnit {
        do {
            return try UCUMUnit(parsing: text)
        } catch {
            throw node.fault(.unknownUnit)
        }
    }

    static func range(
        _ node: ProfileNode,
        _ name: String
    ) throws(ProfileError) -> ClosedRange<DecimalNumber>? {
        guard node.json[name] != nil else { return nil }
        let bounds = try node.list(name)
        guard bounds.count == 2 else { throw node.fault(.malformed, at: name) }
        let low = try bounds[0].decimal()
        let high = try bounds[1].decimal()
        guard low <= high else { throw node.fault(.malformed, at: name) }
        return low...high
    }
}

extension InputReader {
    private func rule(
        _ node: ProfileNode,
        _ position: Int,
        _ input: InputPlan,
        unit inputUnit: UCUMUnit?,
        of parent: ProfileNode
    ) throws(ProfileError) -> SourceRule {
        try node.requireObject(ProfileFormat.from)
        let resource =
            try node.choice("resource", ResourceType.self) ?? defaults.resource
        let codes = try tokens(node, "code")
        // A Patient is one resource and needs no code, and any stay or any procedure may be meant;
        // of all else there are many.
        guard resource.mayDoWithoutCode || codes.isEmpty == (resource == .patient) else {
            throw node.fault(.malformed, at: "code")
        }
        let components = try tokens(node, "component")
        guard components.isEmpty || resource == .observation else {
            throw node.fault(.malformed, at: "component")
        }
        let table = try codeTable(node, input)
        let textSystem = try node.string("textSystem")
        guard textSystem == nil || node.json["conceptMap"] != nil else {
            throw node.fault(.malformed, at: "textSystem")
        }
        let threshold = try node.decimal("above")
        var constant = try node.child("constant").map { (child) throws(ProfileError) in
            try ValueLiteral(kind: input.readingKind, unit: input.unit, values: input.values)
                .read(child)
        }
        // Where records are looked for, one that passes every test is what was looked for.
        if input.selection.isCounting, node.json["path"] == nil, node.json["since"] == nil {
            constant = constant ?? .boolean(true)
        }
        let reader = try reader(node, input, hasConstant: constant != nil)
        let unit = try ruleUnit(node, input, inputUnit: inputUnit, threshold: threshold)
        let time = try node.string("time") ?? "required"
        guard time == "required" || time == "optional" else {
            throw node.fault(.malformed, at: "time")
        }
        let window = try node.duration("within") ?? input.windowSeconds
        // A Patient tells no time, so no window would be looked at.
        guard input.beforeSeconds < window, resource != .patient || node.json["within"] == nil
        else { throw node.fault(.malformed, at: "within") }
        let declared = try UnitDeclarations(parent).adding(UnitDeclarations(node))
        return SourceRule(
            plan: input,
            input: inputs.count,
            position: position,
            windowSeconds: window,
            resource: resource,
            codes: codes,
            components: components,
            excluded: try tokens(node, "notCode"),
            statuses: try statuses(node, resource),
            verifications: try verifications(node, resource),
            profiles: try claims(node),
            structures: (try node.strings("profile") ?? []).compactMap {
                structures.definition($0)
            },
            reader: reader,
            filter: try node.expression("where", variables: variables.names),
            constant: constant,
            codeTable: table,
            textSystem: textSystem.map { Array($0.utf8) },
            units: try unitTable(unit, declared),
            acceptsPlainNumber: try unit.map { (unit) throws(ProfileError) in
                UnitPath.isSame(try Self.unit("1", node), unit)
            } ?? false,
            threshold: threshold,
            plausible: try Self.range(node, "plausible") ?? input.plausible,
            timeIsOptional: time == "optional" || resource == .patient,
            isStandIn: try node.flag("standIn") ?? false
        )
    }

    /// The profiles that a resource must declare: those of which no file lies beside.
    private func claims(_ node: ProfileNode) throws(ProfileError) -> [[UInt8]] {
        var claims: [[UInt8]] = []
        for (position, url) in (try node.strings("profile") ?? []).enumerated() {
            guard !structures.isOtherVersion(url) else {
                throw node.fault(.invalidStructure, at: "profile", position)
            }
            if structures.definition(url) == nil { claims.append(Array(url.utf8)) }
        }
        return claims
    }

    private func statuses(
        _ node: ProfileNode,
        _ resource: ResourceType
    ) throws(ProfileError) -> [[UInt8]] {
        if let own = try node.strings("status") { return own.map { Array($0.utf8) } }
        // The default statuses are those of its resource; a Condition has others.
        guard resource == defaults.resource else {
            guard resource == .patient else { throw node.fault(.malformed, at: "status") }
            return []
        }
        return defaults.status.map { Array($0.utf8) }
    }

    /// Only what is confirmed is so, unless the alternative names more.
    private func verifications(
        _ node: ProfileNode,
        _ resource: ResourceType
    ) throws(ProfileError) -> [[UInt8]] {
        guard let own = try node.strings("verification") else { return [Array("confirmed".utf8)] }
        guard resource.hasClinicalStatus, !own.isEmpty else {
            throw node.fault(.malformed, at: "verification")
        }
        return own.map { Array($0.utf8) }
    }

    private func tokens(_ node: ProfileNode, _ name: String) throws(ProfileError) -> [CodeToken] {
        guard let texts = try node.strings(name) else { return [] }
        var tokens: [CodeToken] = []
        for (position, text) in texts.enumerated() {
            guard let token = CodeToken(text: text) else {
                throw node.fault(.malformed, at: name, position)
            }
            tokens.append(token)
        }
        for token in tokens {
            tokens += systemAliases.aliases(of: token).filter { !tokens.contains($0) }
        }
        return tokens
    }

    private func reader(
        _ node: ProfileNode,
        _ input: InputPlan,
        hasConstant: Bool
    ) throws(ProfileError) -> ValueReader {
        if node.json["since"] != nil {
            return .elapsed(try elapsed(node, input, hasConstant: hasConstant))
        }
        guard node.json["until"] == nil else { throw node.fault(.malformed, at: "until") }
        guard let path = try node.string("path") else {
            guard hasConstant else { throw node.fault(.malformed, at: "path") }
            return .nothing
        }
        do throws(FHIRPathError) {
            return try ValueReader(path: path, variables: variables.names)
        } catch {
            throw node.fault(at: "path", error)
        }
    }

    /// `since` and `until`: how long it is from one time of the resource to another, or to now.
    private func elapsed(
        _ node: ProfileNode,
        _ input: InputPlan,
        hasConstant: Bool
    ) throws(ProfileError) -> ElapsedReader {
        let isNumber = input.kind == .quantity || input.kind == .integer
        guard isNumber || node.json["above"] != nil, node.json["path"] == nil, !hasConstant else {
            throw node.fault(.malformed, at: "since")
        }
        guard let since = try node.expression("since", variables: variables.names) else {
            throw node.fault(.malformed, at: "since")
        }
        let text = node.json["above"] == nil ? input.unit ?? "" : try node.requiredString("unit")
        guard let unit = ElapsedReader.Unit(text) else {
            throw node.fault(.unknownUnit, at: "since")
        }
        return ElapsedReader(
            since: since,
            until: try node.expression("until", variables: variables.names),
            unit: unit
        )
    }

    /// The unit that quantities are converted to: the input's own, or for a threshold the rule's.
    private func ruleUnit(
        _ node: ProfileNode,
        _ input: InputPlan,
        inputUnit: UCUMUnit?,
        threshold: DecimalNumber?
    ) throws(ProfileError) -> UCUMUnit? {
        let own = try node.child("unit").map { (child) throws(ProfileError) in
            try Self.unit(child)
        }
        guard (own != nil) == (threshold != nil) else { throw node.fault(.malformed, at: "unit") }
        guard threshold == nil || input.readingKind == .boolean else {
            throw node.fault(.malformed, at: "above")
        }
        let inherited = input.selection.isCounting ? nil : inputUnit
        guard node.json["plausible"] == nil || (own ?? inherited) != nil else {
            throw node.fault(.malformed, at: "plausible")
        }
        return own ?? inherited
    }

    private func unitTable(
        _ unit: UCUMUnit?,
        _ declared: UnitDeclarations
    ) throws(ProfileError) -> UnitTable? {
        guard let unit else {
            guard let place = declared.firstPlace else { return nil }
            throw place.fault()
        }
        return try declared.table(target: unit)
    }

    private func codeTable(
        _ node: ProfileNode,
        _ input: InputPlan
    ) throws(ProfileError) -> CodeTable? {
        guard let fileName = try node.string("conceptMap") else { return nil }
        guard let document = conceptMaps[fileName] else {
            throw node.fault(.missingFile, at: "conceptMap")
        }
        if tables[fileName] == nil {
            // A map that several rules name is at fault once.
            let aliases = systemAliases
            tables[fileName] = .some(
                faults.attempt { () throws(ProfileError) in
                    try CodeTable(parsing: document, fileName: fileName, aliases: aliases)
                }
            )
        }
        guard let known = tables[fileName], let table = known else { return nil }
        // Every target must be a value of the input, or the map is for something else.
        for target in table.targets {
            let isValue =
                switch input.readingKind {
                case .code: input.values.contains(target.code)
                case .boolean: target.code == "true" || target.code == "false"
                case .quantity, .integer: DecimalNumber(text: target.code) != nil
                }
            guard isValue else { throw table.fault(of: target, in: document) }
        }
        return table
    }
}
