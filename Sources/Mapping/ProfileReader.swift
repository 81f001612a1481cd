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
///
/// Reading goes on behind a fault, so that all of them can be told at once; the profile loads only
/// when there is none.
struct ProfileReader {
    let url: String
    let version: String
    let model: String
    let plan: ProfilePlan
    let uncheckedStructure: [String]

    /// Reads a profile; `nil` when `faults` has gathered any fault.
    static func read(
        _ document: JSONDocument,
        conceptMaps: [String: JSONDocument],
        structures: [String: JSONDocument],
        faults: ProfileFaults
    ) -> ProfileReader? {
        let root = ProfileNode(json: document.root, path: "")
        guard root.json.kind == .object else {
            _ = faults.attempt { () throws(ProfileError) in try root.requireObject([]) }
            return nil
        }
        let head = faults.attempt { () throws(ProfileError) in try ProfileHead(root) }
        let shelf = faults.attempt { () throws(ProfileError) in try StructureShelf(structures) }
        guard let shelf else { return nil }
        let plan = plan(root, conceptMaps, shelf, faults)
        guard let head, let plan, faults.errors.isEmpty else { return nil }
        return ProfileReader(
            url: head.url,
            version: head.version,
            model: head.model,
            plan: plan,
            uncheckedStructure: shelf.gaps
        )
    }

    private static func plan(
        _ root: ProfileNode,
        _ conceptMaps: [String: JSONDocument],
        _ shelf: StructureShelf,
        _ faults: ProfileFaults
    ) -> ProfilePlan? {
        let defaults = faults.attempt { () throws(ProfileError) in
            try ProfileDefaults(root.child("defaults"))
        }
        let aliases = faults.attempt { () throws(ProfileError) in try SystemAliases(root) }
        let variables = faults.attempt { () throws(ProfileError) in try VariablePlan(root) }
        let lists = faults.attempt { () throws(ProfileError) in
            let inputs = try root.list("inputs")
            guard !inputs.isEmpty else { throw root.fault(.malformed, at: "inputs") }
            let facts = try root.list("facts")
            guard inputs.count + facts.count <= Limits.profileInputsMax else { throw root.fault() }
            return (inputs: inputs, facts: facts)
        }
        guard let lists else { return nil }
        let reader = InputReader(
            defaults: defaults ?? .atFault,
            conceptMaps: conceptMaps,
            structures: shelf,
            aliases: aliases ?? SystemAliases(),
            variables: variables ?? VariablePlan(),
            faults: faults
        )
        for node in lists.inputs { reader.read(node, isFact: false) }
        for node in lists.facts { reader.read(node, isFact: true) }
        let inputs = reader.inputs
        let names = reader.inputs.map(\.name)
        // What an input that could not be read is missed by is no fault of its own.
        let isWhole = names.count == lists.inputs.count + lists.facts.count
        let applies = rules(root, inputs, lists.inputs.count, reader.variables, isWhole, faults)
        let quorumRules = faults.attempt { () throws(ProfileError) in
            guard isWhole else { return [QuorumRule]() }
            return try quorums(root, Array(inputs[..<lists.inputs.count]))
        }
        let earlierMoment = faults.attempt { () throws(ProfileError) in
            isWhole ? try earlier(root, Array(inputs[..<lists.inputs.count]), reader.rules) : nil
        }
        guard faults.errors.isEmpty, let quorumRules else { return nil }
        return ProfilePlan(
            inputs: inputs,
            inputCount: lists.inputs.count,
            rules: reader.rules,
            applies: applies,
            quorums: quorumRules,
            variables: reader.variables,
            earlier: earlierMoment ?? nil
        )
    }

    private static func rules(
        _ root: ProfileNode,
        _ inputs: [InputPlan],
        _ inputCount: Int,
        _ variables: VariablePlan,
        _ isWhole: Bool,
        _ faults: ProfileFaults
    ) -> [ApplicabilityRule] {
        let nodes = faults.attempt { () throws(ProfileError) in try root.list("applies") } ?? []
        return nodes.compactMap { node in
            guard isWhole || node.json["unless"] == nil && node.json["requires"] == nil else {
                return nil
            }
            return faults.attempt { () throws(ProfileError) in
                try rule(node, inputs: inputs, inputCount: inputCount, variables)
            }
        }
    }

    private static func rule(
        _ node: ProfileNode,
        inputs: [InputPlan],
        inputCount: Int,
        _ variables: VariablePlan
    ) throws(ProfileError) -> ApplicabilityRule {
        try node.requireObject(ProfileFormat.applies)
        let code = try node.requiredString("else")
        let unknownCode = try node.string("unknown") ?? code
        let when = try node.expression(
            "when",
            variables: variables.names + VariablePlan.requestNames
        )
        let members = ["unless", "requires"].filter { node.json[$0] != nil }
        guard members.count == (when == nil ? 1 : 0) else { throw node.fault() }
        if let when {
            return ApplicabilityRule(
                condition: .when(when),
                code: code,
                unknownCode: unknownCode,
                text: when.parsed.text
            )
        }
        let member = members[0]
        let name = try node.requiredString(member)
        guard let fact = inputs.firstIndex(where: { $0.name == name }), fact >= inputCount else {
            throw node.fault(
                .malformed,
                at: member,
                accepted: "one of the facts: "
                    + inputs[inputCount...].map(\.name).joined(separator: ", ")
            )
        }
        return ApplicabilityRule(
            condition: member == "unless" ? .unless(fact) : .requires(fact),
            code: code,
            unknownCode: unknownCode,
            text: member + " " + name
        )
    }
}

/// What a profile says of itself.
private struct ProfileHead {
    let url: String
    let version: String
    let model: String

    init(_ root: ProfileNode) throws(ProfileError) {
        try root.requireObject(ProfileFormat.profile)
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

    /// What stands for defaults that are at fault, so that no input is blamed for what they say.
    static var atFault: ProfileDefaults {
        var defaults = ProfileDefaults()
        defaults.windowSeconds = 3650 * 86_400
        return defaults
    }

    init() {}

    init(_ node: ProfileNode?) throws(ProfileError) {
        guard let node else { return }
        try node.requireObject(ProfileFormat.defaults)
        resource = try node.choice("resource", ResourceType.self) ?? resource
        status = try node.strings("status") ?? status
        windowSeconds = try node.duration("within")
        futureSeconds = try node.duration("future") ?? futureSeconds
        selection = try node.choice("select", InputPlan.Selection.self) ?? selection
        preference = try node.choice("prefer", InputPlan.Preference.self) ?? preference
    }
}
