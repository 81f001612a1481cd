/// Why an element of a resource cannot be read, and which one.
///
/// It carries the element's path in its document, never what stands there.
package struct FHIRError: Error, Equatable, Sendable {
    /// The kinds of fault.
    package enum Code: String, Sendable, CaseIterable {
        /// The value is no object, no array, no string ... where the element needs one.
        case wrongShape = "LIMEN-FHIR-001"
        /// The element must be there and is not.
        case required = "LIMEN-FHIR-002"
        /// A choice element such as `value[x]` is given in more than one type.
        case ambiguousChoice = "LIMEN-FHIR-003"
        /// The number has more digits than can be kept exactly.
        case numberTooLong = "LIMEN-FHIR-004"
        /// The text is no date, dateTime, instant or time.
        case invalidDateTime = "LIMEN-FHIR-005"
        /// A time stands without its time zone (FHIR R4, section 2.24.0.1, dateTime).
        case zoneMissing = "LIMEN-FHIR-006"
        /// The code is not one of the element's required value set.
        case unknownCode = "LIMEN-FHIR-007"
        /// The type of a choice element is not one the element may have.
        case unexpectedType = "LIMEN-FHIR-008"
    }

    /// What is wrong.
    package let code: Code
    /// The element, such as `entry[3].resource.valueQuantity.value`.
    package let path: String

    /// Makes an error.
    package init(code: Code, path: String) {
        self.code = code
        self.path = path
    }

    /// One English sentence without any text of the resource.
    package var sentence: String {
        switch code {
        case .wrongShape: "the element has another JSON shape than FHIR gives it"
        case .required: "the element is required and absent"
        case .ambiguousChoice: "the element is given in more than one type"
        case .numberTooLong: "the number has too many digits to be kept exactly"
        case .invalidDateTime: "the text is no FHIR date or time"
        case .zoneMissing: "a time must have a time zone"
        case .unknownCode: "the code is not of the element's value set"
        case .unexpectedType: "the element cannot have this type"
        }
    }
}
