import Basics
import CDSHooks
import ClinicalEngine
import JSON

/// The card for what could not be computed, when the hook document has none for the case.
enum FallbackCard {
    static func card(for facts: CardFacts, identifier: (String) -> UUIDBytes) -> Card {
        let title = String((facts.service.hook.title ?? facts.service.hook.id).prefix(60))
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("label", title)
        writer.endObject()
        let name = "limen-" + facts.status
        return Card(
            name: name,
            uuid: identifier(name),
            summary: CardMarkup.plain(title) + ": " + sentence(facts),
            indicator: .info,
            detail: nil,
            frame: CardFrame(members: [RawMember(name: "source", value: writer.bytes)])
        )
    }

    private static func sentence(_ facts: CardFacts) -> String {
        switch facts.status {
        case "not-applicable": "not applicable to this patient"
        case "undecided": "could not compute, eligibility is unknown"
        case "incomplete" where facts.evaluation?.status == .complete:
            "could not compute, the data may be incomplete"
        case "incomplete": "could not compute, inputs are missing"
        default: "could not compute"
        }
    }
}
