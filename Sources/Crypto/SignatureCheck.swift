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
        let context = SignatureContext(for: key, scheme, purpose: .check)
        guard let context else { return false }
        let verdict = unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe EVP_DigestVerify(
                    context.pointer,
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
        let context = SignatureContext(for: key, scheme, purpose: .make)
        guard let context else { return nil }
        var count = Int(unsafe EVP_PKEY_get_size(key.pointer))
        var signature = [UInt8](repeating: 0, count: count)
        let isMade = unsafe signature.withUnsafeMutableBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe EVP_DigestSign(
                    context.pointer,
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
}
