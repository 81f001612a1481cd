import FHIR
package import JSON

/// The keys of a Bundle's resources by their `fullUrl`, made once for all its entries.
///
/// In a transaction resources refer to one another by `urn:uuid:...`, which only the `fullUrl` of
/// an entry explains (FHIR R4, section 2.36.4.1).
package struct BundleKeys: Sendable {
    /// The Bundle.
    let bundle: JSONValue
    let keys: [String: String]

    /// Reads the entries of a Bundle.
    package init(_ bundle: JSONValue) {
        self.bundle = bundle
        var keys: [String: String] = [:]
        for entry in Bundle(bundle).map({ Array($0.entries) }) ?? [] {
            guard let url = entry.fullURL, let resource = entry.resource else { continue }
            keys[url] = resource.id.map { resource.type + "/" + $0 } ?? url
        }
        self.keys = keys
    }
}
