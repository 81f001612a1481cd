import JSON

extension LintPass {
    /// Windows that are wider or narrower than anybody means.
    mutating func checkWindows() {
        for input in inputs {
            let within = inherited("within", input)
            let seconds = within?.seconds
            if let node = within, let seconds {
                checkWithin(node, seconds, input)
            }
            checkOwnWindows(input, seconds)
            if let node = inherited("future", input), let future = node.seconds {
                if future > 3_600 {
                    add(
                        .warning,
                        .window,
                        node,
                        "values of more than an hour ahead are taken; clocks differ by minutes",
                        accepted: "PT5M"
                    )
                }
            }
            guard let node = input.node["tieWithin"], let span = node.seconds else { continue }
            if input.node["onTie"] == nil {
                add(.warning, .tie, node, "tieWithin has no effect without onTie")
            } else if let longest = longestWindow(of: input), span >= longest {
                add(.warning, .tie, node, "tieWithin reaches beyond the window itself")
            }
        }
    }

    /// Windows of single alternatives, and one above them that none of them looks at.
    private mutating func checkOwnWindows(_ input: LintInput, _ shared: Int?) {
        let own = rules.filter { $0.input.node.path == input.node.path }
        for rule in own {
            guard let node = rule.node["within"], let seconds = node.seconds else { continue }
            checkWithin(node, seconds, input)
            if seconds == shared {
                add(.warning, .window, node, "the window of the input is the same")
            }
        }
        guard let node = input.node["within"], !own.isEmpty,
            own.allSatisfy({ $0.node["within"] != nil || $0.resource == "Patient" })
        else { return }
        guard own.contains(where: { $0.node["within"] != nil }) else { return }
        add(.warning, .window, node, "it has no effect: every alternative has a window of its own")
    }

    private mutating func checkWithin(_ node: LintNode, _ seconds: Int, _ input: LintInput) {
        if seconds < 60 {
            add(.warning, .window, node, "hardly any value is less than a minute old")
            return
        }
        let isVital = rules.contains { rule in
            rule.input.node.path == input.node.path
                && (rule.codes + rule.components).contains { KnownCodes.isVital($0) }
        }
        let bound = input.isFact ? 3 * 366 : isVital && input.isNumber ? 7 : 366
        if isVital, input.isNumber, !input.isFact, seconds < 1_800 {
            add(
                .warning,
                .window,
                node,
                "few vital signs are charted within \(seconds / 60) minutes (M behind T is minutes)",
                accepted: "hours, such as PT12H"
            )
        }
        guard seconds > bound * 86_400 else { return }
        add(
            .warning,
            .window,
            node,
            "values of \(seconds / 86_400) days ago would count as current for \(input.name)",
            accepted: isVital ? "hours, such as PT12H" : "at most P\(bound)D"
        )
    }

    /// Prefetch that was written by hand against what the profile reads.
    ///
    /// What is not fetched is missing, however wide the window of the profile is.
    mutating func checkPrefetch(_ hook: LintNode) {
        guard let prefetch = hook["prefetch"], prefetch.json.kind == .object else { return }
        let templates = prefetch.members.compactMap { PrefetchQuery($0.node) }
        for resource in ["Observation", "Condition"] {
            let own = rules.filter { $0.resource == resource && !$0.codes.isEmpty }
            let queries = templates.filter { $0.resource == resource }
            guard !own.isEmpty else { continue }
            guard !queries.isEmpty else {
                add(
                    .error,
                    .prefetchCode,
                    prefetch,
                    "nothing fetches \(resource), which the profile reads",
                    accepted: "\"auto\", or \(resource)?patient={{context.patientId}}&code=..."
                )
                continue
            }
            checkCodes(own, queries, prefetch)
            checkReach(own, queries)
        }
    }

