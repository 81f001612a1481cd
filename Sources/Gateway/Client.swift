/// One trusted client: a document of `Hooks/clients/`.
///
///     { "format": "limen-client/1", "id": "ward-ehr", "tenant": "hospital-a", "active": true,
///       "apiKey": { "salt": "<hex>", "sha256": "<hex>" }, "corsOrigins": [], "mayReplay": false }
///
/// The key itself is never stored: only a salt and SHA-256 over salt and key.
package struct Client: Sendable, Equatable {
    /// The id, which is also the part of its key before the dot.
    package let id: String
    /// The tenant whose data it works with.
    package let tenant: String
    /// Whether it may call at all.
    package let isActive: Bool
    /// The salt of its key.
    package let salt: [UInt8]
    /// SHA-256 over salt and key.
    package let keyDigest: [UInt8]
    /// The origins of the browser pages that may call on its behalf.
    package let corsOrigins: [String]
    /// Whether it may ask for an evaluation as of a past moment.
    package let mayReplay: Bool
    /// The ids of the services it may call; all when there is no list.
    package let services: [String]?
}
