package import JSON

/// A resource that says what a patient takes or is to take, read as far as its codes.
///
/// No text ever names a medicine here: a display or a concept's text is kept for people to read
/// and is matched with nothing.
package struct MedicationRecord: Sendable {
    /// A code with the system it is from.
    package struct Coding: Hashable, Sendable {
        /// The system; `nil` when the coding names none.
        package let system: String?
        /// The code.
        package let code: String

        /// Makes a coding.
        package init(system: String?, code: String) {
            self.system = system
            self.code = code
        }
    }

    /// A CodeableConcept: codings that mean the same.
    package struct Concept: Equatable, Sendable {
        /// The codings that have a code.
        package let codings: [Coding]
    }

    /// Why a resource is about nothing that the patient takes.
    package enum Exclusion: String, Sendable, CaseIterable {
        /// The status says that it is over, was cancelled or is an error.
        case status
        /// It says that the medicine is not to be or was not given.
        case negation
    }

    /// Why it cannot be told which medicine it is, or whose.
    package enum Doubt: String, Sendable, CaseIterable {
        /// Its subject cannot be told.
        case subject
        /// It is of a type this release does not read.
        case type
        /// The Medication that it names was not sent, or is contained twice.
        case notSent = "not-sent"
        /// It names its medicine by text or not at all.
        case noCode = "no-code"
        /// With it the records would have more codes than are read.
        case tooManyCodes = "too-many-codes"
    }

    /// Why what is told of its medicine may be more or less than is true.
    package enum Blur: String, Sendable, CaseIterable {
        /// Its Medication was sent with different contents, and these are all that they say.
        case versions
        /// A part of its Medication has a form that is not read.
        case part
    }

    /// The resource.
    package let json: JSONValue
    /// Its type.
    package let resourceType: String
    /// Its id, when it has one.
    package let id: String?
    /// The status as it stands there.
    package let status: String?
    /// Why it does not count, when it does not.
    package let exclusion: Exclusion?
    /// Why nothing can be said about it, when that is so.
    package let doubt: Doubt?
    /// The concept of the medicine.
    package let medicine: Concept?
    /// The concepts of the ingredients that its Medication lists; one without code is empty.
    package let ingredients: [Concept]
    /// Why these may be more or less than is true, when that is so.
    package let blur: Blur?
    /// What the sender calls it, for people to read.
    package let name: String?

    /// The relative reference, such as `MedicationRequest/abc`.
    package var reference: String? { id.map { resourceType + "/" + $0 } }
}
