import CDSHooks
import JSON
import Mapping

/// The medicines of a call: what is ordered now and what the patient has, as ingredients.
struct MedicineList {
    /// Why a medicine is not, or not wholly, checked.
    enum Gap: String, CaseIterable {
        /// It cannot be told whose it is.
        case subject
        /// A resource type that this release does not read.
        case type
        /// The Medication that it names was not sent.
        case notSent = "not-sent"
        /// It is named by text or not at all.
        case noCode = "no-code"
        /// None of its codes is known.
        case unknownCode = "unknown-code"
        /// One of its ingredients is not known, or has a form that is not read.
        case inPart = "in-part"
        /// The Medication that it names was sent with different contents: all of them are checked.
        case versions
        /// With it there would be more codes than are read.
        case tooManyCodes = "too-many-codes"
        /// The entry holds no resource of a known type, or orders inside another resource, or a
        /// selection or group names an order that was not sent.
        case unreadable

        init(_ doubt: MedicationRecord.Doubt) {
            self =
                switch doubt {
                case .subject: .subject
                case .type: .type
                case .notSent: .notSent
                case .noCode: .noCode
                case .tooManyCodes: .tooManyCodes
                }
        }

        /// What a clinician reads.
        var sentence: String {
            switch self {
            case .subject: "it could not be told whose it is"
            case .type: "a kind of record that is not read"
            case .notSent: "the medicine that it refers to was not sent, or not only once"
            case .noCode: "it has no code, and medicines are never told by their text"
            case .unknownCode: "none of its codes is known to the table"
            case .inPart: "one of its ingredients is not known to the table, or cannot be read"
            case .versions: "what it refers to was sent with different contents; all were checked"
            case .tooManyCodes: "the medicines that were sent have more codes than can be read"
            case .unreadable: "it could not be read, or names or holds an order that could not"
            }
        }
    }

    /// One medicine.
    struct Medicine {
        /// The resource; `nil` for an entry that could not be read.
        let record: MedicationRecord?
        /// Where it stands in the request, as a JSON Pointer.
        let pointer: String
        /// Whether it is ordered now.
        let isDraft: Bool
        /// Whether its pairs are asked for.
        let isAsked: Bool
        /// What is known of its ingredients.
        let ingredients: [Int]
        /// Why it is not, or not wholly, checked.
        let gap: Gap?
        /// Whether it is a draft that is nothing else yet and alone has its id, so that it may be
        /// cancelled or changed.
        let isChangeable: Bool
    }

    /// What is known of the medicine of a record.
    private struct Contents {
        let record: MedicationRecord
        let ingredients: [Int]
        let gap: Gap?
    }

    /// What the drafts of one id name.
    private struct DraftContents {
        /// What is checked wholly by its ingredients, or else told by its codes.
        private struct Codes: Hashable {
            let gap: Gap
            let medicine: [MedicationRecord.Coding]?
            let ingredients: [[MedicationRecord.Coding]]

            init(_ gap: Gap, _ record: MedicationRecord) {
                self.gap = gap
                medicine = record.medicine?.codings
                ingredients = record.ingredients.map(\.codings)
            }
        }

        private var known: Set<[Int]> = []
        private var byIngredient: [Int: [Set<Int>]] = [:]
        private var unchecked: Set<Codes> = []

        mutating func insert(_ contents: Contents) {
            if let gap = contents.gap { unchecked.insert(Codes(gap, contents.record)) }
            guard known.insert(contents.ingredients).inserted else { return }
            let all = Set(contents.ingredients)
            for ingredient in all { byIngredient[ingredient, default: []].append(all) }
        }

        /// Whether one of the drafts names every medicine that these contents name.
        ///
        /// The same codes have the same ingredients.
        func cover(_ contents: Contents) -> Bool {
            if let gap = contents.gap { return unchecked.contains(Codes(gap, contents.record)) }
            guard let first = contents.ingredients.first else { return !known.isEmpty }
            return (byIngredient[first] ?? []).contains { $0.isSuperset(of: contents.ingredients) }
        }
    }

    /// What counts, drafts first.
    private(set) var medicines: [Medicine] = []
    /// What is over or not to be given.
    private(set) var excluded: [(record: MedicationRecord, reason: MedicationRecord.Exclusion)] = []
    /// Whether nothing is being ordered, so that the medicines the patient has are asked about.
    let isReview: Bool
    /// How many draft orders are not about medicines.
    private(set) var otherOrderCount = 0

    private let knowledge: InteractionKnowledge
    private var reader: MedicationReader
    private var trail = JSONPointerTrail()

