package import Crypto
package import HTTPMessages

extension OutboundClient {
    /// Fetches a document such as a JWK Set, when its URL lies at an origin that is allowed.
    ///
    /// Nothing is followed: an answer with any other status than 200 is a failure.
    ///
    /// - Parameters:
    ///   - url: the URL, `https` unless an `http` origin is allowed by name.
    ///   - origins: the origins that may be asked.
    ///   - owner: on whose behalf; connections are not shared between owners.
    ///   - policy: which addresses the name may stand for.
    ///   - trust: whose certificates are trusted.
    ///   - bytesMax: how large the document may be.
    ///   - deadline: when all must be over, in milliseconds of the clock that never goes back.
    /// - Returns: the bytes of the document.
    /// - Throws: `OutboundError`.
    package func fetchDocument(
        _ url: String,
        origins: [WebURL.Origin],
        owner: String,
        policy: AddressPolicy = AddressPolicy(),
        trust: TLSTrust,
        bytesMax: Int,
        deadline: Int64
    ) async throws(OutboundError) -> [UInt8] {
        let parsed: WebURL
        do throws(WebURL.Fault) {
            parsed = try WebURL(parsing: url)
        } catch {
            throw .originForbidden
        }
        guard origins.contains(parsed.origin) else { throw .originForbidden }
        let response = try await send(
            OutboundRequest(
                target: parsed.target,
                fields: [("Accept", "application/json"), ("User-Agent", "limen")],
                responseBytesMax: bytesMax,
                deadline: deadline
            ),
            to: OutboundDestination(
                owner: owner,
                origin: parsed.origin,
                policy: policy,
                trust: trust
            )
        )
        guard response.status == 200 else { throw .status(response.status) }
        return response.body
    }
}
