import Posix

/// `limen map explain`: maps data without a gateway and explains every value.
enum MapExplainCommand {
    /// Runs the command; exit code 1 when an input is missing or no score can be made.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "map explain")
        var words = parsed.words
        if let name = parsed.value("profile") { words.insert(name, at: 0) }
        if let path = parsed.value("bundle") { words.append(path) }
        guard words.count == 2 else {
            throw CommandError(.usage, "say limen map explain PROFILE DATA; DATA may be -")
        }
        var files = try ProfileFiles()
        let name = try files.name(words[0])
        let explanation = try Explanation(
            files: files,
            name: name,
            data: try ClinicalData(path: words[1]),
            request: parsed
        )
        if parsed.has("json") {
            Terminal.writeOutput(explanation.json + "\n")
        } else {
            let page = explanation.page(style: .output, showsAll: parsed.has("all"))
            Terminal.writeOutput(page.lines.joined(separator: "\n") + "\n")
        }
        return explanation.exitCode
    }
}
