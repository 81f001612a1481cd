import CDSHooks
import Crypto
import Gateway
import JSON
import Posix

/// `limen client new ID --tenant TENANT`: a document for a client, not active yet.
enum ClientNewCommand {
    /// Runs the command; nothing that is there is overwritten.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "client new")
        guard let id = parsed.words.first, parsed.words.count == 1,
            let tenant = parsed.value("tenant")
        else {
            throw CommandError(
                .usage,
                "say limen client new ID --tenant TENANT, with --issuer and --jwks or --api-key"
            )
        }
        guard Self.isIdentifier(id), Self.isIdentifier(tenant) else {
            throw CommandError(.usage, "ID and TENANT are letters, digits and hyphens")
        }
        let files = try ClientFiles.read(parsed)
        let path = files.folder + "/" + id + ".json"
        guard !File.exists(path: path) else {
            throw CommandError(.badInput, "\(path) is there already and is left as it is")
        }
        var members: [JSONLayout.Member] = [
            .init("format", .text(Client.format)), .init("id", .text(id)),
            .init("tenant", .text(tenant)), .init("active", .flag(false)),
            .init("roles", .list([.text(parsed.value("role") ?? "clinician-system")])),
        ]
        var key: String?
        var keySet: (path: String, bytes: [UInt8])?
        if let issuer = parsed.value("issuer") {
            let keys: JSONLayout
            if let address = parsed.value("jwks-url") {
                keys = .object([.init("url", .text(address))])
            } else if let file = parsed.value("jwks") {
                let name = id + ".jwks.json"
                keySet = (files.folder + "/" + name, try ConfigurationFiles.bytes(file))
                keys = .object([.init("file", .text(name))])
            } else {
                throw CommandError(.usage, "--issuer needs --jwks FILE or --jwks-url URL")
            }
            members.append(
                .init("jwt", .object([.init("issuer", .text(issuer)), .init("keys", keys)]))
            )
        }
        if parsed.has("api-key") || parsed.value("issuer") == nil {
            let made = Client.makeKey(
                client: id,
                secret: Crypto.RandomBytes.make(count: 32),
                salt: Crypto.RandomBytes.make(count: 16)
            )
            key = made.key
            let stored = JSONLayout.object([
                .init("salt", .text(made.salt)), .init("sha256", .text(made.sha256)),
            ])
            members.append(.init("apiKeys", .list([stored])))
        }
        members += [
            .init("fhirServers", .list([])), .init("corsOrigins", .list([])),
            .init("mayReplay", .flag(false)),
            .init("dialect", .text(parsed.value("dialect") ?? "standard-2.0")),
        ]
        let bytes = Array((JSONLayout.object(members).layout(indent: 0, column: 0) + "\n").utf8)
        try check(bytes, keySet?.bytes, id: id, files)
        do {
            if let keySet { try File.writeAtomically(path: keySet.path, keySet.bytes, mode: 0o644) }
            try File.writeAtomically(path: path, bytes, mode: 0o644)
        } catch {
            throw CommandError(.unavailable, "\(path) cannot be written: \(error.text)")
        }
        if let key { Terminal.writeOutput(key + "\n") }
        Terminal.writeError(
            (key == nil ? "" : "limen: this key is shown this once; the file has its hash\n")
                + "limen: wrote \(path); what only you can know:\n"
                + "  services and hooks it may call (all, when they are not listed)\n"
                + "  fhirServers that missing data may be fetched from\n"
                + "  dialect, to be confirmed by the site; limen client lint \(id) shows its effect\n"
                + "  then \"active\": true, limen client check \(id), and kill -HUP the gateway\n"
        )
        return .ok
    }

    /// Holds the document against the format before it is written.
    private static func check(
        _ bytes: [UInt8],
        _ keySet: [UInt8]?,
        id: String,
        _ files: ClientFiles
    ) throws(CommandError) {
        var all = files.files
        all["Hooks/clients/" + id + ".json"] = bytes
        if let keySet { all["Hooks/clients/" + id + ".jwks.json"] = keySet }
        let trial = ClientFiles(files: all, folder: files.folder, isDevelopment: true)
        guard case .failure(let error) = trial.load() else { return }
        let own = error.findings.filter { $0.file == "Hooks/clients/" + id + ".json" }
        guard !own.isEmpty else { return }
        let lines = own.map { "\n  " + TextStyle.safe($0.text) }.joined()
        throw CommandError(.badInput, "this would be no client:" + lines)
    }

    private static func isIdentifier(_ text: String) -> Bool {
        FHIRIdentifier.isID(text) && !text.contains(".")
    }
}
