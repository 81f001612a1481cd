import COpenSSL

/// Bytes that nobody may find again, such as an access token: they are overwritten when the last
/// holder lets go of them, and they have no text form that could reach a log.
@safe
package final class Secret: Sendable, CustomStringConvertible, CustomReflectable {
    // Written in the initialiser only, freed in `deinit`.
    private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

    /// Takes a copy of some bytes.
    package init(_ bytes: some Collection<UInt8>) {
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        for (offset, byte) in bytes.enumerated() { unsafe storage[offset] = byte }
        unsafe self.storage = storage
    }

    deinit {
        unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    /// How many bytes there are.
    package var count: Int { unsafe storage.count }

    /// Appends the bytes to a message that is about to leave, to be wiped by `wipe` afterwards.
    package func append(to message: inout [UInt8]) {
        precondition(
            message.capacity - message.count >= count,
            "a message that grows leaves a copy behind"
        )
        unsafe message.append(contentsOf: storage)
    }

    /// A copy of the bytes, to be wiped by `wipe` afterwards.
    package func copy() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        append(to: &bytes)
        return bytes
    }

    /// Lets a step of this target read the bytes where they lie.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        unsafe body(UnsafeBufferPointer(storage.bindMemory(to: UInt8.self)))
    }

    /// Overwrites an array in its place; nobody else may hold it.
    package static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
        bytes.removeAll()
    }

    /// Nothing of the secret.
    package var description: String { "Secret" }

    /// Nothing of the secret.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
