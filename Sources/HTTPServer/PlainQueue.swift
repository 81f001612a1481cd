/// The bytes that wait to be encrypted on a connection.
///
/// A response stays as the handler gave it, so those who ask for the same thing share it, however
/// slowly they read.
struct PlainQueue {
    private var segments: [[UInt8]] = []
    /// How many bytes of the first segment are taken.
    private var taken = 0
    private(set) var byteCount = 0

    var isEmpty: Bool { byteCount == 0 }

    /// Appends bytes without copying them.
    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        byteCount += bytes.count
        segments.append(bytes)
    }

    /// Takes the next bytes, at most so many, and those of one segment only.
    mutating func take(atMost countMax: Int) -> ArraySlice<UInt8> {
        precondition(countMax > 0, "nothing is to be taken")
        guard let first = segments.first else { return [] }
        let end = min(taken + countMax, first.count)
        let bytes = first[taken..<end]
        byteCount -= bytes.count
        taken = end
        if taken == first.count {
            segments.removeFirst()
            taken = 0
        }
        return bytes
    }

    /// Drops everything.
    mutating func removeAll() { self = PlainQueue() }
}
