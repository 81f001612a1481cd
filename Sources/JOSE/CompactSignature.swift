import Basics
import Crypto
package import JSON

/// A signed text in the compact serialization (RFC 7515, section 7.1), taken apart and unverified.
///
///     eyJhbGciOiJFUzM4NCIs... . eyJpc3MiOiJodHRwczov... . EiIGABsJmY7JlbORiw1...
///     header, a JSON object     payload                   signature over the first two
///
/// Every part has one spelling: base64url without padding, without line ends, without stray bits.
/// The JSON serializations are not read (RFC 7519, section 1, allows tokens the compact one only).
package struct CompactSignature: Sendable {
    /// The header.
    package let header: JSONValue
    /// What is signed.
    package let payload: [UInt8]
    /// The first two parts with the dot between them (RFC 7515, section 5.1).
    package let signingInput: [UInt8]
    /// The signature, decoded.
    package let signature: [UInt8]

    /// Takes a text apart.
    package init(parsing compact: [UInt8]) throws(TokenRejection) {
        guard compact.count <= Limits.tokenBytesMax else { throw .tooLarge }
        let parts = compact.split(
            separator: UInt8(ascii: "."),
            maxSplits: 3,
            omittingEmptySubsequences: false
        )
        guard parts.count == 3 else { throw .notCompact }
        guard let header = Base64URL.bytes(ofText: parts[0]),
            let payload = Base64URL.bytes(ofText: parts[1]),
            let signature = Base64URL.bytes(ofText: parts[2])
        else { throw .encoding }
        self.header = try Self.object(header, notJSON: .headerNotJSON, twice: .headerDuplicate)
        self.payload = payload
        signingInput = Array(compact[..<parts[1].endIndex])
        self.signature = signature
    }

    /// The key id that the header names.
    package var keyID: String? { header["kid"]?.stringValue }

    /// The algorithm that the header names, when it can be registered at all.
    package var algorithm: JWSAlgorithm? {
        header["alg"]?.stringValue.flatMap(JWSAlgorithm.init(rawValue:))
    }

    /// A JSON object, or the rejection for what it is instead.
    static func object(
        _ bytes: [UInt8],
        notJSON: TokenRejection,
        twice: TokenRejection
    ) throws(TokenRejection) -> JSONValue {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes).root
        } catch {
            throw error.code == .duplicateName ? twice : notJSON
        }
        guard root.kind == .object else { throw notJSON }
        return root
    }
}
