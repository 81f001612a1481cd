/// The working memory of one evaluation; it can be used again for the next.
///
/// A program that evaluates many rows makes one for each thread and model, so that evaluating
/// allocates nothing but the result.
public struct EvaluationScratch: Sendable {
    /// The row: inputs, then derived fields, then the outputs of segments.
    var slots: [Double]
    /// Probabilities, distances or votes; each model and segment has a region of its own.
    var regions: [Double]
    /// The operands of expressions.
    var stack: [Double]
    /// Texts that the document does not know; their numbers follow those of the table.
    var texts: [String] = []
    /// The slots that were read and found missing.
    var missing: [Int32] = []
    /// Why a derived field refuses.
    var fault: Fault?
    /// What a scorecard found, for the result.
    var scorecard: ScorecardProgram.Details?
    /// The names of targets whose value the document gives instead of a prediction.
    var replacedTargets: [String] = []

    /// Why there is no answer, and the slot it is about.
    struct Fault {
        let code: Evaluation.Refusal.Code
        let slot: Int
    }

    init(slotCount: Int, regionCount: Int, stackCount: Int) {
        slots = [Double](repeating: .nan, count: slotCount)
        regions = [Double](repeating: .nan, count: regionCount)
        stack = [Double](repeating: .nan, count: stackCount)
    }

    /// Forgets the last evaluation; regions are overwritten by whoever reads them.
    mutating func reset() {
        for slot in slots.indices { slots[slot] = .nan }
        texts.removeAll(keepingCapacity: true)
        missing.removeAll(keepingCapacity: true)
        fault = nil
        scorecard = nil
        replacedTargets.removeAll(keepingCapacity: true)
    }

    /// The value of a slot; a missing one is noted.
    @inline(__always)
    mutating func read(_ slot: Int) -> Double {
        let value = slots[slot]
        if value.isNaN { noteMissing(slot) }
        return value
    }

    /// Notes that a slot was read and found missing.
    mutating func noteMissing(_ slot: Int) {
        let number = Int32(slot)
        if !missing.contains(number) { missing.append(number) }
    }

    /// The number of a text that may be new.
    mutating func code(of text: String, in symbols: SymbolTable) -> Double {
        if let code = symbols.code(of: text) { return code }
        if let position = texts.firstIndex(of: text) {
            return Double(symbols.texts.count + position)
        }
        texts.append(text)
        return Double(symbols.texts.count + texts.count - 1)
    }

    /// The text of a number that `code(of:in:)` gave.
    func text(of code: Double, in symbols: SymbolTable) -> String? {
        guard code >= 0, code < Double(symbols.texts.count + texts.count) else { return nil }
        let position = Int(code)
        if position < symbols.texts.count { return symbols.texts[position] }
        return texts[position - symbols.texts.count]
    }
}
