import CDSHooks
import Gateway
import JSON
import Posix

/// `limen client lint`: what clients would not see as it was made, before they go live.
enum ClientLintCommand {
    /// Runs the command; exit code 1 when something moves, with `--strict` also for the rest.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "client lint")
        let files = try ClientFiles.read(parsed)
        let catalogue: Catalogue
        switch files.load() {
        case .success(let loaded): catalogue = loaded
        case .failure(let error):
            let lines = error.findings.map { "\n  " + TextStyle.safe($0.text) }.joined()
            throw CommandError(.badInput, "the configuration has faults:" + lines)
        }
        let now = Clock.now()
        let lints = try files.chosen(parsed.words, of: catalogue).map {
            (client: $0, lint: ClientLint($0, in: catalogue, now: now))
        }
        Terminal.writeOutput(
            parsed.has("json") ? json(lints) : lints.map { text($0.client, $0.lint) }.joined()
        )
        let hasFindings = lints.contains { pair in
            pair.lint.findings.contains { parsed.has("strict") || $0.flag.movesContent }
        }
        return hasFindings ? .findings : .ok
    }

    private static func text(_ client: Client, _ lint: ClientLint) -> String {
        var text = "\(client.id): \(lint.services.count) services, dialect \(client.dialect.name)"
        text += client.dialect.isConfirmed ? "\n" : " (not confirmed by the client)\n"
        if lint.findings.isEmpty { return text + "  every card is shown as it is made\n" }
        for flag in DialectFlag.allCases {
            let cards = lint.findings.filter { $0.flag == flag }.map { $0.service + "/" + $0.card }
            guard !cards.isEmpty else { continue }
            text += "  \(flag.movesContent ? "warning" : "note")  \(flag.rawValue)  "
            text += cards.count == 1 ? "1 card: " : "\(cards.count) cards: "
            text += flag.sentence + "\n"
            // What moves is to be looked at one by one; the rest is the same for every card.
            let shown = flag.movesContent ? cards.prefix(20) : []
            if !shown.isEmpty { text += "    " + shown.joined(separator: ", ") }
            if !shown.isEmpty, cards.count > shown.count {
                text += " and \(cards.count - shown.count) more (--json lists all)"
            }
            if !shown.isEmpty { text += "\n" }
        }
        return text
    }

    private static func json(_ lints: [(client: Client, lint: ClientLint)]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for (client, lint) in lints {
            for finding in lint.findings {
                writer.beginObject()
                writer.member("client", client.id)
                writer.member("service", finding.service)
                writer.member("card", finding.card)
                writer.member("flag", finding.flag.rawValue)
                writer.member("movesContent", finding.flag.movesContent)
                writer.member("sentence", finding.flag.sentence)
                writer.endObject()
            }
        }
        writer.endArray()
        return writer.text + "\n"
    }
}
