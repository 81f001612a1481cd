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

    /// One suggestion before it is written.
    private struct Offer {
        let position: Int
        /// The ingredient that is offered in its place; `nil` where the order is cancelled.
        let alternative: Int?
        let label: String
    }

    /// Those that replace come first, as they leave the patient treated.
    var all: [Suggestion] {
        var replacing: [Offer] = []
        var cancelling: [Offer] = []
        for position in drafts {
            let name = knowledge.text(of: decision.list.medicines[position].ingredients)
            cancelling.append(
                Offer(
                    position: position,
                    alternative: nil,
                    label: "Cancel the order for " + name
                )
            )
            for alternative in alternatives(for: position) {
                let other = knowledge.ingredients[alternative].name
                let label = "Replace \(name) by \(other); the dose is to be entered"
                replacing.append(Offer(position: position, alternative: alternative, label: label))
            }
        }
        let offers = replacing + cancelling
        let marks = marks(offers)
        return offers.prefix(Limits.interactionSuggestionsMax).compactMap { offer in
            suggestion(offer, marks[offer.position])
        }
    }

    /// The drafts of the interaction that are asked about, each once; none when a list is reviewed.
    ///
    /// What the patient already takes is never offered for deletion, though it be signed again.
    /// Nothing can be named that has no id, or one that two drafts have.
    private var drafts: [Int] {
        Set(finding.drugs.flatMap { [$0.one, $0.other] }).sorted().filter { position in
            let medicine = decision.list.medicines[position]
            return medicine.isAsked && medicine.isChangeable
        }
    }

    /// What the rules name in the place of a draft, unless it interacts with something else; none
    /// when another medicine is one of them.
    private func alternatives(for position: Int) -> [Int] {
        let medicines = decision.list.medicines
        // A product of several substances has no single other in its place.
        guard medicines[position].ingredients.count == 1, medicines[position].gap == nil else {
            return []
        }
        let ingredient = medicines[position].ingredients[0]
        let others = medicines.indices.filter { $0 != position }
        var found: [Int] = []
        for rule in finding.rules {
            for alternative in knowledge.rules[rule].alternatives
            where alternative.replaced.contains(ingredient) {
                let other = alternative.ingredient
                let isTaken = others.contains { medicines[$0].ingredients.contains(other) }
                guard !isTaken else { return [] }
                let isFree = others.allSatisfy {
                    medicines[$0].ingredients.allSatisfy {
                        knowledge.table.rules(about: other, and: $0).isEmpty
                    }
                }
                if isFree, !found.contains(other) { found.append(other) }
            }
        }
        return found
    }

    private func suggestion(_ offer: Offer, _ mark: String?) -> Suggestion? {
        guard let record = decision.list.medicines[offer.position].record,
            let reference = record.reference
        else { return nil }
        let label = mark.map { "\(offer.label) (\($0))" } ?? offer.label
        guard let alternative = offer.alternative else {
            return suggestion("cancel/" + reference, label) { writer in
                writer.member("type", "delete")
                writer.member("description", label)
                writer.member("resourceId", reference)
            }
        }
        let other = knowledge.ingredients[alternative]
        return suggestion("replace/\(reference)/\(other.name)", label) { writer in
            writer.member("type", "update")
            writer.member("description", label)
            writer.name("resource")
            Self.write(record.json, asking: other, to: &writer)
        }
    }

    // MARK: Orders of one medicine

    /// How long a label may be with what tells two orders apart: more is cut off on buttons.
    private static let labelCharactersMax = 80

    /// What tells orders of one medicine apart, by position; none for a medicine that is ordered
    /// once.
    private func marks(_ offers: [Offer]) -> [Int: String] {
        var marks: [Int: String] = [:]
        let byName = Dictionary(grouping: drafts) {
            knowledge.text(of: decision.list.medicines[$0].ingredients)
        }
        for positions in byName.values where positions.count > 1 {
            let group = Set(positions)
            let labels = offers.filter { group.contains($0.position) }.map(\.label.utf16.count)
            let room = Self.labelCharactersMax - " ()".count - (labels.max() ?? 0)
            for (position, mark) in zip(positions, self.marks(of: positions, within: room)) {
                marks[position] = mark
            }
        }
        return marks
    }

    /// The doses of orders, their ids or their numbers: the first that are short and all differ.
    private func marks(of positions: [Int], within room: Int) -> [String] {
        let records = positions.map { decision.list.medicines[$0].record }
        let doses = records.map { record in
            let instructions = record?.json["dosageInstruction"]?.elements.map { $0 } ?? []
            return instructions.count == 1 ? instructions[0]["text"]?.stringValue ?? "" : ""
        }
        for marks in [doses, records.map { "order " + ($0?.id ?? "") }] {
            let areShort = marks.allSatisfy { mark in
                mark.utf16.count <= room && mark.contains { !$0.isWhitespace }
                    && !mark.contains(where: \.isNewline)
            }
            if areShort, Set(marks).count == marks.count { return marks }
        }
        return positions.indices.map { "order \($0 + 1) of \(positions.count)" }
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
