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
    /// A current record with the reference of a draft is that order before it was changed, and
    /// copies of one record count once.
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
        var draftReferences: Set<String> = []
        var seen: Set<ArraySlice<UInt8>> = []
        let sent = Set(drafts.items.compactMap { Self.reference($0.resource) })
        let lost = (drafts.selections ?? []).filter {
            $0.reference.hasPrefix("Medication") && !sent.contains($0.reference)
        }
        // A selection that is no draft may mean any of them, so that all are asked about.
        let selected = lost.isEmpty ? drafts.selections.map { Set($0.map(\.reference)) } : nil
        for item in drafts.items {
            let reference = Self.reference(item.resource)
            if let reference {
                draftReferences.insert(reference)
                // Copies are the same to the byte, and so have the same reference.
                guard seen.insert(item.resource.rawBytes).inserted else { continue }
            }
            let isAsked = selected.map { names in reference.map(names.contains) ?? false } ?? true
            if !append(item.resource, isDraft: true, isAsked: isAsked) { otherOrderCount += 1 }
        }
        for pointer in drafts.unreadable { appendUnreadable(pointer) }
        for selection in lost { appendUnreadable(selection.pointer) }
        for item in current {
            if let reference = Self.reference(item.resource) {
                if draftReferences.contains(reference) { continue }
                guard seen.insert(item.resource.rawBytes).inserted else { continue }
            }
            _ = append(item.resource, isDraft: false, isAsked: drafts.isReview)
        }
    }

    /// How many could not, or not wholly, be checked.
    var uncheckedCount: Int { medicines.count { $0.gap != nil } }

    /// Whether there is a medicine whose pairs are asked for.
    var asksAnything: Bool { medicines.contains(where: \.isAsked) }

    private static func reference(_ resource: JSONValue) -> String? {
        guard let type = resource["resourceType"]?.stringValue,
            let id = resource["id"]?.stringValue, !id.isEmpty
        else { return nil }
        return type + "/" + id
    }

    private mutating func appendUnreadable(_ pointer: String) {
        medicines.append(
            Medicine(
                record: nil,
                pointer: pointer,
                isDraft: true,
                isAsked: true,
                ingredients: [],
                gap: .unreadable
            )
        )
    }

    /// Adds a resource; `false` when it is not about what the patient takes.
    private mutating func append(_ resource: JSONValue, isDraft: Bool, isAsked: Bool) -> Bool {
        guard let record = reader.read(resource) else { return false }
        if let reason = record.exclusion {
            excluded.append((record, reason))
            return true
        }
        let (ingredients, gap) = ingredients(of: record)
        medicines.append(
            Medicine(
                record: record,
                pointer: trail.pointer(of: resource),
                isDraft: isDraft,
                isAsked: isAsked,
                ingredients: ingredients,
                gap: gap
            )
        )
        return true
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
