import Crypto
import Synchronization

/// What configurations are made of, by the bytes that it was read from.
///
/// A configuration that differs from another one in a few files shares the rest of what was read,
/// and nothing that changes: counters and whatever else a gateway writes to are made anew. What had
/// a fault is not kept, so a fault is found each time.
final class CatalogueMemory: Sendable {
    /// What is kept.
    enum Kind: Hashable, Sendable {
        case document
        case profile
        case model
        case knowledge
        case check
    }

    private struct Key: Hashable, Sendable {
        let kind: Kind
        let digests: [[UInt8]]
    }

    private let values = Mutex<[Key: any Sendable]>([:])

    /// What these texts were read to before, or are read to now; always now without a memory.
    static func value<Value: Sendable, Failure: Error>(
        _ memory: CatalogueMemory?,
        _ kind: Kind,
        _ texts: [[UInt8]],
        _ make: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard let memory else { return try make() }
        let key = Key(kind: kind, digests: texts.map { Digest.sha256($0) })
        if let known = memory.values.withLock({ $0[key] }) as? Value { return known }
        let value = try make()
        memory.values.withLock { $0[key] = value }
        return value
    }
}
