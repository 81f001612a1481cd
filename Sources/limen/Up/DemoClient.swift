import Crypto
import Gateway
import JSON

/// The client that `limen up` registers, so that a first request can be sent.
///
/// The gateway knows the key only as a salted hash. The client's own copy lies in a file that its
/// owner alone may read, as any client keeps its credentials.
struct DemoClient {
    /// The id of the client.
    static let id = "demo"
    /// The tenant whose rows it makes.
    static let tenant = "demo"

    /// Where the client keeps its copy of the key.
    let keyPath: String
    /// The key, when it was made just now.
    let newKey: String?

    /// Registers the client, once.
    static func register(in state: StateFolder) throws(CommandError) -> DemoClient {
        let keyPath = state.file("demo-client.key")
        let hasClient = try state.text("clients/\(id).json") != nil
        if hasClient, try state.text("demo-client.key") != nil {
            return DemoClient(keyPath: keyPath, newKey: nil)
        }
        let made = Client.makeKey(
            client: id,
            secret: RandomBytes.make(count: 32),
            salt: RandomBytes.make(count: 16)
        )
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", Client.format)
        writer.member("id", id)
        writer.member("tenant", tenant)
        writer.member("active", true)
        writer.name("apiKey")
        writer.beginObject()
        writer.member("salt", made.salt)
        writer.member("sha256", made.sha256)
        writer.endObject()
        writer.name("corsOrigins")
        writer.beginArray()
        writer.endArray()
        writer.member("mayReplay", true)
        writer.endObject()
        try state.write("demo-client.key", made.key)
        try state.write("clients/\(id).json", writer.text)
        return DemoClient(keyPath: keyPath, newKey: made.key)
    }
}
