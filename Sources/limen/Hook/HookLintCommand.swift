import Gateway
import JSON
import Posix

/// `limen hook lint [SERVICE]`: what in the hook documents should be looked at before going live.
enum HookLintCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "hook")
        guard parsed.words.first == "lint", parsed.words.count <= 2 else {
            throw CommandError(.usage, "say limen hook lint [SERVICE]")
        }
        let wanted = parsed.words.count == 2 ? parsed.words[1] : nil
        let files = try ConfigurationFiles.read(
            home: try ConfigurationFiles.home(),
            clients: nil
        )
        let catalogue: Catalogue
        do throws(CatalogueError) {
            catalogue = try Catalogue(files: files, now: Clock.now(), isDevelopment: true)
        } catch {
            throw CommandError(
                .badInput,
                "the configuration has faults:" + error.findings.map { "\n  " + $0.text }.joined()
            )
        }
        if let wanted, catalogue.services(id: wanted).isEmpty {
            throw CommandError(
                .usage,
                "there is no service \(wanted); known are "
                    + catalogue.serviceIDs.joined(separator: ", ")
            )
        }
        let lint = HookLint(catalogue, service: wanted)
        if parsed.has("json") {
            Terminal.writeOutput(json(lint))
        } else {
            for finding in lint.findings {
                Terminal.writeOutput("\(finding.service): \(finding.path): \(finding.sentence)\n")
            }
            if lint.findings.isEmpty { Terminal.writeOutput("nothing to remark\n") }
        }
        return lint.findings.isEmpty ? .ok : .findings
    }

    private static func json(_ lint: HookLint) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("findings")
        writer.beginArray()
        for finding in lint.findings {
            writer.beginObject()
            writer.member("service", finding.service)
            writer.member("path", finding.path)
            writer.member("sentence", finding.sentence)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
