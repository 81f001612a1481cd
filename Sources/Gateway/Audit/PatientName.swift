package import Audit
import CDSHooks
import Crypto

/// What somebody may mean who names a patient: `123`, `Patient/123`, `pseudonym:` and 64 hexadecimal
/// digits, or these digits alone.
///
/// Such digits are a pseudonym as events show it, and a FHIR id as well (FHIR R4, 2.24.0.1: up to 64
/// letters and digits). Taken for one of them, the other would look like a patient who is not there;
/// so who reads finds both, and who changes something has to say which.
package struct PatientName: Sendable, Equatable {
    /// The reference, such as `Patient/123`; `nil` when a pseudonym is meant.
    package let reference: String?
    /// The pseudonym; `nil` when an id is meant.
    package let pseudonym: [UInt8]?
    /// The text without what says its form.
    package let id: String

    /// Before a pseudonym.
    private static let mark = "pseudonym:"

    /// What is accepted, for the message of a refusal.
    package static let accepted =
        "a FHIR id (1 to 64 letters, digits, hyphens and dots), Patient/ID, or a pseudonym of 64 "
        + "hexadecimal digits (pseudonym:DIGITS says that it is none of the ids)"

    /// Reads a name; `nil` when the text names nobody.
    package init?(_ text: String) {
        if text.hasPrefix(Self.mark) {
            id = String(text.dropFirst(Self.mark.count))
            guard let bytes = Hexadecimal.bytes(id), bytes.count == 32 else { return nil }
            reference = nil
            pseudonym = bytes
            return
        }
        let isReference = text.hasPrefix("Patient/")
        let reference = isReference ? text : "Patient/" + text
        guard FHIRIdentifier.isRelativeReference(reference) else { return nil }
        self.reference = reference
        id = String(reference.dropFirst("Patient/".count))
        let bytes = isReference ? nil : Hexadecimal.bytes(text)
        pseudonym = bytes?.count == 32 ? bytes : nil
    }

    /// Whether the text may be an id as well as a pseudonym.
    package var isAmbiguous: Bool { reference != nil && pseudonym != nil }

    /// Asks for the patient: under the keyed pseudonyms of the reference, and under the one given.
    ///
    /// - Parameters:
    ///   - filter: The question.
    ///   - epoch: The epoch of the last of the keyed pseudonyms.
    ///   - pseudonyms: The keyed pseudonyms of a reference, the newest last.
    package func ask(
        _ filter: inout AuditFilter,
        epoch: Int?,
        _ pseudonyms: (String) -> [[UInt8]]
    ) {
        filter.patientGiven = pseudonym
        filter.patientPseudonyms =
            (pseudonym.map { [$0] } ?? []) + (reference.map(pseudonyms) ?? [])
        filter.patientEpoch = epoch
    }

    /// Whether a text, such as the reason of a read, holds the id.
    ///
    /// A short id stands in many a word and date, and counts where it stands alone.
    package func isNamed(in text: String) -> Bool {
        let text = text.lowercased()
        let id = id.lowercased()
        if id.utf8.count >= 4 { return text.contains(id) }
        return text.split { !($0.isLetter || $0.isNumber || Self.isJoint($0)) }
            .contains { word in
                // A full stop behind an id ends the sentence.
                var bare = word.drop(while: Self.isJoint)
                while let last = bare.last, Self.isJoint(last) { bare.removeLast() }
                return word == id || bare == id
            }
    }

    private static func isJoint(_ character: Character) -> Bool {
        character == "-" || character == "."
    }
}
