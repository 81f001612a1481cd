import Basics

/// A parsed expression: a flat array of nodes that name one another by index.
///
///     name.given = 'A'      0 member "name" on $this   1 member "given" on 0
///                           2 literal 'A'              3 binary = (1, 2)      root 3
///
/// A parsed program does not change any more; sharing it as one object keeps the evaluation from
/// counting references to each of its arrays.
final class Program: Sendable {
    let nodes: [Node]
    /// The arguments of calls, one run for each call.
    let arguments: [Int]
    let names: [MemberName]
    let literals: [Literal]
    let variables: [String]
    let types: [TypeSpecifier]
    let readVariables: [String]
    let root: Int

    init(_ draft: Draft, root: Int) {
        nodes = draft.nodes
        arguments = draft.arguments
        names = draft.names
        literals = draft.literals
        variables = draft.variables
        types = draft.types
        readVariables = draft.readVariables
        self.root = root
    }

    /// A program while it is parsed.
    struct Draft {
        var nodes: [Node] = []
        var arguments: [Int] = []
        var names: [MemberName] = []
        var literals: [Literal] = []
        var variables: [String] = []
        var types: [TypeSpecifier] = []
        var readVariables: [String] = []
    }

    struct Node: Sendable {
        let kind: Kind
        /// The place that an error names: of an operator the operator, of a call its name.
        let offset: Int
        /// The text of the whole sub-expression, parentheses around it left out.
        let span: Range<Int>
    }

    /// What a node does; the numbers are indices.
    enum Kind: Sendable {
        case empty
        case this
        case index
        case total
        case literal(Int)
        case variable(Int)
        /// A path step; without a base it starts from `$this` and may name the resource type.
        case member(Int, base: Int?)
        case indexer(base: Int, index: Int)
        case call(FunctionName, base: Int?, first: Int, count: Int)
        /// `is`, `as` and `ofType`, as operator or function.
        case typed(TypeOperation, base: Int?, type: Int)
        case negate(Int)
        case plus(Int)
        case binary(BinaryOperator, Int, Int)
        /// A key of `sort` that is to be ordered from high to low.
        case descending(Int)
    }

    enum TypeOperation: Sendable {
        case isType, asType, ofType
    }
}

/// The name of a path step with what is looked up again and again.
struct MemberName: Sendable {
    let text: String
    /// The name of the object beside a primitive.
    let shadow: String
    /// The identifier of the name in the type model; 0 when the model does not know it.
    let modelID: UInt16
    /// Whether the name is the stem of a choice element such as `value[x]`.
    let isChoice: Bool

    init(_ text: String) {
        self.text = text
        shadow = "_" + text
        modelID = TypeModel.shared.nameID(text)
        isChoice = TypeModel.choiceStems.contains(text)
    }
}

/// A literal, converted to an item when it is read.
enum Literal: Sendable {
    case value(FHIRPathValue)

    var item: Item {
        switch self {
        case .value(let value): Item(value)
        }
    }
}

/// The binary operators with their precedence (FHIRPath 2.0, section 6.8); higher binds tighter.
enum BinaryOperator: String, Sendable, CaseIterable {
    case multiply = "*"
    case divide = "/"
    case div, mod
    case add = "+"
    case subtract = "-"
    case concatenate = "&"
    case union = "|"
    case lessOrEqual = "<="
    case less = "<"
    case greaterOrEqual = ">="
    case greater = ">"
    case equal = "="
    case equivalent = "~"
    case notEqual = "!="
    case notEquivalent = "!~"
    case `in`, contains, and, or, xor, implies

    var precedence: Int {
        switch self {
        case .multiply, .divide, .div, .mod: 10
        case .add, .subtract, .concatenate: 9
        // `is` and `as` are 8.
        case .union: 7
        case .less, .lessOrEqual, .greater, .greaterOrEqual: 6
        case .equal, .equivalent, .notEqual, .notEquivalent: 5
        case .in, .contains: 4
        case .and: 3
        case .or, .xor: 2
        case .implies: 1
        }
    }
}
