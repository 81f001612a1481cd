import JSON

/// Which codes of the data no profile asks for, and which of them only look as if one did.
struct CodeSurvey {
    /// `system|code` of every alternative's `code`.
    private var asked: Set<String> = []
    /// `system|code` of every alternative's `component`.
    private var askedComponents: Set<String> = []
    /// The code alone, to the tokens that hold it.
    private var byCode: [String: String] = [:]
    /// The types of resource that are read.
    private var types: Set<String> = []
    /// Codes of resources.
    private(set) var codes = CodeCounter()
    /// Codes of components.
    private(set) var components = CodeCounter()
    /// Codes that a profile asks for under another system, or at another place.
    private(set) var lookalikes = CodeCounter()
    /// Resources whose code holds no coding at all.
    private(set) var uncodedCount = 0
    /// The first display of a code, kept only when it is asked for.
    private(set) var displays: [String: String] = [:]
    private let keepsDisplays: Bool

    init(_ profiles: [JSONValue], keepsDisplays: Bool) {
        self.keepsDisplays = keepsDisplays
        for profile in profiles {
            let standard = profile["defaults"]?["resource"]?.stringValue ?? "Observation"
            for name in ["inputs", "facts"] {
                for input in profile[name]?.elements.map({ $0 }) ?? [] {
                    for rule in input["from"]?.elements.map({ $0 }) ?? [] {
                        types.insert(rule["resource"]?.stringValue ?? standard)
                        asked.formUnion(Self.tokens(rule["code"]))
                        askedComponents.formUnion(Self.tokens(rule["component"]))
                    }
                }
            }
        }
        for token in asked.union(askedComponents) {
            guard let bar = token.lastIndex(of: "|") else { continue }
            byCode[String(token[token.index(after: bar)...])] = token
        }
    }

    private static func tokens(_ list: JSONValue?) -> [String] {
        list?.elements.compactMap(\.stringValue) ?? []
    }

    /// Looks at the codes of a patient's resources.
    mutating func add(_ record: PatientRecord) {
        for resource in record.resources {
            guard let type = resource["resourceType"]?.stringValue, types.contains(type) else {
                continue
            }
            let codings = Self.codings(of: resource, type)
            if codings.isEmpty, !Self.isElsewhere(resource, type) { uncodedCount += 1 }
            let tokens = codings.map(Self.token)
            let isAsked = tokens.contains { asked.contains($0) }
            if !isAsked {
                for (token, coding) in zip(tokens, codings) { count(token, coding, isPart: false) }
            }
            for component in resource["component"]?.elements.map({ $0 }) ?? [] {
                let codings = component["code"]?["coding"]?.elements.map { $0 } ?? []
                let tokens = codings.map(Self.token)
                guard !tokens.contains(where: { askedComponents.contains($0) }) else { continue }
                for (token, coding) in zip(tokens, codings) { count(token, coding, isPart: true) }
            }
        }
    }

    /// The codings that say what a resource is about, wherever its type keeps them.
    private static func codings(of resource: JSONValue, _ type: String) -> [JSONValue] {
        let places: [JSONValue?] =
            switch type {
            case "MedicationRequest", "MedicationStatement", "MedicationAdministration",
                "MedicationDispense":
                [resource["medicationCodeableConcept"], resource["medication"]]
            case "Encounter": [resource["class"], resource["type"]]
            case "Immunization": [resource["vaccineCode"]]
            default: [resource["code"]]
            }
        return places.compactMap { $0 }.flatMap { place -> [JSONValue] in
            let concepts = place.kind == .array ? place.elements.map { $0 } : [place]
            return concepts.flatMap { concept -> [JSONValue] in
                // R5 CodeableReference holds the concept one level deeper; a class is a Coding.
                let inner = concept["concept"] ?? concept
                if let list = inner["coding"] { return list.elements.map { $0 } }
                return inner["code"]?.kind == .string ? [inner] : []
            }
        }
    }

    /// Whether the code stands in a resource of its own, or the type has none.
    private static func isElsewhere(_ resource: JSONValue, _ type: String) -> Bool {
        type == "Patient" || resource["medicationReference"] != nil
            || resource["medication"]?["reference"] != nil
    }

    private static func token(_ coding: JSONValue) -> String {
        let system = coding["system"]?.stringValue ?? ""
        return (system + "|" + (coding["code"]?.stringValue ?? "")).printable
    }

    private mutating func count(_ token: String, _ coding: JSONValue, isPart: Bool) {
        if isPart { components.add(token) } else { codes.add(token) }
        if let code = coding["code"]?.stringValue, let wanted = byCode[code] {
            let hint =
                wanted == token
                ? (isPart ? "stands in a component" : "stands outside of a component")
                : "asked for as " + wanted
            lookalikes.add(token + "  " + hint)
        }
        guard keepsDisplays, displays[token] == nil, displays.count < 20_000 else { return }
        displays[token] = coding["display"]?.stringValue?.printable
    }
}
