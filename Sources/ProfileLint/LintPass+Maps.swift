import Basics
import JSON

extension LintPass {
    /// ConceptMaps: their codes, their targets, and whether anything uses them.
    mutating func checkMaps() {
        var used: Set<String> = []
        for rule in rules {
            guard let node = rule.node["conceptMap"], let name = node.text else { continue }
            used.insert(name)
            guard let map = maps[name] else {
                if files[name] == nil {
                    add(
                        .error,
                        .missingFile,
                        node,
                        "the file that is named here is not in the folder",
                        accepted: maps.keys.sorted().joined(separator: ", ")
                    )
                }
                continue
            }
            checkTargets(map, rule)
            checkTextSystem(map, rule)
        }
        for (name, map) in maps.sorted(by: { $0.key < $1.key }) {
            checkRows(map)
            guard !used.contains(name) else { continue }
            add(.warning, .unusedFile, file: name, "no alternative uses this ConceptMap")
        }
        for input in inputs where input.type == "code" { checkValuesReached(input) }
    }

    private static let usable = [
        "equal", "equivalent", "wider", "subsumes", "source-is-narrower-than-target",
    ]

    /// The targets of an element that are used.
    private static func targets(_ element: LintNode) -> [LintNode] {
        element.list("target").filter { target in
            let relation = target["equivalence"]?.text ?? target["relationship"]?.text ?? ""
            return usable.contains(relation)
        }
    }

    private mutating func checkTargets(_ map: LintNode, _ rule: LintRuleNode) {
        let values = rule.input.node.texts("values")
        for group in map.list("group") {
            for element in group.list("element") {
                for target in Self.targets(element) {
                    guard let node = target["code"], let code = node.text else { continue }
                    let isValue: Bool
                    let wanted: String
                    switch rule.input.type {
                    case "code":
                        isValue = values.contains(code)
                        wanted = values.joined(separator: ", ")
                    case "boolean":
                        isValue = code == "true" || code == "false"
                        wanted = "true, false"
                    default:
                        isValue = DecimalNumber(text: code) != nil
                        wanted = "a number"
                    }
                    guard !isValue else { continue }
                    add(
                        .error,
                        .mapTarget,
                        node,
                        "\(code.quoted) is no value of \(rule.input.name)",
                        accepted: wanted
                    )
                }
            }
        }
    }

    private mutating func checkTextSystem(_ map: LintNode, _ rule: LintRuleNode) {
        let sources = map.list("group").compactMap { $0["source"]?.text }
        guard let node = rule.node["textSystem"], let system = node.text else {
            return
        }
        guard !sources.contains(system) else { return }
        add(
            .error,
            .mapText,
            node,
            "the ConceptMap has no group for the system \(system.quoted), so no text is read",
            accepted: sources.joined(separator: ", ")
        )
    }

    private mutating func checkRows(_ map: LintNode) {
        var seen: [String: String] = [:]
        var usableCount = 0
        if map.list("group").isEmpty {
            add(.error, .mapRow, map, "the ConceptMap has no group")
        }
        for group in map.list("group") {
            let source = group["source"]
            if let source, let text = source.text { check(system: text, source) }
            if let unmapped = group["unmapped"] {
                add(
                    .error,
                    .mapRow,
                    unmapped,
                    "unmapped would let codes through that nobody has looked at"
                )
            }
            for element in group.list("element") {
                usableCount += Self.targets(element).count
                check(element, source: source?.text ?? "", &seen)
            }
        }
        if usableCount == 0, !map.list("group").isEmpty {
            add(.error, .mapRow, map, "no row of the ConceptMap can be used")
        }
    }

    private mutating func check(
        _ element: LintNode,
        source: String,
        _ seen: inout [String: String]
    ) {
        guard let node = element["code"], let code = node.text else { return }
        check(code: code, system: source, node, false)
        let targets = Self.targets(element)
        let codes = Set(targets.compactMap { $0["code"]?.text })
        if codes.count > 1 {
            add(.error, .mapDuplicate, node, "the code is mapped to \(codes.count) values at once")
        }
        if let known = seen[source + "|" + code] {
            let isSame = codes.first == known
            add(
                isSame ? .warning : .error,
                .mapDuplicate,
                node,
                isSame
                    ? "the code stands in the map already"
                    : "the code stands in the map already, with another value"
            )
        }
        if let first = codes.sorted().first { seen[source + "|" + code] = first }
        if targets.isEmpty, element["noMap"] == nil {
            let relation = element.list("target").first.flatMap {
                $0["equivalence"] ?? $0["relationship"]
            }
            let accepted = Self.usable.joined(separator: ", ")
            guard let relation, let word = relation.text else {
                add(.warning, .mapRow, node, "the code has no target, so it is never translated")
                return
            }
            add(
                .warning,
                .mapRow,
                relation,
                "a row that is \(word.quoted) is never used: the source does not imply the target",
                accepted: accepted
            )
        }
    }

    /// A value that no constant and no row gives.
    private mutating func checkValuesReached(_ input: LintInput) {
        let own = rules.filter { $0.input.node.path == input.node.path }
        var given: Set<String> = []
        for rule in own {
            if let constant = rule.node["constant"]?.text {
                given.insert(constant)
            } else if let name = rule.node["conceptMap"]?.text {
                guard let map = maps[name] else { return }
                for group in map.list("group") {
                    for element in group.list("element") {
                        given.formUnion(Self.targets(element).compactMap { $0["code"]?.text })
                    }
                }
            } else {
                // What the path gives is only known when it is read.
                return
            }
        }
        if let value = input.node["missing"]?["value"]?.text { given.insert(value) }
        for node in input.node.list("values") {
            guard let value = node.text, !given.contains(value) else { continue }
            add(
                .warning,
                .valueUnreached,
                node,
                "no alternative ever gives \(value.quoted) for \(input.name)"
            )
        }
    }
}
