import COpenSSL

/// Making and checking signatures by OpenSSL's EVP layer.
enum SignatureCheck {
    /// Whether a signature, in OpenSSL's form, was made over a message with a key.
    static func isValid(
        _ signature: [UInt8],
        _ message: [UInt8],
        _ key: KeyHandle,
        _ scheme: SignatureScheme
    ) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("OpenSSL has no memory for a signature")
        }
        defer { unsafe EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        let isReady = unsafe EVP_DigestVerifyInit(
            context,
            &keyContext,
            hash(of: scheme),
            nil,
            key.pointer
        )
        guard isReady == 1, unsafe setPadding(keyContext, scheme) else {
            ERR_clear_error()
            return false
        }
        let verdict = unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe EVP_DigestVerify(
                    context,
                    signature.baseAddress,
                    signature.count,
                    message.baseAddress,
                    message.count
                )
            }
        }
        if verdict != 1 { ERR_clear_error() }
        return verdict == 1
    }

    /// A signature over a message, in OpenSSL's form; `nil` when the key cannot make it.
    static func make(
        _ message: [UInt8],
        _ key: KeyHandle,
        _ scheme: SignatureScheme
    ) -> [UInt8]? {
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("OpenSSL has no memory for a signature")
        }
        defer { unsafe EVP_MD_CTX_free(context) }
        var keyContext: OpaquePointer?
        let isReady = unsafe EVP_DigestSignInit(
            context,
            &keyContext,
            hash(of: scheme),
            nil,
            key.pointer
        )
        guard isReady == 1, unsafe setPadding(keyContext, scheme) else {
            ERR_clear_error()
            return nil
        }
        var count = Int(unsafe EVP_PKEY_get_size(key.pointer))
        var signature = [UInt8](repeating: 0, count: count)
        let isMade = unsafe signature.withUnsafeMutableBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe EVP_DigestSign(
                    context,
                    signature.baseAddress,
                    &count,
                    message.baseAddress,
                    message.count
                )
            }
        }
        guard isMade == 1 else {
            ERR_clear_error()
            return nil
        }
        return Array(signature.prefix(count))
    }

    @safe
    private static func hash(of scheme: SignatureScheme) -> OpaquePointer? {
        switch scheme {
        case .rsaPKCS1(let hash), .rsaPSS(let hash), .ecdsa(let hash): hash.algorithm
        // Ed25519 hashes by itself.
        case .ed25519: nil
        }
    }

    private static func setPadding(_ context: OpaquePointer?, _ scheme: SignatureScheme) -> Bool {
        switch scheme {
        case .rsaPKCS1:
            return unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
        case .rsaPSS(let hash):
            guard unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1,
                unsafe EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash.algorithm) == 1
            else { return false }
            // The salt is as long as the hash, no more and no less (RFC 7518, section 3.5).
            return unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1
        case .ecdsa, .ed25519:
            return true
        }
    }
}
