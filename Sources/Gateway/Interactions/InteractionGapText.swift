import Basics
import CDSHooks
import ClinicalEngine
import Mapping

/// Says what a check of interactions could not tell: medicines that were not checked, lists that
/// were not sent, and pairs that the table knows nothing about.
struct InteractionGapText {
    let decision: InteractionDecision

    private var list: MedicineList { decision.list }
    private var knowledge: InteractionKnowledge { decision.knowledge }
    private var uncovered: [InteractionScreening.DrugPair] { decision.screening?.uncovered ?? [] }

    /// The card.
    func card(
        _ frame: (Card.Indicator, [[RawMember]]) -> CardFrame,
        _ identifier: (String) -> UUIDBytes
    ) -> Card {
        Card(
            name: "not-checked",
            uuid: identifier("not-checked"),
            summary: summary,
            indicator: .info,
            detail: detail,
            frame: frame(.info, [])
        )
    }

    private var unchecked: String {
        let medicines = list.medicines.count == 1 ? "medicine" : "medicines"
        let verb = list.uncheckedCount == 1 ? "was" : "were"
        return "\(list.uncheckedCount) of \(list.medicines.count) \(medicines) \(verb) not checked"
    }

    /// What the table says of those that were checked, when there are any and it has none.
    private var rest: String {
        let count = list.medicines.count - list.uncheckedCount
        guard decision.findings.isEmpty, count > 0 else { return "" }
        return "; the table has none for the " + (count == 1 ? "other" : "others")
    }

    private var summary: String {
        if list.uncheckedCount > 0 {
            return unchecked + " for interactions" + rest
        }
        if decision.isIncomplete {
            return "Interactions: not all lists of medicines were sent"
                + (decision.findings.isEmpty ? "; the table has none for those that were" : "")
        }
        guard !uncovered.isEmpty else {
            return "Interactions: none found, but a class of the table is not loaded at this site"
        }
        let more = uncovered.count > 1 ? " and \(uncovered.count - 1) more" : ""
        let pair = uncovered.first.map { pair in
            short(pair.one) + " with " + short(pair.other)
        }
        return "Not covered by the interaction table: \(pair ?? "")\(more): not known to be safe"
    }

    /// A name of which two leave room for the words around them.
    private func short(_ medicine: Int) -> String {
        let name = knowledge.text(of: list.medicines[medicine].ingredients)
        guard name.utf16.count > Self.shortCharactersMax else { return name }
        return name.prefix(Self.shortCharactersMax / 2) + "…"
    }

    private static let shortCharactersMax = 27

    private var detail: String {
        var text = ""
        if decision.findings.isEmpty {
            text +=
                "**No interaction of the table was found. This is not a finding of safety.**\n\n"
        }
        if list.uncheckedCount > 0 {
            text += "**\(unchecked):**\n\n" + uncheckedList + "\n"
        }
        if !uncovered.isEmpty {
            text += "**Not covered:** the table knows nothing about these pairs.\n\n"
            text += uncoveredList + "\n"
        }
        if !decision.gaps.unsent.isEmpty {
            text += "Not sent: " + escaped(decision.gaps.unsent) + ".\n\n"
        }
        if let reported = decision.gaps.reported {
            text += "Sent with an error: " + escaped(reported) + ".\n\n"
        }
        if decision.gaps.isLacking {
            text += "Not wholly sent, or not to be read: " + escaped(decision.gaps.lacking)
            text += ".\n\n"
        }
        for (names, failure) in decision.gaps.unavailable {
            text += "Not available, because " + failure.reason + ": " + escaped(names) + ".\n\n"
        }
        if decision.gaps.isPaged {
            text += "There are more records than "
            text += decision.gaps.isCut ? "could be fetched.\n\n" : "were sent.\n\n"
        }
        return text + footer
    }

    private func escaped(_ names: [String]) -> String {
        CardMarkup.escaped(names.joined(separator: ", "))
    }

    private var uncheckedList: String {
        let gaps = list.medicines.filter { $0.gap != nil }
        var text = ""
        for medicine in gaps.prefix(Limits.interactionListedMax) {
            let record = medicine.record
            let name = record?.name ?? record?.reference ?? record?.resourceType ?? "a draft order"
            text += "- " + CardMarkup.escaped(String(name.prefix(80)))
            text += medicine.isDraft ? " (ordered now): " : ": "
            text += medicine.gap?.sentence ?? ""
            let systems = Set(
                ((record?.medicine.map { [$0] } ?? []) + (record?.ingredients ?? []))
                    .flatMap(\.codings).map { $0.system ?? "no system" }
            )
            if !systems.isEmpty {
                text += "; its codes are of " + escaped(Array(systems.sorted().prefix(5)))
            }
            text += "\n"
        }
        if gaps.count > Limits.interactionListedMax {
            text += "- and \(gaps.count - Limits.interactionListedMax) more\n"
        }
        return text
    }

    private var uncoveredList: String {
        var text = ""
        for pair in uncovered.prefix(Limits.interactionListedMax) {
            let names = [pair.one, pair.other].map {
                CardMarkup.escaped(knowledge.text(of: list.medicines[$0].ingredients))
            }
            text += "- " + names.joined(separator: " with ") + "\n"
        }
        if uncovered.count > Limits.interactionListedMax {
            text += "- and \(uncovered.count - Limits.interactionListedMax) more pairs\n"
        }
        return text
    }

    /// What the table is, at the end of every card.
    var footer: String {
        var text = ""
        if !decision.findings.isEmpty, list.uncheckedCount > 0 { text += unchecked + ". " }
        text +=
            "Table: \(CardMarkup.escaped(knowledge.title)) \(CardMarkup.escaped(knowledge.version)), "
        text += "\(knowledge.table.pairCount) pairs. What is not in it was not looked for."
        if !knowledge.emptyClasses.isEmpty {
            text += " Not loaded at this site: " + escaped(knowledge.emptyClasses) + "."
        }
        return text + "\n\n" + CardMarkup.escaped(knowledge.source)
    }
}
