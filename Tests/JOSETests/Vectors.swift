import Basics
import Crypto
import JSON
import Support
import Testing

@testable import JOSE

/// Access to the shared JOSE vectors.
enum Vectors {
    static func root(_ path: String) throws -> JSONValue {
        try JSONDocument(parsing: Shared.bytes("conformance/" + path)).root
    }

    /// The key set of a Wycheproof group: its public part where it has one.
    static func keys(_ group: JSONValue) throws(KeySetError) -> KeySet {
        let value = group["public"] ?? group["private"]
        guard let value else { throw KeySetError(.notAKeySet) }
        if value["keys"] != nil { return try KeySet(reading: value) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("keys")
        writer.beginArray()
        writer.value(value)
        writer.endArray()
        writer.endObject()
        return try KeySet(parsing: writer.bytes)
    }

    /// Why a signed text is refused by its header, key or signature.
    ///
    /// The payloads of these vectors are no claims, and their headers name no `typ`.
    static func rejection(_ compact: String, _ keys: KeySet) -> TokenRejection? {
        let policy = TokenPolicy(
            issuer: "",
            audiences: [],
            algorithms: Set(JWSAlgorithm.allCases),
            keys: keys
        )
        do throws(TokenRejection) {
            let signed = try CompactSignature(parsing: Array(compact.utf8))
            let examination = TokenExamination(
                signed: signed,
                claims: signed.header,
                policy: policy,
                now: Instant(microseconds: 0)
            )
            for check in TokenCheck.allCases
            where (check.isBeforeSignature || check == .signature) && check != .type {
                if let rejection = examination.failure(of: check) { return rejection }
            }
            return nil
        } catch {
            return error
        }
    }
}
