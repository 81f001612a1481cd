import Basics
import CDSHooks
import ClinicalEngine
import Crypto
import JSON
import Mapping

/// Makes the cards of a check: one for each interaction, and one for what is not known.
///
/// Their texts are written here and not in the hook document, because how many there are and what
/// they suggest depends on what was found.
struct InteractionCards {
    let decision: InteractionDecision
    /// The uuid for a name; the same name always gives the same uuid.
    let identifier: (String) -> UUIDBytes
    /// The code of some text under the key of the tenant, as text.
    var digest: ([UInt8]) -> String = { Hexadecimal.text(Digest.sha256($0)) }

    private var knowledge: InteractionKnowledge { decision.knowledge }

    /// The cards, the most urgent first; none when there is nothing to say and nothing was left
    /// unchecked.
    var cards: [Card] {
        switch decision.status {
        case .nothingAsked, .none: return []
        case .tooMany: return [tooMany]
        case .found, .incomplete, .notCovered: break
        }
        let own = decision.findings.prefix(Limits.interactionCardsMax)
        let rest = decision.findings.dropFirst(own.count)
        var cards = own.map(card)
        for (position, finding) in own.enumerated() {
            cards[position].repeatKey = repeatKey(of: finding)
        }
        if !rest.isEmpty { cards.append(remainder(rest)) }
        let isSilentOtherwise =
            decision.status != .notCovered && !decision.isIncomplete
            && decision.screening?.uncovered.isEmpty ?? true
        if !isSilentOtherwise {
            cards.append(InteractionGapText(decision: decision).card(frame, identifier))
        }
        // What was not checked, and lists of many, differ from answer to answer.
        for position in cards.indices.dropFirst(own.count) { cards[position].repeatKey = nil }
        return cards
    }

    // MARK: Interactions

    private func card(_ finding: InteractionScreening.Finding) -> Card {
        let rule = knowledge.rules[knowledge.topRule(of: finding)]
        let (one, other) = names(finding)
        let name = "pair/" + one + "/" + other
        let suggestions = InteractionSuggestions(decision: decision, finding: finding).all
        let ids = suggestions.map { identifier(name + "#" + $0.key) }
        return Card(
            name: "pair",
            uuid: identifier(name),
            summary: "\(rule.severity.title): \(one) with \(other)",
            indicator: rule.severity.indicator,
            detail: detail(finding, one, other),
            suggestionIDs: ids,
            frame: frame(rule.severity.indicator, suggestions.map(\.members))
        )
    }

    /// What makes it the same card in another answer: the pair, and the records that make it.
    ///
    /// An order that was not asked about before is a new decision, also when the pair is known: who
    /// orders the second one has to see the whole card. An order is the same when it is the same to
    /// the byte, and a record that the patient has when it has the same reference.
    private func repeatKey(of finding: InteractionScreening.Finding) -> String {
        let (one, other) = names(finding)
        let positions = Set(finding.drugs.flatMap { [$0.one, $0.other] })
        let records = positions.map { position -> String in
            let medicine = decision.list.medicines[position]
            guard let record = medicine.record else { return medicine.pointer }
            if !medicine.isDraft, let reference = record.reference { return "has " + reference }
            return (medicine.isDraft ? "orders " : "has ") + digest(Array(record.json.rawBytes))
        }
        let all = digest(Array(records.sorted().joined(separator: "\n").utf8))
        return "pair/" + one + "/" + other + "/" + all
    }

    private func names(_ finding: InteractionScreening.Finding) -> (String, String) {
        (knowledge.ingredients[finding.one].name, knowledge.ingredients[finding.other].name)
    }

    private func detail(
        _ finding: InteractionScreening.Finding,
        _ one: String,
        _ other: String
    ) -> String {
        var text = ""
        for position in finding.rules {
            let rule = knowledge.rules[position]
            text += "**\(escaped(rule.consequence))** \(escaped(rule.advice))\n\n"
            if let mechanism = rule.mechanism { text += escaped(mechanism) + "\n\n" }
        }
        text += "| Medicine | Record | |\n|---|---|---|\n"
        var rows: [Int] = []
        for pair in finding.drugs {
            for position in [pair.one, pair.other] where !rows.contains(position) {
                rows.append(position)
            }
        }
        for position in rows.prefix(Limits.interactionListedMax) {
            let medicine = decision.list.medicines[position]
            let record = medicine.record?.reference ?? medicine.record?.resourceType ?? ""
            text += "| \(escaped(knowledge.text(of: medicine.ingredients))) | \(escaped(record)) "
            text += "| \(medicine.isDraft ? "ordered now" : "current") |\n"
        }
        if rows.count > Limits.interactionListedMax {
            text += "\nand \(rows.count - Limits.interactionListedMax) more records\n"
        }
        for position in finding.rules {
            let rule = knowledge.rules[position]
            text += "\n\(escaped(rule.classNames.joined(separator: " with "))): "
            text += escaped(rule.evidence) + ".\n"
        }
        return text + "\n" + InteractionGapText(decision: decision).footer
    }

    private func remainder(_ findings: ArraySlice<InteractionScreening.Finding>) -> Card {
        let top =
            findings.map { knowledge.rules[knowledge.topRule(of: $0)].severity.indicator }
            .max { $0.rank < $1.rank } ?? .critical
        var text = "| Medicines | Severity | Consequence |\n|---|---|---|\n"
        for finding in findings {
            let rule = knowledge.rules[knowledge.topRule(of: finding)]
            let (one, other) = names(finding)
            text += "| \(escaped(one)) with \(escaped(other)) | \(rule.severity.rawValue) "
            text += "| \(escaped(rule.consequence)) |\n"
        }
        return Card(
            name: "more-pairs",
            uuid: identifier("more-pairs"),
            summary: "\(findings.count) more interactions among the medicines of this order",
            indicator: top,
            detail: text + "\n" + InteractionGapText(decision: decision).footer,
            frame: frame(top, [])
        )
    }

    private var tooMany: Card {
        let count = decision.list.medicines.count
        return Card(
            name: "too-many",
            uuid: identifier("too-many"),
            summary: "Interactions were not checked: \(count) medicines are more than can be",
            indicator: .warning,
            detail: "**No interaction was looked for.** At most \(Limits.interactionDrugsMax) "
                + "medicines with \(Limits.interactionIngredientsMax) ingredients are checked at "
                + "once, and \(count) medicines were sent. Check the list by hand.",
            frame: frame(.warning, [])
        )
    }

    // MARK: What cards share

    private func escaped(_ text: String) -> String { CardMarkup.escaped(text) }

    private func frame(_ indicator: Card.Indicator, _ suggestions: [[RawMember]]) -> CardFrame {
        let defaults = decision.service.hook.cardDefaults
        var members = [RawMember(name: "source", value: defaults.source)]
        if !suggestions.isEmpty {
            // Each may be taken; some clients know no other behaviour.
            members.append(RawMember(name: "selectionBehavior", value: Array("\"any\"".utf8)))
        }
        // Information asks for nothing, so there is nothing to override.
        if indicator != .info, let reasons = defaults.overrideReasons {
            members.append(RawMember(name: "overrideReasons", value: reasons))
        }
        return CardFrame(members: members, suggestions: suggestions)
    }
}
