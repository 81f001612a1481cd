/// The expressions of a model as one flat list of instructions.
struct ExpressionProgram: Sendable {
    /// The rows of one MapValues.
    struct Map: Sendable {
        let columns: Int
        /// The values of the columns, row by row.
        let keys: [Double]
        let results: [Double]
        let defaultValue: Double
    }

    var instructions: [Instruction] = []
    /// The points of NormContinuous: original and normalized values.
    var norms: [(original: Double, normalized: Double)] = []
    /// The bins of Discretize.
    var bins: [(interval: Interval, value: Double)] = []
    var maps: [Map] = []
    /// The most operands that wait at any time.
    var depth = 0

    /// Evaluates one expression; not a number when its result is missing.
    ///
    /// A result that a function does not define sets the fault of the scratch.
    func evaluate(
        _ code: Range<Int>,
        _ symbols: SymbolTable,
        _ scratch: inout EvaluationScratch
    ) -> Double {
        var top = -1
        var position = code.lowerBound
        while position < code.upperBound {
            let step = instructions[position]
            position += 1
            switch step.operation {
            case .constant:
                top += 1
                scratch.stack[top] = step.number
            case .load:
                top += 1
                scratch.stack[top] = scratch.read(Int(step.first))
            case .jump:
                position = Int(step.first)
            case .branch:
                let condition = scratch.stack[top]
                if condition.isNaN {
                    // The condition itself stays as the missing result.
                    position = Int(step.second)
                } else {
                    top -= 1
                    if condition == 0 { position = Int(step.first) }
                }
            case .replaceMissing:
                if scratch.stack[top].isNaN { scratch.stack[top] = step.number }
            case .mapMissing:
                let count = Int(step.second)
                let start = top - count + 1
                var isMissing = false
                for operand in start...top where scratch.stack[operand].isNaN { isMissing = true }
                if isMissing {
                    top = start
                    scratch.stack[top] = step.number
                    position = Int(step.first)
                }
            case .unary(let function):
                let value = scratch.stack[top]
                guard !value.isNaN else { continue }
                scratch.stack[top] = finished(Self.unary(function, value), step, &scratch)
            case .binary(let function):
                let right = scratch.stack[top]
                top -= 1
                let left = scratch.stack[top]
                scratch.stack[top] =
                    left.isNaN || right.isNaN
                    ? .nan : finished(Self.binary(function, left, right), step, &scratch)
            case .isMissing(let isNegated):
                scratch.stack[top] = scratch.stack[top].isNaN != isNegated ? 1 : 0
            case .single:
                scratch.stack[top] = Double(Float(scratch.stack[top]))
            case .clamp(let isMissing):
                clamp(step, isMissing, &scratch.stack[top])
            case .aggregate, .logic, .isIn, .normal, .text, .mapValues:
                let count = Int(step.first)
                let start: Int
                if case .mapValues = step.operation {
                    start = top - maps[count].columns + 1
                } else {
                    start = top - count + 1
                }
                let result = many(step, start...top, symbols, &scratch)
                top = start
                scratch.stack[top] = result
            case .whole, .formatNumber, .parseNumber, .normContinuous, .normDiscrete, .discretize:
                let value = scratch.stack[top]
                guard !value.isNaN else { continue }
                scratch.stack[top] = converted(step, value, symbols, &scratch)
            }
        }
        return scratch.stack[top]
    }

    /// A result that is not defined is missing, or ends the evaluation.
    @inline(__always)
    func finished(
        _ result: Double,
        _ step: Instruction,
        _ scratch: inout EvaluationScratch
    ) -> Double {
        if result.isFinite { return result }
        if !step.isInvalidMissing { fail(.notFinite, &scratch) }
        return .nan
    }

    func fail(_ code: Evaluation.Refusal.Code, _ scratch: inout EvaluationScratch) {
        if scratch.fault == nil { scratch.fault = .init(code: code, slot: -1) }
    }

    private func clamp(_ step: Instruction, _ isMissing: Bool, _ value: inout Double) {
        guard !value.isNaN, value < step.number || value > step.other else { return }
        value = isMissing ? .nan : min(max(value, step.number), step.other)
    }
}
