/// Goes through the whole records of a segment, one after the other.
struct SegmentCursor {
    private let blockByteCount: Int
    /// Behind the record that was read last.
    private(set) var offset: Int

    init(header: SegmentHeader) {
        blockByteCount = header.blockByteCount
        offset = header.blockByteCount
    }

    /// The next record before `endOffset`, stepping over the zeros between groups.
    mutating func next(in bytes: [UInt8], endOffset: Int) -> SpoolRecord? {
        while offset < endOffset {
            if let record = SpoolRecord.read(bytes, at: offset) {
                offset += record.byteCount
                return record
            }
            // Stray bytes are stepped over like the zeros that should stand there.
            offset = SegmentScan.roundUp(offset + 1, blockByteCount)
        }
        return nil
    }
}
