import Basics
import CDSHooks
import ClinicalEngine
import JSON
import Mapping

/// What can be done about an interaction: cancel the draft, or replace its medicine.
///
/// CDS Hooks 2.0, actions: a delete names the resource by `resourceId`, an update carries the
/// resource. Both name the draft by the id that the client gave it.
struct InteractionSuggestions {
    /// One suggestion.
    struct Suggestion {
        /// A name that is the same in every answer to the same drafts.
        let key: String
        let members: [RawMember]
    }

    let decision: InteractionDecision
    let finding: InteractionScreening.Finding

    private var knowledge: InteractionKnowledge { decision.knowledge }

    /// Those that replace come first, as they leave the patient treated.
    var all: [Suggestion] {
        var replacing: [Suggestion] = []
        var cancelling: [Suggestion] = []
        for position in drafts {
            let medicine = decision.list.medicines[position]
            guard let record = medicine.record, let reference = record.reference else { continue }
            let name = knowledge.text(of: medicine.ingredients)
            cancelling.append(cancel(name, reference))
            guard record.resourceType == "MedicationRequest" else { continue }
            for alternative in alternatives(for: position) {
                replacing.append(replace(name, reference, record.json, by: alternative))
            }
        }
        return Array((replacing + cancelling).prefix(Limits.interactionSuggestionsMax))
    }

    /// The drafts of the interaction that are asked about, each once; none when a list is reviewed.
    private var drafts: [Int] {
        var drafts: [Int] = []
        for pair in finding.drugs {
            for position in [pair.one, pair.other]
            where isDraft(position) && !drafts.contains(position) {
                drafts.append(position)
            }
        }
        return drafts.sorted()
    }

    /// Whether a medicine is asked about and not yet ordered: what the patient already takes is
    /// never offered for deletion.
    private func isDraft(_ position: Int) -> Bool {
        let medicine = decision.list.medicines[position]
        return medicine.isAsked && medicine.isDraft
    }

    private func cancel(_ name: String, _ reference: String) -> Suggestion {
        let label = "Cancel the order for " + name
        return suggestion("cancel/" + reference, label) { writer in
            writer.member("type", "delete")
            writer.member("description", label)
            writer.member("resourceId", reference)
        }
    }

    /// What the rules name in the place of a draft, unless it interacts with something else.
    private func alternatives(for position: Int) -> [Int] {
        let medicines = decision.list.medicines
        // A product of several substances has no single other in its place.
        guard medicines[position].ingredients.count == 1, medicines[position].gap == nil else {
            return []
        }
        let ingredient = medicines[position].ingredients[0]
        var found: [Int] = []
        for rule in finding.rules {
            for alternative in knowledge.rules[rule].alternatives
            where alternative.replaced.contains(ingredient)
                && !found.contains(alternative.ingredient)
            {
                let isFree = medicines.enumerated().allSatisfy { other, medicine in
                    other == position
                        || medicine.ingredients.allSatisfy {
                            knowledge.table.rules(about: alternative.ingredient, and: $0).isEmpty
                        }
                }
                if isFree { found.append(alternative.ingredient) }
            }
        }
        return found
    }

    private func replace(
        _ name: String,
        _ reference: String,
        _ draft: JSONValue,
        by ingredient: Int
    ) -> Suggestion {
        let other = knowledge.ingredients[ingredient]
        let label = "Replace \(name) by \(other.name); the dose is to be entered"
        return suggestion("replace/\(reference)/\(other.name)", label) { writer in
            writer.member("type", "update")
            writer.member("description", label)
            writer.name("resource")
            Self.write(draft, asking: other, to: &writer)
        }
    }

    private func suggestion(
        _ key: String,
        _ label: String,
        _ action: (inout JSONWriter) -> Void
    ) -> Suggestion {
        var text = JSONWriter()
        text.value(label)
        var actions = JSONWriter(reservingBytes: 512)
        actions.beginArray()
        actions.beginObject()
        action(&actions)
        actions.endObject()
        actions.endArray()
        return Suggestion(
            key: key,
            members: [
                RawMember(name: "label", value: text.bytes),
                RawMember(name: "actions", value: actions.bytes),
            ]
        )
    }

    /// What belongs to the medicine that is replaced and would be wrong for another: its dose, its
    /// dispensing, its Medication and the narrative that tells of it.
    private static let left: Set<String> = [
        "text", "medicationCodeableConcept", "medicationReference", "medication",
        "dosageInstruction", "renderedDosageInstruction", "effectiveDosePeriod",
        "dispenseRequest", "substitution", "contained",
    ]

    /// The draft with another medicine; everything else stays as the client sent it.
    private static func write(
        _ draft: JSONValue,
        asking ingredient: InteractionKnowledge.Ingredient,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        for (name, value) in draft.members {
            let member = name.stringValue ?? ""
            if left.contains(member) || left.contains(String(member.drop { $0 == "_" })) {
                continue
            }
            writer.name(member)
            writer.value(value)
        }
        let kept = (draft["contained"]?.elements.map { $0 } ?? []).filter {
            let type = $0["resourceType"]?.stringValue
            return type != "Medication" && type != "Substance"
        }
        if !kept.isEmpty {
            writer.name("contained")
            writer.beginArray()
            for resource in kept { writer.value(resource) }
            writer.endArray()
        }
        // R5 has one member for both forms.
        let isR5 = draft["medication"] != nil
        writer.name(isR5 ? "medication" : "medicationCodeableConcept")
        if isR5 {
            writer.beginObject()
            writer.name("concept")
        }
        writer.beginObject()
        writer.name("coding")
        writer.beginArray()
        for coding in ingredient.codes {
            writer.beginObject()
            writer.member("system", ifPresent: coding.system)
            writer.member("code", coding.code)
            writer.member("display", ingredient.name)
            writer.endObject()
        }
        writer.endArray()
        writer.member("text", ingredient.name)
        writer.endObject()
        if isR5 { writer.endObject() }
        writer.endObject()
    }
}
