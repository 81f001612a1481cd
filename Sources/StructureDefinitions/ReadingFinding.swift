/// What is wrong with the JSON form of a resource at one place.
///
/// It names the place, never what stands there.
package struct ReadingFinding: Sendable, Equatable {
    /// The kinds of fault.
    package enum Kind: String, Sendable, CaseIterable {
        case notJSON = "not-json"
        case blankLine = "blank-line"
        case notResource = "not-a-resource"
        case unknownResource = "unknown-resource-type"
        case unknownProperty = "unknown-property"
        case comments
        case nullValue = "null"
        case emptyArray = "empty-array"
        case emptyObject = "empty-object"
        case emptyText = "empty-text"
        case list
        case notList = "not-list"
        case notObject = "not-object"
        case notPrimitive = "not-primitive"
        case invalidValue = "invalid-value"
        case choiceType = "choice-type"
        case choiceTwice = "choice-twice"
        case shadow
        case required
        case referenceUnresolved = "reference-unresolved"
        case containedUnused = "contained-unused"
        case controlCharacter = "control-character"

        /// One sentence without any text of the resource.
        package var sentence: String {
            switch self {
            case .notJSON: "the text is not JSON"
            case .blankLine: "a line of NDJSON holds no resource"
            case .notResource: "a resource must be an object with a resourceType"
            case .unknownResource: "the resource type is not known"
            case .unknownProperty: "the type has no such element"
            case .comments: "fhir_comments was removed from FHIR after DSTU2"
            case .nullValue: "null stands where a value must be"
            case .emptyArray: "an array must not be empty"
            case .emptyObject: "an object must not be empty"
            case .emptyText: "a text must not be empty or blank"
            case .list: "an array stands where one value must be"
            case .notList: "one value stands where an array must be"
            case .notObject: "the element must be an object"
            case .notPrimitive: "the element must be a primitive value"
            case .invalidValue: "the value is not written as its type asks"
            case .choiceType: "the choice element cannot have this type"
            case .choiceTwice: "the choice element is given more than once"
            case .shadow: "beside a primitive only id and extension may stand, item by item"
            case .required: "the element must be there"
            case .referenceUnresolved: "the reference names no contained resource"
            case .containedUnused: "nothing refers to the contained resource"
            case .controlCharacter: "the text holds a control character"
            }
        }
    }

    /// What is wrong.
    package let kind: Kind
    /// The path of the element in the document.
    package let path: String
    /// The byte offset in the document, or of the line in NDJSON.
    package let offset: Int
    /// What is wrong, told more closely than the kind does; `nil` when there is no more to say.
    package let detail: String?

    init(kind: Kind, path: String, offset: Int, detail: String? = nil) {
        self.kind = kind
        self.path = path
        self.offset = offset
        self.detail = detail
    }

    /// Whether it only deserves a remark.
    package var isWarning: Bool { kind == .controlCharacter }
}
