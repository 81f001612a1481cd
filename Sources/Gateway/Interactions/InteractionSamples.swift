import Basics
import CDSHooks
import JSON
import Mapping

/// The cards that the table of a service really gives, for who looks at them before a client goes
/// live: one answer for each of its rules, and one with more than is shown one by one.
struct InteractionSamples {
    let service: LoadedService
    let knowledge: InteractionKnowledge

    private static let patientID = "sample"

    /// The answers with a name for each, as JSON arrays of cards.
    var all: [(name: String, cards: [UInt8])] {
        var samples: [(name: String, cards: [UInt8])] = []
        var everything: [Int] = []
        for rule in knowledge.rules {
            guard let pair = longestPair(rule) else { continue }
            samples.append(("pair " + rule.id, cards(of: pair)))
            for ingredient in pair where !everything.contains(ingredient) {
                everything.append(ingredient)
            }
        }
        // What is beyond the bound goes onto one card, and so does what the table does not know.
        samples.append(("all pairs", cards(of: everything, withUnknown: true)))
        return samples
    }

    /// The members of a rule's classes with the longest names, each another.
    private func longestPair(_ rule: InteractionKnowledge.Rule) -> [Int]? {
        func longest(_ members: Set<Int>, but other: Int?) -> Int? {
            members.filter { $0 != other && !knowledge.ingredients[$0].codes.isEmpty }.max {
                let (one, two) = (knowledge.ingredients[$0].name, knowledge.ingredients[$1].name)
                return (one.utf16.count, one) < (two.utf16.count, two)
            }
        }
        guard let first = rule.classMembers.first, let last = rule.classMembers.last,
            let one = longest(first, but: nil), let other = longest(last, but: one)
        else { return nil }
        return [one, other]
    }

    private func cards(of ingredients: [Int], withUnknown: Bool = false) -> [UInt8] {
        var codings = ingredients.compactMap { knowledge.ingredients[$0].codes.first }
            .map { (system: $0.system ?? "", code: $0.code) }
        if withUnknown { codings.append((system: "urn:nobody", code: "unknown")) }
        var writer = JSONWriter()
        writer.beginArray()
        for (position, coding) in codings.enumerated() {
            write(coding.system, coding.code, position, to: &writer)
        }
        writer.endArray()
        guard let orders = try? JSONDocument(parsing: writer.bytes) else {
            return Array("[]".utf8)
        }
        let items = orders.root.elements.map { Prefetch.Item(resource: $0, fullURL: nil) }
        let list = MedicineList(
            DraftOrders(items: items, isReview: isReview),
            current: isReview ? items : [],
            knowledge: knowledge,
            patientID: Self.patientID,
            patientURLs: []
        )
        let decision = InteractionDecision(
            list,
            knowledge: knowledge,
            service: service,
            gaps: DataGaps(isPaged: false, hasError: false, unsent: [], failed: [])
        )
        let cards = InteractionCards(decision: decision) { name in
            // The same name gives the same number, as the key of a tenant does.
            let high = name.utf8.reduce(UInt64(1)) { $0 &* 257 &+ UInt64($1) }
            return UUIDBytes(high: high, low: 1 << 63).withVersion(8)
        }.cards
        return CDSResponse(cards: cards).cardsJSON
    }

    /// Whether the hook orders nothing, so that current medicines are asked about.
    private var isReview: Bool {
        switch service.hook.definition.medicines {
        case .drafts: false
        case .review, .none: true
        }
    }

    private func write(
        _ system: String,
        _ code: String,
        _ position: Int,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("resourceType", "MedicationRequest")
        writer.member("id", "order-\(position)")
        writer.member("status", isReview ? "active" : "draft")
        writer.member("intent", "order")
        writer.name("subject")
        writer.beginObject()
        writer.member("reference", "Patient/" + Self.patientID)
        writer.endObject()
        writer.name("medicationCodeableConcept")
        writer.beginObject()
        writer.name("coding")
        writer.beginArray()
        writer.beginObject()
        writer.member("system", system)
        writer.member("code", code)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        writer.endObject()
    }
}
