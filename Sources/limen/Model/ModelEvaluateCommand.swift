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
        let parsed = try Arguments(arguments, of: "model evaluate")
        let profile = parsed.value("profile")
        guard parsed.words.count == (profile == nil ? 1 : 0), let input = parsed.value("in") else {
            throw CommandError(
                .usage,
                "say limen model evaluate FILE --in rows.csv [--out FILE], or --profile NAME"
            )
        }
        let file: ModelFile
        if let profile {
            file = try ModelFile(profile: profile)
        } else {
            file = try ModelFile(parsed.words[0])
        }
        guard file.path != "-" || input != "-" else {
            throw CommandError(.usage, "the model and the rows cannot both be standard input")
        }
        let model = try model(file)
        let isLines = try isNewlineDelimited(input, parsed.value("format"))
        var results = EvaluationTable(
            model,
            form: parsed.has("json") ? .json : .csv,
            output: try RowOutput.open(parsed.value("out"))
        )
        var rows: any InputRows = isLines ? NewlineRows(model) : TableRows(model)
        do throws(CommandError) {
            try read(input, &rows, &results)
        } catch {
            let count = results.rowCount
            guard count > 0 else { throw error }
            let rows = count == 1 ? "one row was" : "\(count) rows were"
            throw CommandError(
                error.exitCode,
                "\(error.sentence); \(rows) evaluated before it"
            )
        }
        for note in rows.notes { Terminal.writeError("limen: \(note)\n") }
        try results.finish()
        return results.isComplete ? .ok : .findings
    }

    /// Compiles a document, or says what stands against it.
    private static func model(_ file: ModelFile) throws(CommandError) -> ClinicalModel {
        do {
            return try PMMLDocument.compile(file.bytes)
        } catch {
            throw ModelCommand.refusal(error, file.path)
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

/// What is said of the names in a table as a whole.
enum InputNotes {
    /// Names that are no inputs, the first ones by name.
    static func unread(_ names: [String], _ kind: String) -> String {
        let shown = names.prefix(20).map { TextStyle.safe($0) }.joined(separator: ", ")
        let more = names.count > 20 ? " and \(names.count - 20) more" : ""
        return "\(kind) that are no inputs of the model: \(shown)\(more)"
    }
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
