import Basics
import FHIRPath
import JSON

/// What a profile says of one element, ready to be checked.
struct ElementRule: Sendable {
    /// The id in the profile, such as `Observation.component:systolic.code`.
    let id: String
    /// The name of the member; a choice keeps its sign: `value[x]`.
    let name: String
    let sliceName: String?
    var minimum = 0
    /// `nil` for any number.
    var maximum: Int?
    /// Whether the base definition makes it a list; `nil` when the profile does not say.
    var isList: Bool?
    var types: [ElementType] = []
    var fixed: JSONValue?
    var pattern: JSONValue?
    var binding: Binding?
    var constraints: [Constraint] = []
    var slicing: Slicing?
    var lengthMax: Int?
    var lowest: DecimalNumber?
    var highest: DecimalNumber?
    /// The id of the element whose children this one has.
    var contentReference: String?
    var gaps: [String] = []
    /// The tests that tell whether an element belongs to this slice.
    var membership: [SliceTest] = []
    var children: [Int] = []
    var slices: [Int] = []

    var isChoice: Bool { name.hasSuffix("[x]") }
    /// The name without the sign of a choice.
    var stem: String { isChoice ? String(name.dropLast(3)) : name }

    init(id: String, name: String, sliceName: String?) {
        self.id = id
        self.name = name
        self.sliceName = sliceName
    }
}

/// A type that an element may have.
struct ElementType: Sendable, Equatable {
    let code: String
    /// Profiles on the type itself, such as that of an extension.
    let profiles: [String]
    /// The resource types that a Reference may point to; empty for any.
    let targets: [String]
}

/// A required binding; `table` is `nil` when its codes are not known here.
struct Binding: Sendable {
    let valueSet: String
    let table: ValueSetTable?
}

/// A FHIRPath constraint of severity error.
struct Constraint: Sendable {
    let key: String
    let test: Test

    enum Test: Sendable {
        case expression(FHIRPathExpression)
        /// dom-3: every contained resource is referred to. Its published expression asks `as` of
        /// several items at once, which FHIRPath 2.0 refuses, so it is checked here.
        case containedIsReferenced
    }
}

/// How an element is sliced.
struct Slicing: Sendable {
    enum Rules: String, Sendable {
        case open, closed, openAtEnd
    }
    let rules: Rules
    let isOrdered: Bool
    let discriminators: [Discriminator]
}

/// What tells slices apart.
struct Discriminator: Sendable {
    enum Kind: String, Sendable {
        case value, pattern, exists, type
    }
    let kind: Kind
    let steps: [DiscriminatorStep]
    /// The place in the document, for a fault.
    let path: String
}

/// One step of a discriminator path: a member, or of a choice the values of one type.
struct DiscriminatorStep: Sendable, Equatable {
    let name: String
    let type: String?

    /// Reads a discriminator path; `nil` when it uses more than members and `ofType`.
    static func steps(_ path: String) -> [DiscriminatorStep]? {
        if path == "$this" { return [] }
        var steps: [DiscriminatorStep] = []
        for part in path.split(separator: ".", omittingEmptySubsequences: false) {
            if part.hasPrefix("ofType("), part.hasSuffix(")"), let last = steps.popLast() {
                let type = String(part.dropFirst("ofType(".count).dropLast())
                guard last.type == nil, ElementKnowledge.isType(type) else { return nil }
                steps.append(DiscriminatorStep(name: last.name, type: type))
                continue
            }
            guard !part.isEmpty, part.utf8.allSatisfy({ Self.isNameByte($0) }) else { return nil }
            steps.append(DiscriminatorStep(name: String(part), type: nil))
        }
        return steps.isEmpty ? nil : steps
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }
}

/// One test that an element must pass to belong to a slice.
struct SliceTest: Sendable {
    enum Demand: Sendable {
        case equal(JSONValue)
        case holds(JSONValue)
        case text(String)
        case member(ValueSetTable)
        case exists(Bool)
        case types([String])
    }
    let steps: [DiscriminatorStep]
    let demand: Demand
}
