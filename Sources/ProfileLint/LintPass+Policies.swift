import JSON

extension LintPass {
    /// What stands in for a missing value, and facts that nobody asks for.
    mutating func checkPolicies() {
        for input in inputs where !input.isFact { checkMissing(input) }
        checkFacts()
        for rule in rules {
            guard let constant = rule.node["constant"], rule.input.type == "boolean",
                constant.json.boolValue == nil
            else { continue }
            add(
                .error,
                .constant,
                constant,
                "a boolean is true or false without quotes",
                accepted: "true"
            )
        }
    }

    private mutating func checkMissing(_ input: LintInput) {
        guard let missing = input.node["missing"], let policy = missing["policy"],
            let word = policy.text
        else { return }
        let hasNote = missing["note"] != nil || input.node["note"] != nil
        switch word {
        case "assume":
            if input.isNumber {
                add(
                    .warning,
                    .missingPolicy,
                    policy,
                    "a number that was never measured is assumed: the score then hides that it"
                        + " is missing",
                    accepted: "reject"
                )
            }
            if !hasNote {
                add(
                    .warning,
                    .missingPolicy,
                    missing,
                    "an assumed value needs a note that says why it is safe",
                    accepted: "a note beside policy"
                )
            }
        case "impute":
            if missing["source"]?.text == nil {
                add(
                    .error,
                    .missingPolicy,
                    missing,
                    "an imputed value needs the source it was taken from",
                    accepted: "source beside policy"
                )
            }
        default:
            for name in ["value", "source"] {
                guard let node = missing[name] else { continue }
                add(
                    .error,
                    .missingPolicy,
                    node,
                    "\(name.quoted) has no meaning under the policy \(word.quoted)",
                    accepted: "assume or impute"
                )
            }
        }
    }

    private mutating func checkFacts() {
        let applies = root.list("applies")
        let named = applies.compactMap { ($0["unless"] ?? $0["requires"])?.text }
        let facts = inputs.filter(\.isFact)
        for fact in facts where !named.contains(fact.name) {
            add(
                .warning,
                .fact,
                fact.node["name"] ?? fact.node,
                "no rule of applies reads this fact, so it changes nothing"
            )
        }
        var seen: [String: LintNode] = [:]
        for rule in applies {
            if let node = rule["unless"] ?? rule["requires"], let name = node.text,
                !facts.contains(where: { $0.name == name })
            {
                add(
                    .error,
                    .fact,
                    node,
                    "there is no fact \(name.quoted)",
                    accepted: facts.map(\.name).joined(separator: ", ")
                )
            }
            let member = ["when", "unless", "requires"].first { rule[$0] != nil } ?? ""
            let text = rule[member]?.text.map { member + " " + $0 } ?? ""
            if !text.isEmpty, seen[text] != nil {
                add(.warning, .fact, rule, "the same rule stands above already")
            }
            seen[text] = rule
        }
        if applies.isEmpty {
            add(
                .note,
                .fact,
                root,
                "no rule says for whom the model is: it will be used for children and the dead",
                accepted: "applies"
            )
        }
    }
}