    private mutating func checkCodes(
        _ rules: [LintRuleNode],
        _ queries: [PrefetchQuery],
        _ prefetch: LintNode
    ) {
        guard queries.allSatisfy({ !$0.codes.isEmpty }) else { return }
        let fetched = Set(queries.flatMap(\.codes))
        for rule in rules {
            let missed = rule.codes.filter { !fetched.contains($0) }
            guard !missed.isEmpty else { continue }
            let what = missed.count == rule.codes.count ? "none" : "only some"
            add(
                .warning,
                .prefetchCode,
                prefetch,
                "\(what) of the codes of \(rule.input.name), alternative \(rule.position), are"
                    + " fetched: \(missed.joined(separator: ", ").quoted) is missing"
            )
        }
    }

    private mutating func checkReach(_ rules: [LintRuleNode], _ queries: [PrefetchQuery]) {
        for query in queries {
            guard let reach = query.seconds else { continue }
            let fed = rules.filter { rule in
                query.codes.isEmpty || !query.codes.isDisjoint(with: rule.codes)
            }
            var windows: [(name: String, seconds: Int)] = []
            for rule in fed {
                guard let window = window(of: rule)?.seconds else { continue }
                let known = (rule.input.name, window)
                guard !windows.contains(where: { $0 == known }) else { continue }
                windows.append(known)
                guard reach < window else { continue }
                add(
                    .warning,
                    .prefetchWindow,
                    query.node,
                    "this fetches \(Self.span(reach)), but \(rule.input.name) looks back"
                        + " \(Self.span(window))"
                )
            }
            guard let longest = windows.max(by: { $0.seconds < $1.seconds }) else { continue }
            guard longest.seconds < reach else { continue }
            add(
                .warning,
                .prefetchWindow,
                query.node,
                "this fetches \(Self.span(reach)), but nothing of it looks back further than"
                    + " \(Self.span(longest.seconds)) (\(longest.name))"
            )
        }
    }

    private static func span(_ seconds: Int) -> String {
        seconds % 86_400 == 0 ? "\(seconds / 86_400) days" : "\(seconds / 3_600) hours"
    }
}

/// A prefetch search that was written by hand.
///
///     Observation?patient={{context.patientId}}&code=http://loinc.org%7C8867-4
///         &date=ge{{today() - 6 hours}}
private struct PrefetchQuery {
    let node: LintNode
    let resource: String
    let codes: Set<String>
    /// How far it looks back in seconds; `nil` when it does not say, or not in a way we know.
    let seconds: Int?

    init?(_ node: LintNode) {
        guard let text = node.text, let mark = text.firstIndex(of: "?") else { return nil }
        self.node = node
        resource = String(text[..<mark])
        var codes: Set<String> = []
        var seconds: Int?
        for parameter in text[text.index(after: mark)...].split(separator: "&") {
            let sides = parameter.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { continue }
            let value = String(sides[1]).replacing("%7C", with: "|").replacing("%7c", with: "|")
            switch sides[0] {
            case "code": codes.formUnion(value.split(separator: ",").map(String.init))
            case "date", "onset-date", "recorded-date": seconds = Self.seconds(value) ?? seconds
            default: continue
            }
        }
        self.codes = codes
        self.seconds = seconds
    }

    /// The span of `ge{{today() - 6 hours}}` or `ge{{today()-P1D}}`.
    private static func seconds(_ value: String) -> Int? {
        guard let minus = value.lastIndex(of: "-"), value.contains("()") else { return nil }
        let rest = value[value.index(after: minus)...].filter {
            $0 != " " && $0 != "}" && $0 != "'"
        }
        let digits = rest.drop { !$0.isNumber }.prefix { $0.isNumber }
        guard let count = Int(digits) else { return nil }
        let lengths = [
            ("minute", 60), ("hour", 3_600), ("day", 86_400), ("week", 604_800),
            ("month", 2_592_000), ("year", 31_536_000), ("H", 3_600), ("D", 86_400),
            ("W", 604_800),
        ]
        guard let length = lengths.first(where: { rest.contains($0.0) })?.1 else { return nil }
        return count <= 1_000_000 ? count * length : nil
    }
}

extension KnownCodes {
    /// Whether a token is one of a vital sign that changes within hours.
    static func isVital(_ token: String) -> Bool {
        guard let entry = table[token], let unit = entry.unit else { return false }
        return !["kg", "cm", "kg/m2"].contains(unit)
    }
}
