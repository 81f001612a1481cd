import FHIRPath
import JSON
import Posix

/// Prints the answer of `limen fhirpath`, for people or as one JSON object.
struct FHIRPathPrinter {
    let expression: String
    let isJSON: Bool

    private static let valueLengthMax = 160

    /// Prints the results, and the steps when there are any.
    ///
    /// - Throws: `.limitExceeded` when they are too long to be written.
    func print(
        _ results: [FHIRPathResult],
        trace steps: [FHIRPathStep]? = nil
    ) throws(FHIRPathError) {
        guard !isJSON else {
            var writer = JSONWriter()
            writer.beginObject()
            if let steps { try write(steps, to: &writer) }
            try ResultWriter.write(results, to: &writer)
            writer.endObject()
            Terminal.writeOutput(writer.text + "\n")
            return
        }
        if let steps { printSteps(steps) }
        guard !results.isEmpty else {
            Terminal.writeOutput("(empty)\n")
            return
        }
        var table = TextTable()
        for result in results {
            table.append([result.type, result.path ?? "-", Self.text(of: result)])
        }
        Terminal.writeOutput(table.lines().joined(separator: "\n") + "\n")
    }

    /// Prints why the expression has no result, and the steps before that.
    func fail(_ error: FHIRPathError, trace steps: [FHIRPathStep]?) {
        let bytes = Array(expression.utf8)
        fail(
            code: error.code.rawValue,
            error.offset,
            error.sentence,
            in: bytes,
            steps: steps,
            isExpression: true
        )
    }

    /// Prints a fault at a place of the expression or of the resource.
    func fail(
        code: String,
        _ offset: Int,
        _ sentence: String,
        in bytes: [UInt8],
        steps: [FHIRPathStep]? = nil,
        isExpression: Bool = false
    ) {
        let place = TextPlace(offset, in: bytes)
        guard !isJSON else {
            var writer = JSONWriter()
            writer.beginObject()
            if let steps {
                do throws(FHIRPathError) {
                    try write(steps, to: &writer)
                } catch {
                    // The fault is told without the steps when these are too long to be written.
                    writer = JSONWriter()
                    writer.beginObject()
                }
            }
            place.write(code, sentence, to: &writer)
            writer.endObject()
            Terminal.writeOutput(writer.text + "\n")
            return
        }
        if let steps { printSteps(steps) }
        let what = isExpression ? "" : "the resource is not JSON: "
        Terminal.writeError(
            "limen: \(what)\(sentence) (\(code), line \(place.line), column \(place.column))\n"
        )
        guard isExpression, let line = Self.line(place, of: expression) else { return }
        let mark = String(repeating: " ", count: place.column - 1) + "^"
        Terminal.writeError("  " + line + "\n  " + mark + "\n")
    }

    /// The line of the expression, which the caller has typed, with a mark below the place.
    private static func line(_ place: TextPlace, of text: String) -> String? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(place.line - 1) else { return nil }
        return String(
            String.UnicodeScalarView(
                lines[place.line - 1].unicodeScalars.map { $0.value < 0x20 ? " " : $0 }
            )
        )
    }

    // MARK: Steps

    private func text(of step: FHIRPathStep) -> String {
        String(decoding: Array(expression.utf8)[step.span], as: UTF8.self)
    }

    private func write(
        _ steps: [FHIRPathStep],
        to writer: inout JSONWriter
    ) throws(FHIRPathError) {
        writer.name("trace")
        writer.beginArray()
        for step in steps {
            writer.beginObject()
            writer.member("start", step.span.lowerBound)
            writer.member("end", step.span.upperBound)
            writer.member("expression", text(of: step))
            if let label = step.label { writer.member("label", label) }
            writer.member("count", step.resultCount)
            try ResultWriter.write(step.results, to: &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    private func printSteps(_ steps: [FHIRPathStep]) {
        var table = TextTable()
        for (position, step) in steps.enumerated() {
            let place = "\(step.span.lowerBound)-\(step.span.upperBound)"
            let label = step.label.map { "trace \(Self.quoted($0)): " } ?? ""
            let shown = step.results.prefix(3).map { Self.text(of: $0, lengthMax: 40) }
            let more = step.resultCount > shown.count ? ", ..." : ""
            let values =
                step.resultCount == 0 ? "(empty)" : shown.joined(separator: ", ") + more
            let count = step.resultCount > 1 ? "\(step.resultCount) items: " : ""
            let source = text(of: step).split(whereSeparator: \.isNewline).joined(separator: " ")
            table.append(["\(position + 1)", place, source, "=> " + label + count + values])
        }
        Terminal.writeOutput(table.lines().joined(separator: "\n") + "\n\n")
    }

    // MARK: Values

    /// A value on one line, without control characters, cut when it is long.
    private static func text(
        of result: FHIRPathResult,
        lengthMax: Int = valueLengthMax
    ) -> String {
        var writer = JSONWriter()
        ResultWriter.write(result, to: &writer)
        let text = writer.text
        guard text.count > lengthMax else { return text }
        return String(text.prefix(lengthMax - 3)) + "..."
    }

    private static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.value(text)
        return writer.text
    }
}
