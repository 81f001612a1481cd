package import Crypto

/// Fetches from registered FHIR servers on behalf of the gateway, which knows no sockets.
package protocol FHIRFetching: Sendable {
    /// Sends one request and gives its answer, whatever its status, or says why there is none.
    func fetch(_ request: FHIRRequest) async -> Result<FHIRAnswer, FetchFailure>
}

/// One request to a registered FHIR server.
package struct FHIRRequest: Sendable {
    /// The server.
    package let server: FHIRServer
    /// On whose behalf.
    package let tenant: String
    /// Path and query; below the base, whoever made them.
    package let target: String
    /// The body of a search by POST; `nil` for a GET.
    package let form: [UInt8]?
    /// The access token.
    package let token: Secret?
    /// How large the answer may be.
    package let bytesMax: Int
    /// How long it may take, in microseconds.
    package let microsecondsMax: Int

    /// Makes a request.
    package init(
        server: FHIRServer,
        tenant: String,
        target: String,
        form: [UInt8]? = nil,
        token: Secret?,
        bytesMax: Int,
        microsecondsMax: Int
    ) {
        self.server = server
        self.tenant = tenant
        self.target = target
        self.form = form
        self.token = token
        self.bytesMax = bytesMax
        self.microsecondsMax = microsecondsMax
    }
}

/// The answer of a FHIR server.
package struct FHIRAnswer: Sendable {
    /// The status.
    package let status: Int
    /// The body.
    package let body: [UInt8]

    /// Makes an answer.
    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}
