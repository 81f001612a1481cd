package import JSON

/// A measurement or simple assertion (FHIR R4, section 10.1); STU3 and R5 where they differ.
///
/// Properties answer `nil` for what is absent or of the wrong shape; `check()` and the `read`
/// methods tell the two apart.
package struct Observation: Sendable {
    /// The JSON object.
    package let json: JSONValue

    /// The status (value set observation-status; the same codes in STU3, R4 and R5).
    package enum Status: String, Sendable, CaseIterable {
        case registered, preliminary, final, amended, corrected, cancelled
        case specimenInProcess = "specimen-in-process"
        case appended
        case cannotBeObtained = "cannot-be-obtained"
        case enteredInError = "entered-in-error"
        case unknown
    }

    /// Makes a view; `nil` when the value is no Observation.
    package init?(_ json: JSONValue) {
        guard json["resourceType"]?.isString("Observation") == true else { return nil }
        self.json = json
    }

    /// The logical id.
    package var id: String? { json["id"]?.stringValue }
    /// The status; `nil` when absent or not of the value set.
    package var status: Status? {
        json["status"]?.stringValue.flatMap { Status(rawValue: $0) }
    }
    /// The status as it stands.
    package var statusText: String? { json["status"]?.stringValue }
    /// What was observed.
    package var code: CodeableConcept? { json["code"].flatMap { CodeableConcept($0) } }
    /// The kinds of observation, such as vital-signs.
    package var categories: Views<CodeableConcept> {
        json.views("category", as: CodeableConcept.self)
    }
    /// Whom it is about.
    package var subject: Reference? { json["subject"].flatMap { Reference($0) } }
    /// The encounter; in STU3 it was called `context`.
    package var encounter: Reference? {
        (json["encounter"] ?? json["context"]).flatMap { Reference($0) }
    }
    /// When this version was made available; `nil` when absent or unreadable.
    package var issued: FHIRDateTime? { json["issued"].flatMap { FHIRDateTime($0) } }
    /// Why there is no value.
    package var dataAbsentReason: CodeableConcept? {
        json["dataAbsentReason"].flatMap { CodeableConcept($0) }
    }
    /// The body site.
    package var bodySite: CodeableConcept? { json["bodySite"].flatMap { CodeableConcept($0) } }
    /// How it was done.
    package var method: CodeableConcept? { json["method"].flatMap { CodeableConcept($0) } }
    /// The parts of a panel, such as systolic and diastolic pressure.
    package var components: Views<ObservationComponent> {
        json.views("component", as: ObservationComponent.self)
    }
    /// The observations of a group; in STU3 `related` of the type `has-member`.
    package var members: [Reference] { related("hasMember", formerType: "has-member") }
    /// The observations it was made from; in STU3 `related` of the type `derived-from`.
    package var derivedFrom: [Reference] { related("derivedFrom", formerType: "derived-from") }

    /// The value; `nil` when absent.
    ///
    /// - Throws: `FHIRError` when it stands in two types or has the wrong shape.
    package func readValue() throws(FHIRError) -> ObservationValue? {
        try ObservationValue.read(from: json)
    }

    /// The clinically relevant time; `nil` when absent.
    ///
    /// - Throws: `FHIRError` when it stands in two types or cannot be read.
    package func readEffective() throws(FHIRError) -> ObservationEffective? {
        try ObservationEffective.read(from: json)
    }

    /// Checks the shapes of all that this view reads.
    ///
    /// - Throws: `FHIRError` with the path of the first fault.
    package func check() throws(FHIRError) {
        try checkStatus()
        guard let code = try json.object("code") else {
            throw FHIRError(code: .required, path: json.path(of: "code"))
        }
        try CodeableConcept(code)?.check()
        if let categories = try json.objects("category") {
            for category in categories { try CodeableConcept(category)?.check() }
        }
        for name in ["subject", "encounter", "context"] {
            guard let reference = try json.object(name) else { continue }
            _ = try reference.text("reference")
        }
        for name in ["dataAbsentReason", "bodySite", "method"] {
            guard let concept = try json.object(name) else { continue }
            try CodeableConcept(concept)?.check()
        }
        if let issued = json["issued"] { _ = try FHIRDateTime(reading: issued) }
        _ = try readEffective()
        try readValue()?.check()
        guard let components = try json.objects("component") else { return }
        for component in components { try ObservationComponent(component)?.check() }
    }

    private func checkStatus() throws(FHIRError) {
        guard let text = try json.text("status") else {
            throw FHIRError(code: .required, path: json.path(of: "status"))
        }
        guard Status(rawValue: text) != nil else {
            throw FHIRError(code: .unknownCode, path: json.path(of: "status"))
        }
    }

    private func related(_ name: String, formerType: String) -> [Reference] {
        var references: [Reference] = []
        if let list = json[name] {
            for element in list.elements {
                if let reference = Reference(element) { references.append(reference) }
            }
        }
        if let list = json["related"] {
            for element in list.elements where element["type"]?.isString(formerType) == true {
                guard let target = element["target"] else { continue }
                if let reference = Reference(target) { references.append(reference) }
            }
        }
        return references
    }
}
