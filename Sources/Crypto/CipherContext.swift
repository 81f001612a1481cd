import COpenSSL

/// One run of a cipher of OpenSSL; it is wiped and freed with its last holder.
@safe
final class CipherContext {
    /// The ciphers of the house, by what OpenSSL calls them.
    enum Mode {
        /// AES-256-GCM.
        case gcm
        /// AES-256 key wrap (RFC 3394).
        case wrap
    }

    private let pointer: OpaquePointer
    private let isEncrypting: Bool

    /// Starts a run; a key or nonce of another length is our own mistake.
    init(_ mode: Mode, key: Secret, nonce: [UInt8], isEncrypting: Bool) {
        precondition(key.count == AuthenticatedCipher.keyByteCount, "AES-256 has keys of 32 bytes")
        CryptoStart.begin()
        guard let made = unsafe EVP_CIPHER_CTX_new() else {
            preconditionFailure("OpenSSL has no memory for a cipher")
        }
        unsafe pointer = unsafe made
        self.isEncrypting = isEncrypting
        let cipher: OpaquePointer?
        switch mode {
        case .gcm:
            precondition(
                nonce.count == AuthenticatedCipher.nonceByteCount,
                "a nonce has 12 bytes"
            )
            unsafe cipher = unsafe EVP_aes_256_gcm()
        case .wrap:
            precondition(nonce.isEmpty, "key wrap takes no nonce")
            unsafe cipher = unsafe EVP_aes_256_wrap()
            // OpenSSL lets nobody wrap who has not said that he means it.
            unsafe EVP_CIPHER_CTX_set_flags(made, Int32(EVP_CIPHER_CTX_FLAG_WRAP_ALLOW))
        }
        let isReady = unsafe key.withBytes { key in
            unsafe nonce.withUnsafeBufferPointer { nonce in
                unsafe EVP_CipherInit_ex(
                    made,
                    cipher,
                    nil,
                    key.baseAddress,
                    nonce.isEmpty ? nil : nonce.baseAddress,
                    isEncrypting ? 1 : 0
                )
            }
        }
        precondition(isReady == 1, "OpenSSL could not start a cipher")
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(pointer)
    }

    /// Takes associated data; before the message.
    func bind(_ associated: [UInt8]) {
        guard !associated.isEmpty else { return }
        var moved: Int32 = 0
        let isDone = unsafe associated.withUnsafeBufferPointer { source in
            unsafe EVP_CipherUpdate(pointer, nil, &moved, source.baseAddress, Int32(source.count))
        }
        precondition(isDone == 1, "OpenSSL could not take associated data")
    }

    /// Encrypts or decrypts a whole message.
    func update(_ message: [UInt8]) -> [UInt8] {
        guard !message.isEmpty, let output = transform(message) else {
            precondition(message.isEmpty, "OpenSSL could not run a cipher")
            return []
        }
        return output
    }

    /// Encrypts or decrypts a whole message; `nil` when the cipher refuses it.
    func transform(_ message: [UInt8]) -> [UInt8]? {
        precondition(message.count <= Int(Int32.max) - 64, "a message is far below two gigabytes")
        var isDone: Int32 = 0
        let output = unsafe [UInt8](unsafeUninitializedCapacity: message.count + 16) {
            buffer,
            count in
            var moved: Int32 = 0
            isDone = unsafe message.withUnsafeBufferPointer { source in
                unsafe EVP_CipherUpdate(
                    pointer,
                    buffer.baseAddress,
                    &moved,
                    source.baseAddress,
                    Int32(source.count)
                )
            }
            count = isDone == 1 ? Int(max(0, moved)) : 0
        }
        guard isDone == 1 else {
            ERR_clear_error()
            return nil
        }
        return output
    }

    /// Ends an encryption and gives its tag.
    func tag() -> [UInt8] {
        precondition(isEncrypting, "only who encrypts makes a tag")
        precondition(finish(), "OpenSSL could not end a cipher")
        let size = AuthenticatedCipher.tagByteCount
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let isRead = unsafe EVP_CIPHER_CTX_ctrl(
                pointer,
                EVP_CTRL_AEAD_GET_TAG,
                Int32(size),
                buffer.baseAddress
            )
            precondition(isRead == 1, "OpenSSL gave no tag")
            count = size
        }
    }

    /// Ends a decryption; whether the tag is the one of this key, nonce, data and message.
    func isTagTrue(_ tag: [UInt8]) -> Bool {
        precondition(!isEncrypting, "only who decrypts checks a tag")
        precondition(tag.count == AuthenticatedCipher.tagByteCount, "a tag has 16 bytes")
        var copy = tag
        let isTaken = unsafe copy.withUnsafeMutableBytes { bytes in
            unsafe EVP_CIPHER_CTX_ctrl(
                pointer,
                EVP_CTRL_AEAD_SET_TAG,
                Int32(bytes.count),
                bytes.baseAddress
            )
        }
        precondition(isTaken == 1, "OpenSSL took no tag")
        return finish()
    }

    private func finish() -> Bool {
        var moved: Int32 = 0
        var rest: [UInt8] = Array(repeating: 0, count: 16)
        let isDone = unsafe rest.withUnsafeMutableBufferPointer { buffer in
            unsafe EVP_CipherFinal_ex(pointer, buffer.baseAddress, &moved)
        }
        guard isDone == 1 else {
            ERR_clear_error()
            return false
        }
        precondition(moved == 0, "the mode keeps nothing back")
        return true
    }
}
