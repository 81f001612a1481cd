import Basics
import JSON

/// What stands in the documents of a row, taken apart once: what computed, and why it was read.
package struct EventFacts: Sendable {
    /// The name of the profile or knowledge base.
    package private(set) var profileName: String?
    /// Its version.
    package private(set) var profileVersion: String?
    /// Its canonical URL.
    package private(set) var profileURL: String?
    /// SHA-256 of the profile in hexadecimal.
    package private(set) var profileDigest: String?
    /// The name of the model.
    package private(set) var modelName: String?
    /// The version of the model.
    package private(set) var modelVersion: String?
    /// SHA-256 of the model's document in hexadecimal.
    package private(set) var modelDigest: String?
    /// SHA-256 of the hook document in hexadecimal.
    package private(set) var hookDigest: String?
    /// Whether a knowledge base of interactions computed, and no model.
    package private(set) var isInteractions = false
    /// What was asked of the trail; of a row of a batch, that it was one.
    package private(set) var question: String?
    /// Why it was asked.
    package private(set) var reason: String?
    /// The job of a batch.
    package private(set) var job: String?
    /// How many rows were shown.
    package private(set) var rowCount: Int?

    /// Takes a row apart; what does not read is left out.
    package init(_ record: AuditRecord) {
        if let bytes = record.artifacts, let root = try? JSONDocument(parsing: bytes).root {
            let interactions = root["interactions"]
            isInteractions = interactions != nil
            let profile = root["profile"] ?? interactions
            profileName = profile?["name"]?.stringValue
            profileVersion = profile?["version"]?.stringValue
            profileURL = profile?["url"]?.stringValue
            profileDigest = profile?["sha256"]?.stringValue
            let model = root["model"] ?? interactions
            modelName = model?["name"]?.stringValue
            modelVersion = model?["version"]?.stringValue
            modelDigest = model?["sha256"]?.stringValue
            hookDigest = root["hook"]?["sha256"]?.stringValue
            // A batch gives its reason once for all of its rows, beside what computed.
            if let batch = root["batch"] {
                question = "batch"
                reason = batch["reason"]?.stringValue
                job = batch["job"]?.stringValue
            }
        }
        if let bytes = record.details, let root = try? JSONDocument(parsing: bytes).root {
            question = root["question"]?.stringValue ?? question
            reason = root["reason"]?.stringValue ?? reason
            rowCount = root["rows"]?.integerValue
        }
    }

    /// The resources that the inputs of a row were taken from, each once, in their order.
    package static func sources(of record: AuditRecord) -> [String] {
        guard let bytes = record.inputs, let root = try? JSONDocument(parsing: bytes).root else {
            return []
        }
        var sources: [String] = []
        func add(_ source: JSONValue?) {
            guard let name = source?["resource"]?.stringValue, !sources.contains(name) else {
                return
            }
            sources.append(name)
        }
        for input in root.elements {
            add(input["source"])
            if let parts = input["aggregate"]?["of"] {
                for part in parts.elements { add(part["source"]) }
            }
        }
        return sources
    }
}
