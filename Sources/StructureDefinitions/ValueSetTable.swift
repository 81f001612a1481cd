import Basics
package import JSON

/// The codes of a ValueSet that lies beside a profile.
///
///     { "resourceType": "ValueSet", "url": "https://limen.example/vs/position",
///       "compose": { "include": [ { "system": "http://snomed.info/sct",
///                                   "concept": [ { "code": "33586001" } ] } ] } }
///
/// Read are listed concepts and an expansion. What names codes by filter, by other value sets or
/// as a whole code system cannot be told from the file: such a set is not enumerated, and a binding
/// to it is reported as not checked.
package final class ValueSetTable: Sendable {
    /// The canonical url.
    package let url: String
    /// The business version.
    package let version: String?
    /// Whether every code of the set is known.
    package let isEnumerated: Bool
    private let codes: Set<Token>
    private let plainCodes: Set<String>

    private struct Token: Hashable {
        let system: String
        let code: String
    }

    /// Reads a ValueSet.
    ///
    /// - Throws: `StructureDefinitionError` with the path of the fault.
    package init(parsing document: JSONDocument) throws(StructureDefinitionError) {
        let root = document.root
        guard root["resourceType"]?.isString("ValueSet") ?? false else {
            throw StructureDefinitionError(code: .invalidValueSet, path: "resourceType")
        }
        guard let url = root["url"]?.stringValue, !url.isEmpty else {
            throw StructureDefinitionError(code: .invalidValueSet, path: "url")
        }
        self.url = url
        version = root["version"]?.stringValue
        var codes: Set<Token> = []
        var isEnumerated = true
        if let expansion = root["expansion"] {
            try Self.read(expansion: expansion, into: &codes)
        } else if let compose = root["compose"] {
            isEnumerated = try Self.read(compose: compose, into: &codes)
        } else {
            isEnumerated = false
        }
        guard codes.count <= Limits.valueSetCodesMax else {
            throw StructureDefinitionError(code: .tooLarge, path: "compose")
        }
        self.isEnumerated = isEnumerated && !codes.isEmpty
        self.codes = codes
        plainCodes = Set(codes.map(\.code))
    }

    /// Whether a code of a system is in the set.
    func contains(system: String, code: String) -> Bool {
        codes.contains(Token(system: system, code: code))
    }

    /// Whether a code is in the set, where the element itself implies the system.
    func contains(code: String) -> Bool { plainCodes.contains(code) }

    private static func read(
        expansion: JSONValue,
        into codes: inout Set<Token>
    ) throws(StructureDefinitionError) {
        var pending = expansion["contains"].map { Array($0.elements) } ?? []
        while let entry = pending.popLast() {
            if let nested = entry["contains"] { pending += Array(nested.elements) }
            guard codes.count <= Limits.valueSetCodesMax else {
                throw StructureDefinitionError(code: .tooLarge, path: "expansion")
            }
            // An abstract entry only groups others (FHIR R4, section 4.9.8).
            if entry["abstract"]?.boolValue ?? false { continue }
            guard let code = entry["code"]?.stringValue else { continue }
            codes.insert(Token(system: entry["system"]?.stringValue ?? "", code: code))
        }
    }

    private static func read(
        compose: JSONValue,
        into codes: inout Set<Token>
    ) throws(StructureDefinitionError) -> Bool {
        var isEnumerated = compose["exclude"] == nil
        guard let includes = compose["include"], includes.kind == .array else {
            throw StructureDefinitionError(code: .invalidValueSet, path: "compose.include")
        }
        for include in includes.elements {
            guard let system = include["system"]?.stringValue, include["filter"] == nil,
                include["valueSet"] == nil, let concepts = include["concept"]
            else {
                isEnumerated = false
                continue
            }
            for concept in concepts.elements {
                guard let code = concept["code"]?.stringValue, !code.isEmpty else {
                    throw StructureDefinitionError(code: .invalidValueSet, path: concept.path)
                }
                codes.insert(Token(system: system, code: code))
            }
        }
        return isEnumerated
    }
}
