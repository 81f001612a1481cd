import Basics
import FHIR
import JSON

/// Runs a program once.
///
/// Every node visited and every item handled costs a step, and steps are limited; how deep the
/// evaluation goes is bounded by the depth of the tree.
struct Evaluator {
    let program: Program
    let environment: FHIRPathEnvironment
    /// The focus of the environment.
    let focus: Items
    private var stepsLeft = Limits.fhirPathStepsMax
    /// The steps so far, when they are asked for.
    var recorder: StepRecorder?
    /// The resources of the Bundle by what references say, made by the first `resolve()`.
    var references: ReferenceIndex?
    /// What `defineVariable` has defined, innermost last.
    var defined: [(name: String, items: Items)] = []

    /// What an expression sees: `$this`, `$index` and `$total`.
    struct Scope {
        var this: Items
        var index: Int?
        var total: Items = .none
    }

    /// Starts from a collection instead of the focus of the environment.
    init(program: Program, environment: FHIRPathEnvironment, focus: Items) {
        self.program = program
        self.environment = environment
        self.focus = focus
    }

    init(program: Program, environment: FHIRPathEnvironment) {
        self.program = program
        self.environment = environment
        if let typed = environment.typedFocus {
            focus = .one(.element(Element(typed)))
        } else if environment.focus.count == 1 {
            focus = .one(Item(environment.focus[0]))
        } else {
            focus = Items(environment.focus.map { Item($0) })
        }
    }

    /// Evaluates the whole program.
    mutating func run() throws(FHIRPathError) -> Items {
        let scope = Scope(this: focus)
        return try evaluate(program.root, scope)
    }

    // MARK: Limits and errors

    func fault(_ code: FHIRPathError.Code, at node: Int) -> FHIRPathError {
        FHIRPathError(code: code, offset: program.nodes[node].offset)
    }

    mutating func charge(_ steps: Int, at node: Int) throws(FHIRPathError) {
        stepsLeft -= steps
        guard stepsLeft >= 0 else { throw fault(.limitExceeded, at: node) }
    }

    func checkSize(_ items: Items, at node: Int) throws(FHIRPathError) {
        guard items.count <= Limits.fhirPathItemsMax else {
            throw fault(.limitExceeded, at: node)
        }
    }

    func checkSize(_ text: String, at node: Int) throws(FHIRPathError) {
        guard text.utf8.count <= Limits.fhirPathStringBytesMax else {
            throw fault(.limitExceeded, at: node)
        }
    }

    // MARK: Nodes

    mutating func evaluate(_ index: Int, _ scope: Scope) throws(FHIRPathError) -> Items {
        try charge(1, at: index)
        let items = try value(of: index, scope)
        switch items {
        case .none: break
        case .one(.string(let text)): try charge(text.utf8.count / 64, at: index)
        case .one: break
        case .many(let many): try charge(many.count / 8, at: index)
        }
        if recorder != nil { record(items, of: index) }
        return items
    }

    private mutating func value(
        of index: Int,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        switch program.nodes[index].kind {
        case .empty: return .none
        case .this: return scope.this
        case .index: return scope.index.map { .one(.integer($0)) } ?? .none
        case .total: return scope.total
        case .literal(let literal): return .one(program.literals[literal].item)
        case .variable(let variable): return try variableValue(variable, at: index)
        case .member(let name, let base):
            guard let base else {
                return try step(program.names[name], from: scope.this, isFirst: true, at: index)
            }
            let input = try evaluate(base, scope)
            return try step(program.names[name], from: input, isFirst: false, at: index)
        case .indexer(let base, let position):
            let input = try evaluate(base, scope)
            let position = try integer(try isolated(position, scope), at: index)
            guard let position, position >= 0, position < input.count else { return .none }
            return .one(input[position])
        case .call(let function, let base, let first, let count):
            let input = try evaluate(base: base, scope)
            let call = Call(node: index, function: function, first: first, count: count)
            return try evaluate(call, on: input, scope)
        case .typed(let operation, let base, let type):
            let input = try evaluate(base: base, scope)
            return try evaluate(operation, type, on: input, at: index)
        case .negate(let operand): return try negated(try evaluate(operand, scope), at: index)
        case .plus(let operand):
            let value = try evaluate(operand, scope)
            _ = try negated(value, at: index)
            return value
        case .binary(let operation, let left, let right):
            return try evaluate(operation, left, right, scope, at: index)
        case .descending(let operand): return try evaluate(operand, scope)
        }
    }

    /// What stands before a function; without it, `$this`.
    private mutating func evaluate(
        base: Int?,
        _ scope: Scope
    ) throws(FHIRPathError) -> Items {
        guard let base else { return scope.this }
        return try evaluate(base, scope)
    }

    /// Evaluates a part whose variables are not seen outside it.
    mutating func isolated(_ index: Int, _ scope: Scope) throws(FHIRPathError) -> Items {
        let count = defined.count
        defer { defined.removeLast(defined.count - count) }
        return try evaluate(index, scope)
    }

    private func variableValue(_ variable: Int, at node: Int) throws(FHIRPathError) -> Items {
        let name = program.variables[variable]
        if let value = defined.last(where: { $0.name == name }) { return value.items }
        if let values = environment.variables[name] { return Items(values.map { Item($0) }) }
        switch name {
        case "context", "resource", "rootResource": return focus
        default: throw fault(.unknownVariable, at: node)
        }
    }

    // MARK: Singletons

    /// The only item of a collection; `nil` when it is empty.
    func single(_ items: Items, at node: Int) throws(FHIRPathError) -> Item? {
        guard items.count <= 1 else { throw fault(.notSingleton, at: node) }
        return items.first
    }

    /// A collection as a boolean (FHIRPath 2.0, section 4.5).
    ///
    /// A primitive without a value, of which only a reason stands there, is neither true nor false.
    func boolean(_ items: Items, at node: Int) throws(FHIRPathError) -> Bool? {
        guard let item = try single(items, at: node) else { return nil }
        if case .element(let element) = item, !element.hasValue { return nil }
        guard case .boolean(let flag) = system(item) else { return true }
        return flag
    }

    /// A collection as an integer; `nil` when it is empty.
    func integer(_ items: Items, at node: Int) throws(FHIRPathError) -> Int? {
        guard let item = try single(items, at: node) else { return nil }
        guard case .integer(let number) = system(item) else {
            throw fault(.typeMismatch, at: node)
        }
        return number
    }

    /// A collection as a string; `nil` when it is empty.
    func string(_ items: Items, at node: Int) throws(FHIRPathError) -> String? {
        guard let item = try single(items, at: node) else { return nil }
        guard case .string(let text) = system(item) else {
            throw fault(.typeMismatch, at: node)
        }
        return text
    }
}

/// A call of a function with its place in the program.
struct Call {
    let node: Int
    let function: FunctionName
    let first: Int
    let count: Int
}
