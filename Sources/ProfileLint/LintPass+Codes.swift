import JSON

extension LintPass {
    /// Every code of the profile: its form, its system, its check digit.
    mutating func checkCodes() {
        for rule in rules {
            for name in ["code", "component"] {
                for node in rule.node.list(name) {
                    check(token: node, isQuestion: rule.resource == "Observation")
                }
            }
            checkMeaning(rule)
        }
    }

    private mutating func check(token node: LintNode, isQuestion: Bool) {
        guard let text = node.text else { return }
        guard let bar = text.lastIndex(of: "|") else {
            let form = "system|code"
            add(.error, .codeFormat, node, "the token has no system", accepted: form)
            return
        }
        let system = String(text[..<bar])
        let code = String(text[text.index(after: bar)...])
        guard !code.isEmpty else {
            add(.error, .codeFormat, node, "the token has no code", accepted: "system|code")
            return
        }
        if text.contains(where: { $0.isWhitespace && $0 != " " })
            || code.hasPrefix(" ") || code.hasSuffix(" ") || system.contains(" ")
        {
            add(.error, .codeFormat, node, "the token holds blanks and will match no data")
            return
        }
        if system.contains("|") {
            add(
                .error,
                .codeSystem,
                node,
                "the system carries a version, which no coding has in its system",
                accepted: String(system.prefix { $0 != "|" }) + "|" + code
            )
            return
        }
        check(system: system, node)
        check(code: code, system: CodeSystems.meant(by: system) ?? system, node, isQuestion)
    }

    /// The name of a code system; findings stand at `node`.
    mutating func check(system: String, _ node: LintNode) {
        if system.isEmpty {
            add(
                .warning,
                .codeSystem,
                node,
                "the code has no system, so it matches only codings without one"
            )
        } else if let meant = CodeSystems.meant(by: system) {
            add(
                .error,
                .codeSystem,
                node,
                "\(system.quoted) is not how FHIR names this code system, so no data matches",
                accepted: meant
            )
        } else if !CodeSystems.isURI(system) {
            add(
                .error,
                .codeSystem,
                node,
                "the system \(system.quoted) is no URI, as the system of a coding must be",
                accepted: "a URI such as " + CodeSystems.loinc
            )
        }
    }

    /// The form and check digit of a code; `isQuestion` where an answer code makes no sense.
    mutating func check(
        code: String,
        system: String,
        _ node: LintNode,
        _ isQuestion: Bool
    ) {
        switch system {
        case CodeSystems.loinc: checkLOINC(code, node, isQuestion)
        case CodeSystems.snomed: checkSNOMED(code, node)
        case "http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm",
            "http://fhir.de/CodeSystem/bfarm/icd-10-gm":
            checkICD(code, node)
        case "http://www.nlm.nih.gov/research/umls/rxnorm":
            guard code.contains(where: { !$0.isASCII || !$0.isNumber }) else { return }
            add(.error, .codeForm, node, "an RxNorm concept is a number")
        case "http://unitsofmeasure.org":
            add(.warning, .codeMeaning, node, "this is a unit and no question or finding")
        default: return
        }
    }

    private mutating func checkLOINC(_ code: String, _ node: LintNode, _ isQuestion: Bool) {
        let prefix = code.prefix { $0.isLetter }
        let parts = code.dropFirst(prefix.count).split(
            separator: "-",
            omittingEmptySubsequences: false
        )
        let isForm =
            parts.count == 2 && parts[1].count == 1 && (1...7).contains(parts[0].count)
            && parts.joined().allSatisfy { $0.isASCII && $0.isNumber }
            && ["", "LA", "LP", "LL", "LG"].contains(String(prefix))
        guard isForm, let wanted = CheckDigits.loinc(prefix + parts[0]) else {
            let isSNOMED = code.count >= 6 && CheckDigits.isSnomed(code)
            add(
                .error,
                .loincForm,
                node,
                "this has not the form of a LOINC code"
                    + (isSNOMED ? ", but that of a SNOMED CT identifier" : ""),
                accepted: isSNOMED
                    ? CodeSystems.snomed + "|" + code : "digits, a hyphen and a check digit"
            )
            return
        }
        guard String(wanted) == parts[1] else {
            add(
                .error,
                .loincCheckDigit,
                node,
                "the check digit of this LOINC code would be \(wanted): a digit is mistyped",
                accepted: "\(prefix)\(parts[0])-\(wanted), if the rest is right"
            )
            return
        }
        guard isQuestion, !prefix.isEmpty else { return }
        let kinds = ["LA": "an answer", "LP": "a part", "LL": "an answer list", "LG": "a group"]
        add(
            .error,
            .loincKind,
            node,
            "this is \(kinds[String(prefix)] ?? "no term") of LOINC and no observation code"
        )
    }

    private mutating func checkSNOMED(_ code: String, _ node: LintNode) {
        let isForm =
            (6...18).contains(code.count) && code.first != "0"
            && code.allSatisfy { $0.isASCII && $0.isNumber }
        guard isForm else {
            let parts = code.split(separator: "-")
            let isLOINC =
                parts.count == 2 && CheckDigits.loinc(parts[0]).map(String.init) == String(parts[1])
            add(
                .error,
                .snomedForm,
                node,
                "this has not the form of a SNOMED CT identifier"
                    + (isLOINC ? ", but that of a LOINC code" : ""),
                accepted: isLOINC ? CodeSystems.loinc + "|" + code : "6 to 18 digits"
            )
            return
        }
        guard CheckDigits.isSnomed(code) else {
            add(
                .error,
                .snomedCheckDigit,
                node,
                "the check digit of this SNOMED CT identifier is wrong: a digit is mistyped"
            )
            return
        }
        let partition = String(code.suffix(3).prefix(2))
        guard partition != "00", partition != "10" else { return }
        let kinds = [
            "01": "a description", "11": "a description", "02": "a relationship",
            "12": "a relationship",
        ]
        add(
            .error,
            .snomedPartition,
            node,
            "the partition identifier \(partition) says that this is "
                + "\(kinds[partition] ?? "something else") and no concept"
        )
    }

    private mutating func checkICD(_ code: String, _ node: LintNode) {
        let letters = Array(code)
        let isForm =
            letters.count >= 3 && letters[0].isLetter && letters[0].isUppercase
            && letters[1].isNumber && (letters.count == 3 || letters[3] == ".")
            && code.count <= 8
        guard !isForm else { return }
        add(.error, .codeForm, node, "this has not the form of an ICD-10 code", accepted: "Z33.1")
    }

    /// Codes that everyone knows, used for something else.
    private mutating func checkMeaning(_ rule: LintRuleNode) {
        guard rule.resource == "Observation" else { return }
        let name = rule.components.isEmpty ? "code" : "component"
        for node in rule.node.list(name) {
            guard let text = node.text, let known = KnownCodes.table[text] else { continue }
            if known.isPanel {
                guard rule.components.isEmpty, rule.input.isNumber else { continue }
                add(
                    .error,
                    .panelComponent,
                    node,
                    "this code is a panel without a value of its own: " + known.meaning,
                    accepted: "a component beside the code, such as \(CodeSystems.loinc)|8480-6"
                )
                continue
            }
            let wanted = rule.input.name.lowercased()
            let other = KnownCodes.contradiction(known, name: wanted)
            if let other {
                add(
                    .warning,
                    .codeMeaning,
                    node,
                    "the code means \(known.meaning), but the input is called like \(other)"
                )
            }
            checkUnit(of: known, rule, node)
        }
    }
}
