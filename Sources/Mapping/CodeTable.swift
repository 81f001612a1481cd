import Basics
import JSON

/// What a ConceptMap says about the codes of one input, ready for look-up.
///
///     { "resourceType": "ConceptMap", "name": "ACVPU", "group": [
///       { "source": "http://snomed.info/sct", "target": "https://limen.example/acvpu",
///         "element": [ { "code": "248234008",
///                        "target": [ { "code": "A", "equivalence": "equal" } ] } ] } ] }
///
/// Both FHIR R4 (`equivalence`, the target seen from the source) and R5 (`relationship`, the
/// source seen from the target) are read. A row is used only where the source implies the target:
/// equal, equivalent, R4 `wider` and `subsumes` (the target is wider), R5
/// `source-is-narrower-than-target`. All others (narrower, inexact, related ...) would be a guess.
final class CodeTable: Sendable {
    /// The map's name, for the reader of a conversion.
    let name: String
    private let index: CodeIndex<String>
    /// Every target that a usable row gives, with the path of the row.
    let targets: [(code: String, path: String)]

    private static let usable = [
        "equal", "equivalent", "wider", "subsumes", "source-is-narrower-than-target",
    ]
    private static let unusable = [
        "relatedto", "unmatched", "narrower", "specializes", "inexact", "disjoint",
        "related-to", "source-is-broader-than-target", "not-related-to",
    ]

    /// The target code of a coding, or `nil` when the map does not say.
    func target(of coding: CodingPlaces, on tape: JSONTape) -> String? {
        index.find(coding, on: tape)
    }

    /// The target code of a code under a system that stands elsewhere.
    func target(of token: CodeToken) -> String? { index.find(token) }

    /// Reads a ConceptMap document; `fileName` leads the path of a fault.
    init(parsing document: JSONDocument, fileName: String) throws(ProfileError) {
        let root = ProfileNode(json: document.root, path: fileName + "#")
        var rows = Rows(fileName: fileName)
        guard root.json.kind == .object,
            root.json["resourceType"]?.isString("ConceptMap") ?? false
        else { throw rows.fault("") }
        name = root.json["name"]?.stringValue ?? root.json["title"]?.stringValue ?? fileName
        try rows.read(root.json)
        index = CodeIndex(rows.pairs)
        targets = rows.targets
    }

    private struct Rows {
        let fileName: String
        var pairs: [(token: CodeToken, payload: String)] = []
        var targets: [(code: String, path: String)] = []
        var known: [CodeToken: String] = [:]

        init(fileName: String) { self.fileName = fileName }

        func fault(_ path: String) -> ProfileError {
            ProfileError(code: .invalidConceptMap, path: fileName + "#" + path)
        }

        func require(
            _ value: JSONValue,
            _ names: [String],
            _ path: String
        ) throws(ProfileError) {
            guard value.kind == .object else { throw fault(path) }
            for (name, _) in value.members {
                let text = name.stringValue ?? ""
                guard names.contains(text) else { throw fault(path + "." + text) }
            }
        }

        mutating func read(_ root: JSONValue) throws(ProfileError) {
            guard let groups = root["group"], groups.kind == .array else { throw fault("group") }
            for (position, group) in groups.elements.enumerated() {
                let path = "group[\(position)]"
                // `unmapped` would let codes through that nobody looked at, so it is refused.
                try require(
                    group,
                    ["source", "sourceVersion", "target", "targetVersion", "element"],
                    path
                )
                guard var source = group["source"]?.stringValue else {
                    throw fault(path + ".source")
                }
                if let bar = source.firstIndex(of: "|") { source = String(source[..<bar]) }
                guard let elements = group["element"], elements.kind == .array else {
                    throw fault(path + ".element")
                }
                for (row, element) in elements.elements.enumerated() {
                    try read(element, system: Array(source.utf8), path + ".element[\(row)]")
                }
            }
        }

        mutating func read(
            _ element: JSONValue,
            system: [UInt8],
            _ path: String
        ) throws(ProfileError) {
            try require(element, ["code", "display", "target", "noMap"], path)
            guard let code = element["code"]?.stringValue, !code.isEmpty else {
                throw fault(path + ".code")
            }
            guard known.count < Limits.conceptMapElementsMax else { throw fault(path) }
            let list = element["target"]
            guard list == nil || list?.kind == .array else { throw fault(path + ".target") }
            let token = CodeToken(system: system, code: Array(code.utf8))
            guard let list else { return }
            for (position, target) in list.elements.enumerated() {
                let place = path + ".target[\(position)]"
                guard let code = try usableCode(target, place) else { continue }
                if let other = known[token] {
                    guard other == code else { throw fault(place) }
                    continue
                }
                known[token] = code
                pairs.append((token, code))
                targets.append((code, fileName + "#" + place + ".code"))
            }
        }

        func usableCode(_ target: JSONValue, _ path: String) throws(ProfileError) -> String? {
            // `dependsOn` and `product` make a row conditional; a row is never taken half.
            try require(
                target,
                ["code", "display", "equivalence", "relationship", "comment"],
                path
            )
            let relation = target["equivalence"] ?? target["relationship"]
            guard let word = relation?.stringValue else { throw fault(path) }
            if CodeTable.unusable.contains(word) { return nil }
            guard CodeTable.usable.contains(word) else { throw fault(path) }
            guard let code = target["code"]?.stringValue, !code.isEmpty else {
                throw fault(path + ".code")
            }
            return code
        }
    }
}
