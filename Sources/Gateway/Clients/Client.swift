package import CDSHooks

/// One trusted client: a document of `Hooks/clients/`.
///
///     { "format": "limen-client/1", "id": "ward-ehr", "tenant": "hospital-a", "active": true,
///       "roles": [ "clinician-system" ],
///       "jwt": { "issuer": "https://ehr.example", "keys": { "file": "ward-ehr.jwks.json" } },
///       "fhirServers": [ { "base": "https://fhir.example/r4" } ], "dialect": "standard-2.0" }
///
/// `Hooks/README.md` describes every member. No secret stands in the document: of an API key only
/// salt and hash.
package struct Client: Sendable {
    /// The id, which is also the part of its key before the dot.
    package let id: String
    /// The tenant whose data it works with.
    package let tenant: String
    /// Whether it may call at all.
    package let isActive: Bool
    /// What it is here for.
    package let roles: [ClientRole]
    /// What it may do: what its roles allow, or the part of it that the document names.
    package let scopes: Set<ClientScope>

    /// Its API keys, two at most.
    package let apiKeys: [APIKeyDigest]
    /// How its tokens are known.
    package let token: TokenRegistration?
    /// How its certificate is known.
    package let certificate: CertificateRegistration?

    /// The ids of the services it may call; all when there is no list.
    package let services: [String]?
    /// The hooks it may fire; all when there is no list.
    package let hooks: [String]?
    /// Whether it may ask for an evaluation as of a past moment.
    package let mayReplay: Bool
    /// The origins of the browser pages that may call on its behalf.
    package let corsOrigins: [String]
    /// The FHIR servers that missing data may be fetched from.
    package let fhirServers: [FHIRServer]

    /// What it can show of an answer.
    package let dialect: ResponseDialect
    /// How long it waits for an answer, in microseconds; `nil` for as long as the service says.
    package let deadlineMicroseconds: Int?
    /// How often it may call.
    package let rate: RateAllowance?
    /// How often it may call from one address.
    package let addressRate: RateAllowance?
    /// How long after a card its feedback is taken, in seconds; `nil` for ever.
    package let feedbackSeconds: Int?

    /// The file of the document, such as `Hooks/clients/ward-ehr.json`.
    package let file: String
    /// SHA-256 of the document in hexadecimal.
    package let digest: String

    /// The format this code reads.
    package static let format = "limen-client/1"
}
