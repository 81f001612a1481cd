import Basics
import CDSHooks
import Crypto
import Gateway
import JSON
import Posix

/// `limen client key ID`: another API key for a client, beside the one that it has.
///
/// The key is shown once; the document gets salt and hash. The old one stays valid until the
/// moment that `--until` names, so that the client can change over without a gap.
enum ClientKeyCommand {
    /// How long the old key stays valid when nothing is said, in microseconds: a week.
    private static let overlap: Int64 = 7 * 86_400_000_000

    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "client key")
        guard let id = parsed.words.first, parsed.words.count == 1 else {
            throw CommandError(.usage, "say limen client key ID")
        }
        let files = try ClientFiles.read(parsed)
        guard let (file, document) = try find(id, in: files) else {
            throw CommandError(.usage, "there is no client \(id) in \(files.folder)")
        }
        let until = try end(parsed)
        let old = keys(document.root).filter { !isOver($0) }
        guard parsed.has("replace") || old.count < Limits.apiKeysPerClientMax else {
            throw CommandError(
                .badInput,
                "the client has two keys that are valid; say --replace to end both at once"
            )
        }
        let made = Client.makeKey(
            client: id,
            secret: Crypto.RandomBytes.make(count: 32),
            salt: Crypto.RandomBytes.make(count: 16)
        )
        let kept = parsed.has("replace") ? [] : old
        let text = rewritten(document.root, kept, until: until, made.salt, made.sha256)
        do {
            try File.writeAtomically(
                path: files.path(of: file),
                text + [UInt8(ascii: "\n")],
                mode: 0o644
            )
        } catch {
            throw CommandError(.unavailable, "\(files.path(of: file)): \(error.text)")
        }
        Terminal.writeOutput(made.key + "\n")
        let ending = kept.isEmpty ? "" : "; the old one is valid until \(until.text)"
        Terminal.writeError(
            "limen: this key is shown this once, \(files.path(of: file)) has its hash\(ending)\n"
                + "limen: kill -HUP the gateway to put it in force\n"
        )
        return .ok
    }

    /// The file and document of a client.
    private static func find(
        _ id: String,
        in files: ClientFiles
    ) throws(CommandError) -> (file: String, document: JSONDocument)? {
        for (file, bytes) in files.files.sorted(by: { $0.key < $1.key })
        where file.hasPrefix("Hooks/clients/") && file.hasSuffix(".json") {
            guard let document = try? JSONDocument(parsing: bytes),
                document.root["id"]?.isString(id) ?? false
            else { continue }
            return (file, document)
        }
        return nil
    }

    private static func end(_ parsed: Arguments) throws(CommandError) -> Instant {
        let now = Clock.now()
        guard let text = parsed.value("until") else {
            return now.advanced(byMicroseconds: overlap)
        }
        guard let until = Instant(rfc3339: text), until > now else {
            throw CommandError(.usage, "--until takes a moment to come: 2027-01-31T12:00:00Z")
        }
        return until
    }

    private static func keys(_ root: JSONValue) -> [JSONValue] {
        if let key = root["apiKey"] { return [key] }
        return root["apiKeys"].map { Array($0.elements) } ?? []
    }

    private static func isOver(_ key: JSONValue) -> Bool {
        let until = key["until"]?.stringValue.flatMap { Instant(rfc3339: $0) }
        return until.map { Clock.now() >= $0 } ?? false
    }

    /// The document with the new key beside those that are kept, which end then at the latest.
    private static func rewritten(
        _ root: JSONValue,
        _ kept: [JSONValue],
        until: Instant,
        _ salt: String,
        _ digest: String
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in root.members {
            guard let name = name.stringValue, name != "apiKey", name != "apiKeys" else { continue }
            writer.name(name)
            writer.value(value)
        }
        writer.name("apiKeys")
        writer.beginArray()
        for key in kept {
            writer.beginObject()
            writer.member("salt", key["salt"]?.stringValue ?? "")
            writer.member("sha256", key["sha256"]?.stringValue ?? "")
            let own = key["until"]?.stringValue.flatMap { Instant(rfc3339: $0) }
            writer.member("until", min(own ?? until, until).text)
            writer.endObject()
        }
        writer.beginObject()
        writer.member("salt", salt)
        writer.member("sha256", digest)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
