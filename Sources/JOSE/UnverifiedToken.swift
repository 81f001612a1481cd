import Basics
package import JSON

/// A token taken apart, of which nothing is believed yet (RFC 7519, section 7.2, steps 1 to 10).
package struct UnverifiedToken: Sendable {
    /// Header, payload and signature.
    package let signed: CompactSignature
    /// The claims, which are the payload.
    package let claims: JSONValue

    /// Takes a token apart.
    package init(parsing compact: [UInt8]) throws(TokenRejection) {
        signed = try CompactSignature(parsing: compact)
        claims = try CompactSignature.object(
            signed.payload,
            notJSON: .claimsNotJSON,
            twice: .claimsDuplicate
        )
    }

    /// Takes a token apart.
    package init(parsing compact: String) throws(TokenRejection) {
        // One byte more than the limit is enough to see that it is exceeded.
        try self.init(parsing: Array(compact.utf8.prefix(Limits.tokenBytesMax + 1)))
    }

    /// Who claims to have issued the token, for finding the client whose keys decide it.
    package var claimedIssuer: String? { claims["iss"]?.stringValue }

    /// The key id that the header names.
    package var keyID: String? { signed.keyID }
}
