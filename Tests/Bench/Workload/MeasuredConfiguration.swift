import Crypto
import Foundation
import Gateway
import Support

/// The services of this repository, and one client that may call them.
package struct MeasuredConfiguration {
    /// What `Profiles/` and `Hooks/` hold, by path.
    package let files: [String: [UInt8]]
    /// The API key of the client.
    package let key: String

    /// Reads the folders of this checkout.
    ///
    /// - Throws: What Foundation throws when a file cannot be read.
    package init() throws {
        var files: [String: [UInt8]] = [:]
        for folder in ["Profiles", "Hooks"] {
            let root = Shared.checkout.appendingPathComponent(folder)
            let names = FileManager.default.enumerator(atPath: root.path)?.allObjects ?? []
            for case let name as String in names where name.contains(".") {
                guard !name.contains("cases/") else { continue }
                let url = root.appendingPathComponent(name)
                files[folder + "/" + name] = Array(try Data(contentsOf: url))
            }
        }
        let made = Client.makeKey(
            client: "bench",
            secret: [UInt8](repeating: 7, count: 16),
            salt: [UInt8](repeating: 9, count: 16)
        )
        files["Hooks/clients/bench.json"] = Array(
            #"""
            {"format":"limen-client/1","id":"bench","tenant":"bench",
             "apiKey":{"salt":"\#(made.salt)","sha256":"\#(made.sha256)"}}
            """#.utf8
        )
        self.files = files
        key = made.key
    }
}
