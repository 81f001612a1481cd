import Basics
import Crypto
import HTTPMessages
import JSON
import Posix

/// `limen hook fire SERVICE --bundle FILE`: what an EHR would send, and what it would get.
enum HookCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        if arguments.first == "lint" { return try HookLintCommand.run(arguments) }
        let parsed = try Arguments(arguments, of: "hook")
        guard parsed.words.first == "fire", parsed.words.count == 2 else {
            throw CommandError(.usage, "say limen hook fire SERVICE --bundle FILE")
        }
        guard let bundle = parsed.value("bundle") else {
            throw CommandError(.usage, "name a FHIR bundle with --bundle FILE, or - for stdin")
        }
        let service = parsed.words[1]
        let client = try GatewayClient.choose(parsed)
        let fire = HookFire(
            client: client,
            serviceID: service,
            service: try client.service(service, hook: parsed.value("hook")),
            at: parsed.value("at"),
            patient: parsed.value("patient"),
            context: try parsed.value("context").map { (path) throws(CommandError) in
                try context(path)
            }
        )
        if bundle != "-", Folder.isFolder(path: bundle) {
            var quiet = fire
            quiet.tellsUnsent = false
            return try HookSweep(fire: quiet).run(folder: bundle, asJSON: parsed.has("json"))
        }
        let label = bundle == "-" ? "standard input" : bundle
        let body = try fire.body(of: try ConfigurationFiles.input(bundle), label: label)
        if parsed.has("curl") {
            Terminal.writeOutput(fire.curl(body))
            return .ok
        }
        return try show(try fire.post(body), asJSON: parsed.has("json"), url: client.url)
    }

    /// The context of a file, for hooks whose contexts cannot be made from a bundle.
    private static func context(_ path: String) throws(CommandError) -> HookFire.Context {
        let bytes = try ConfigurationFiles.bytes(path)
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            throw CommandError(
                .badInput,
                "the context is not JSON: \(error.sentence) (byte \(error.offset))"
            )
        }
        guard document.root.kind == .object else {
            throw CommandError(.badInput, "the context is no JSON object")
        }
        return HookFire.Context(
            json: Array(document.root.rawBytes),
            patientID: document.root["patientId"]?.stringValue
        )
    }

    private static func show(
        _ answer: HookFire.Answer,
        asJSON: Bool,
        url: String
    ) throws(CommandError) -> ExitCode {
        if asJSON {
            Terminal.writeOutput(answer.body + [UInt8(ascii: "\n")])
        } else if answer.status == 200, let document = answer.document {
            let usesColour =
                Terminal.isOutputTerminal && Terminal.environment("NO_COLOR") == nil
            let printer = CardPrinter(usesColour: usesColour)
            Terminal.writeOutput(printer.text(for: document.root) + "\n")
        } else {
            Terminal.writeOutput(OutcomePrinter.text(status: answer.status, answer.document))
        }
        return answer.status == 200 ? .ok : .findings
    }
}

/// One service of one gateway, ready to be fired at.
struct HookFire {
    let client: GatewayClient
    let serviceID: String
    let service: GatewayClient.Service
    let at: String?
    let patient: String?
    /// The context, when it is not made from the bundle.
    var context: Context?
    /// Whether it tells of resources that the service does not ask for.
    var tellsUnsent = true

    /// A context that stands in a file.
    struct Context {
        let json: [UInt8]
        /// The patient that it names.
        let patientID: String?
    }

    /// What the gateway answered.
    struct Answer {
        let status: Int
        let body: [UInt8]
        let document: JSONDocument?
    }

    /// The request for a bundle; what of it cannot be read is told on standard error.
    ///
    /// - Parameters:
    ///   - bundle: the text.
    ///   - label: what it is called there.
    /// - Returns: the body.
    /// - Throws: `CommandError` with exit code 3 when the bundle is not usable.
    func body(of bundle: [UInt8], label: String) throws(CommandError) -> [UInt8] {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bundle)
        } catch {
            throw CommandError(
                .badInput,
                "the bundle is not JSON: \(error.sentence) (byte \(error.offset))"
            )
        }
        let rewriter = try BundleRewriter(document.root)
        for sentence in BundleEntry.sentences(rewriter.unread.map(\.pointer)) {
            Terminal.writeError(
                "limen: \(label): \(sentence); every search that may ask for it gets it as it is\n"
            )
        }
        for sentence in rewriter.completeness.sentences {
            Terminal.writeError("limen: \(label): \(sentence); every search is told of it\n")
        }
        var builder = HookRequestBuilder(
            hook: service.hook,
            hookInstance: UUIDBytes.version4(),
            templates: service.templates,
            rewriter: rewriter,
            patientID: try HookRequestBuilder.patientID(
                in: rewriter,
                asked: patient ?? context?.patientID
            ),
            replayAt: at == "newest" ? rewriter.newestMoment?.text : at,
            explains: true
        )
        builder.context = context?.json
        let unsent = builder.unsentTypes.map { "\(TextStyle.safe($0.type)) (\($0.count))" }
        if tellsUnsent, !unsent.isEmpty {
            Terminal.writeError(
                "limen: \(label): \(serviceID) asks for none of these, so they were not sent: "
                    + unsent.joined(separator: ", ") + "\n"
            )
        }
        guard context == nil else { return builder.body() }
        guard !builder.needsDrafts || !builder.drafts.isEmpty else {
            throw CommandError(
                .badInput,
                "the file holds no draft order: a MedicationRequest with the status draft"
            )
        }
        guard !builder.needsEncounter || builder.encounterID != nil else {
            throw CommandError(
                .badInput,
                "the hook \(service.hook) is about one visit: the file must hold one Encounter"
            )
        }
        return builder.body()
    }

    /// A request whose Patient is the file as it stands, so that the gateway says what is wrong
    /// with it.
    func body(ofUnreadable bytes: [UInt8]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("hook", service.hook)
        writer.member("hookInstance", UUIDBytes.version4().text)
        writer.name("context")
        writer.beginObject()
        writer.member("userId", HookRequestBuilder.userID)
        writer.member("patientId", patient ?? "unknown")
        writer.endObject()
        writer.name("prefetch")
        writer.beginObject()
        writer.name("patient")
        writer.rawValue(bytes)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// Posts a request.
    func post(_ body: [UInt8]) throws(CommandError) -> Answer {
        let response = try client.send("POST", "/cds-services/" + serviceID, body: body)
        return Answer(
            status: response.status,
            body: response.body,
            document: try? JSONDocument(parsing: response.body)
        )
    }

    /// The request as a `curl` command; the key is read from the environment, not shown.
    func curl(_ body: [UInt8]) -> String {
        var quoted = ""
        for scalar in String(decoding: body, as: UTF8.self).unicodeScalars {
            if scalar == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(scalar) }
        }
        return """
            curl -sS '\(client.url)/cds-services/\(serviceID)' \\
              -H "Authorization: Bearer $LIMEN_API_KEY" \\
              -H 'Content-Type: application/json' \\
              --data-binary '\(quoted)'

            """
    }
}
