import COpenSSL

/// What OpenSSL keeps while a signature is made or checked; it frees itself.
@safe
struct SignatureContext: ~Copyable {
    /// What it is for.
    enum Purpose {
        case check
        case make
    }

    let pointer: OpaquePointer

    /// Prepares for a key; `nil` when the key and the scheme do not go together.
    init?(for key: KeyHandle, _ scheme: SignatureScheme, purpose: Purpose) {
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("OpenSSL has no memory for a signature")
        }
        unsafe pointer = context
        var keyContext: OpaquePointer?
        let hash = Self.hash(of: scheme)
        let isReady =
            switch purpose {
            case .check: unsafe EVP_DigestVerifyInit(context, &keyContext, hash, nil, key.pointer)
            case .make: unsafe EVP_DigestSignInit(context, &keyContext, hash, nil, key.pointer)
            }
        guard isReady == 1, unsafe Self.setPadding(keyContext, scheme) else {
            ERR_clear_error()
            return nil
        }
    }

    deinit {
        unsafe EVP_MD_CTX_free(pointer)
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
