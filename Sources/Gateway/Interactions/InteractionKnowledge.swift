import CDSHooks
import ClinicalEngine
import Mapping

/// A knowledge base of drug interactions: one folder of `Profiles/` with `interactions.json` and,
/// loaded on site, `*.products.csv`.
package struct InteractionKnowledge: Sendable {
    /// How grave an interaction is.
    enum Severity: String, Sendable, CaseIterable {
        /// The two are not to be given together.
        case contraindicated
        /// Harm is likely without a change.
        case serious
        /// To be known and watched.
        case caution

        /// How urgent its card is.
        var indicator: Card.Indicator {
            switch self {
            case .contraindicated: .critical
            case .serious: .warning
            case .caution: .info
            }
        }

        /// The word a summary begins with.
        var title: String {
            switch self {
            case .contraindicated: "Contraindicated"
            case .serious: "Serious interaction"
            case .caution: "Interaction"
            }
        }
    }

    /// A substance by the name that cards use.
    struct Ingredient: Sendable {
        let name: String
        let codes: [MedicationRecord.Coding]
    }

    /// What another medicine would do in the place of a member of a class.
    struct Alternative: Sendable {
        let replaced: Set<Int>
        let ingredient: Int
    }

    /// A pair of classes: the items of the minimum information model for drug interactions of the
    /// W3C community group, as far as the source states them.
    struct Rule: Sendable {
        let id: String
        let classNames: [String]
        let classMembers: [Set<Int>]
        let severity: Severity
        let consequence: String
        let mechanism: String?
        let advice: String
        let evidence: String
        let alternatives: [Alternative]
    }

    /// The name of the folder.
    package let name: String
    /// The canonical URL of the document.
    package let url: String
    /// The version of the document.
    package let version: String
    let title: String
    /// Where its knowledge is from.
    let source: String
    /// SHA-256 of `interactions.json` in hexadecimal.
    let digest: String
    /// SHA-256 of each product table in hexadecimal, by file name, in order.
    let productDigests: [(name: String, digest: String)]
    let ingredients: [Ingredient]
    let rules: [Rule]
    /// The names of classes of a rule that have no member: their interactions are not found.
    let emptyClasses: [String]
    /// The expanded pairs.
    let table: InteractionTable
    /// What a code stands for: one ingredient, or those of a product.
    let substances: [MedicationRecord.Coding: [Int]]
    let systemAliases: [String: String]

    /// The ingredients of a concept; `nil` when none of its codings is known.
    func ingredients(of concept: MedicationRecord.Concept) -> [Int]? {
        ingredients(of: concept.codings)
    }

    /// The ingredients of codings; `nil` when none of them is known.
    func ingredients(of codings: [MedicationRecord.Coding]) -> [Int]? {
        var found: Set<Int> = []
        for coding in codings {
            guard let system = coding.system else { continue }
            let known = MedicationRecord.Coding(
                system: systemAliases[system] ?? system,
                code: coding.code
            )
            found.formUnion(substances[known] ?? [])
        }
        return found.isEmpty ? nil : found.sorted()
    }
}
