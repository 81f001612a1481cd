import Basics

/// Expressions become instructions.
extension ModelCompiler {
    /// What is known of a value before there is one.
    enum Shape {
        case number
        case single
        case whole
        case text
        case boolean
        case unknown

        var isText: Bool { self == .text }
    }

    /// The instructions of one expression while they are gathered; jumps count from its start.
    struct Draft {
        var code: [Instruction] = []
        var depth = 0
        var nesting = 0
        var line: Int

        mutating func needs(_ count: Int) { depth = max(depth, count) }
    }

    /// Compiles an expression and brings its result to a type.
    mutating func code(
        _ expression: Expression,
        as type: ValueType?,
        line: Int
    ) throws(ModelError) -> Range<Int> {
        var draft = Draft(line: line)
        let shape = try emit(expression, at: 0, &draft)
        if let type { _ = convert(shape, to: type, &draft) }
        switch shape {
        case .number, .unknown: lastType = .double
        case .single: lastType = .float
        case .whole: lastType = .integer
        case .text: lastType = .string
        case .boolean: lastType = .boolean
        }
        return place(draft)
    }

    /// Brings a value of a shape to a type.
    private func convert(_ shape: Shape, to type: ValueType, _ draft: inout Draft) -> Shape {
        switch (type, shape) {
        case (.string, .number), (.string, .single):
            draft.code.append(.init(operation: .formatNumber(isWhole: false)))
            return .text
        case (.string, .whole):
            draft.code.append(.init(operation: .formatNumber(isWhole: true)))
            return .text
        case (.integer, .text), (.double, .text), (.float, .text):
            draft.code.append(.init(operation: .parseNumber))
            if type == .float { draft.code.append(.init(operation: .single)) }
            if type == .integer { draft.code.append(.init(operation: .whole)) }
            return type == .float ? .single : type == .integer ? .whole : .number
        case (.float, .number):
            draft.code.append(.init(operation: .single))
            return .single
        case (.integer, .number), (.integer, .single):
            draft.code.append(.init(operation: .whole))
            return .whole
        case (.double, .single), (.double, .whole):
            return .number
        case (.string, _), (.boolean, _), (.integer, _), (.float, _), (.double, _):
            return shape
        }
    }

    private mutating func place(_ draft: Draft) -> Range<Int> {
        let start = expressions.instructions.count
        for var instruction in draft.code {
            switch instruction.operation {
            case .jump, .mapMissing:
                instruction.first += Int32(start)
            case .branch:
                instruction.first += Int32(start)
                instruction.second += Int32(start)
            default:
                break
            }
            expressions.instructions.append(instruction)
        }
        expressions.depth = max(expressions.depth, draft.depth)
        return start..<expressions.instructions.count
    }

    /// The steps that treat a field as the mining schema of a segment says.
    mutating func treatment(
        _ field: FieldDefinition,
        _ source: Int
    ) throws(ModelError) -> Range<Int> {
        var draft = Draft(line: 0)
        draft.needs(1)
        draft.code.append(.init(operation: .load, first: Int32(source)))
        if field.outlierTreatment != .keep {
            var clamp = Instruction(
                operation: .clamp(isMissing: field.outlierTreatment == .asMissing)
            )
            clamp.number = field.usual.lower
            clamp.other = field.usual.upper
            draft.code.append(clamp)
        }
        let operand: Predicate.Operand?
        switch field.missingReplacement {
        case .number(let number): operand = .number(number)
        case .category(let text): operand = .category(text)
        case .missing: operand = nil
        }
        if let operand {
            let number = try self.operand(operand, slot: source)
            draft.code.append(.init(operation: .replaceMissing, number: number))
        }
        return place(draft)
    }

    mutating func emit(
        _ expression: Expression,
        at depth: Int,
        _ draft: inout Draft
    ) throws(ModelError) -> Shape {
        draft.nesting += 1
        defer { draft.nesting -= 1 }
        guard draft.code.count < Limits.expressionInstructionsMax,
            draft.nesting <= Limits.expressionNestingMax, depth < Limits.expressionDepthMax
        else { throw ModelError(code: .tooLarge, place: "expression", line: draft.line) }
        draft.needs(depth + 1)
        switch expression {
        case .constant(let constant):
            let (number, shape) = value(constant)
            draft.code.append(.init(operation: .constant, number: number))
            return shape
        case .field(let name, let mapMissingTo):
            let shape = try load(name, &draft)
            if let mapMissingTo {
                let number = try coerce(mapMissingTo, shape, draft.line)
                draft.code.append(.init(operation: .replaceMissing, number: number))
            }
            return shape
        case .apply(let call):
            return try emit(call, at: depth, &draft)
        case .converted(let inner, let type):
            return convert(try emit(inner, at: depth, &draft), to: type, &draft)
        case .normContinuous(let field, let norms, let outliers, let mapMissingTo):
            guard norms.count >= 2 else {
                throw ModelError(code: .inconsistent, place: field, line: draft.line)
            }
            let start = expressions.norms.count
            for (position, norm) in norms.enumerated() {
                guard position == 0 || norm.original > norms[position - 1].original else {
                    throw ModelError(code: .inconsistent, place: field, line: draft.line)
                }
                expressions.norms.append((norm.original, norm.normalized))
            }
            try loadNumber(field, &draft)
            return try finish(
                .init(
                    operation: .normContinuous(outliers),
                    first: Int32(start),
                    second: Int32(expressions.norms.count)
                ),
                mapMissingTo,
                .number,
                &draft
            )
        case .normDiscrete(let field, let operand, let mapMissingTo):
            let slot = try self.slot(field)
            let number = try self.operand(operand, slot: slot)
            draft.code.append(.init(operation: .load, first: Int32(slot)))
            let step = Instruction(operation: .normDiscrete, number: number)
            return try finish(step, mapMissingTo, .number, &draft)
        case .discretize(let field, let bins, let defaultValue, let mapMissingTo):
            let shape = shape(of: bins.map(\.value))
            let start = expressions.bins.count
            for bin in bins {
                let value = try coerce(bin.value, shape, draft.line)
                expressions.bins.append((bin.interval, value))
            }
            try loadNumber(field, &draft)
            let step = Instruction(
                operation: .discretize,
                first: Int32(start),
                second: Int32(expressions.bins.count),
                number: try defaultValue.map { value throws(ModelError) in
                    try coerce(value, shape, draft.line)
                } ?? .nan
            )
            return try finish(step, mapMissingTo, shape, &draft)
        case .mapValues(let fields, let rows, let results, let defaultValue, let mapMissingTo):
            return try emitMap(
                fields,
                rows,
                results,
                defaultValue,
                mapMissingTo,
                at: depth,
                &draft
            )
        }
    }

