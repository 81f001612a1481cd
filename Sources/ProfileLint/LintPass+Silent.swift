import JSON

extension LintPass {
    /// What loads without a fault and lets a value through that nobody meant.
    mutating func checkSilent() {
        for rule in rules { checkReading(rule) }
        for rule in root.list("applies") { checkCondition(rule) }
        for input in inputs { checkImputed(input) }
        for input in inputs { checkFormulas(input) }
        checkSystemAliases()
    }

    /// A path that leaves the unit, the comparator or the component of its value behind.
    private mutating func checkReading(_ rule: LintRuleNode) {
        guard let node = rule.node["path"], let text = node.text else { return }
        let names = ["code", "unit", "system", "comparator"]
        if text.contains("Quantity).value"), !names.contains(where: { text.contains($0) }) {
            add(
                .warning,
                .pathType,
                node,
                "the path reads the number alone: its unit and its comparator are not seen",
                accepted: rule.input.type == "boolean"
                    ? "value.ofType(Quantity), with above and unit" : "value.ofType(Quantity)"
            )
        }
        if text.hasPrefix("component."), rule.components.isEmpty {
            add(
                .warning,
                .panelComponent,
                node,
                "the path enters components by itself, so their codes and reasons are not seen",
                accepted: "the codes of the component as component, and value.ofType(...) as path"
            )
        }
    }

    /// FHIRPath takes whatever single thing is there for true.
    private mutating func checkCondition(_ rule: LintNode) {
        guard let node = rule["when"], let text = node.text else { return }
        let isPath = text.allSatisfy { $0.isLetter || $0 == "." }
        guard isPath, !["active", "true", "false"].contains(text) else { return }
        add(
            .warning,
            .expression,
            node,
            "the rule is no condition: it holds for everybody of whom this is known",
            accepted: "a comparison, such as birthDate <= today() - 18 years"
        )
    }

    /// A vital sign that was not measured is not to be made up, from whatever source.
    private mutating func checkImputed(_ input: LintInput) {
        guard input.isNumber, let policy = input.node["missing"]?["policy"],
            policy.text == "impute",
            rules.contains(where: { rule in
                rule.input.node.path == input.node.path
                    && (rule.codes + rule.components).contains { KnownCodes.isVital($0) }
            })
        else { return }
        add(
            .warning,
            .missingPolicy,
            policy,
            "a vital sign that was never measured is imputed: the score then hides that it is"
                + " missing",
            accepted: "reject"
        )
    }

    /// A formula for the very unit of the input changes every value.
    private mutating func checkFormulas(_ input: LintInput) {
        let owners =
            [input.node]
            + rules.filter { $0.input.node.path == input.node.path }.map(\.node)
        for owner in owners {
            guard let text = (owner["unit"] ?? input.node["unit"])?.text,
                let unit = Self.unit(text)
            else { continue }
            for formula in owner.list("convert") {
                guard let node = formula["from"], let from = node.text.flatMap({ Self.unit($0) }),
                    Self.isSame(from, unit)
                else { continue }
                add(
                    .error,
                    .unitAlias,
                    node,
                    "a formula for \(text), the unit asked for, would change every value",
                    accepted: "another unit than \(text)"
                )
            }
        }
    }

    /// A system that has a name of its own is no other name of another.
    private mutating func checkSystemAliases() {
        for (name, node) in root["systemAliases"]?.members ?? [] {
            guard let meant = node.text else { continue }
            check(system: meant, node)
            let own = CodeSystems.isKnown(name) ? name : CodeSystems.meant(by: name)
            guard let own, own != meant, CodeSystems.meant(by: meant) != own else { continue }
            add(
                .error,
                .codeSystem,
                node,
                "\(name.quoted) names another code system, whose codes would be read as this one's",
                accepted: own
            )
        }
    }
}
