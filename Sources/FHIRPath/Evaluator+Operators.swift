import Basics
import FHIR
import JSON

extension Evaluator {
    /// Applies a binary operator (FHIRPath 2.0, section 6).
    mutating func evaluate(
        _ operation: BinaryOperator,
        _ left: Int,
        _ right: Int,
        _ scope: Scope,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        let first = try isolated(left, scope)
        switch operation {
        case .and, .or, .xor, .implies:
            return try logic(operation, first, right, scope, at: node)
        case .union:
            let second = try isolated(right, scope)
            return try union(first, second, isLeftDistinct: isUnion(left), at: node)
        case .concatenate:
            let second = try isolated(right, scope)
            let text =
                (try string(first, at: node) ?? "") + (try string(second, at: node) ?? "")
            try checkSize(text, at: node)
            return .one(.string(text))
        case .equal, .notEqual:
            let second = try isolated(right, scope)
            guard let isEqual = try equal(first, second, at: node) else { return .none }
            return .one(.boolean(isEqual == (operation == .equal)))
        case .equivalent, .notEquivalent:
            let second = try isolated(right, scope)
            let isEquivalent = try equivalent(first, second, at: node)
            return .one(.boolean(isEquivalent == (operation == .equivalent)))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let second = try isolated(right, scope)
            return try compare(operation, first, second, at: node)
        case .in:
            return try membership(of: first, in: try isolated(right, scope), at: node)
        case .contains:
            return try membership(of: try isolated(right, scope), in: first, at: node)
        case .multiply, .divide, .div, .mod, .add, .subtract:
            let second = try isolated(right, scope)
            guard let one = try single(first, at: node) else {
                _ = try single(second, at: node)
                return .none
            }
            guard let other = try single(second, at: node) else { return .none }
            return try arithmetic(operation, one, other, at: node).map { .one($0) } ?? .none
        }
    }

    /// Three-valued logic (FHIRPath 2.0, section 6.5); the right side is left out when the left
    /// side decides.
    private mutating func logic(
        _ operation: BinaryOperator,
        _ first: Items,
        _ right: Int,
        _ scope: Scope,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        let one = try boolean(first, at: node)
        if operation == .and, one == false { return .one(.boolean(false)) }
        if operation == .or, one == true { return .one(.boolean(true)) }
        if operation == .implies, one == false { return .one(.boolean(true)) }
        let other = try boolean(try isolated(right, scope), at: node)
        let result: Bool?
        if operation == .and {
            result = other == false ? false : (one == nil || other == nil ? nil : true)
        } else if operation == .or {
            result = other == true ? true : (one == nil || other == nil ? nil : false)
        } else if operation == .implies {
            result = other == true ? true : (one == nil || other == nil ? nil : false)
        } else {
            result = one.flatMap { one in other.map { one != $0 } }
        }
        return result.map { .one(.boolean($0)) } ?? .none
    }

    private mutating func membership(
        of item: Items,
        in collection: Items,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        guard let item = try single(item, at: node) else { return .none }
        return .one(.boolean(try contains(collection, item, at: node)))
    }

    private mutating func compare(
        _ operation: BinaryOperator,
        _ first: Items,
        _ second: Items,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        let one = try single(first, at: node)
        let other = try single(second, at: node)
        guard let one, let other else { return .none }
        guard let order = try order(one, other, at: node) else { return .none }
        let holds =
            operation == .less && order < 0 || operation == .lessOrEqual && order <= 0
            || operation == .greater && order > 0 || operation == .greaterOrEqual && order >= 0
        return .one(.boolean(holds))
    }

    // MARK: Sets

    /// Whether an equal item is in a collection.
    mutating func contains(
        _ items: Items,
        _ item: Item,
        at node: Int
    ) throws(FHIRPathError) -> Bool {
        for index in 0..<items.count where try equal(items[index], item, at: node) == true {
            return true
        }
        return false
    }

    /// The distinct items of both.
    ///
    /// What is distinct already is not compared again: a chain of unions would otherwise cost the
    /// cube of its length.
    mutating func union(
        _ left: Items,
        _ right: Items,
        isLeftDistinct: Bool,
        at node: Int
    ) throws(FHIRPathError) -> Items {
        var all = left
        all.append(right)
        try checkSize(all, at: node)
        return try distinct(all, afterDistinct: isLeftDistinct ? left.count : 0, at: node)
    }

    /// Whether a node gives each item once because it is a union itself.
    func isUnion(_ node: Int?) -> Bool {
        guard let node else { return false }
        let kind = program.nodes[node].kind
        if case .binary(.union, _, _) = kind { return true }
        if case .call(let function, _, _, _) = kind {
            return function == .union || function == .distinct
        }
        return false
    }

    /// What a function is called on; `nil` without a base.
    func base(of call: Call) -> Int? {
        guard case .call(_, let base, _, _) = program.nodes[call.node].kind else { return nil }
        return base
    }

    // MARK: Numbers

