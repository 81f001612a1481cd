import Basics

/// One step of an evaluation: a part of the expression and what it gave.
package struct FHIRPathStep: Sendable {
    /// The bytes of the part in the text of the expression.
    package let span: Range<Int>
    /// What it gave, as far as `Limits.fhirPathTraceItemsMax` goes.
    package let results: [FHIRPathResult]
    /// How many items it gave.
    package let resultCount: Int
    /// The name that `trace(name)` was given; `nil` for any other step.
    package let label: String?
}

/// Keeps the steps of one evaluation, in the order in which they end.
struct StepRecorder {
    private(set) var steps: [FHIRPathStep] = []

    /// Whether another step may be kept.
    var hasRoom: Bool { steps.count < Limits.fhirPathTraceStepsMax }

    /// Keeps a step.
    mutating func append(_ step: FHIRPathStep) {
        steps.append(step)
    }
}

extension Evaluator {
    /// Keeps what a node gave, unless there are too many steps already.
    mutating func record(_ items: Items, of node: Int, label: String? = nil) {
        guard recorder?.hasRoom == true else { return }
        let shown = min(items.count, Limits.fhirPathTraceItemsMax)
        let step = FHIRPathStep(
            span: program.nodes[node].span,
            results: (0..<shown).map { result(items[$0]) },
            resultCount: items.count,
            label: label
        )
        recorder?.append(step)
    }
}
