/// What somebody may mean who names the user of a hook's context.
///
/// A user is kept under a hash of the text that the EHR sent, so a text that differs in one letter
/// finds nothing. That must not look like "this user did nothing".
package enum UserReference {
    /// The types that a user may have (CDS Hooks 2.0, "patient-view": `userId`), and those that
    /// clients in the field send for programs and organizations.
    package static let types = [
        "Practitioner", "PractitionerRole", "Patient", "RelatedPerson", "Person", "Device",
        "Organization",
    ]

    /// What is accepted, for the message of a refusal.
    package static let accepted =
        "a FHIR id, such as abc, a reference with its type, such as Practitioner/abc (or "
        + types.dropFirst().joined(separator: ", ") + "), an absolute URL, or a pseudonym of 64 "
        + "hexadecimal digits, as the events of the user show it"

    /// The texts that an EHR may have sent for a user.
    ///
    /// - Parameter text: An id alone stands for itself and for the reference of each type; a
    ///   reference and an absolute URL for themselves.
    /// - Returns: The texts; `nil` when the text names nobody that a search could find.
    package static func candidates(_ text: String) -> [String]? {
        if FHIRIdentifier.isID(text) { return [text] + types.map { $0 + "/" + text } }
        if FHIRIdentifier.isRelativeReference(text) {
            return types.contains { text.hasPrefix($0 + "/") } ? [text] : nil
        }
        let isAbsolute = ["http://", "https://", "urn:"].contains { text.hasPrefix($0) }
        return isAbsolute ? [text] : nil
    }
}
