import Crypto
import HTTPClient
import HTTPMessages
import JSON
import Posix

/// The command line's own way to a running gateway.
struct GatewayClient {
    /// The base URL, such as `http://127.0.0.1:8080`.
    let url: String
    /// The key of the client, when there is one.
    let key: String?
    /// Whom an `https` gateway must show a certificate of; the machine's authorities when nil.
    var authorityPath: String?
    /// What signs a token for each call instead, when the client is known by tokens.
    var credential: TokenCredential?

    /// The service as discovery describes it.
    struct Service {
        let hook: String
        let templates: [HookRequestBuilder.Template]
    }

    /// The gateway and key that the options name, or those of a running `limen up`.
    static func choose(_ arguments: Arguments) throws(CommandError) -> GatewayClient {
        let folder = try statePath(arguments)
        var url = arguments.value("url") ?? Terminal.environment("LIMEN_URL")
        if url == nil, File.exists(path: folder + "/url") { url = try line(folder + "/url") }
        var key = Terminal.environment("LIMEN_API_KEY")
        if let file = arguments.value("key-file") {
            key = try line(file)
        } else if key == nil, File.exists(path: folder + "/demo-client.key") {
            key = try line(folder + "/demo-client.key")
        }
        let base = url ?? "http://127.0.0.1:8080"
        var authority = Terminal.environment("LIMEN_CA")
        let ownAuthority = folder + "/tls/authority.pem"
        if authority == nil, File.exists(path: ownAuthority) { authority = ownAuthority }
        return GatewayClient(
            url: base,
            key: key,
            authorityPath: authority,
            credential: try TokenCredential.choose(arguments, url: base, state: folder)
        )
    }

    /// The state folder that the options name, or the one of the checkout.
    static func statePath(_ arguments: Arguments) throws(CommandError) -> String {
        if let given = arguments.value("state") ?? Terminal.environment("LIMEN_STATE") {
            return given
        }
        return (Terminal.environment("LIMEN_HOME") ?? Terminal.currentFolder) + "/.limen"
    }

    private static func line(_ path: String) throws(CommandError) -> String {
        let text = String(decoding: try ConfigurationFiles.bytes(path), as: UTF8.self)
        return String(text.prefix { $0 != "\n" && $0 != "\r\n" })
    }

    /// The header fields of a call.
    private func fields(path: String) -> HTTPFields {
        var fields: HTTPFields = ["Content-Type": "application/json"]
        if let credential {
            fields.append("Authorization", credential.authorization(path: path))
        } else if let key {
            fields.append("Authorization", "Bearer " + key)
        }
        return fields
    }

    /// Reads a service's discovery entry; one id may be offered for several hooks.
    ///
    /// - Throws: `CommandError` that names the services there are.
    func service(_ id: String, hook: String? = nil) throws(CommandError) -> Service {
        let response = try send("GET", "/cds-services", body: [])
        guard response.status == 200, let document = try? JSONDocument(parsing: response.body)
        else {
            throw CommandError(.unavailable, "\(url) answered discovery with \(response.status)")
        }
        let services = document.root["services"].map { Array($0.elements) } ?? []
        let named = services.filter { $0["id"]?.isString(id) ?? false }
        guard !named.isEmpty else {
            let known = services.compactMap { $0["id"]?.stringValue }.joined(separator: ", ")
            throw CommandError(.usage, "there is no service \(id); known are \(known)")
        }
        let service = named.first { service in
            hook.map { service["hook"]?.isString($0) ?? false } ?? true
        }
        guard let service else {
            let known = named.compactMap { $0["hook"]?.stringValue }.joined(separator: ", ")
            throw CommandError(.usage, "\(id) is not offered for this hook, but for \(known)")
        }
        var templates: [HookRequestBuilder.Template] = []
        for (name, value) in service["prefetch"]?.members.map({ $0 }) ?? [] {
            templates.append(
                .init(key: name.stringValue ?? "", template: value.stringValue ?? "")
            )
        }
        return Service(hook: service["hook"]?.stringValue ?? "patient-view", templates: templates)
    }

    /// Sends one request.
    ///
    /// - Throws: `CommandError` with exit code 4 when the gateway cannot be reached.
    func send(
        _ method: String,
        _ path: String,
        body: [UInt8]
    ) throws(CommandError) -> HTTPResponse {
        let trust = try trust()
        do {
            return try HTTPClient.send(
                url: url + path,
                method: method,
                fields: fields(path: path),
                body: body,
                trust: trust
            )
        } catch {
            if case .notSecured(let reason) = error {
                throw CommandError(.unavailable, reason.sentence(url))
            }
            throw CommandError(
                .unavailable,
                "no gateway answers at \(url); start one with ./limen up, or name it with --url"
            )
        }
    }

    /// Whom an `https` gateway must show a certificate of.
    private func trust() throws(CommandError) -> TLSTrust? {
        url.hasPrefix("https://") ? try TLSTrust.ofAuthorities(authorityPath) : nil
    }
}
