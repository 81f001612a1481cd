/// Checks the paths of an expression against the type model when the type of the focus is known.
///
/// A mistyped path would otherwise find nothing, which looks like missing data. What the model
/// does not know is let pass.
struct TypeChecker {
    let program: Program
    /// Whether a path may begin with another type than that of the focus, as the parts of a
    /// search parameter do: `Patient.birthDate | Person.birthDate`.
    var mayBeForeign = false

    /// Checks the whole expression.
    ///
    /// - Throws: `.unknownElement` at the first step that its type cannot have.
    func check(rootType: String?) throws(FHIRPathError) {
        guard let rootType, let type = TypeModel.shared.type(rootType) else { return }
        _ = try check(program.root, this: type)
    }

    /// The type of the items of a node; unknown when it cannot be told.
    private func check(_ index: Int, this: FHIRType) throws(FHIRPathError) -> FHIRType {
        let node = program.nodes[index]
        switch node.kind {
        case .this: return this
        case .empty, .index, .total, .literal, .variable: return .unknown
        case .member(let name, let base):
            return try checkMember(program.names[name], base, this: this, at: node.offset)
        case .indexer(let base, let position):
            try checkOrder(base, at: node.offset)
            _ = try check(position, this: this)
            return try check(base, this: this)
        case .call(let function, let base, let first, let count):
            let arguments = program.arguments[first..<first + count]
            return try checkCall(function, base, arguments, this: this, at: node.offset)
        case .typed(let operation, let base, let type):
            if let base { _ = try check(base, this: this) }
            switch operation {
            case .isType: return .unknown
            case .asType, .ofType: return program.types[type].fhir ?? .unknown
            }
        case .negate(let operand), .plus(let operand), .descending(let operand):
            _ = try check(operand, this: this)
            return .unknown
        case .binary(let operation, let left, let right):
            let isAny = mayBeForeign || operation == .union
            let inner = TypeChecker(program: program, mayBeForeign: isAny)
            let first = try inner.check(left, this: this)
            let second = try inner.check(right, this: this)
            return operation == .union && first == second ? first : .unknown
        }
    }

    private func checkMember(
        _ name: MemberName,
        _ base: Int?,
        this: FHIRType,
        at offset: Int
    ) throws(FHIRPathError) -> FHIRType {
        let owner: FHIRType
        if let base {
            owner = try check(base, this: this)
        } else {
            owner = this
            // The first step may name the type of the focus or one that it derives from.
            if let named = TypeModel.shared.type(name.text), !named.isPrimitive {
                guard this.isUnknown || this == .resource || this.isKind(of: named) else {
                    if mayBeForeign { return .unknown }
                    throw FHIRPathError(code: .unknownElement, offset: offset)
                }
                return this
            }
        }
        switch TypeModel.shared.knowledge(of: owner, nameID: name.modelID) {
        case .type(let type): return type
        case .choice, .unknown: return .unknown
        case .absent: throw FHIRPathError(code: .unknownElement, offset: offset)
        }
    }

    private func checkCall(
        _ function: FunctionName,
        _ base: Int?,
        _ arguments: ArraySlice<Int>,
        this: FHIRType,
        at offset: Int
    ) throws(FHIRPathError) -> FHIRType {
        let input =
            try base.map { (base) throws(FHIRPathError) in try check(base, this: this) }
            ?? this
        let isOverItems = Self.itemFunctions.contains(function)
        if let base, Self.orderFunctions.contains(function) { try checkOrder(base, at: offset) }
        var last = FHIRType.unknown
        for argument in arguments {
            last = try check(argument, this: isOverItems ? input : this)
        }
        if function == .select { return last }
        if function == .extension { return .extension }
        return Self.sameTypeFunctions.contains(function) ? input : .unknown
    }

    /// Functions whose arguments see each item of the input as `$this`.
    private static let itemFunctions: Set<FunctionName> = [
        .where, .all, .exists, .select, .repeat, .repeatAll, .sort, .iif, .trace, .aggregate,
        .defineVariable,
    ]
    /// Functions that need an order.
    private static let orderFunctions: Set<FunctionName> = [.first, .last, .tail, .skip, .take]
    /// Functions whose result has the type of the input.
    private static let sameTypeFunctions: Set<FunctionName> = [
        .where, .sort, .trace, .single, .first, .last, .tail, .skip, .take, .intersect, .exclude,
        .distinct, .defineVariable,
    ]

    /// `children()` and `descendants()` have no order (FHIRPath 2.0, section 5.8).
    private func checkOrder(_ base: Int, at offset: Int) throws(FHIRPathError) {
        guard case .call(let function, _, _, _) = program.nodes[base].kind else { return }
        guard function != .children, function != .descendants else {
            throw FHIRPathError(code: .unsupported, offset: offset)
        }
    }
}
