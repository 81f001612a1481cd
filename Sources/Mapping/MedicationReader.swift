package import JSON

/// Reads MedicationRequest, MedicationStatement, MedicationAdministration and MedicationDispense
/// (FHIR R4 and R5) with the Medications they name.
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
    package func read(_ resource: JSONValue) -> MedicationRecord? {
        guard let type = resource["resourceType"]?.stringValue, type.hasPrefix("Medication"),
            type != "Medication", type != "MedicationKnowledge"
        else { return nil }
        let status = resource["status"]?.stringValue
        let found = find(resource)
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
            exclusion: exclusion(resource, status),
            doubt: doubt,
            medicine: found.medicine,
            ingredients: found.ingredients,
            name: found.name
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

    /// What was found of a medicine.
    private struct Found {
        var medicine: MedicationRecord.Concept?
        var ingredients: [MedicationRecord.Concept] = []
        var name: String?
        var doubt: MedicationRecord.Doubt?
    }

    private func find(_ resource: JSONValue) -> Found {
        var found = Found()
        var reference = resource["medicationReference"]
        var concept = resource["medicationCodeableConcept"]
        if let medication = resource["medication"] {
            // R5 CodeableReference.
            concept = concept ?? medication["concept"]
            reference = reference ?? medication["reference"]
        }
        take(concept, &found)
        if let reference {
            found.name = found.name ?? Self.name(reference["display"])
            if let text = reference["reference"]?.stringValue {
                if let medication = resolve(text, in: [resource]) {
                    take(medication["code"], &found)
                    readIngredients(of: medication, in: resource, &found)
                } else {
                    found.doubt = .notSent
                }
            }
        }
        let hasCode =
            found.medicine?.codings.isEmpty == false
            || found.ingredients.contains { !$0.codings.isEmpty }
        if hasCode {
            // A code beside a reference that leads nowhere still says what it is.
            found.doubt = nil
        } else if found.doubt == nil {
            found.doubt = .noCode
        }
        return found
    }

    private func take(_ concept: JSONValue?, _ found: inout Found) {
        guard let concept, concept.kind == .object else { return }
        let codings = Self.codings(of: concept)
        found.medicine = .init(codings: (found.medicine?.codings ?? []) + codings)
        found.name =
            found.name ?? Self.name(concept["text"])
            ?? concept["coding"]?.elements.lazy.compactMap { Self.name($0["display"]) }.first
    }

    /// A text that people can read: a name of blanks would hide which medicine is meant.
    private static func name(_ text: JSONValue?) -> String? {
        guard let name = text?.stringValue, name.contains(where: { !$0.isWhitespace }) else {
            return nil
        }
        return name
    }

    /// `Medication.ingredient`: R4 `itemCodeableConcept` or `itemReference`, R5 `item`.
    private func readIngredients(
        of medication: JSONValue,
        in resource: JSONValue,
        _ found: inout Found
    ) {
        for ingredient in medication["ingredient"]?.elements.map({ $0 }) ?? [] {
            // What is there for its form alone acts on nothing.
            if ingredient["isActive"]?.boolValue == false { continue }
            let item = ingredient["item"]
            var concept = ingredient["itemCodeableConcept"] ?? item?["concept"]
            let reference = ingredient["itemReference"] ?? item?["reference"]
            if concept == nil, let text = reference?["reference"]?.stringValue,
                let substance = resolve(text, in: [medication, resource])
            {
                // R5 Substance.code is a CodeableReference.
                concept = substance["code"]?["concept"] ?? substance["code"]
            }
            found.ingredients.append(.init(codings: concept.map(Self.codings) ?? []))
        }
    }

    private static func codings(of concept: JSONValue) -> [MedicationRecord.Coding] {
        (concept["coding"]?.elements.map { $0 } ?? []).compactMap { coding in
            guard let code = coding["code"]?.stringValue, !code.isEmpty else { return nil }
            let system = coding["system"]?.stringValue
            return .init(system: system.flatMap { $0.isEmpty ? nil : $0 }, code: code)
        }
    }

    /// A Medication or Substance by reference (FHIR R4, 2.3.0): contained, by the `fullUrl` of its
    /// entry, or by the end of its URL.
    private func resolve(_ reference: String, in owners: [JSONValue]) -> JSONValue? {
        if reference.hasPrefix("#") {
            for owner in owners {
                let found = (owner["contained"]?.elements.map { $0 } ?? []).filter {
                    $0["id"]?.isString(String(reference.dropFirst())) ?? false
                }
                if let only = found.first { return found.count == 1 ? only : nil }
            }
            return nil
        }
        if let whole = shelf[reference] { return ambiguous.contains(reference) ? nil : whole }
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
        return ambiguous.contains(name) ? nil : shelf[name]
    }
}
