import Basics
import JSON
import Posix
import UCUM

/// `limen unit`: converts values between units, and checks how a unit is written.
enum UnitCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "unit")
        let words = Array(parsed.words.dropFirst())
        switch parsed.words.first {
        case "convert" where parsed.has("batch") && words.count <= 1:
            return try UnitBatch.run(path: words.first ?? "-")
        case "convert" where words.count == 3:
            return try convert(words[0], words[1], words[2], isJSON: parsed.has("json"))
        case "check" where !words.isEmpty && !parsed.has("batch"):
            return check(words, isJSON: parsed.has("json"))
        default:
            throw CommandError(
                .usage,
                "say limen unit convert VALUE FROM TO, or limen unit check UNIT..."
            )
        }
    }

    private static func convert(
        _ text: String,
        _ source: String,
        _ target: String,
        isJSON: Bool
    ) throws(CommandError) -> ExitCode {
        guard let value = DecimalNumber(text: text) else {
            throw CommandError(.usage, "VALUE is a decimal number such as 101.3")
        }
        do throws(UnitFault) {
            let answer = try UnitAnswer(value, from: source, to: target)
            guard isJSON else {
                let how = answer.formula.isEmpty ? "the value stays" : answer.formula
                Terminal.writeOutput("\(answer.value.text) \(target)\n")
                Terminal.writeError("  from \(text) \(source): \(how)\n")
                return .ok
            }
            var writer = JSONWriter()
            writer.beginObject()
            answer.write(to: &writer)
            writer.endObject()
            Terminal.writeOutput(writer.text + "\n")
            return .ok
        } catch {
            guard isJSON else {
                Terminal.writeError("limen: \(error.sentence)\n")
                if let hint = error.hint { Terminal.writeError("  hint: \(hint)\n") }
                return .badInput
            }
            var writer = JSONWriter()
            writer.beginObject()
            error.write(to: &writer)
            writer.endObject()
            Terminal.writeOutput(writer.text + "\n")
            return .badInput
        }
    }

    private static func check(_ texts: [String], isJSON: Bool) -> ExitCode {
        let reports = texts.map { UnitReport($0) }
        if isJSON {
            var writer = JSONWriter()
            writer.beginObject()
            writer.name("units")
            writer.beginArray()
            for report in reports { report.write(to: &writer) }
            writer.endArray()
            writer.endObject()
            Terminal.writeOutput(writer.text + "\n")
        } else {
            var table = TextTable()
            for report in reports { table.append(report.cells) }
            Terminal.writeOutput(table.lines().joined(separator: "\n") + "\n")
        }
        return reports.contains { $0.error != nil } ? .findings : .ok
    }
}
