import Basics
import Gateway
import JOSE
import JSON
import Mapping
import Posix

/// `limen client check`: everything that is wrong with the registered clients, and their keys.
enum ClientCheckCommand {
    /// Runs the command; exit code 1 when anything is wrong.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "client check")
        let files = try ClientFiles.read(parsed)
        switch files.load() {
        case .failure(let error):
            write(error.findings, files, asJSON: parsed.has("json"))
            return .findings
        case .success(let catalogue):
            let clients = try files.chosen(parsed.words, of: catalogue)
            let now = Clock.now()
            let reports = clients.map { ClientReport($0, now: now) }
            Terminal.writeOutput(
                parsed.has("json")
                    ? ClientReport.json(reports) : reports.map(\.text).joined()
            )
            return .ok
        }
    }

    private static func write(_ findings: [CatalogueFinding], _ files: ClientFiles, asJSON: Bool) {
        guard asJSON else {
            for finding in findings { Terminal.writeOutput(TextStyle.safe(finding.text) + "\n") }
            let count = findings.count == 1 ? "1 fault" : "\(findings.count) faults"
            Terminal.writeError("limen: \(count); a gateway keeps the clients it has\n")
            return
        }
        var writer = JSONWriter()
        writer.beginArray()
        for finding in findings {
            writer.beginObject()
            writer.member("code", finding.code.rawValue)
            writer.member("file", finding.file)
            if let place = finding.place {
                writer.member("line", place.line)
                writer.member("column", place.column)
            }
            writer.member("path", finding.path)
            writer.member("sentence", finding.sentence)
            writer.member("accepted", ifPresent: finding.accepted)
            writer.endObject()
        }
        writer.endArray()
        Terminal.writeOutput(writer.text + "\n")
    }
}
