import COpenSSL

/// A key of OpenSSL, released with the last reference to it.
///
/// The key is made by the initialiser's caller and only read afterwards, which OpenSSL allows from
/// any number of threads.
@safe
final class KeyHandle: Sendable {
    /// OpenSSL's key.
    nonisolated(unsafe) let pointer: OpaquePointer

    /// Takes over a key; `nil` when OpenSSL made none.
    init?(adopting pointer: OpaquePointer?) {
        guard let pointer = unsafe pointer else {
            // What OpenSSL says about it stays in a queue of the thread, which must not grow.
            ERR_clear_error()
            return nil
        }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe EVP_PKEY_free(pointer)
    }

    /// Whether the public part is sound: a point of the curve and of its group, a fit modulus.
    var isPublicPartSound: Bool {
        let context = unsafe EVP_PKEY_CTX_new(pointer, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        let isSound = unsafe EVP_PKEY_public_check(context) == 1
        if !isSound { ERR_clear_error() }
        return isSound
    }

    /// Whether the private part belongs to the public one.
    var isPairSound: Bool {
        let context = unsafe EVP_PKEY_CTX_new(pointer, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        let isSound = unsafe EVP_PKEY_pairwise_check(context) == 1
        if !isSound { ERR_clear_error() }
        return isSound
    }

    /// An unsigned integer of the key, padded to a length; `nil` when it has none of that name.
    func integer(_ name: String, byteCount: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        let isRead = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe name.withCString { name in
                unsafe limen_key_integer(pointer, name, buffer.baseAddress, Int32(byteCount))
            }
        }
        if isRead != 1 { ERR_clear_error() }
        return isRead == 1 ? bytes : nil
    }

    /// The 32 raw bytes of an Ed25519 key; `nil` for any other.
    func rawEd25519(isPrivate: Bool) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: KeyMaterial.ed25519ByteCount)
        var count = bytes.count
        let isRead = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            isPrivate
                ? unsafe EVP_PKEY_get_raw_private_key(pointer, buffer.baseAddress, &count)
                : unsafe EVP_PKEY_get_raw_public_key(pointer, buffer.baseAddress, &count)
        }
        guard isRead == 1, count == bytes.count else {
            ERR_clear_error()
            return nil
        }
        return bytes
    }
}
