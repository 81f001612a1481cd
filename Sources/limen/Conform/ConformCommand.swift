import Crypto
import HTTPClient
import HTTPMessages
import JSON
import Posix

/// `limen hook conform URL`: holds a CDS Hooks service, ours or another, against what the
/// specification asks of one.
enum ConformCommand {
    /// Runs the command; its words begin with `conform`.
    static func run(_ arguments: [String]) async throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "hook")
        guard parsed.words.first == "conform", parsed.words.count <= 2 else {
            throw CommandError(.usage, "say limen hook conform URL")
        }
        let client = try GatewayClient.choose(parsed)
        var base = parsed.words.count == 2 ? parsed.words[1] : client.url
        while base.hasSuffix("/") { base.removeLast() }
        if base.hasSuffix("/cds-services") { base.removeLast("/cds-services".count) }
        var credentials = HTTPFields()
        // The key of our own gateway is not for others.
        if base == client.url || parsed.value("key-file") != nil, let key = client.key {
            credentials.append("Authorization", "Bearer " + key)
        }
        let file: [UInt8]?
        if let name = parsed.value("bundle") {
            file = try ConfigurationFiles.input(name)
        } else {
            file = nil
        }
        let target = base
        let run = ConformRun(
            base: base,
            serviceID: parsed.value("service"),
            origin: parsed.value("origin"),
            credentials: credentials,
            sample: try ConformSample(file: file, now: Clock.now())
        ) { method, path, fields, body in
            Self.send(method, target + path, fields, body)
        }
        let report = ConformReport(ledger: try await run.run())
        if parsed.has("json") {
            Terminal.writeOutput(report.json)
        } else {
            Terminal.writeOutput(report.text(showsAll: parsed.has("all")))
        }
        return report.failedCount == 0 ? .ok : .findings
    }

    private static func send(
        _ method: String,
        _ url: String,
        _ fields: HTTPFields,
        _ body: [UInt8]
    ) -> ConformRun.Answer? {
        let started = Clock.monotonicMilliseconds()
        do {
            let response = try HTTPClient.send(
                url: url,
                method: method,
                fields: fields,
                body: body
            )
            return ConformRun.Answer(
                status: response.status,
                fields: response.fields,
                body: response.body,
                milliseconds: Int(Clock.monotonicMilliseconds() - started)
            )
        } catch {
            return nil
        }
    }
}
