import ClinicalEngine
import PMML
import Posix

/// `limen model evaluate MODEL.pmml --in rows.csv`: one row of results for each row of inputs.
///
/// It takes any document, deployed or not, and goes through the rows one by one, so that memory
/// does not grow with the file. An empty cell is a missing value; a text that is no number goes to
/// the model as it is, which refuses it or not as the document says.
enum ModelEvaluateCommand {
    /// Runs the command; exit code 1 when a row has no result.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, values: ["in", "out", "format"])
        guard parsed.words.count == 1, let input = parsed.value("in") else {
            throw CommandError(
                .usage,
                "say limen model evaluate MODEL.pmml --in rows.csv [--out FILE]"
            )
        }
        let model = try model(parsed.words[0])
        let isLines = try isNewlineDelimited(input, parsed.value("format"))
        var results = EvaluationTable(model, output: try RowOutput.open(parsed.value("out")))
        var rows: any InputRows = isLines ? NewlineRows(model) : TableRows(model)
        try read(input, &rows, &results)
        for note in rows.notes { Terminal.writeError("limen: \(note)\n") }
        try results.finish()
        return results.isComplete ? .ok : .findings
    }

    /// Compiles a document, or says what stands against it.
    static func model(_ path: String) throws(CommandError) -> ClinicalModel {
        let bytes = try ConfigurationFiles.input(path)
        do {
            return try PMMLDocument.compile(bytes)
        } catch {
            throw CommandError(
                .badInput,
                "\(path) line \(error.line): \(error.element) is refused (\(error.code.rawValue))"
            )
        }
    }

    private static func isNewlineDelimited(
        _ path: String,
        _ format: String?
    ) throws(CommandError) -> Bool {
        switch format {
        case "csv": return false
        case "ndjson": return true
        case nil: return path.hasSuffix(".ndjson") || path.hasSuffix(".jsonl")
        default: throw CommandError(.usage, "--format is csv or ndjson")
        }
    }

    private static func read(
        _ path: String,
        _ rows: inout any InputRows,
        _ results: inout EvaluationTable
    ) throws(CommandError) {
        do {
            var stream = try ByteStream.open(path: path)
            while true {
                let bytes = try stream.next()
                if bytes.isEmpty { break }
                try rows.consume(bytes, into: &results)
            }
            try rows.finish(into: &results)
        } catch let error as CommandError {
            throw error
        } catch let error as SystemError {
            if error.isAbsent { throw CommandError(.badInput, "there is no file \(path)") }
            throw CommandError(.badInput, "\(path) cannot be read: \(error.text)")
        } catch {
            throw CommandError(.internalError, "reading \(path) failed")
        }
    }
}

/// Rows of inputs in some form.
protocol InputRows {
    /// What should be said of the input as a whole.
    var notes: [String] { get }
    /// Takes the next bytes.
    mutating func consume(
        _ bytes: [UInt8],
        into results: inout EvaluationTable
    ) throws(CommandError)
    /// Ends the input.
    mutating func finish(into results: inout EvaluationTable) throws(CommandError)
}

/// What a text stands for as an input of a model.
enum InputText {
    /// The value: nothing is missing, digits are a number where the model takes one.
    static func value(_ text: String, of kind: ClinicalModel.Field.Kind) -> InputValue {
        if text.isEmpty { return .missing }
        switch kind {
        case .continuous: return number(text).map { .number($0) } ?? .category(text)
        case .categorical: return .category(text)
        }
    }

    /// A decimal number; the names of infinities and hexadecimal are none.
    static func number(_ text: String) -> Double? {
        let isDecimal = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard isDecimal, let number = Double(text), number.isFinite else { return nil }
        return number
    }
}