    /// Changes the sign of a number or quantity.
    func negated(_ items: Items, at node: Int) throws(FHIRPathError) -> Items {
        guard let item = try single(items, at: node) else { return .none }
        switch system(item) {
        case .integer(let number):
            guard number != .min else { return .none }
            return .one(.integer(-number))
        case .decimal(let number): return .one(.decimal(number.negated))
        case .quantity(let quantity):
            let value = quantity.value.negated
            return .one(.quantity(FHIRPathQuantity(value: value, unit: quantity.unit)))
        case .boolean, .string, .date, .dateTime, .time, .element, .type:
            throw fault(.typeMismatch, at: node)
        }
    }

    private mutating func arithmetic(
        _ operation: BinaryOperator,
        _ left: Item,
        _ right: Item,
        at node: Int
    ) throws(FHIRPathError) -> Item? {
        let first = system(left)
        let second = system(right)
        if case .integer(let one) = first, case .integer(let other) = second {
            return integers(operation, one, other)
        }
        if let one = number(first), let other = number(second) {
            try charge(Self.stepCount(of: operation, one, other), at: node)
            return decimals(operation, one, other)
        }
        if case .string(let one) = first, case .string(let other) = second, operation == .add {
            try checkSize(one, at: node)
            try checkSize(other, at: node)
            return .string(one + other)
        }
        if case .quantity(let quantity) = second, operation == .add || operation == .subtract,
            isMoment(first)
        {
            return try shifted(first, by: quantity, isBack: operation == .subtract, at: node)
        }
        let (one, other) = systemPair(first, second)
        guard case .quantity(let leftQuantity) = one, case .quantity(let rightQuantity) = other
        else {
            throw fault(.typeMismatch, at: node)
        }
        try charge(leftQuantity.unit == rightQuantity.unit ? 32 : 256, at: node)
        return quantities(operation, leftQuantity, rightQuantity).map { .quantity($0) }
    }

    /// What an operation on decimals counts among the steps: digit by digit where it divides, and
    /// more where a product has no room in 128 bits.
    private static func stepCount(
        of operation: BinaryOperator,
        _ one: DecimalNumber,
        _ other: DecimalNumber
    ) -> Int {
        switch operation {
        case .divide: 16
        case .multiply: one.multiplied(by: other) == nil ? PowerOfDecimal.stepsPerProduct : 1
        case .add, .subtract, .div, .mod, .concatenate, .union, .lessOrEqual, .less,
            .greaterOrEqual, .greater, .equal, .equivalent, .notEqual, .notEquivalent, .in,
            .contains, .and, .or, .xor, .implies:
            1
        }
    }

    private func number(_ item: Item) -> DecimalNumber? {
        switch item {
        case .integer(let number): DecimalNumber(number)
        case .decimal(let number): number
        case .boolean, .string, .date, .dateTime, .time, .quantity, .element, .type: nil
        }
    }

    private func isMoment(_ item: Item) -> Bool {
        switch item {
        case .date, .dateTime, .time: true
        case .boolean, .integer, .decimal, .string, .quantity, .element, .type: false
        }
    }

    /// Whole numbers; `nil` on overflow and for a division by zero (FHIRPath 2.0, section 6.6).
    private func integers(_ operation: BinaryOperator, _ one: Int, _ other: Int) -> Item? {
        let result: (partialValue: Int, overflow: Bool)
        switch operation {
        case .add: result = one.addingReportingOverflow(other)
        case .subtract: result = one.subtractingReportingOverflow(other)
        case .multiply: result = one.multipliedReportingOverflow(by: other)
        case .div: result = one.dividedReportingOverflow(by: other)
        case .mod: result = one.remainderReportingOverflow(dividingBy: other)
        case .divide:
            return DecimalNumber(one).divided(by: DecimalNumber(other)).map { .decimal($0) }
        case .concatenate, .union, .lessOrEqual, .less, .greaterOrEqual, .greater, .equal,
            .equivalent, .notEqual, .notEquivalent, .in, .contains, .and, .or, .xor, .implies:
            return nil
        }
        return result.overflow ? nil : .integer(result.partialValue)
    }

    private func decimals(
        _ operation: BinaryOperator,
        _ one: DecimalNumber,
        _ other: DecimalNumber
    ) -> Item? {
        switch operation {
        case .add: return one.plus(other).map { .decimal($0) }
        case .subtract: return one.plus(other.negated).map { .decimal($0) }
        case .multiply: return one.times(other).map { .decimal($0) }
        case .divide: return one.divided(by: other).map { .decimal($0) }
        case .div: return one.wholeQuotient(dividingBy: other).map { .integer($0) }
        case .mod: return one.remainder(dividingBy: other).map { .decimal($0) }
        case .concatenate, .union, .lessOrEqual, .less, .greaterOrEqual, .greater, .equal,
            .equivalent, .notEqual, .notEquivalent, .in, .contains, .and, .or, .xor, .implies:
            return nil
        }
    }
}
