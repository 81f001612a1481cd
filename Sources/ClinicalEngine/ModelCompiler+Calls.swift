/// Calls of functions become instructions.
///
/// What they are called with is checked here, so that evaluating meets no text where it needs a
/// number.
extension ModelCompiler {
    mutating func emit(
        _ call: Expression.Call,
        at depth: Int,
        _ draft: inout Draft
    ) throws(ModelError) -> Shape {
        let outer = draft.line
        if call.line > 0 { draft.line = call.line }
        defer { draft.line = outer }
        guard call.function.argumentCounts.contains(call.arguments.count) else {
            throw ModelError(code: .unsupported, place: "arguments", line: draft.line)
        }
        let isConditional = call.function == .if
        var shape = Shape.unknown
        if isConditional {
            shape = try emitConditional(call, at: depth, &draft)
        } else {
            try checkValidity(call, draft.line)
            let shapes = try emitArguments(call, at: depth, &draft)
            shape = Self.result(call.function, shapes)
            try check(call, shapes, draft.line)
            if let mapMissingTo = call.mapMissingTo {
                let isRounded = shape == .single
                draft.code.append(
                    .init(
                        operation: .mapMissing,
                        first: Int32(draft.code.count + (isRounded ? 3 : 2)),
                        second: Int32(call.arguments.count),
                        number: try coerce(mapMissingTo, shape, draft.line)
                    )
                )
            }
            var step = Self.step(call.function, count: call.arguments.count)
            step.isInvalidMissing = call.invalidResult == .asMissing
            draft.code.append(step)
            if shape == .single { draft.code.append(.init(operation: .single)) }
        }
        if let defaultValue = call.defaultValue {
            let number = try coerce(defaultValue, shape, draft.line)
            draft.code.append(.init(operation: .replaceMissing, number: number))
        }
        return shape
    }

    private mutating func emitArguments(
        _ call: Expression.Call,
        at depth: Int,
        _ draft: inout Draft
    ) throws(ModelError) -> [Shape] {
        var shapes: [Shape] = []
        for (position, argument) in call.arguments.enumerated() {
            var argument = argument
            if case .constant(.text(let text)) = argument, let first = shapes.first,
                Self.compares(call.function), !first.isText, first != .boolean,
                let number = Double(text), number.isFinite
            {
                argument = .constant(.number(number))
            }
            shapes.append(try emit(argument, at: depth + position, &draft))
        }
        return shapes
    }

    /// Only the branch that is taken is evaluated, so that it may guard the other.
    private mutating func emitConditional(
        _ call: Expression.Call,
        at depth: Int,
        _ draft: inout Draft
    ) throws(ModelError) -> Shape {
        guard try !emit(call.arguments[0], at: depth, &draft).isText else {
            throw ModelError(code: .operandMismatch, place: "if", line: draft.line)
        }
        let branch = draft.code.count
        draft.code.append(.init(operation: .branch))
        let yes = try emit(call.arguments[1], at: depth, &draft)
        let leave = draft.code.count
        draft.code.append(.init(operation: .jump))
        draft.code[branch].first = Int32(draft.code.count)
        var no = Shape.unknown
        if call.arguments.count == 3 {
            no = try emit(call.arguments[2], at: depth, &draft)
        } else {
            draft.code.append(.init(operation: .constant))
        }
        draft.code[leave].first = Int32(draft.code.count)
        draft.code[branch].second = Int32(draft.code.count)
        let shape = yes == .unknown ? no : yes
        guard no == .unknown || yes == .unknown || yes.isText == no.isText else {
            throw ModelError(code: .operandMismatch, place: "if", line: draft.line)
        }
        if let mapMissingTo = call.mapMissingTo {
            // A missing condition goes past the branches, to its own constant.
            let number = try coerce(mapMissingTo, shape, draft.line)
            draft.code.append(.init(operation: .jump, first: Int32(draft.code.count + 2)))
            draft.code[branch].second = Int32(draft.code.count)
            draft.code.append(.init(operation: .replaceMissing, number: number))
            draft.code[leave].first = Int32(draft.code.count - 2)
        }
        return shape == .unknown || yes == no ? shape : (shape.isText ? .text : .number)
    }

