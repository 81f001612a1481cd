package import Audit
import Basics
package import Crypto

/// A key that seals the rows of one subject in one month.
package struct DataKey: Sendable {
    /// The key, 32 bytes.
    package let secret: Secret
    /// The key as it is stored.
    package let wrapped: WrappedKey

    /// The format of a wrapped key, its first byte.
    private static let format: UInt8 = 1
    private static let bindingByteCount = 16

    /// Makes a new key and wraps it.
    ///
    /// Behind the key stands a digest of whose it is: a wrapped key that was put into another's
    /// place in the database does not open.
    static func generate(_ description: WrappedKey, under key: TenantKeys.Wrapping) -> DataKey {
        var material = Crypto.RandomBytes.make(count: AuthenticatedCipher.keyByteCount)
        defer { Secret.wipe(&material) }
        return make(material, description, under: key)
    }

    /// Opens a stored key; `nil` when it was altered or is in another's place.
    package init?(opening wrapped: WrappedKey, with key: TenantKeys.Wrapping) {
        guard wrapped.wrapped.first == Self.format, wrapped.wrappingKey == key.name,
            var material = KeyWrap.unwrap(Array(wrapped.wrapped.dropFirst()), under: key.secret)
        else { return nil }
        defer { Secret.wipe(&material) }
        let size = AuthenticatedCipher.keyByteCount
        guard material.count == size + Self.bindingByteCount,
            ConstantTime.areEqual(
                Array(material.suffix(Self.bindingByteCount)),
                Self.binding(wrapped)
            )
        else { return nil }
        self.init(secret: Secret(material.prefix(size)), wrapped: wrapped)
    }

    private init(secret: Secret, wrapped: WrappedKey) {
        self.secret = secret
        self.wrapped = wrapped
    }

    /// The same key wrapped under another key of the tenant.
    package func rewrapped(under key: TenantKeys.Wrapping) -> WrappedKey {
        var material = secret.copy()
        defer { Secret.wipe(&material) }
        return Self.make(material, wrapped, under: key).wrapped
    }

    private static func make(
        _ material: [UInt8],
        _ description: WrappedKey,
        under key: TenantKeys.Wrapping
    ) -> DataKey {
        var wrapped = description
        wrapped.wrappingKey = key.name
        // One allocation from the start, so that growing leaves no copy of the key behind.
        var whole: [UInt8] = []
        whole.reserveCapacity(material.count + bindingByteCount)
        defer { Secret.wipe(&whole) }
        whole += material
        whole += binding(wrapped)
        wrapped.wrapped = [format] + KeyWrap.wrap(whole, under: key.secret)
        return DataKey(secret: Secret(material), wrapped: wrapped)
    }

    /// What a wrapped key is bound to: tenant, id, subject, month and wrapping key.
    private static func binding(_ key: WrappedKey) -> [UInt8] {
        var message = Array("limen-data-key/1".utf8)
        let parts = [
            Array(key.tenant.utf8), key.keyID.bytes, key.subject, Array(key.month.text.utf8),
            Array(key.wrappingKey.utf8),
        ]
        for part in parts {
            message.append(contentsOf: Sealing.length(part.count))
            message += part
        }
        return Array(Digest.sha256(message).prefix(bindingByteCount))
    }
}
