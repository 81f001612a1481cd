import ClinicalEngine

/// The results of many rows as CSV: what the model predicts, every output field, and why not.
struct EvaluationTable {
    /// The columns behind those of the document.
    private static let closing = ["status", "lower", "upper", "missing", "imputed", "refusal"]

    private let model: ClinicalModel
    private var scratch: EvaluationScratch
    private var output: RowOutput
    private let prediction: String
    /// The outputs that have a column of their own: not what the first column holds already.
    private let isShown: [Bool]
    private var isHeaderWritten = false
    /// Whether every row so far has a result.
    private(set) var isComplete = true

    init(_ model: ClinicalModel, output: RowOutput) {
        self.model = model
        self.output = output
        scratch = model.makeScratch()
        let target = model.target ?? ""
        let prediction = target.isEmpty ? "prediction" : target
        self.prediction = prediction
        isShown = model.outputs.map { $0 != prediction }
    }

    /// Evaluates one row and writes its results.
    mutating func append(_ inputs: [InputValue]) throws(CommandError) {
        try writeHeader()
        let evaluation = model.evaluate(inputs, &scratch)
        if evaluation.status != .complete { isComplete = false }
        var cells = [Self.prediction(evaluation)]
        for (position, name) in model.outputs.enumerated() where isShown[position] {
            cells.append(Self.text(evaluation.outputs.first { $0.name == name }?.value))
        }
        cells.append(evaluation.status.rawValue)
        cells.append(evaluation.lower.map { String($0) } ?? "")
        cells.append(evaluation.upper.map { String($0) } ?? "")
        cells.append(evaluation.missing.joined(separator: " "))
        cells.append(evaluation.imputed.joined(separator: " "))
        cells.append(Self.text(evaluation.refusal))
        try output.append(CSVWriter.record(cells))
    }

    /// Writes what is left, also the header of a table without rows.
    mutating func finish() throws(CommandError) {
        try writeHeader()
        try output.finish()
    }

    private mutating func writeHeader() throws(CommandError) {
        guard !isHeaderWritten else { return }
        isHeaderWritten = true
        var names = [prediction]
        for (position, name) in model.outputs.enumerated() where isShown[position] {
            names.append(name)
        }
        // A document may use one of our names for an output of its own.
        for name in Self.closing { names.append(names.contains(name) ? "limen." + name : name) }
        try output.append(CSVWriter.record(names))
    }

    private static func prediction(_ evaluation: Evaluation) -> String {
        guard evaluation.status == .complete else { return "" }
        if let category = evaluation.category { return category }
        if let segment = evaluation.segment { return segment.id }
        if let value = evaluation.value { return String(value) }
        return evaluation.entity ?? ""
    }

    private static func text(_ value: Evaluation.Output.Value?) -> String {
        switch value {
        case nil, .missing: ""
        case .number(let number): String(number)
        case .text(let text): text
        case .boolean(let isTrue): isTrue ? "true" : "false"
        }
    }

    /// The code of a refusal with the field it is about, such as `missing-value:lactate`.
    private static func text(_ refusal: Evaluation.Refusal?) -> String {
        guard let refusal else { return "" }
        return refusal.code.rawValue + (refusal.field.map { ":" + $0 } ?? "")
    }
}
