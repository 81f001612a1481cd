import JSON

extension LintPass {
    /// Alternatives that can never give a value, and codes that two inputs read alike.
    mutating func checkAlternatives() {
        for (index, rule) in rules.enumerated() {
            let earlier = rules[..<index].filter { $0.input.node.path == rule.input.node.path }
            checkReach(rule, Array(earlier))
        }
        checkSharedCodes()
        for (position, rule) in rules.enumerated() {
            checkTime(rule)
            checkRepeats(rule)
            _ = position
        }
    }

    /// What beside codes decides which resources an alternative takes, and what it makes of them.
    private static let filters = ["path", "conceptMap", "textSystem", "above", "unit"]

    private mutating func checkReach(_ rule: LintRuleNode, _ earlier: [LintRuleNode]) {
        let same = earlier.filter { other in
            Self.takesAll(other, of: rule)
        }
        guard !rule.codes.isEmpty else {
            if rule.resource == "Patient", same.contains(where: { $0.codes.isEmpty }) {
                add(.warning, .unreachable, rule.node, "an earlier alternative reads the same")
            }
            return
        }
        let taken = Set(same.flatMap(\.codes))
        let shared = rule.codes.filter { taken.contains($0) }
        guard !shared.isEmpty else { return }
        let positions = same.filter { !Set($0.codes).isDisjoint(with: rule.codes) }
            .map { String($0.position) }.joined(separator: ", ")
        let verb = same.contains { $0.filter(["constant"]) != rule.filter(["constant"]) }
        if shared.count == rule.codes.count {
            add(
                verb ? .error : .warning,
                .unreachable,
                rule.node,
                "never reached: alternative \(positions) takes all its codes first"
                    + (verb ? ", and gives another value" : "")
            )
            return
        }
        for (place, code) in rule.node.list("code").enumerated()
        where taken.contains(rule.codes.indices.contains(place) ? rule.codes[place] : "") {
            add(
                .warning,
                .unreachable,
                code,
                "never reached: alternative \(positions) takes this code first"
            )
        }
    }

    /// Whether an earlier alternative takes every resource that a later one would, code aside.
    private static func takesAll(_ earlier: LintRuleNode, of later: LintRuleNode) -> Bool {
        guard earlier.resource == later.resource else { return false }
        guard Set(later.statuses).isSubset(of: earlier.statuses) else { return false }
        guard
            earlier.node["profile"] == nil
                || earlier.filter(["profile"]) == later.filter(["profile"])
        else { return false }
        let components = Set(later.components).isSubset(of: earlier.components)
        guard components, earlier.components.isEmpty == later.components.isEmpty else {
            return false
        }
        guard
            earlier.filter(["above", "unit", "since", "until"])
                == later.filter(["above", "unit", "since", "until"])
        else {
            return false
        }
        // With different maps a later one may know codes that the earlier one does not.
        guard
            earlier.filter(["conceptMap", "textSystem"])
                == later.filter(["conceptMap", "textSystem"])
        else { return false }
        if earlier.path == later.path { return true }
        let isWide = earlier.path == "value"
        return isWide && later.path?.hasPrefix("value.ofType(") ?? false
            && later.path?.hasSuffix(")") ?? false && !(later.path?.contains(").") ?? true)
            && earlier.node["constant"] == nil && earlier.node["conceptMap"] == nil
    }

    /// One code that two inputs read in the same way tells neither what it is.
    private mutating func checkSharedCodes() {
        for (index, rule) in rules.enumerated() {
            for other in rules[..<index] where other.input.node.path != rule.input.node.path {
                guard Self.readsAlike(rule, other) else { continue }
                let isParts = !rule.components.isEmpty
                let shared = Set(isParts ? other.components : other.codes)
                guard !isParts || !Set(rule.codes).isDisjoint(with: other.codes) else { continue }
                for node in rule.node.list(isParts ? "component" : "code") {
                    guard let text = node.text, shared.contains(text) else { continue }
                    add(
                        .error,
                        .duplicateCode,
                        node,
                        "\(other.input.name) reads this code in the same way, so both inputs take"
                            + " one value",
                        accepted: "the code of one of them, or a component of each"
                    )
                }
            }
        }
    }

