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
    /// Every code that a usable row gives, with the first row that does, in the order of the rows.
    let targets: [Target]
    private let fileName: String

    /// A target code, and where it stands in the document.
    struct Target: Sendable {
        let code: String
        fileprivate let group: Int
        fileprivate let row: Int
        fileprivate let position: Int
        fileprivate let byteOffset: Int
    }

    /// The fault that a target is if the input cannot take it.
    ///
    /// It is made when it is asked for: to find its line the text is counted from its beginning,
    /// and to do that for every row would take the square of their number.
    func fault(of target: Target, in document: JSONDocument) -> ProfileError {
        ProfileError(
            code: .invalidConceptMap,
            path: "\(fileName)#group[\(target.group)].element[\(target.row)]"
                + ".target[\(target.position)].code",
            file: fileName,
            place: TextPlace(target.byteOffset, in: document.root.tape)
        )
    }

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
    init(
        parsing document: JSONDocument,
        fileName: String,
        aliases: SystemAliases
    ) throws(ProfileError) {
        var rows = Rows(fileName: fileName, aliases: aliases)
        let root = document.root
        guard root.kind == .object, root["resourceType"]?.isString("ConceptMap") ?? false
        else { throw rows.fault("", root) }
        // FHIR R4, section 2.4.0.1: what may change the meaning must not be passed over.
        for name in ["modifierExtension", "implicitRules"] {
            if let value = root[name] { throw rows.fault(name, value) }
        }
        self.fileName = fileName
        name = root["name"]?.stringValue ?? root["title"]?.stringValue ?? fileName
        try rows.read(root)
        index = CodeIndex(rows.pairs)
        targets = rows.targets
    }

    private struct Rows {
        let fileName: String
        let aliases: SystemAliases
        var pairs: [(token: CodeToken, payload: String)] = []
        var targets: [Target] = []
        private var targetCodes: Set<String> = []
        /// Every code that has an element, whether or not it can be used.
        var known: Set<CodeToken> = []

        init(fileName: String, aliases: SystemAliases) {
            self.fileName = fileName
            self.aliases = aliases
        }

        func fault(
            _ path: String,
            _ value: JSONValue,
            _ code: ProfileError.Code = .invalidConceptMap
        ) -> ProfileError {
            ProfileError(
                code: code,
                path: fileName + "#" + path,
                file: fileName,
                place: TextPlace(value.byteOffset, in: value.tape)
            )
        }

        func require(
            _ value: JSONValue,
            _ names: [String],
            _ path: String
        ) throws(ProfileError) {
            guard value.kind == .object else { throw fault(path, value) }
            for (name, _) in value.members {
                let text = name.stringValue ?? ""
                guard names.contains(text) else { throw fault(path + "." + text, name) }
            }
        }

        mutating func read(_ root: JSONValue) throws(ProfileError) {
            guard let groups = root["group"], groups.kind == .array else {
                throw fault("group", root["group"] ?? root)
            }
            for (position, group) in groups.elements.enumerated() {
                let path = "group[\(position)]"
                // `unmapped`, in whatever mode, would let codes through that nobody looked at.
                try require(
                    group,
                    ["source", "sourceVersion", "target", "targetVersion", "element"],
                    path
                )
                guard var source = group["source"]?.stringValue, !source.isEmpty else {
                    throw fault(path + ".source", group["source"] ?? group)
                }
                if let bar = source.firstIndex(of: "|") { source = String(source[..<bar]) }
                guard let elements = group["element"], elements.kind == .array else {
                    throw fault(path + ".element", group["element"] ?? group)
                }
                let system = Array(source.utf8)
                for (row, element) in elements.elements.enumerated() {
                    try read(element, system: system, group: position, row: row)
                }
            }
        }

        mutating func read(
            _ element: JSONValue,
            system: [UInt8],
            group: Int,
            row: Int
        ) throws(ProfileError) {
            let path = "group[\(group)].element[\(row)]"
            // R5 `valueSet` maps a whole set, which no table of codes can hold.
            try require(element, ["code", "display", "target", "noMap"], path)
            guard let code = element["code"]?.stringValue, !code.isEmpty else {
                throw fault(path + ".code", element["code"] ?? element)
            }
            guard known.count < Limits.conceptMapElementsMax else { throw fault(path, element) }
            let token = CodeToken(system: system, code: Array(code.utf8))
            guard known.insert(token).inserted else {
                throw fault(path + ".code", element["code"] ?? element, .duplicateMapping)
            }
            let targets = element["target"]
            guard targets == nil || targets?.kind == .array else {
                throw fault(path + ".target", element)
            }
            let list = targets.map { Array($0.elements) } ?? []
            if let noMap = element["noMap"] {
                // R5: a code that is said to have no map, and one all the same, says nothing.
                guard let flag = noMap.boolValue, !flag || list.isEmpty else {
                    throw fault(path + ".noMap", noMap)
                }
            }
            var isMapped = false
            for (position, target) in list.enumerated() {
                let place = path + ".target[\(position)]"
                guard let code = try usableCode(target, place) else { continue }
                guard !isMapped else { throw fault(place, target, .duplicateMapping) }
                isMapped = true
                add(
                    token,
                    Target(
                        code: code,
                        group: group,
                        row: row,
                        position: position,
                        byteOffset: (target["code"] ?? target).byteOffset
                    )
                )
            }
        }

        /// Adds a row, and the same under every other name of its system.
        private mutating func add(_ token: CodeToken, _ target: Target) {
            pairs.append((token, target.code))
            if targetCodes.insert(target.code).inserted { targets.append(target) }
            for alias in aliases.aliases(of: token) where known.insert(alias).inserted {
                pairs.append((alias, target.code))
            }
        }

        func usableCode(_ target: JSONValue, _ path: String) throws(ProfileError) -> String? {
            // `dependsOn` and `product` make a row conditional; a row is never taken half.
            try require(
                target,
                ["code", "display", "equivalence", "relationship", "comment"],
                path
            )
            // R4 says `equivalence`, R5 `relationship`, and no version both.
            guard (target["equivalence"] == nil) != (target["relationship"] == nil),
                let word = (target["equivalence"] ?? target["relationship"])?.stringValue
            else { throw fault(path, target) }
            if CodeTable.unusable.contains(word) { return nil }
            guard CodeTable.usable.contains(word) else { throw fault(path, target) }
            guard let code = target["code"]?.stringValue, !code.isEmpty else {
                throw fault(path + ".code", target["code"] ?? target)
            }
            return code
        }
    }
}
