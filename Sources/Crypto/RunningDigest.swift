import COpenSSL

/// The SHA-256 hash of bytes that come piece by piece (FIPS 180-4).
///
///     let digest = RunningDigest()
///     digest.update(piece)
///     digest.value            // of all pieces so far; more may follow
@safe
package final class RunningDigest {
    private let context: OpaquePointer

    /// Starts with no bytes.
    package init() {
        CryptoStart.begin()
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("OpenSSL has no memory")
        }
        let isReady = unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
        precondition(isReady == 1, "OpenSSL has no SHA-256")
        unsafe self.context = context
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Takes the next bytes.
    package func update(_ bytes: [UInt8]) {
        let isRead = unsafe bytes.withUnsafeBytes { source in
            unsafe EVP_DigestUpdate(context, source.baseAddress, source.count)
        }
        precondition(isRead == 1, "OpenSSL could not hash")
    }

    /// The 32 bytes of the hash of what came so far.
    package var value: [UInt8] {
        guard let copy = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("OpenSSL has no memory")
        }
        defer { unsafe EVP_MD_CTX_free(copy) }
        let isCopied = unsafe EVP_MD_CTX_copy_ex(copy, context)
        precondition(isCopied == 1, "OpenSSL could not copy a hash")
        return unsafe [UInt8](unsafeUninitializedCapacity: Digest.sha256ByteCount) {
            buffer,
            count in
            var length: UInt32 = 0
            let isDone = unsafe EVP_DigestFinal_ex(copy, buffer.baseAddress, &length)
            precondition(isDone == 1, "OpenSSL could not hash")
            count = Int(length)
        }
    }
}