    private static func readsAlike(_ rule: LintRuleNode, _ other: LintRuleNode) -> Bool {
        guard !rule.input.isFact, !other.input.isFact else { return false }
        guard rule.resource == other.resource, rule.resource != "Patient" else { return false }
        guard rule.input.type == other.input.type || rule.input.isNumber && other.input.isNumber
        else { return false }
        guard rule.components.isEmpty == other.components.isEmpty else { return false }
        let names = [
            "path", "conceptMap", "above", "constant", "status", "profile", "convert", "molarMass",
            "since", "until",
        ]
        guard rule.filter(names) == other.filter(names) else { return false }
        // The same measurement at another time, or another of several, is an input of its own.
        let ways = ["select", "within", "before", "values", "worst"]
        return ways.allSatisfy { name in
            raw(rule.input.node[name]) == raw(other.input.node[name])
        }
    }

    private static func raw(_ node: LintNode?) -> String {
        node.map { String(decoding: $0.json.rawBytes, as: UTF8.self) } ?? ""
    }

    private mutating func checkTime(_ rule: LintRuleNode) {
        guard let node = rule.node["time"], node.text == "optional" else { return }
        guard rule.resource == "Observation", !rule.input.isFact else { return }
        add(
            .warning,
            .time,
            node,
            "an observation without a time would count as recent, however old it is",
            accepted: "required"
        )
    }

    private mutating func checkRepeats(_ rule: LintRuleNode) {
        for name in ["code", "component", "status"] {
            var seen: Set<String> = []
            for node in rule.node.list(name) {
                guard let text = node.text, !seen.insert(text).inserted else { continue }
                add(.error, .duplicateCode, node, "this stands in the list already")
            }
        }
        guard !rule.components.isEmpty else { return }
        for node in rule.node.list("component") {
            guard let text = node.text, rule.codes.contains(text) else { continue }
            add(
                .warning,
                .panelComponent,
                node,
                "the same code stands for the whole and for its component"
            )
        }
    }

    /// The statuses that records of a type can have and be used (FHIR R4, their value sets).
    private static let statuses: [String: [String]] = [
        "Observation": ["final", "amended", "corrected", "registered", "preliminary", "unknown"],
        "Condition": ["active", "recurrence", "relapse", "inactive", "remission", "resolved"],
        "AllergyIntolerance": ["active", "inactive", "resolved"],
        "DiagnosticReport": [
            "final", "amended", "corrected", "appended", "registered", "partial", "preliminary",
            "unknown",
        ],
        "MedicationRequest": [
            "active", "on-hold", "completed", "stopped", "draft", "unknown", "ended",
        ],
        "Procedure": [
            "preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "unknown",
        ],
    ]

    /// Statuses that are none, or that mean that a record must not be used.
    mutating func checkStatuses() {
        var lists: [(LintNode, String)] = []
        if let defaults = root["defaults"] {
            lists += defaults.list("status").map {
                ($0, defaults["resource"]?.text ?? "Observation")
            }
        }
        for rule in rules { lists += rule.node.list("status").map { ($0, rule.resource) } }
        for (node, resource) in lists {
            guard let text = node.text else { continue }
            if ["entered-in-error", "cancelled", "refuted"].contains(text) {
                add(
                    .error,
                    .status,
                    node,
                    "\(text.quoted) marks records that must not be used"
                )
                continue
            }
            guard let known = Self.statuses[resource] else { continue }
            if !known.contains(text) {
                add(
                    .error,
                    .status,
                    node,
                    "\(text.quoted) is no status of \(resource), so no data has it",
                    accepted: known.joined(separator: ", ")
                )
            } else if ["registered", "preliminary", "partial", "unknown"].contains(text) {
                add(
                    .warning,
                    .status,
                    node,
                    "\(text.quoted) values may still change or were never confirmed",
                    accepted: "final, amended, corrected"
                )
            } else if ["inactive", "remission", "resolved", "not-done"].contains(text) {
                add(.warning, .status, node, "\(text.quoted) records are of what is over")
            }
        }
    }
}
