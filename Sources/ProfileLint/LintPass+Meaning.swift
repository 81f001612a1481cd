import Basics
import JSON

/// What loads and is well formed, and will hardly do what was meant.
extension LintPass {
    mutating func checkMeaning() {
        for rule in rules { checkExclusion(rule) }
        for input in inputs {
            checkSelection(input)
            checkAssumed(input)
            checkFormulasOfUCUM(input)
        }
        checkQuorumSpans()
        checkVariablesRead()
        if let node = root["status"], node.text == "retired" {
            add(.warning, .status, node, "the profile is retired, and is served all the same")
        }
        for (_, node) in root["systemAliases"]?.members ?? [] {
            guard let system = node.text, CodeSystems.isURI(system),
                !CodeSystems.isKnown(system),
                CodeSystems.meant(by: system) == nil, !systemsRead.contains(system)
            else { continue }
            add(
                .warning,
                .codeSystem,
                node,
                "no code of the profile or its ConceptMaps is of this system",
                accepted: systemsRead.sorted().joined(separator: ", ")
            )
        }
    }

    /// The code systems that the profile and its ConceptMaps ask for.
    private var systemsRead: Set<String> {
        var systems: Set<String> = []
        for rule in rules {
            for code in rule.codes + rule.components + rule.node.texts("notCode") {
                if let bar = code.lastIndex(of: "|") { systems.insert(String(code[..<bar])) }
            }
        }
        for map in maps.values {
            systems.formUnion(map.list("group").compactMap { $0["source"]?.text })
        }
        return systems
    }

    /// A record with a code that bars it is never taken.
    private mutating func checkExclusion(_ rule: LintRuleNode) {
        let wanted = rule.components.isEmpty ? rule.codes : rule.components
        for node in rule.node.list("notCode") {
            guard let code = node.text, wanted.contains(code) else { continue }
            add(
                .error,
                .unreachable,
                node,
                "the code is asked for and barred at once, so no record with it is ever taken"
            )
        }
        let path = (rule.path ?? "").filter { !$0.isWhitespace }
        for empty in ["where(false)", "first(0)", "take(0)"] where path.contains(empty) {
            guard let node = rule.node["path"] else { continue }
            add(.error, .expressionConstant, node, "\(empty.quoted) never gives anything")
        }
    }

    /// A current vital sign is the latest one.
    private mutating func checkSelection(_ input: LintInput) {
        guard input.isNumber, !input.isFact, isVital(input),
            let node = inherited("select", input), let word = node.text
        else { return }
        if word == "first" {
            add(
                .warning,
                .window,
                node,
                "of a vital sign the oldest value of the window is taken, not the current one",
                accepted: "latest"
            )
        } else if ["max", "min"].contains(word), input.node["note"] == nil {
            add(
                .warning,
                .window,
                node,
                "of a vital sign the \(word) of the window is taken, not the current one",
                accepted: "latest, or a note that says why"
            )
        }
    }

    private func isVital(_ input: LintInput) -> Bool {
        rules.contains { rule in
            rule.input.node.path == input.node.path
                && (rule.codes + rule.components).contains { KnownCodes.isVital($0) }
        }
    }

    /// A yes or no that is measured is not to be assumed.
    private mutating func checkAssumed(_ input: LintInput) {
        let own = rules.filter { $0.input.node.path == input.node.path }
        guard input.type == "boolean", let policy = input.node["missing"]?["policy"],
            ["assume", "impute"].contains(policy.text),
            isVital(input) || own.contains(where: { $0.node["above"] != nil })
        else { return }
        add(
            .warning,
            .missingPolicy,
            policy,
            "a yes or no that is measured is made up where nobody measured it",
            accepted: "reject"
        )
    }

    /// Where UCUM converts, a formula in its place can only be wrong or needless.
    private mutating func checkFormulasOfUCUM(_ input: LintInput) {
        let owners = [input.node] + input.node.list("from")
        for owner in owners {
            guard let text = (owner["unit"] ?? input.node["unit"])?.text,
                let unit = Self.unit(text), let one = Self.unit("1"), !Self.converts(unit, one)
            else { continue }
            for formula in owner.list("convert") {
                guard let node = formula["from"], let from = node.text.flatMap({ Self.unit($0) }),
                    Self.converts(from, unit), !Self.isSame(from, unit)
                else { continue }
                add(
                    .warning,
                    .unitAlias,
                    node,
                    "UCUM converts this unit to \(text) itself; the formula goes before it",
                    accepted: "no formula for a unit that UCUM converts"
                )
            }
        }
    }

    /// Values of one window are never further apart than the window is long.
    private mutating func checkQuorumSpans() {
        for quorum in root.list("quorum") {
            guard let node = quorum["span"], let span = node.seconds else { continue }
            let names = quorum.texts("of")
            let windows = modelInputs.filter { names.isEmpty || names.contains($0.name) }
                .compactMap { longestWindow(of: $0) }
            guard let longest = windows.max(), span > longest else { continue }
            add(
                .warning,
                .window,
                node,
                "the span is wider than every window of its inputs, so it bars nothing",
                accepted: "less than within"
            )
        }
    }

    /// A variable that nobody reads.
    private mutating func checkVariablesRead() {
        let members = root["variables"]?.members ?? []
        let texts =
            members.compactMap(\.node.text)
            + rules.flatMap { rule in
                ["path", "since", "until", "where"].compactMap { rule.node[$0]?.text }
            } + root.list("applies").compactMap { $0["when"]?.text }
        for (name, node) in members {
            let isRead = texts.contains { text in
                text.split(separator: "%", omittingEmptySubsequences: false).dropFirst().contains {
                    $0.prefix { $0.isLetter || $0.isNumber || $0 == "_" } == name
                }
            }
            guard !isRead else { continue }
            add(.warning, .expression, node, "no expression reads this variable")
        }
    }
}
