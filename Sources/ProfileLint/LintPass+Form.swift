import JSON
import Mapping

extension LintPass {
    /// What the reader of profiles refuses, all at once, and what it would take instead.
    mutating func checkForm(_ documents: [String: JSONDocument]) {
        guard let document = documents["profile.json"] else { return }
        let faults = Profile.findings(
            parsing: document,
            conceptMaps: documents.filter { $0.key.hasSuffix(".conceptmap.json") },
            structures: documents.filter {
                $0.key.hasSuffix(".structuredefinition.json") || $0.key.hasSuffix(".valueset.json")
            }
        )
        for fault in faults { add(fault) }
        guard faults.isEmpty,
            let profile = try? Profile(
                parsing: document,
                conceptMaps: documents.filter { $0.key.hasSuffix(".conceptmap.json") },
                structures: documents.filter {
                    $0.key.hasSuffix(".structuredefinition.json")
                        || $0.key.hasSuffix(".valueset.json")
                }
            )
        else { return }
        for gap in profile.uncheckedStructure where gap.contains("required binding") {
            add(
                .warning,
                .structure,
                file: "profile.json",
                "what the profile asks for is not checked: " + gap,
                accepted: "the ValueSet beside the profile, as NAME.valueset.json"
            )
        }
    }

    private mutating func add(_ fault: ProfileFinding) {
        let path = fault.path.split(separator: "#", maxSplits: 1).last.map(String.init) ?? ""
        let steps = path.split(separator: ".")
        let last = steps.last.map(String.init) ?? path
        let name = last.split(separator: "[").first.map(String.init) ?? last
        let (rule, accepted) = Self.reading(fault, name: name)
        let node = (fault.file.flatMap { maps[$0] } ?? root).nearest(path)
        let isAbsent = !path.isEmpty && node.path != path
        add(
            fault.severity == .error ? .error : .warning,
            rule,
            file: fault.file ?? "profile.json",
            line: fault.place.line,
            column: fault.place.column,
            path: path,
            rule == .form
                ? path.isEmpty
                    ? "the profile is no JSON object, or a part of it has another form"
                    : isAbsent
                        ? "\(name.quoted) is missing, or does not fit the rest"
                        : "\(name.quoted) does not have the form that is asked for here"
                : rule == .unknownMember
                    ? "the member \(name.quoted) is not known here and would have no effect"
                    : fault.sentence,
            accepted: accepted
        )
    }

    /// The rule of a fault, and what would be accepted.
    private static func reading(_ fault: ProfileFinding, name: String) -> (LintRule, String) {
        switch ProfileError.Code(rawValue: fault.code) {
        case .unknownMember: (.unknownMember, suggestion(name))
        case .unknownUnit: (.unitUnknown, "")
        case .invalidExpression: (.expression, "")
        case .duplicateInput: (.duplicateInput, "")
        case .missingFile: (.missingFile, "")
        case .invalidConceptMap: (.mapRow, "")
        case .variableCycle: (.expression, "variables that read only those before them")
        case .duplicateMapping: (.mapDuplicate, "each code once")
        case .invalidStructure: (.structure, "a StructureDefinition of FHIR R4 that can be checked")
        case .malformed, nil:
            (.form, fault.accepted ?? "see Profiles/schema/limen-profile-1.schema.json")
        }
    }

    private static func suggestion(_ name: String) -> String {
        let near = names.min { distance($0, name) < distance($1, name) }
        guard let near, distance(near, name) <= 3 else {
            return names.sorted().joined(separator: ", ")
        }
        return near
    }

    private static let names: [String] = Array(
        Set(
            ProfileFormat.profile + ProfileFormat.defaults + ProfileFormat.applies
                + ProfileFormat.quorum + ProfileFormat.input + ProfileFormat.from
                + ProfileFormat.missing + ProfileFormat.absent + ProfileFormat.molarMass
                + ProfileFormat.convert + ProfileFormat.earlier + ["note"]
        )
    ).sorted()

    /// Names that differ in upper and lower case alone are taken for one another.
    mutating func checkNames() {
        var known: [String: String] = [:]
        for input in inputs {
            guard let node = input.node["name"] else { continue }
            if let other = known[input.name.lowercased()] {
                if other == input.name {
                    add(.error, .duplicateInput, node, "another input or fact has this name")
                } else {
                    add(
                        .warning,
                        .similarName,
                        node,
                        "the name differs from \(other.quoted) in upper and lower case alone"
                    )
                }
            }
            known[input.name.lowercased()] = input.name
            if input.name.contains(where: { $0.isWhitespace }) {
                add(.error, .similarName, node, "the name holds blanks")
            }
        }
    }

    /// How many letters have to change to make one word of another.
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var previous = row[0]
            row[0] = index + 1
            for column in right.indices {
                let cost = previous + (right[column] == letter ? 0 : 1)
                previous = row[column + 1]
                row[column + 1] = min(cost, previous + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}

extension String {
    /// The text in quotes, short enough for a line.
    var quoted: String { "\"" + (count > 60 ? prefix(57) + "..." : self[...]) + "\"" }
}
