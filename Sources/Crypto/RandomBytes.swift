import COpenSSL

/// Random bytes fit for keys, by OpenSSL's generator.
package enum RandomBytes {
    /// Makes so many random bytes.
    ///
    /// A machine without randomness stops the process: to go on with guessable keys or
    /// identifiers would be worse.
    package static func make(count: Int) -> [UInt8] {
        precondition(count >= 0, "a negative number of bytes was asked for")
        CryptoStart.begin()
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let isDone = unsafe RAND_bytes(buffer.baseAddress, Int32(count))
            precondition(isDone == 1, "the machine gives no random bytes")
            initialized = count
        }
    }
}
