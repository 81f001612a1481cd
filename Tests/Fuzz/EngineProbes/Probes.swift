public import ClinicalEngine
import PMML

/// What must hold for any bytes.
public enum PMMLProbe {
    /// Reads a document; whether it was accepted.
    @discardableResult
    public static func run(_ bytes: [UInt8]) -> Bool {
        do {
            let model = try PMMLDocument.compile(bytes)
            let inputs = [InputValue](repeating: .missing, count: model.fields.count)
            EvaluationProbe.check(model.evaluate(inputs))
            return true
        } catch {
            precondition(error.line >= 1, "a refusal names the line")
            precondition(!error.element.isEmpty, "a refusal names the element")
            return false
        }
    }
}

/// What must hold for any evaluation.
public enum EvaluationProbe {
    /// Every number is finite, a result or a reason is there, and never both.
    public static func check(_ evaluation: Evaluation) {
        let numbers = [evaluation.value, evaluation.lower, evaluation.upper].compactMap { $0 }
        precondition(numbers.allSatisfy(\.isFinite), "a number that is none")
        precondition(
            evaluation.probabilities.allSatisfy { $0.value.isFinite },
            "a probability that is none"
        )
        for output in evaluation.outputs {
            guard case .number(let number) = output.value else { continue }
            precondition(number.isFinite, "an output that is no number")
        }
        switch evaluation.status {
        case .complete:
            precondition(evaluation.refusal == nil, "a result with a refusal")
        case .incomplete:
            precondition(evaluation.value == nil, "a value without its inputs")
            precondition(!evaluation.missing.isEmpty, "incomplete for no reason")
        case .refused:
            precondition(evaluation.refusal != nil, "refused for no reason")
            precondition(evaluation.value == nil, "a value in spite of a refusal")
            precondition(evaluation.category == nil, "a category in spite of a refusal")
        }
    }
}
