package import Basics
import FHIRPath
package import JSON

/// A FHIR profile, read and compiled once, that resources are checked against.
///
///     { "resourceType": "StructureDefinition", "url": "https://limen.example/StructureDefinition/pulse",
///       "kind": "resource", "type": "Observation", "derivation": "constraint",
///       "differential": { "element": [
///         { "id": "Observation.value[x]", "path": "Observation.value[x]", "min": 1,
///           "type": [ { "code": "Quantity" } ] } ] } }
///
/// FHIR R4, section 5.3. Its snapshot is used when there is one. Of a differential alone the
/// constraints are applied as they are stated: those of the base definition are then not known.
/// Whatever a profile says that is not understood is refused when it is loaded.
package struct StructureDefinition: Sendable {
    /// The canonical url.
    package let url: String
    /// The business version.
    package let version: String?
    /// The resource type that it constrains.
    package let type: String
    /// Whether only the stated differences are checked.
    package let isDifferentialOnly: Bool
    let rules: [ElementRule]

    /// Reads a profile.
    ///
    /// - Parameters:
    ///   - document: the StructureDefinition.
    ///   - valueSets: the ValueSets at hand, for required bindings.
    /// - Throws: `StructureDefinitionError` with the path of what cannot be used.
    package init(
        parsing document: JSONDocument,
        valueSets: [ValueSetTable] = []
    ) throws(StructureDefinitionError) {
        let root = document.root
        guard root["resourceType"]?.isString("StructureDefinition") ?? false else {
            throw StructureDefinitionError(code: .malformed, path: "resourceType")
        }
        url = try Self.text(root, "url")
        version = root["version"]?.stringValue
        type = try Self.text(root, "type")
        guard root["kind"]?.isString("resource") ?? false, ElementKnowledge.isResource(type) else {
            throw StructureDefinitionError(code: .unsupportedMember, path: "kind")
        }
        let snapshot = root["snapshot"]
        isDifferentialOnly = snapshot == nil
        guard let list = (snapshot ?? root["differential"])?["element"], list.kind == .array,
            list.elements.contains(where: { $0.kind == .object })
        else {
            let name = snapshot == nil ? "differential.element" : "snapshot.element"
            throw StructureDefinitionError(code: .malformed, path: name)
        }
        let sets = Dictionary(
            valueSets.map { ($0.url, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var tree = StructureTree(type: type, valueSets: sets)
        for element in list.elements { try tree.add(element) }
        try tree.finish()
        rules = tree.rules
    }

    /// Everything that the profile asks for and that can never be checked here.
    package var gaps: [StructureGap] {
        rules.flatMap { rule in rule.gaps.map { StructureGap(element: rule.id, what: $0) } }
    }

    /// Whether a canonical, with or without a version, means this profile.
    package func isMeant(by canonical: String) -> Bool {
        let parts = canonical.split(separator: "|", maxSplits: 1)
        guard parts.first.map(String.init) == url else { return false }
        return parts.count < 2 || version == String(parts[1])
    }

    /// Checks a resource.
    ///
    /// - Parameters:
    ///   - resource: the resource.
    ///   - now: the moment that constraints see as `now()`.
    /// - Returns: what is wrong, and what could not be checked.
    package func check(_ resource: JSONValue, now: Instant) -> StructureReport {
        var checker = StructureChecker(rules: rules, resource: resource, now: now)
        guard resource["resourceType"]?.isString(type) ?? false else {
            return checker.reportOfWrongResource(accepted: type)
        }
        checker.check()
        return checker.report
    }

    private static func text(
        _ root: JSONValue,
        _ name: String
    ) throws(StructureDefinitionError) -> String {
        guard let text = root[name]?.stringValue, !text.isEmpty else {
            throw StructureDefinitionError(code: .malformed, path: name)
        }
        return text
    }
}
