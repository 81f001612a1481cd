import Crypto
import Gateway

/// The auditor of the marker drill, who asks over HTTP.
enum MarkerOfficer {
    /// Registers an auditor of the demo tenant.
    ///
    /// - Returns: the key.
    static func register(in state: StateFolder) throws(CommandError) -> String {
        let made = Client.makeKey(
            client: "officer",
            secret: RandomBytes.make(count: 32),
            salt: RandomBytes.make(count: 16)
        )
        try state.write(
            "clients/officer.json",
            """
            {"format":"\(Client.format)","id":"officer","tenant":"\(DemoClient.tenant)",\
            "roles":["auditor"],"apiKey":{"salt":"\(made.salt)","sha256":"\(made.sha256)"}}
            """
        )
        return made.key
    }
}
