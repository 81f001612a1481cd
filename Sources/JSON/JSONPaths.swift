/// Compares the two ways of scanning, for tests and fuzzers.
///
/// `JSONTapeBuilder` goes 64 bytes at a time and answers first; `JSONScanner` goes byte by byte and
/// is asked about what the other one refuses. So a fault is always named by the latter, and what
/// both must agree on is which texts are sound and what their tape is.
package enum JSONPaths {
    /// Whether both ways accept a text with the same tape, or both refuse it.
    package static func agree(on bytes: [UInt8]) -> Bool {
        let fast = JSONTapeBuilder.tape(of: bytes)
        var scanner = JSONScanner()
        do {
            try scanner.scan(bytes)
        } catch {
            return fast == nil
        }
        return fast == scanner.tape
    }

    /// Whether the signs of 64 bytes are found alike with and without an instruction made for it.
    package static func signsAgree(on bytes: [UInt8]) -> Bool {
        precondition(bytes.count == JSONBlock.byteCount, "a block is 64 bytes")
        var expected: UInt64 = 0
        var lanes = JSONBlock.Lanes(repeating: 0)
        for index in bytes.indices {
            lanes[index] = Int8(bitPattern: bytes[index])
            expected |= UInt64(bytes[index] >> 7) << UInt64(index)
        }
        let found = JSONBlock(at: 0, in: bytes.span).beyondASCII
        return found == expected && JSONBlock.portableSigns(lanes) == expected
    }
}