    private mutating func emitMap(
        _ fields: [String],
        _ rows: [[Predicate.Operand]],
        _ results: [Expression.Constant],
        _ defaultValue: Expression.Constant?,
        _ mapMissingTo: Expression.Constant?,
        at depth: Int,
        _ draft: inout Draft
    ) throws(ModelError) -> Shape {
        draft.needs(depth + fields.count)
        let shape = shape(of: results + (defaultValue.map { [$0] } ?? []))
        var keys: [Double] = []
        let slots = try fields.map { name throws(ModelError) in try slot(name) }
        for row in rows {
            guard row.count == fields.count else {
                throw ModelError(code: .inconsistent, place: "MapValues", line: draft.line)
            }
            for (column, operand) in row.enumerated() {
                // A row for a value that the field cannot have is never chosen.
                let key = try? self.operand(operand, slot: slots[column])
                keys.append(key ?? .infinity)
            }
        }
        for slot in slots { draft.code.append(.init(operation: .load, first: Int32(slot))) }
        let values = try results.map { value throws(ModelError) in
            try coerce(value, shape, draft.line)
        }
        expressions.maps.append(
            ExpressionProgram.Map(
                columns: fields.count,
                keys: keys,
                results: values,
                defaultValue: try defaultValue.map { value throws(ModelError) in
                    try coerce(value, shape, draft.line)
                } ?? .nan
            )
        )
        let step = Instruction(
            operation: .mapValues,
            first: Int32(expressions.maps.count - 1),
            second: Int32(fields.count)
        )
        return try finish(step, mapMissingTo, shape, &draft, operands: fields.count)
    }

    /// Appends a step that what is missing passes by when the document says where to.
    private mutating func finish(
        _ step: Instruction,
        _ mapMissingTo: Expression.Constant?,
        _ shape: Shape,
        _ draft: inout Draft,
        operands: Int = 1
    ) throws(ModelError) -> Shape {
        if let mapMissingTo {
            draft.code.append(
                .init(
                    operation: .mapMissing,
                    first: Int32(draft.code.count + 2),
                    second: Int32(operands),
                    number: try coerce(mapMissingTo, shape, draft.line)
                )
            )
        }
        draft.code.append(step)
        return shape
    }

    private mutating func load(_ name: String, _ draft: inout Draft) throws(ModelError) -> Shape {
        let slot = try self.slot(name)
        draft.code.append(.init(operation: .load, first: Int32(slot)))
        switch slots[slot].type {
        case .string: return .text
        case .integer: return .whole
        case .float: return .single
        case .double: return .number
        case .boolean: return .boolean
        }
    }

    private mutating func loadNumber(
        _ name: String,
        _ draft: inout Draft
    ) throws(ModelError) {
        guard try !load(name, &draft).isText else {
            throw ModelError(code: .operandMismatch, place: name, line: draft.line)
        }
    }

    private mutating func value(_ constant: Expression.Constant) -> (Double, Shape) {
        switch constant {
        case .number(let number): (number, .number)
        case .text(let text): (symbols.intern(text), .text)
        case .boolean(let value): (value ? 1 : 0, .boolean)
        case .missing: (.nan, .unknown)
        }
    }

    private func shape(of constants: [Expression.Constant]) -> Shape {
        var shape = Shape.unknown
        for constant in constants {
            switch constant {
            case .number: shape = shape == .text ? .text : .number
            case .text: shape = .text
            case .boolean: shape = .boolean
            case .missing: continue
            }
        }
        return shape
    }

    /// A constant of a document as a value of a shape.
    mutating func coerce(
        _ constant: Expression.Constant,
        _ shape: Shape,
        _ line: Int
    ) throws(ModelError) -> Double {
        switch (constant, shape) {
        case (.text(let text), .number), (.text(let text), .single), (.text(let text), .whole):
            guard let number = Double(text), number.isFinite else {
                throw ModelError(code: .operandMismatch, place: "constant", line: line)
            }
            return number
        case (.number, .text):
            throw ModelError(code: .operandMismatch, place: "constant", line: line)
        case (.number, _), (.text, _), (.boolean, _), (.missing, _):
            return value(constant).0
        }
    }
}
