package import Audit
package import Crypto

/// Turns the place where a page ended into a text that only its own reader can use again.
///
///     version | place (24 bytes) | extra | code (32 bytes)      in base64url
///
/// The code is an HMAC under the tenant's key over tenant, reader, purpose, filter, place and
/// extra. A text that was altered, or is of another tenant, reader or filter, does not open; why it
/// does not is not told.
package struct CursorSeal: Sendable {
    private let key: AuthenticationKey
    private let reader: String
    private let purpose: String

    /// Makes a seal for one reader of one tenant.
    ///
    /// - Parameters:
    ///   - key: The tenant's key; without one the text is bound but anybody could bind it.
    ///   - reader: The login or client, with its tenant.
    ///   - purpose: What is paged, such as `list`.
    package init(key: AuthenticationKey?, reader: String, purpose: String) {
        self.key = key ?? AuthenticationKey(Digest.sha256("limen-cursor/1"))
        self.reader = reader
        self.purpose = purpose
    }

    /// The text of a cursor.
    package func text(
        _ cursor: AuditCursor,
        _ filter: AuditFilter,
        extra: [UInt8] = []
    ) -> String {
        let payload = [Self.version] + cursor.bytes + extra
        return Base64URL.text(payload + code(of: payload, filter))
    }

    /// The cursor of a text, and what else it holds; `nil` when the text is not ours.
    package func open(
        _ text: String,
        _ filter: AuditFilter
    ) -> (cursor: AuditCursor, extra: [UInt8])? {
        guard text.utf8.count <= Self.textBytesMax, let bytes = Base64URL.bytes(text),
            bytes.count >= 1 + Self.placeByteCount + Digest.sha256ByteCount
        else { return nil }
        let payload = Array(bytes.dropLast(Digest.sha256ByteCount))
        let sealed = Array(bytes.suffix(Digest.sha256ByteCount))
        guard ConstantTime.areEqual(sealed, code(of: payload, filter)),
            payload[0] == Self.version,
            let cursor = AuditCursor(bytes: payload[1..<1 + Self.placeByteCount])
        else { return nil }
        return (cursor, Array(payload.dropFirst(1 + Self.placeByteCount)))
    }

    private func code(of payload: [UInt8], _ filter: AuditFilter) -> [UInt8] {
        key.authenticate(
            parts: ["limen-cursor", reader, purpose, Hexadecimal.text(payload)] + filter.parts
        )
    }

    private static let version: UInt8 = 1
    private static let placeByteCount = 24
    private static let textBytesMax = 1_024
}
