/// A resource of the EHR that an input came from, without its id: its type and a keyed pseudonym.
///
///     Observation/MRN-0042-7  ->  Observation, 9f3c...
///
/// The pseudonym is made as a patient's is, so that within a tenant and an epoch the same resource is
/// known again, and `Patient/123` is the patient of the event.
package enum HiddenSource: Sendable, Equatable {
    /// A place in what was sent, such as `Observation[3]`: it holds no id.
    case place(String)
    /// What has an id, with its type where that is one that is known.
    case pseudonym(type: String?, digest: [UInt8])

    /// Takes the name of a resource as a row has it; `nil` when it has an id and nothing makes a
    /// pseudonym of it.
    init?(_ name: String, pseudonym: (String) -> [UInt8]?) {
        if Self.isPlace(name) {
            self = .place(name)
            return
        }
        guard let digest = pseudonym(name) else { return nil }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let first = parts.first.map(String.init) ?? ""
        // Only a word of this list is no part of an id.
        let type = parts.count == 2 && Self.types.contains(first) ? first : nil
        self = .pseudonym(type: type, digest: digest)
    }

    /// Whether a name says a type and at most a number.
    private static func isPlace(_ name: String) -> Bool {
        guard let bracket = name.firstIndex(of: "[") else {
            return name == "request" || types.contains(name)
        }
        let number = name[bracket...].dropFirst().dropLast()
        return types.contains(String(name[..<bracket])) && name.last == "]" && number.count <= 6
            && !number.isEmpty && number.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static let types: Set<String> = [
        "AllergyIntolerance", "CarePlan", "Condition", "DeviceRequest", "DiagnosticReport",
        "Encounter", "Immunization", "Medication", "MedicationAdministration",
        "MedicationDispense", "MedicationRequest", "MedicationStatement", "NutritionOrder",
        "Observation", "Patient", "Procedure", "QuestionnaireResponse", "Resource",
        "ServiceRequest",
    ]
}
