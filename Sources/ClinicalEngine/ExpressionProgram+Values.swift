/// Functions of several operands, of texts, and tables.
extension ExpressionProgram {
    func many(
        _ step: Instruction,
        _ operands: ClosedRange<Int>,
        _ symbols: SymbolTable,
        _ scratch: inout EvaluationScratch
    ) -> Double {
        let start = operands.lowerBound
        switch step.operation {
        case .aggregate(let function):
            let result = Self.aggregate(function, scratch.stack[operands])
            return result.isNaN ? .nan : finished(result, step, &scratch)
        case .logic(let isAnd):
            // Kleene's logic, as in CompoundPredicate: one false decides an `and`.
            var isMissing = false
            for operand in operands {
                let value = scratch.stack[operand]
                if value.isNaN { isMissing = true } else if (value == 0) == isAnd { return value }
            }
            return isMissing ? .nan : (isAnd ? 1 : 0)
        case .isIn(let isNegated):
            let value = scratch.stack[start]
            guard !value.isNaN else { return .nan }
            var isFound = false
            for operand in operands.dropFirst() where scratch.stack[operand] == value {
                isFound = true
            }
            return isFound != isNegated ? 1 : 0
        case .normal(let function):
            let values = scratch.stack[operands]
            if values.contains(where: \.isNaN) { return .nan }
            let result = Self.normal(function, values[start], values[start + 1], values[start + 2])
            return finished(result, step, &scratch)
        case .text(let function):
            return text(function, operands, symbols, &scratch)
        case .mapValues:
            return mapped(maps[Int(step.first)], operands, scratch)
        case .constant, .load, .jump, .branch, .replaceMissing, .mapMissing, .unary, .binary,
            .isMissing, .single, .whole, .formatNumber, .parseNumber, .normContinuous,
            .normDiscrete, .discretize, .clamp:
            preconditionFailure("only functions of several operands come here")
        }
    }

    private func mapped(
        _ map: Map,
        _ operands: ClosedRange<Int>,
        _ scratch: EvaluationScratch
    ) -> Double {
        for operand in operands where scratch.stack[operand].isNaN { return .nan }
        for row in map.results.indices {
            var isEqual = true
            for column in 0..<map.columns {
                let key = map.keys[row * map.columns + column]
                if scratch.stack[operands.lowerBound + column] != key { isEqual = false }
            }
            if isEqual { return map.results[row] }
        }
        return map.defaultValue
    }

    private func text(
        _ function: Function,
        _ operands: ClosedRange<Int>,
        _ symbols: SymbolTable,
        _ scratch: inout EvaluationScratch
    ) -> Double {
        let start = operands.lowerBound
        for operand in operands where scratch.stack[operand].isNaN { return .nan }
        guard var result = scratch.text(of: scratch.stack[start], in: symbols) else { return .nan }
        switch function {
        case .uppercase: result = result.uppercased()
        case .lowercase: result = result.lowercased()
        case .trimBlanks:
            while result.first?.isWhitespace == true { result.removeFirst() }
            while result.last?.isWhitespace == true { result.removeLast() }
        case .stringLength:
            return Double(result.count)
        case .substring:
            let from = scratch.stack[start + 1]
            let length = scratch.stack[start + 2]
            guard from >= 1, length >= 0, from < 1e6, length < 1e6 else {
                fail(.invalidValue, &scratch)
                return .nan
            }
            result = String(result.dropFirst(Int(from) - 1).prefix(Int(length)))
        default:
            for operand in operands.dropFirst() {
                result += scratch.text(of: scratch.stack[operand], in: symbols) ?? ""
            }
        }
        return scratch.code(of: result, in: symbols)
    }

    /// A value that is not missing, brought to another type or looked up in a table.
    func converted(
        _ step: Instruction,
        _ value: Double,
        _ symbols: SymbolTable,
        _ scratch: inout EvaluationScratch
    ) -> Double {
        switch step.operation {
        case .whole:
            // A fraction is not cut off: the document said that there is none.
            guard value != value.rounded() else { return value }
            fail(.invalidValue, &scratch)
            return .nan
        case .formatNumber(let isWhole):
            let isShort = isWhole && abs(value) < 1e15
            return scratch.code(of: isShort ? String(Int(value)) : String(value), in: symbols)
        case .parseNumber:
            let text = scratch.text(of: value, in: symbols) ?? ""
            guard let number = FieldTable.number(text) else {
                fail(.invalidValue, &scratch)
                return .nan
            }
            return number
        case .normContinuous(let outliers):
            let result = normalized(value, step, outliers)
            return result.isNaN ? .nan : finished(result, step, &scratch)
        case .normDiscrete:
            return value == step.number ? 1 : 0
        case .discretize:
            for position in Int(step.first)..<Int(step.second)
            where bins[position].interval.contains(value) {
                return bins[position].value
            }
            return step.number
        case .constant, .load, .jump, .branch, .replaceMissing, .mapMissing, .unary, .binary,
            .isMissing, .single, .aggregate, .logic, .isIn, .normal, .text, .mapValues, .clamp:
            preconditionFailure("only conversions come here")
        }
    }

    /// Straight lines between the points, going on beyond them for `asIs`
    /// (PMML 4.4, NormContinuous).
    private func normalized(
        _ value: Double,
        _ step: Instruction,
        _ outliers: Expression.Outliers
    ) -> Double {
        let first = Int(step.first)
        let last = Int(step.second) - 1
        if value < norms[first].original || value > norms[last].original {
            switch outliers {
            case .asIs: break
            case .asMissingValues: return .nan
            case .asExtremeValues:
                let end = value < norms[first].original ? first : last
                return norms[end].normalized
            }
        }
        var upper = first + 1
        while upper < last, value > norms[upper].original { upper += 1 }
        let left = norms[upper - 1]
        let right = norms[upper]
        return left.normalized + (value - left.original)
            / (right.original - left.original) * (right.normalized - left.normalized)
    }
}
