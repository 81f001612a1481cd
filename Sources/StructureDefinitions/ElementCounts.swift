import FHIRPath

/// How often elements may stand, and which types choices may have, over STU3, R4 and R5.
///
///     Observation: identifier* status! code! component* ...
///     Observation.value: Quantity CodeableConcept string ...
///
/// `*` is a list, `!` one that must be there, `+` a list that must be there, `?` one or a list,
/// depending on the version. What a listed type does not name is single. The names and types of
/// elements themselves are known to the type model of FHIRPath.
struct ElementCounts: Sendable {
    enum Count: Sendable {
        case one, many, either
    }

    static let shared = ElementCounts()

    private var counts: [String: [String: Count]] = [:]
    private var required: [String: [String]] = [:]
    private var choices: [String: [String]] = [:]

    private init() {
        for line in Self.definitions {
            let parts = line.split(separator: ":")
            guard parts.count == 2 else { continue }
            let owner = String(parts[0])
            var row: [String: Count] = [:]
            for word in parts[1].split(separator: " ") {
                let name = String(word.dropLast())
                switch word.last {
                case "*": row[name] = .many
                case "+":
                    row[name] = .many
                    required[owner, default: []].append(name)
                case "?": row[name] = .either
                case "!":
                    row[name] = .one
                    required[owner, default: []].append(name)
                default: row[String(word)] = .one
                }
            }
            counts[owner] = row
        }
        for line in Self.choiceDefinitions {
            let parts = line.split(separator: ":")
            guard parts.count == 2 else { continue }
            choices[String(parts[0])] = parts[1].split(separator: " ").map(String.init)
        }
    }

    /// How often an element may stand; `nil` when that is not known.
    func count(of element: String, in type: String) -> Count? {
        for ancestor in Self.ancestors where ElementKnowledge.isKind(type, of: ancestor) {
            if let count = counts[ancestor]?[element] { return count }
        }
        guard let row = counts[type] else { return nil }
        return row[element] ?? .one
    }

    /// The elements that must be there; choices by their stem.
    func required(of type: String) -> [String] { required[type] ?? [] }

    /// The types that a choice element may have; `nil` when any.
    ///
    /// A type with `=` stands under the name of the element alone: in R5 where R4 has a choice, or
    /// as a plain code in STU3 where R4 has a concept.
    func types(of stem: String, in type: String) -> [String]? { choices[type + "." + stem] }

    private static let ancestors = ["Element", "BackboneElement", "DomainResource"]
}
