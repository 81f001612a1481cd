package import HTTPMessages

/// A FHIR server that is registered for a client: the only places data are fetched from.
///
///     { "base": "https://fhir.hospital.example/r4", "allowNetworks": ["10.1.0.0/16"],
///       "caFile": "hospital-ca.pem", "search": "get", "subject": "limen" }
package struct FHIRServer: Hashable, Sendable {
    /// How searches are sent (FHIR R4, section 3.1.1.2.2).
    package enum Search: String, Sendable, CaseIterable {
        /// The query in the URL.
        case get
        /// The query as a form, so that it stands in no log on the way.
        case post
    }

    /// The base.
    package let base: FHIRBase
    /// The private networks it may lie in.
    package let allowNetworks: [IPNetwork]
    /// The name of the file with the certificates that are trusted; those of the machine if none.
    package let caFile: String?
    /// The certificates of that file, in PEM.
    package let caBundle: [UInt8]?
    /// How searches are sent.
    package let search: Search
    /// The name under which this service is known to the server's authorization.
    ///
    /// A token for somebody else is not used (CDS Hooks 2.0, `fhirAuthorization.subject`).
    package let subject: String?
    /// Whether it is asked without a token when the client gives none.
    package let isOpen: Bool

    /// Makes a registration.
    package init(
        base: FHIRBase,
        allowNetworks: [IPNetwork] = [],
        caFile: String? = nil,
        caBundle: [UInt8]? = nil,
        search: Search = .get,
        subject: String? = nil,
        isOpen: Bool = false
    ) {
        self.base = base
        self.allowNetworks = allowNetworks
        self.caFile = caFile
        self.caBundle = caBundle
        self.search = search
        self.subject = subject
        self.isOpen = isOpen
    }

    /// Which addresses its name may stand for.
    package var policy: AddressPolicy { AddressPolicy(opening: allowNetworks) }

    /// The server among some whose base a request names; `nil` when it is none of them.
    package static func matching(_ text: String, in servers: [FHIRServer]) -> FHIRServer? {
        guard let base = FHIRBase(text) else { return nil }
        return servers.first { $0.base == base }
    }
}