    /// Reads drafts and what the patient has.
    ///
    /// A current record with the reference of a draft is that order before it was changed, unless
    /// it is in force with another medicine: then two orders have one id, and both count. Copies
    /// of one record count once.
    init(
        _ drafts: DraftOrders,
        current: [Prefetch.Item],
        knowledge: InteractionKnowledge,
        patientID: String,
        patientURLs: [String]
    ) {
        self.knowledge = knowledge
        isReview = drafts.isReview
        reader = MedicationReader(
            (drafts.items + current).map {
                .init($0.resource, fullURL: $0.fullURL?.stringValue)
            },
            patientID: patientID,
            patientFullURLs: patientURLs
        )
        let question = drafts.question(beside: current)
        let changeable = Self.changeable(drafts.items, beside: current)
        var drafted: [String: DraftContents] = [:]
        var seen: Set<ArraySlice<UInt8>> = []
        for item in drafts.items {
            let reference = DraftOrders.reference(of: item.resource)
            // Copies are the same to the byte, and so have the same reference.
            if reference != nil, !seen.insert(item.resource.rawBytes).inserted { continue }
            guard let contents = read(item.resource) else {
                otherOrderCount += 1
                continue
            }
            if let reference { drafted[reference, default: .init()].insert(contents) }
            append(
                contents,
                isDraft: true,
                isAsked: question.asks(about: item),
                isChangeable: contents.record.resourceType == "MedicationRequest"
                    && Self.isDraft(item.resource) && reference.map(changeable.contains) ?? false
            )
        }
        for pointer in drafts.unreadable + question.lost { appendUnreadable(pointer) }
        for item in current {
            let reference = DraftOrders.reference(of: item.resource)
            if reference != nil, !seen.insert(item.resource.rawBytes).inserted { continue }
            guard let contents = read(item.resource) else { continue }
            if let drafts = reference.flatMap({ drafted[$0] }) {
                let isOver = contents.record.exclusion != nil || Self.isDraft(item.resource)
                if isOver || drafts.cover(contents) { continue }
            }
            append(contents, isDraft: false, isAsked: drafts.isReview, isChangeable: false)
        }
    }

    /// How many could not, or not wholly, be checked.
    var uncheckedCount: Int { medicines.count { $0.gap != nil } }

    /// Whether there is a medicine whose pairs are asked for.
    var asksAnything: Bool { medicines.contains(where: \.isAsked) }

    private static func isDraft(_ resource: JSONValue) -> Bool {
        resource["status"]?.isString("draft") ?? false
    }

    /// The references that one draft has, and nothing that is in force.
    private static func changeable(
        _ drafts: [Prefetch.Item],
        beside current: [Prefetch.Item]
    ) -> Set<String> {
        var copies: [String: Set<ArraySlice<UInt8>>] = [:]
        for item in drafts {
            guard let reference = DraftOrders.reference(of: item.resource) else { continue }
            copies[reference, default: []].insert(item.resource.rawBytes)
        }
        let inForce = current.filter { !isDraft($0.resource) }
            .compactMap { DraftOrders.reference(of: $0.resource) }
        return Set(copies.filter { $0.value.count == 1 }.keys).subtracting(inForce)
    }

    private mutating func appendUnreadable(_ pointer: String) {
        medicines.append(
            Medicine(
                record: nil,
                pointer: pointer,
                isDraft: true,
                isAsked: true,
                ingredients: [],
                gap: .unreadable,
                isChangeable: false
            )
        )
    }

    /// What a resource says; `nil` when it is not about what the patient takes.
    private mutating func read(_ resource: JSONValue) -> Contents? {
        guard let record = reader.read(resource) else { return nil }
        let (ingredients, gap) = ingredients(of: record)
        return Contents(record: record, ingredients: ingredients, gap: gap)
    }

    private mutating func append(
        _ contents: Contents,
        isDraft: Bool,
        isAsked: Bool,
        isChangeable: Bool
    ) {
        let record = contents.record
        if let reason = record.exclusion {
            excluded.append((record, reason))
            return
        }
        medicines.append(
            Medicine(
                record: record,
                pointer: trail.pointer(of: record.json),
                isDraft: isDraft,
                isAsked: isAsked,
                ingredients: contents.ingredients,
                gap: contents.gap,
                isChangeable: isChangeable
            )
        )
    }

    private func ingredients(of record: MedicationRecord) -> (known: [Int], gap: Gap?) {
        if let doubt = record.doubt { return ([], Gap(doubt)) }
        let whole = record.medicine.flatMap(knowledge.ingredients)
        let parts = record.ingredients.map(knowledge.ingredients)
        let known = Set((whole ?? []) + parts.flatMap { $0 ?? [] }).sorted()
        guard !known.isEmpty else { return ([], .unknownCode) }
        switch record.blur {
        case .versions: return (known, .versions)
        case .part: return (known, .inPart)
        case nil: return (known, parts.contains { $0 == nil } ? .inPart : nil)
        }
    }
}
