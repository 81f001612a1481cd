import ClinicalEngine
import JSON

/// The results of many rows, as CSV or as lines of JSON.
///
/// Each has what the model predicts, every output field, and the reason where there is none.
struct EvaluationTable {
    /// The columns behind those of the document.
    private static let closing = ["status", "lower", "upper", "missing", "imputed", "refusal"]

    /// How results are written.
    enum Form {
        case csv
        /// An object a line.
        case json
    }

    private let model: ClinicalModel
    private let form: Form
    private var scratch: EvaluationScratch
    private var output: RowOutput
    private let prediction: String
    /// The outputs that have a column of their own: not what the first column holds already.
    private let isShown: [Bool]
    private var isHeaderWritten = false
    /// Whether every row so far has a result.
    private(set) var isComplete = true
    /// How many rows were evaluated.
    private(set) var rowCount = 0

    init(_ model: ClinicalModel, form: Form = .csv, output: RowOutput) {
        self.model = model
        self.form = form
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
        rowCount += 1
        switch form {
        case .csv: try output.append(CSVWriter.record(cells(evaluation)))
        case .json: try output.append(json(evaluation) + "\n")
        }
    }

    private func cells(_ evaluation: Evaluation) -> [String] {
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
        return cells
    }

    private func json(_ evaluation: Evaluation) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("row", rowCount)
        writer.member("status", evaluation.status.rawValue)
        let answer = Self.prediction(evaluation)
        writer.name("prediction")
        if evaluation.category == nil, evaluation.segment == nil, let value = evaluation.value {
            writer.value(value)
        } else if answer.isEmpty {
            writer.null()
        } else {
            writer.value(answer)
        }
        writer.name("outputs")
        writer.beginObject()
        for name in model.outputs {
            writer.name(name)
            Self.write(evaluation.outputs.first { $0.name == name }?.value, to: &writer)
        }
        writer.endObject()
        for (name, bound) in [("lower", evaluation.lower), ("upper", evaluation.upper)] {
            guard let bound else { continue }
            writer.name(name)
            writer.value(bound)
        }
        for (name, list) in [("missing", evaluation.missing), ("imputed", evaluation.imputed)] {
            writer.name(name)
            writer.beginArray()
            for field in list { writer.value(field) }
            writer.endArray()
        }
        if let refusal = evaluation.refusal {
            writer.name("refusal")
            writer.beginObject()
            writer.member("code", refusal.code.rawValue)
            writer.member("field", ifPresent: refusal.field)
            writer.endObject()
        }
        writer.endObject()
        return writer.text
    }

    private static func write(_ value: Evaluation.Output.Value?, to writer: inout JSONWriter) {
        switch value {
        case nil, .missing: writer.null()
        case .number(let number) where number.isFinite: writer.value(number)
        case .number: writer.null()
        case .text(let text): writer.value(text)
        case .boolean(let isTrue): writer.value(isTrue)
        }
    }

    /// Writes what is left, also the header of a table without rows.
    mutating func finish() throws(CommandError) {
        try writeHeader()
        try output.finish()
    }

    private mutating func writeHeader() throws(CommandError) {
        guard !isHeaderWritten, form == .csv else { return }
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
