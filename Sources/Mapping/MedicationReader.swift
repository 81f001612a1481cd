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
    private var shelf: [String: JSONValue] = [:]
    /// Names under which different resources were sent.
    private var ambiguous: Set<String> = []
    /// What was found in Medications that stand by themselves, by name.
    private var medications: [String: Content] = [:]
    /// How many codings were read of what counts, and of what is over.
    private var codingCounts = (current: 0, over: 0)

    /// Knows the patient in context and everything that was sent.
    package init(_ sent: [Sent], patientID: String, patientFullURLs: [String]) {
        subjects = SubjectMatcher(patientID: patientID, fullURLs: patientFullURLs)
        for item in sent {
            guard let type = item.resource["resourceType"]?.stringValue,
                type == "Medication" || type == "Substance"
            else { continue }
            if let id = item.resource["id"]?.stringValue, isOurs(item.fullURL, type, id) {
                put(item.resource, type + "/" + id)
            }
            if let url = item.fullURL { put(item.resource, url) }
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

    private mutating func put(_ resource: JSONValue, _ name: String) {
        if let known = shelf[name], !known.rawBytes.elementsEqual(resource.rawBytes) {
            ambiguous.insert(name)
        }
        shelf[name] = resource
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

    /// What a Medication says.
    private struct Content {
        private(set) var medicine: MedicationRecord.Concept?
        private(set) var ingredients: [MedicationRecord.Concept] = []
        var name: String?
        /// How many codings it has, and ingredients without one.
        private(set) var codingCount = 0
        /// Whether a coding is among them.
        private(set) var hasCode = false

        mutating func take(_ concept: JSONValue?) {
            guard let concept, concept.kind == .object else { return }
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

        /// Takes what the Medication says that a record names beside its own concept.
        mutating func merge(_ named: Content) {
            if let medicine = named.medicine { take(medicine) }
            name = name ?? named.name
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

    /// What the Medication says that a record names; `nil` when it was not sent, or not only once.
    private mutating func content(_ reference: String, in resource: JSONValue) -> Content? {
        if reference.hasPrefix("#") {
            let contained = Contained(of: resource)
            return contained[reference].map { read($0, contained) }
        }
        guard let (name, medication) = standing(reference) else { return nil }
        if let known = medications[name] { return known }
        let content = read(medication, Contained(of: medication))
        medications[name] = content
        return content
    }

    /// Reads a Medication: its code, and its ingredients.
    ///
    /// Its local references name what is contained beside it: a contained Medication contains
    /// nothing itself (FHIR R4, dom-2).
    private func read(_ medication: JSONValue, _ contained: Contained) -> Content {
        var content = Content()
        content.take(medication["code"])
        for ingredient in ingredients(of: medication, contained) {
            content.append(ingredient: ingredient)
        }
        return content
    }

    /// A text that people can read: a name of blanks would hide which medicine is meant.
    private static func name(_ text: JSONValue?) -> String? {
        guard let name = text?.stringValue, name.contains(where: { !$0.isWhitespace }) else {
            return nil
        }
        return name
    }

    /// `Medication.ingredient`: R4 `itemCodeableConcept` or `itemReference`, R5 `item`.
    private func ingredients(
        of medication: JSONValue,
        _ contained: Contained
    ) -> [MedicationRecord.Concept] {
        var found: [MedicationRecord.Concept] = []
        guard let ingredients = medication["ingredient"] else { return found }
        for ingredient in ingredients.elements {
            // What is there for its form alone acts on nothing.
            if ingredient["isActive"]?.boolValue == false { continue }
            let item = ingredient["item"]
            var concept = ingredient["itemCodeableConcept"] ?? item?["concept"]
            let reference = ingredient["itemReference"] ?? item?["reference"]
            if concept == nil, let text = reference?["reference"]?.stringValue,
                let substance = text.hasPrefix("#") ? contained[text] : standing(text)?.resource
            {
                // R5 Substance.code is a CodeableReference.
                concept = substance["code"]?["concept"] ?? substance["code"]
            }
            found.append(.init(codings: concept.map(Self.codings) ?? []))
        }
        return found
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
    private func standing(_ reference: String) -> (name: String, resource: JSONValue)? {
        if let whole = shelf[reference] {
            return ambiguous.contains(reference) ? nil : (reference, whole)
        }
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
        guard !ambiguous.contains(name), let found = shelf[name] else { return nil }
        return (name, found)
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
