/// What was found wrong with a resource at one place.
///
/// It names the place and what would be accepted, never what stands there.
package struct StructureFinding: Sendable, Equatable {
    /// The kinds of fault.
    package enum Kind: String, Sendable, CaseIterable {
        case wrongResource = "wrong-resource"
        case tooFew = "too-few"
        case tooMany = "too-many"
        case list
        case notList = "not-list"
        case type
        case fixed
        case pattern
        case binding
        case constraint
        case constraintNotEvaluated = "constraint-not-evaluated"
        case slice
        case sliceOrder = "slice-order"
        case length
        case range
        case target

        /// One sentence without any text of the resource.
        package var sentence: String {
            switch self {
            case .wrongResource: "the resource is of another type than the profile is for"
            case .tooFew: "the element is there less often than the profile asks"
            case .tooMany: "the element is there more often than the profile allows"
            case .list: "an array stands where one value must be"
            case .notList: "one value stands where an array must be"
            case .type: "the value is of a type that the profile does not allow"
            case .fixed: "the value is not the one that the profile fixes"
            case .pattern: "the value does not hold the pattern of the profile"
            case .binding: "the code is not of the required value set"
            case .constraint: "a constraint of the profile does not hold"
            case .constraintNotEvaluated: "a constraint of the profile cannot be evaluated here"
            case .slice: "the element belongs to no slice of a closed list"
            case .sliceOrder: "the element stands in another order than the slices"
            case .length: "the text is longer than the profile allows"
            case .range: "the value lies outside the range of the profile"
            case .target: "the reference is to a type that the profile does not allow"
            }
        }
    }

    /// What is wrong.
    package let kind: Kind
    /// The element, from the resource down, such as `component[1].code`.
    package let path: String
    /// What would be accepted, from the profile alone.
    package let accepted: String
}

/// What a profile asks for that cannot be checked here, such as a binding without its ValueSet.
package struct StructureGap: Sendable, Equatable {
    /// The id of the element in the profile.
    package let element: String
    /// What is not checked.
    package let what: String
}

/// What a check of one resource gives.
package struct StructureReport: Sendable, Equatable {
    /// What is wrong, in the order of the profile's elements; empty when nothing is.
    package internal(set) var findings: [StructureFinding] = []
    /// What the profile asks of elements that are there and could not be checked.
    package internal(set) var notChecked: [StructureGap] = []
    /// Whether there were more findings than are listed.
    package internal(set) var isCutShort = false

    /// Whether nothing was found wrong.
    package var conforms: Bool { findings.isEmpty }
}
