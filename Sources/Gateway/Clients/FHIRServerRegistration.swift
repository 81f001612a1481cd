/// A FHIR server that data may be fetched from for a client.
///
///     { "base": "https://fhir.example/r4", "allowNetworks": [ "10.20.0.0/16" ],
///       "caFile": "hospital-ca.pem", "search": "post" }
package struct FHIRServerRegistration: Sendable, Equatable {
    /// How a search is sent (FHIR R4, search).
    package enum SearchMethod: String, Sendable, CaseIterable {
        case get
        case post
    }

    /// The base, which the `fhirServer` of a request must equal.
    package let base: String
    /// The networks inside the house that its address may lie in, such as `10.20.0.0/16`.
    package let allowNetworks: [String]
    /// The name of the file with the certificates of its authority; `nil` for those of the system.
    package let caFile: String?
    /// The text of that file.
    package let caCertificates: [UInt8]?
    /// How a search is sent.
    package let search: SearchMethod
}
