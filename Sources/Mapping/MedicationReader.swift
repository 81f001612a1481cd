import Basics
package import JSON

/// Reads MedicationRequest, MedicationStatement, MedicationAdministration and MedicationDispense
/// (FHIR R4 and R5) with the Medications they name.
///
/// A Medication that many records name is read once, and the codes of all records together are
/// bounded (`Limits.medicationCodingsMax`): some kilobytes could otherwise ask for gigabytes.
package struct MedicationReader {
    /// A resource and the `fullUrl` of its Bundle entry.
    package struct Sent: Sendable {
        /// The resource.
        package let resource: JSONValue
        /// The `fullUrl`.
        package let fullURL: String?

        /// Makes one.
        package init(_ resource: JSONValue, fullURL: String?) {
            self.resource = resource
            self.fullURL = fullURL
        }
    }

    /// The types that are read.
    package static let types = [
        "MedicationRequest", "MedicationStatement", "MedicationAdministration",
        "MedicationDispense",
    ]

    /// Statuses that end a matter, whatever the type (FHIR R4 and R5 value sets of `status`).
    ///
    /// A status that is missing or not known counts: leaving a medicine out is the greater harm.
    private static let overStatuses: Set<String> = [
        "cancelled", "completed", "declined", "ended", "entered-in-error", "not-done",
        "not-taken", "stopped",
    ]

    private let subjects: SubjectMatcher
    /// The Medications and Substances that stand by themselves, by name; of some several copies.
    private var shelf: [String: [JSONValue]] = [:]
    /// What was found in those of them that a record or an ingredient names.
    private var contents: [ShelfKey: Content] = [:]
    /// How many codings were read of what counts, and of what is over.
    private var codingCounts = (current: 0, over: 0)

    /// What is named, and whether an ingredient names it, of which the code alone is read.
    private struct ShelfKey: Hashable {
        let name: String
        let isPart: Bool
    }

    /// Knows the patient in context and everything that was sent.
    package init(_ sent: [Sent], patientID: String, patientFullURLs: [String]) {
        subjects = SubjectMatcher(patientID: patientID, fullURLs: patientFullURLs)
        for item in sent {
            guard let type = item.resource["resourceType"]?.stringValue,
                type == "Medication" || type == "Substance"
            else { continue }
            if let id = item.resource["id"]?.stringValue, isOurs(item.fullURL, type, id) {
                shelf[type + "/" + id, default: []].append(item.resource)
            }
            if let url = item.fullURL { shelf[url, default: []].append(item.resource) }
        }
    }

    /// Whether `Type/id` names the resource: that of an entry from another server than the
    /// Patient's is another one.
    private func isOurs(_ fullURL: String?, _ type: String, _ id: String) -> Bool {
        let end = "/" + type + "/" + id
        guard let fullURL, !subjects.serverBases.isEmpty,
            SubjectMatcher.isAbsolute(Array(fullURL.utf8)[...]), fullURL.hasSuffix(end)
        else { return true }
        return subjects.serverBases.contains(Array(fullURL.utf8.dropLast(end.utf8.count)))
    }

    /// The record of a resource; `nil` when it is not about what the patient takes.
    ///
    /// What is over has a bound of its own, so a long history is no hindrance to what counts.
    package mutating func read(_ resource: JSONValue) -> MedicationRecord? {
        guard let type = resource["resourceType"]?.stringValue, type.hasPrefix("Medication"),
            type != "Medication", type != "MedicationKnowledge"
        else { return nil }
        let status = resource["status"]?.stringValue
        let exclusion = exclusion(resource, status)
        let found = find(resource, isOver: exclusion != nil)
        let isKnown = Self.types.contains(type)
        let doubt: MedicationRecord.Doubt? =
            if !isKnown { .type } else if !isAboutPatient(resource) { .subject } else {
                found.doubt
            }
        return MedicationRecord(
            json: resource,
            resourceType: type,
            id: resource["id"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 },
            status: status,
            exclusion: exclusion,
            doubt: doubt,
            medicine: found.content.medicine,
            ingredients: found.content.ingredients,
            blur: found.content.blur,
            name: found.content.name
        )
    }

    private func exclusion(_ resource: JSONValue, _ status: String?) -> MedicationRecord.Exclusion?
    {
        // Handed out or given is what became of the medicine, not the end of its effect.
        let isGiven =
            status == "completed"
            && ["MedicationDispense", "MedicationAdministration"].contains {
                resource["resourceType"]?.isString($0) ?? false
            }
        if let status, !isGiven, Self.overStatuses.contains(status) { return .status }
        for name in ["doNotPerform", "notGiven", "wasNotGiven", "notDone"]
        where resource[name]?.boolValue ?? false {
            return .negation
        }
        // STU3 MedicationStatement.taken: `n` for a medicine that is not taken.
        if resource["taken"]?.isString("n") ?? false { return .negation }
        return nil
    }

    private func isAboutPatient(_ resource: JSONValue) -> Bool {
        guard let subject = resource["subject"] ?? resource["patient"] else { return false }
        return switch subjects.judge(subject.place, on: subject.tape) {
        case .same: true
        case .other, .finding: false
        }
    }

    // MARK: The medicine

    /// What a Medication or a Substance says.
    private struct Content {
        private(set) var medicine: MedicationRecord.Concept?
        private(set) var ingredients: [MedicationRecord.Concept] = []
        var name: String?
        /// How many codings it has, and ingredients without one.
        private(set) var codingCount = 0
        /// Whether a coding is among them.
        private(set) var hasCode = false
        var blur: MedicationRecord.Blur?

        mutating func take(_ concept: JSONValue?) {
            guard let concept, !concept.isNull else { return }
            guard concept.kind == .object else {
                blur = .part
                return
            }
            if let coding = concept["coding"], !coding.isNull, coding.kind != .array {
                blur = .part
            }
            take(MedicationRecord.Concept(codings: MedicationReader.codings(of: concept)))
            name =
                name ?? MedicationReader.name(concept["text"])
                ?? concept["coding"]?.elements.lazy
                .compactMap { MedicationReader.name($0["display"]) }.first
        }

        private mutating func take(_ concept: MedicationRecord.Concept) {
            let known = medicine?.codings ?? []
            medicine = known.isEmpty ? concept : .init(codings: known + concept.codings)
            codingCount += concept.codings.count
            hasCode = hasCode || !concept.codings.isEmpty
        }

        mutating func append(ingredient: MedicationRecord.Concept) {
            ingredients.append(ingredient)
            codingCount += max(ingredient.codings.count, 1)
            hasCode = hasCode || !ingredient.codings.isEmpty
        }

        /// Takes the codes of another copy, of which it cannot be told which one is true.
        mutating func join(_ copy: Content) {
            blur = .versions
            if let medicine = copy.medicine { append(ingredient: medicine) }
            for ingredient in copy.ingredients { append(ingredient: ingredient) }
        }

        /// The codes of a copy; two that have the same say the same.
        struct Codes: Hashable {
            let medicine: Set<MedicationRecord.Coding>
            let ingredients: Set<Set<MedicationRecord.Coding>>
        }

        var codes: Codes {
            Codes(
                medicine: Set(medicine?.codings ?? []),
                ingredients: Set(ingredients.map { Set($0.codings) })
            )
        }

        /// Takes what the Medication says that a record names beside its own concept.
        mutating func merge(_ named: Content) {
            if let medicine = named.medicine { take(medicine) }
            name = name ?? named.name
            blur = blur ?? named.blur
            ingredients = named.ingredients
            codingCount += named.codingCount - (named.medicine?.codings.count ?? 0)
            hasCode = hasCode || named.hasCode
        }
    }

    /// What was found of a medicine.
    private struct Found {
        var content = Content()
        var doubt: MedicationRecord.Doubt?
    }

    /// Counts codings; `false` when they are more than are read.
    private mutating func count(_ codings: Int, isOver: Bool) -> Bool {
        let counted = (isOver ? codingCounts.over : codingCounts.current) + codings
        guard counted <= Limits.medicationCodingsMax else { return false }
        if isOver { codingCounts.over = counted } else { codingCounts.current = counted }
        return true
    }

    private mutating func find(_ resource: JSONValue, isOver: Bool) -> Found {
        var found = Found()
        var reference = resource["medicationReference"]
        var concept = resource["medicationCodeableConcept"]
        if let medication = resource["medication"] {
            // R5 CodeableReference.
            concept = concept ?? medication["concept"]
            reference = reference ?? medication["reference"]
        }
        found.content.take(concept)
        var named: Content?
        if let reference {
            found.content.name = found.content.name ?? Self.name(reference["display"])
            if let text = reference["reference"]?.stringValue {
                named = content(text, in: resource)
                if named == nil { found.doubt = .notSent }
            }
        }
        // Before anything is joined: many records may name one Medication.
        let codings = found.content.codingCount + (named?.codingCount ?? 0)
        guard count(codings, isOver: isOver) else {
            let name = found.content.name ?? named?.name
            found = Found(doubt: .tooManyCodes)
            found.content.name = name
            return found
        }
        if let named { found.content.merge(named) }
        if found.content.hasCode {
            // A code beside a reference that leads nowhere still says what it is.
            found.doubt = nil
        } else if found.doubt == nil {
            found.doubt = .noCode
        }
        return found
    }

    /// What the Medication says that a record names; `nil` when it was not sent.
    private mutating func content(_ reference: String, in resource: JSONValue) -> Content? {
        guard reference.hasPrefix("#") else { return content(of: reference, isPart: false) }
        let contained = Contained(of: resource)
        guard let medication = contained[reference] else { return nil }
        return read(medication, contained)
    }

    /// What a Medication or Substance says that stands by itself; `nil` when it was not sent.
    ///
    /// It may have been sent several times: by two queries, or as a draft and as it is stored.
    /// Then the newest version counts (FHIR R4, 2.26.1.1). Where that cannot be told and the
    /// copies do not say the same, all that they say does: one of them is true.
    private mutating func content(of reference: String, isPart: Bool) -> Content? {
        guard let (name, copies) = standing(reference) else { return nil }
        let key = ShelfKey(name: name, isPart: isPart)
        if let known = contents[key] { return known }
        let versions = ResourceVersions(copies)
        var found = Content()
        var known: Set<Content.Codes> = []
        for (position, copy) in copies.enumerated()
        where versions.finding(at: position) != .olderVersion {
            // What has more codes than all records may have together is not looked at further.
            guard found.codingCount <= Limits.medicationCodingsMax else { break }
            let content = isPart ? Self.part(copy) : read(copy, Contained(of: copy))
            guard !known.isEmpty else {
                found = content
                known.insert(content.codes)
                continue
            }
            found.name = found.name ?? content.name
            found.blur = found.blur ?? content.blur
            if known.insert(content.codes).inserted { found.join(content) }
        }
        contents[key] = found
        return found
    }

    /// Reads a Medication: its code, and its ingredients.
    ///
    /// Its local references name what is contained beside it: a contained Medication contains
    /// nothing itself (FHIR R4, dom-2).
    private mutating func read(_ medication: JSONValue, _ contained: Contained) -> Content {
        var content = Content()
        content.take(medication["code"])
        if Self.hasUnreadPart(medication) { content.blur = .part }
        guard let ingredients = medication["ingredient"] else { return content }
        for ingredient in ingredients.elements {
            guard content.codingCount <= Limits.medicationCodingsMax else { break }
            // What is there for its form alone acts on nothing.
            if ingredient["isActive"]?.boolValue == false { continue }
            let substance = substance(ingredient, contained)
            content.blur = content.blur ?? substance.blur
            content.append(ingredient: substance.medicine ?? .init(codings: []))
            for other in substance.ingredients { content.append(ingredient: other) }
        }
        return content
    }

    /// Whether a Medication says what it is made of in a form that is not read: STU3 and DSTU2
    /// have `package.content`, DSTU2 `product.ingredient`.
    private static func hasUnreadPart(_ medication: JSONValue) -> Bool {
        let parts = [
            medication["package"]?["content"], medication["product"]?["ingredient"],
            medication["ingredient"].flatMap { $0.kind == .array ? nil : $0 },
        ]
        return parts.contains { $0.map { !$0.isNull } ?? false }
    }

    /// A text that people can read: a name of blanks would hide which medicine is meant.
    private static func name(_ text: JSONValue?) -> String? {
        guard let name = text?.stringValue, name.contains(where: { !$0.isWhitespace }) else {
            return nil
        }
        return name
    }

    /// `Medication.ingredient`: R4 `itemCodeableConcept` or `itemReference`, R5 `item`.
    private mutating func substance(_ ingredient: JSONValue, _ contained: Contained) -> Content {
        let item = ingredient["item"]
        var found = Content()
        if let concept = ingredient["itemCodeableConcept"] ?? item?["concept"] {
            found.take(concept)
            return found
        }
        let reference = ingredient["itemReference"] ?? item?["reference"]
        guard let text = reference?["reference"]?.stringValue else { return found }
        guard text.hasPrefix("#") else { return content(of: text, isPart: true) ?? found }
        return contained[text].map(Self.part) ?? found
    }

    /// What an ingredient refers to, as far as its code.
    private static func part(_ substance: JSONValue) -> Content {
        var content = Content()
        // R5 Substance.code is a CodeableReference.
        content.take(substance["code"]?["concept"] ?? substance["code"])
        return content
    }

    private static func codings(of concept: JSONValue) -> [MedicationRecord.Coding] {
        (concept["coding"]?.elements.map { $0 } ?? []).compactMap { coding in
            guard let code = coding["code"]?.stringValue, !code.isEmpty else { return nil }
            let system = coding["system"]?.stringValue
            return .init(system: system.flatMap { $0.isEmpty ? nil : $0 }, code: code)
        }
    }

    /// A Medication or Substance by reference (FHIR R4, 2.3.0): by the `fullUrl` of its entry, or
    /// by the end of its URL; with the name that it stands under.
    private func standing(_ reference: String) -> (name: String, copies: [JSONValue])? {
        if let copies = shelf[reference] { return (reference, copies) }
        var parts = reference.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count >= 4, parts[parts.count - 2] == "_history" { parts.removeLast(2) }
        guard parts.count >= 2 else { return nil }
        if parts.count > 2 {
            // The same id on another server is another Medication.
            let base = Array(parts.dropLast(2).joined(separator: "/").utf8)
            guard SubjectMatcher.isAbsolute(Array(reference.utf8)[...]),
                subjects.serverBases.isEmpty || subjects.serverBases.contains(base)
            else { return nil }
        }
        let name = parts.suffix(2).joined(separator: "/")
        return shelf[name].map { (name, $0) }
    }

    /// The contained resources of a resource by their local references (FHIR R4, 2.3.0.6).
    private struct Contained {
        /// Those with an id of their own; `nil` where two have the same.
        private var resources: [String: JSONValue?] = [:]

        init(of owner: JSONValue) {
            guard let contained = owner["contained"] else { return }
            for resource in contained.elements {
                guard let id = resource["id"]?.stringValue else { continue }
                let isFirst = resources["#" + id] == nil
                resources["#" + id] = .some(isFirst ? resource : nil)
            }
        }

        /// The one that a reference such as `#m1` names; `nil` when there is none, or two.
        subscript(_ reference: String) -> JSONValue? { resources[reference] ?? nil }
    }
}
