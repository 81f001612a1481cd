import Basics
import JSON
import StructureDefinitions

/// The StructureDefinitions and ValueSets that lie beside a profile.
///
/// An alternative that names the canonical url of one of them asks that the resource be checked
/// against it; a url without a file asks that the resource declare it in `meta.profile`.
struct StructureShelf {
    private var definitions: [StructureDefinition] = []

    /// Reads the files by name; `.valueset.json` feeds the bindings of the others.
    init(_ files: [String: JSONDocument]) throws(ProfileError) {
        var sets: [ValueSetTable] = []
        for (name, document) in files.sorted(by: { $0.key < $1.key })
        where name.hasSuffix(".valueset.json") {
            do throws(StructureDefinitionError) {
                let set = try ValueSetTable(parsing: document)
                guard !sets.contains(where: { $0.url == set.url }) else {
                    throw StructureDefinitionError(code: .malformed, path: "url")
                }
                sets.append(set)
            } catch {
                throw ProfileError(
                    code: .invalidStructure,
                    path: name + "#" + error.path,
                    file: name,
                    place: TextPlace(path: error.path, in: document)
                )
            }
        }
        for (name, document) in files.sorted(by: { $0.key < $1.key })
        where name.hasSuffix(".structuredefinition.json") {
            do throws(StructureDefinitionError) {
                let definition = try StructureDefinition(parsing: document, valueSets: sets)
                guard !definitions.contains(where: { $0.url == definition.url }) else {
                    throw StructureDefinitionError(code: .malformed, path: "url")
                }
                definitions.append(definition)
            } catch {
                throw ProfileError(
                    code: .invalidStructure,
                    path: name + "#" + error.path,
                    file: name,
                    place: TextPlace(path: error.path, in: document)
                )
            }
        }
    }

    /// What the profiles ask for that no file lets anybody check, such as a binding.
    var gaps: [String] {
        definitions.flatMap { definition in
            definition.gaps.map { "\($0.element): \($0.what)" }
        }
    }

    /// The definition that a canonical means, or `nil` when no file holds it.
    func definition(_ canonical: String) -> StructureDefinition? {
        definitions.first { $0.isMeant(by: canonical) }
    }

    /// Whether a file holds another version of what a canonical means.
    func isOtherVersion(_ canonical: String) -> Bool {
        let url = canonical.split(separator: "|", maxSplits: 1).first.map(String.init)
        return definition(canonical) == nil && definitions.contains { $0.url == url }
    }
}

extension SourceRule {
    /// The first thing that keeps a resource from conforming; `nil` when it conforms to any of the
    /// definitions.
    ///
    /// Of several definitions the last one speaks.
    func structureFinding(_ resource: JSONValue, _ now: Instant) -> StructureFinding? {
        var last: StructureFinding?
        for definition in structures {
            guard let finding = definition.check(resource, now: now).findings.first else {
                return nil
            }
            last = finding
        }
        return last
    }
}
