import Basics
import Crypto
import Gateway
import JOSE
import JSON
import Posix

/// A client of `limen up` that signs tokens as an EHR does.
///
/// The state folder holds the private key (`signing/ID.jwk`), its document the public one. Made
/// for trying things out: a real EHR keeps its private key to itself.
enum SigningClient {
    /// The id of the client that `limen up` registers.
    static let id = "demo-ehr"
    /// What its tokens say in `iss`.
    static let issuer = "https://demo-ehr.example"

    /// Registers the client, once.
    static func register(in state: StateFolder) throws(CommandError) {
        let hasClient = try state.text("clients/\(id).json") != nil
        if hasClient, try state.text("signing/\(id).jwk") != nil { return }
        do {
            try Folder.create(path: state.file("signing"))
        } catch {
            throw StateFolder.failure(error, state.file("signing"))
        }
        let signer = TokenSigner.generate(.es384, keyID: UUIDBytes.version4().text)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", Client.format)
        writer.member("id", id)
        writer.member("tenant", DemoClient.tenant)
        writer.member("active", true)
        writer.name("jwt")
        writer.beginObject()
        writer.member("issuer", issuer)
        writer.name("keys")
        writer.beginObject()
        writer.name("inline")
        writer.rawValue(KeySet([signer.publicKey]).json)
        writer.endObject()
        writer.endObject()
        writer.member("mayReplay", true)
        writer.endObject()
        let secret = String(decoding: SigningKeyDocument.text(of: signer), as: UTF8.self)
        try state.write("signing/\(id).jwk", secret)
        try state.write("clients/\(id).json", writer.text)
    }

    /// What a client of a state folder signs with.
    static func open(
        _ id: String,
        state folder: String,
        publicURL: String
    ) throws(CommandError) -> TokenCredential {
        guard id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
            throw CommandError(.usage, "--as takes the id of a client, such as \(Self.id)")
        }
        let keyPath = folder + "/signing/" + id + ".jwk"
        guard File.exists(path: keyPath) else {
            throw CommandError(
                .badInput,
                "there is no signing key for \(id) in \(folder); ./limen up makes one for "
                    + Self.id
            )
        }
        let client = try Self.document(folder + "/clients/" + id + ".json")
        let signer = try SigningKey.read(keyPath)
        guard let issuer = client.root["jwt"]?["issuer"]?.stringValue else {
            throw CommandError(.badInput, "the document of \(id) names no issuer")
        }
        return TokenCredential(
            signer: signer,
            issuer: issuer,
            tenant: nil,
            publicURL: publicURL
        )
    }

    private static func document(_ path: String) throws(CommandError) -> JSONDocument {
        let bytes = try ConfigurationFiles.bytes(path)
        do {
            return try JSONDocument(parsing: bytes)
        } catch {
            throw CommandError(.badInput, "\(path) is not JSON")
        }
    }
}
