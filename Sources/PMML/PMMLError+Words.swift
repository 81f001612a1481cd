public import ClinicalEngine

extension PMMLError {
    /// What the engine found wrong, when the fault showed only when the model was compiled.
    public var engineCode: ModelError.Code? {
        element.split(separator: " ").last.flatMap { ModelError.Code(rawValue: String($0)) }
    }

    /// What is wrong, as a sentence without place and codes.
    public var words: String {
        if let engineCode {
            let place = element.split(separator: " ").dropLast().joined(separator: " ")
            return place + ": " + Self.words(engineCode)
        }
        return switch code {
        case .malformed: "the document is no well-formed XML at \(element)"
        case .doctype: "a document type or entity is not accepted"
        case .unsupported where element == "xml@encoding":
            "the document is in another encoding than UTF-8, and only UTF-8 is read"
        case .unsupported: "\(element) is not supported"
        case .invalid: "\(element) is not valid"
        case .verificationFailed: "\(element) does not give what it expects"
        case .tooLarge: "\(element) is larger or deeper than the limits allow"
        }
    }

    private static func words(_ code: ModelError.Code) -> String {
        switch code {
        case .unknownField: "a field is named that the model does not have"
        case .duplicate: "two fields have the same name, or a category stands there twice"
        case .operandMismatch: "a comparison or function that the kind of the field does not allow"
        case .malformedPredicate: "a predicate that is not complete"
        case .tooLarge: "larger or deeper than the limits allow"
        case .reasonCodeAbsent: "reason codes are asked for, and one or its baseline is absent"
        case .notFinite: "a number that is not finite, or outside of what is allowed there"
        case .empty: "nothing stands in it"
        case .cycle: "the field depends on itself"
        case .overlap: "more than one child can hold, or one can never be reached"
        case .inconsistent: "parts that do not fit together"
        case .unsupported: "this combination is not supported"
        }
    }
}
