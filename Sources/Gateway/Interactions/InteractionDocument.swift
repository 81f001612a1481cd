import Basics
import CDSHooks
import ClinicalEngine
import JSON
import Mapping

/// Reads `interactions.json` (format `limen-interactions/1`).
///
///     { "format": "limen-interactions/1", "url": "...", "version": "1.0.0", "status": "active",
///       "title": "...", "source": "...",
///       "ingredients": [ { "name": "simvastatin", "codes": [ "http://www.whocc.no/atc|C10AA01" ] } ],
///       "classes": [ { "id": "statins", "name": "statins", "members": [ "simvastatin" ] } ],
///       "pairs": [ { "id": "r1", "a": "statins", "b": "...", "severity": "contraindicated",
///                    "consequence": "...", "advice": "...", "evidence": "..." } ] }
struct InteractionDocument {
    /// The members of each object; a test holds the JSON Schema against them.
    static let members: [String: [String]] = [
        "": [
            "format", "url", "version", "status", "title", "source", "sourceURL",
            "systemAliases", "ingredients", "classes", "pairs", "note",
        ],
        "ingredient": ["name", "codes", "note"],
        "class": ["id", "name", "members", "note"],
        "pair": [
            "id", "a", "b", "severity", "consequence", "mechanism", "advice", "evidence",
            "seriousness", "frequency", "alternatives", "note",
        ],
        "alternative": ["insteadOf", "ingredient", "note"],
    ]

    private(set) var url = ""
    private(set) var version = ""
    private(set) var title = ""
    private(set) var source = ""
    private(set) var aliases: [String: String] = [:]
    private(set) var ingredients: [InteractionKnowledge.Ingredient] = []
    private(set) var substances: [MedicationRecord.Coding: [Int]] = [:]
    private(set) var rules: [InteractionKnowledge.Rule] = []
    private(set) var classPairs: [InteractionTable.ClassPair] = []
    private(set) var classes: [(name: String, members: [Int])] = []
    private var positions: [String: Int] = [:]
    private var classPositions: [String: Int] = [:]

    /// Reads a document.
    ///
    /// - Throws: `InteractionFault` with the path of the first fault.
    init(reading root: JSONValue) throws(InteractionFault) {
        let node = InteractionNode(root, path: "")
        try node.allow(Self.members[""])
        guard try node.text("format") == "limen-interactions/1" else {
            throw node.fault("format", "this release reads limen-interactions/1")
        }
        url = try node.text("url")
        version = try node.text("version")
        guard ["draft", "active", "retired"].contains(try node.text("status")) else {
            throw node.fault("status", "draft, active or retired is expected")
        }
        title = try node.text("title")
        source = try node.text("source")
        if let table = root["systemAliases"] {
            let object = InteractionNode(table, path: "systemAliases")
            try object.allow(nil)
            for (name, _) in table.members {
                let alias = name.stringValue ?? ""
                aliases[alias] = try object.text(alias)
            }
        }
        for one in try node.objects("ingredients") { try readIngredient(one) }
        for one in try node.objects("classes") { try readClass(one) }
        for one in try node.objects("pairs") { try readPair(one) }
    }

    private mutating func readIngredient(_ node: InteractionNode) throws(InteractionFault) {
        try node.allow(Self.members["ingredient"])
        let name = try node.text("name")
        guard positions[name] == nil else { throw node.fault("name", "the name occurs twice") }
        guard Self.isName(name) else { throw node.fault("name", Self.nameSentence) }
        positions[name] = ingredients.count
        var codes: [MedicationRecord.Coding] = []
        for text in try node.texts("codes") {
            guard let coding = Self.coding(text) else {
                throw node.fault("codes", "system|code is expected")
            }
            // A code that means two substances would make one of them up.
            guard substances[coding] == nil else {
                throw node.fault("codes", "the code stands for another ingredient already")
            }
            substances[coding] = [ingredients.count]
            codes.append(coding)
        }
        ingredients.append(.init(name: name, codes: codes))
    }

    /// A name stands in summaries, of which two and some words must stay below 140 characters.
    static func isName(_ name: String) -> Bool {
        name.utf16.count <= Limits.ingredientNameCharactersMax && CardMarkup.plain(name) == name
    }

    static let nameSentence =
        "at most \(Limits.ingredientNameCharactersMax) characters without marks of HTML are expected"

    private static func coding(_ text: String) -> MedicationRecord.Coding? {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return .init(system: String(parts[0]), code: String(parts[1]))
    }

    private mutating func readClass(_ node: InteractionNode) throws(InteractionFault) {
        try node.allow(Self.members["class"])
        let id = try node.text("id")
        guard classPositions[id] == nil else { throw node.fault("id", "the id occurs twice") }
        var members: [Int] = []
        for name in try node.texts("members") {
            guard let position = positions[name] else {
                throw node.fault("members", "there is no such ingredient: " + name)
            }
            guard !members.contains(position) else {
                throw node.fault("members", "a member occurs twice: " + name)
            }
            members.append(position)
        }
        classPositions[id] = classes.count
        classes.append((try node.text("name"), members))
    }

    private mutating func readPair(_ node: InteractionNode) throws(InteractionFault) {
        try node.allow(Self.members["pair"])
        let id = try node.text("id")
        guard !rules.contains(where: { $0.id == id }) else {
            throw node.fault("id", "the id occurs twice")
        }
        let one = try classPosition(node, "a")
        let other = try classPosition(node, "b")
        guard let severity = InteractionKnowledge.Severity(rawValue: try node.text("severity"))
        else {
            throw node.fault("severity", "contraindicated, serious or caution is expected")
        }
        var alternatives: [InteractionKnowledge.Alternative] = []
        for alternative in try node.optionalObjects("alternatives") {
            try alternative.allow(Self.members["alternative"])
            let replaced = try classPosition(alternative, "insteadOf")
            guard replaced == one || replaced == other else {
                throw alternative.fault("insteadOf", "it is none of the two classes")
            }
            guard let ingredient = positions[try alternative.text("ingredient")],
                !ingredients[ingredient].codes.isEmpty
            else {
                throw alternative.fault("ingredient", "there is no such ingredient with a code")
            }
            alternatives.append(
                .init(replaced: Set(classes[replaced].members), ingredient: ingredient)
            )
        }
        classPairs.append(.init(one, other))
        rules.append(
            InteractionKnowledge.Rule(
                id: id,
                classNames: [classes[one].name, classes[other].name],
                classMembers: [Set(classes[one].members), Set(classes[other].members)],
                severity: severity,
                consequence: try node.text("consequence"),
                mechanism: try node.optionalText("mechanism"),
                advice: try node.text("advice"),
                evidence: try node.text("evidence"),
                alternatives: alternatives
            )
        )
    }

    private func classPosition(
        _ node: InteractionNode,
        _ name: String
    ) throws(InteractionFault) -> Int {
        guard let position = classPositions[try node.text(name)] else {
            throw node.fault(name, "there is no such class")
        }
        return position
    }

    /// Takes the links of a product table; an ingredient that no class has is known from now on,
    /// and nothing is known about it.
    mutating func add(_ products: ProductTable) {
        var linked: [MedicationRecord.Coding: [Int]] = [:]
        for link in products.links {
            let position: Int
            if let known = substances[link.ingredient]?.first {
                position = known
            } else {
                position = ingredients.count
                substances[link.ingredient] = [position]
                ingredients.append(.init(name: link.name, codes: [link.ingredient]))
            }
            linked[link.product, default: []].append(position)
        }
        for (product, positions) in linked {
            substances[product] = Set((substances[product] ?? []) + positions).sorted()
        }
    }
}
