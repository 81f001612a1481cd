import Basics
import FHIRPath
import JSON
import UCUM

/// Reads `profile.json` strictly: what it does not understand, it refuses by path.
///
///     { "format": "limen-profile/1", "url": "https://limen.example/profiles/news2",
///       "version": "1.0.0", "status": "active", "model": "model.pmml",
///       "applies":  [ { "when": "birthDate <= today() - 16 years", "else": "age-under-16" } ],
///       "defaults": { "status": ["final"], "within": "PT12H", "prefer": "newest" },
///       "facts":    [ { "name": "pregnant", "from": [ ... ] } ],
///       "inputs":   [ { "name": "pulse", "type": "quantity", "unit": "/min", "from": [ ... ] } ] }
struct ProfileReader {
    let url: String
    let version: String
    let model: String
    let plan: ProfilePlan

    init(
        _ document: JSONDocument,
        conceptMaps: [String: JSONDocument]
    ) throws(ProfileError) {
        let root = ProfileNode(json: document.root, path: "")
        try root.requireObject([
            "format", "url", "version", "status", "title", "description", "model", "applies",
            "defaults", "facts", "inputs", "quorum", "earlier",
        ])
        let format = try root.required("format")
        guard try format.text() == "limen-profile/1" else { throw format.fault() }
        url = try root.requiredString("url")
        version = try root.requiredString("version")
        model = try root.requiredString("model")
        guard ["draft", "active", "retired"].contains(try root.requiredString("status")) else {
            throw root.fault(.malformed, at: "status")
        }
        _ = try root.string("title")
        _ = try root.string("description")
        plan = try Self.plan(root, conceptMaps)
    }

    private static func plan(
        _ root: ProfileNode,
        _ conceptMaps: [String: JSONDocument]
    ) throws(ProfileError) -> ProfilePlan {
        var reader = InputReader(
            defaults: try ProfileDefaults(root.child("defaults")),
            conceptMaps: conceptMaps
        )
        let inputs = try root.list("inputs")
        guard !inputs.isEmpty else { throw root.fault(.malformed, at: "inputs") }
        let facts = try root.list("facts")
        guard inputs.count + facts.count <= Limits.profileInputsMax else { throw root.fault() }
        for node in inputs { try reader.read(node, isFact: false) }
        for node in facts { try reader.read(node, isFact: true) }
        var applies: [ApplicabilityRule] = []
        for node in try root.list("applies") {
            applies.append(try rule(node, inputs: reader.inputs, inputCount: inputs.count))
        }
        return ProfilePlan(
            inputs: reader.inputs,
            inputCount: inputs.count,
            rules: reader.rules,
            applies: applies,
            quorums: try quorums(root, Array(reader.inputs[..<inputs.count])),
            earlier: try earlier(root, Array(reader.inputs[..<inputs.count]))
        )
    }

    private static func quorums(
        _ root: ProfileNode,
        _ inputs: [InputPlan]
    ) throws(ProfileError) -> [QuorumRule] {
        var quorums: [QuorumRule] = []
        for node in try root.list("quorum") {
            try node.requireObject(["of", "atLeast", "span", "else"])
            let names = try node.strings("of") ?? inputs.map(\.name)
            var members: [Int] = []
            for (position, name) in names.enumerated() {
                guard let member = inputs.firstIndex(where: { $0.name == name }) else {
                    throw node.fault(.malformed, at: "of[\(position)]")
                }
                members.append(member)
            }
            let count = try node.child("atLeast").map { (child) throws(ProfileError) in
                guard let count = child.json.integerValue, (1...members.count).contains(count)
                else { throw child.fault() }
                return count
            }
            let span = try node.duration("span")
            guard count != nil || span != nil else { throw node.fault(.malformed, at: "atLeast") }
            var parts: [String] = []
            if let count { parts.append("at least \(count) observed of " + list(names)) }
            if let span {
                let length = DurationText.text(seconds: span)
                parts.append(
                    count == nil
                        ? "\(list(names)) observed within \(length) of each other"
                        : "within \(length) of each other"
                )
            }
            quorums.append(
                QuorumRule(
                    members: members,
                    countMin: count,
                    spanSeconds: span,
                    code: try node.requiredString("else"),
                    text: parts.joined(separator: ", ")
                )
            )
        }
        return quorums
    }

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }

    private static func rule(
        _ node: ProfileNode,
        inputs: [InputPlan],
        inputCount: Int
    ) throws(ProfileError) -> ApplicabilityRule {
        try node.requireObject(["when", "unless", "else", "unknown"])
        let code = try node.requiredString("else")
        let unknownCode = try node.string("unknown") ?? code
        let when = try node.string("when")
        let unless = try node.string("unless")
        if let when, unless == nil {
            let expression: ValueReader.Expression
            do {
                expression = try ValueReader.Expression(parsing: when)
            } catch {
                throw node.fault(.invalidExpression, at: "when")
            }
            let known = ["context", "resource", "rootResource", "resources"]
            guard expression.parsed.variableNames.allSatisfy({ known.contains($0) }) else {
                throw node.fault(.invalidExpression, at: "when")
            }
            return ApplicabilityRule(
                condition: .when(expression),
                code: code,
                unknownCode: unknownCode,
                text: when
            )
        }
        guard let unless, when == nil else { throw node.fault() }
        guard let fact = inputs.firstIndex(where: { $0.name == unless }), fact >= inputCount else {
            throw node.fault(.malformed, at: "unless")
        }
        return ApplicabilityRule(
            condition: .unless(fact),
            code: code,
            unknownCode: unknownCode,
            text: "unless " + unless
        )
    }
}

/// The `defaults` of a profile.
struct ProfileDefaults {
    var resource = ResourceType.observation
    var status = ["final", "amended", "corrected"]
    var windowSeconds: Int?
    var futureSeconds = 300
    var selection = InputPlan.Selection.latest
    var preference = InputPlan.Preference.rule

    init(_ node: ProfileNode?) throws(ProfileError) {
        guard let node else { return }
        try node.requireObject(["resource", "status", "within", "future", "select", "prefer"])
        resource = try node.choice("resource", ResourceType.self) ?? resource
        status = try node.strings("status") ?? status
        windowSeconds = try node.duration("within")
        futureSeconds = try node.duration("future") ?? futureSeconds
        selection = try node.choice("select", InputPlan.Selection.self) ?? selection
        preference = try node.choice("prefer", InputPlan.Preference.self) ?? preference
    }
}