    private static func compares(_ function: Function) -> Bool {
        [
            .equal, .notEqual, .lessThan, .lessOrEqual, .greaterThan, .greaterOrEqual, .isIn,
            .isNotIn,
        ].contains(function)
    }

    private static func isTextual(_ function: Function) -> Bool {
        [.uppercase, .lowercase, .stringLength, .substring, .trimBlanks, .concat]
            .contains(function)
    }

    /// Refuses arithmetic with texts, and texts compared with numbers.
    private func check(
        _ call: Expression.Call,
        _ shapes: [Shape],
        _ line: Int
    ) throws(ModelError) {
        let mismatch = ModelError(
            code: .operandMismatch,
            place: call.function.rawValue,
            line: line
        )
        let known = shapes.filter { $0 != .unknown }
        switch call.function {
        case .isMissing, .isNotMissing, .isValid, .isNotValid:
            return
        case .equal, .notEqual, .isIn, .isNotIn:
            guard let first = known.first else { return }
            let isMixed = known.contains { $0.isText != first.isText && $0 != .boolean }
            guard !isMixed || first == .boolean else { throw mismatch }
        case .substring:
            guard shapes[0].isText, !shapes[1].isText, !shapes[2].isText else { throw mismatch }
        case _ where Self.isTextual(call.function):
            guard known.allSatisfy(\.isText) else { throw mismatch }
        default:
            guard !known.contains(where: \.isText) else { throw mismatch }
        }
    }

    /// Refuses to ask whether a value is valid where an invalid one is kept: the row then holds no
    /// trace of it.
    private mutating func checkValidity(
        _ call: Expression.Call,
        _ line: Int
    ) throws(ModelError) {
        guard call.function == .isValid || call.function == .isNotValid else { return }
        guard case .field(let name, _) = call.arguments[0] else { return }
        // The treatment of a segment has a slot of its own, made from the input of its name.
        let slot = slots[try self.slot(name)]
        guard let input = slot.inputs.first, fields.names[input] == slot.name else { return }
        guard !fields.keepsInvalid(input) else {
            throw ModelError(code: .unsupported, place: call.function.rawValue, line: line)
        }
    }

    private static func result(_ function: Function, _ shapes: [Shape]) -> Shape {
        switch function {
        case .isMissing, .isNotMissing, .isValid, .isNotValid, .equal, .notEqual, .lessThan,
            .lessOrEqual, .greaterThan, .greaterOrEqual, .and, .or, .not, .isIn, .isNotIn:
            return .boolean
        case .uppercase, .lowercase, .substring, .trimBlanks, .concat:
            return .text
        case .stringLength, .threshold:
            return .whole
        case .floor, .ceil, .round, .rint:
            return .whole
        case .add, .subtract, .multiply, .min, .max, .sum, .product, .abs:
            if shapes.allSatisfy({ $0 == .whole }) { return .whole }
            // Single precision stays single, as in the program that made the model.
            return shapes.allSatisfy { $0 == .single } ? .single : .number
        case .divide:
            return shapes.allSatisfy { $0 == .single } ? .single : .number
        default:
            return .number
        }
    }

    private static func step(_ function: Function, count: Int) -> Instruction {
        let first = Int32(count)
        switch function {
        case .min, .max, .sum, .avg, .median, .product:
            return Instruction(operation: .aggregate(function), first: first)
        case .and: return Instruction(operation: .logic(isAnd: true), first: first)
        case .or: return Instruction(operation: .logic(isAnd: false), first: first)
        case .isIn: return Instruction(operation: .isIn(isNegated: false), first: first)
        case .isNotIn: return Instruction(operation: .isIn(isNegated: true), first: first)
        case .isMissing, .isNotValid: return Instruction(operation: .isMissing(isNegated: false))
        case .isNotMissing, .isValid: return Instruction(operation: .isMissing(isNegated: true))
        case .normalCDF, .normalPDF, .normalIDF:
            return Instruction(operation: .normal(function), first: 3)
        case .uppercase, .lowercase, .stringLength, .substring, .trimBlanks, .concat:
            return Instruction(operation: .text(function), first: first)
        default:
            return count == 2
                ? Instruction(operation: .binary(function))
                : Instruction(operation: .unary(function))
        }
    }
}
