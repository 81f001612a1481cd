package import Basics

/// The first block of a segment: what it is, whose it is, and where its records go on from.
///
///     0  "LIMENSPL"            16  installation   32  key id        48  session
///     8  version, 4 bytes      64  segment number 72  first sequence 80  created at
///     12 CRC-32C of the block  88  segment bytes, 4   92  block bytes, 4
///     96  settled end, then zeros
///
/// A segment of which every entry is settled, and that must stay because of an earlier one of its
/// session, is cut down to this block: its settled end is the sequence behind its last entry, so that
/// no gap is seen where it was. Else that number is 0.
///
/// The magic, the version and the rule of the checksum (over the whole block, with its own field
/// zero) stay the same in every version, so that a future one is told from a damaged one.
package struct SegmentHeader: Equatable, Sendable {
    /// The installation that wrote it.
    package let installation: UUIDBytes
    /// Which key its records are encrypted with.
    package let keyID: UUIDBytes
    /// The process start that wrote it.
    package let session: UUIDBytes
    /// The number that is also its name.
    package let number: UInt64
    /// The sequence of its first record: all before it were durable when this was written.
    package let firstSequence: UInt64
    /// When it was made.
    package let createdAt: Instant
    /// Its size.
    package let segmentByteCount: Int
    /// The size of its blocks.
    package let blockByteCount: Int
    /// The sequence behind its last entry, when all of them are settled and gone; else 0.
    package let settledEnd: UInt64

    /// The sequence of the first entry that the file can hold.
    package var firstUnsettled: UInt64 { max(firstSequence, settledEnd) }

    /// The version of this program.
    package static let version: UInt64 = 1
    /// The bytes of the block that mean something.
    package static let byteCount = 104
    private static let magic = Array("LIMENSPL".utf8)

    /// What a block turned out to be.
    package enum Reading: Equatable, Sendable {
        case header(SegmentHeader)
        /// A whole header of a version that this program does not know.
        case future(version: Int)
        case damaged
    }

    /// Makes a header.
    package init(
        installation: UUIDBytes,
        keyID: UUIDBytes,
        session: UUIDBytes,
        number: UInt64,
        firstSequence: UInt64,
        createdAt: Instant,
        segmentByteCount: Int,
        blockByteCount: Int,
        settledEnd: UInt64 = 0
    ) {
        self.installation = installation
        self.keyID = keyID
        self.session = session
        self.number = number
        self.firstSequence = firstSequence
        self.createdAt = createdAt
        self.segmentByteCount = segmentByteCount
        self.blockByteCount = blockByteCount
        self.settledEnd = settledEnd
    }

    /// The header that is left of a segment whose entries are all settled.
    package func reduced(settledEnd: UInt64) -> SegmentHeader {
        SegmentHeader(
            installation: installation,
            keyID: keyID,
            session: session,
            number: number,
            firstSequence: firstSequence,
            createdAt: createdAt,
            segmentByteCount: blockByteCount,
            blockByteCount: blockByteCount,
            settledEnd: settledEnd
        )
    }

    /// The block as it stands in the file.
    package var block: [UInt8] {
        var block = Self.magic
        block.reserveCapacity(blockByteCount)
        block.append(number: Self.version, byteCount: 4)
        block.append(number: 0, byteCount: 4)
        block += installation.bytes + keyID.bytes + session.bytes
        block.append(number: number, byteCount: 8)
        block.append(number: firstSequence, byteCount: 8)
        block.append(number: UInt64(bitPattern: createdAt.microseconds), byteCount: 8)
        block.append(number: UInt64(segmentByteCount), byteCount: 4)
        block.append(number: UInt64(blockByteCount), byteCount: 4)
        block.append(number: settledEnd, byteCount: 8)
        block += [UInt8](repeating: 0, count: blockByteCount - Self.byteCount)
        block.put(number: UInt64(CRC32C.checksum(of: block[...])), at: 12, byteCount: 4)
        return block
    }

    /// Reads the block at the begin of a segment.
    package static func read(_ bytes: [UInt8]) -> Reading {
        guard bytes.count >= byteCount, Array(bytes[..<8]) == magic else { return .damaged }
        let blockByteCount = Int(bytes.number(at: 92, byteCount: 4))
        guard blockByteCount >= byteCount, blockByteCount <= bytes.count else { return .damaged }
        var block = Array(bytes[..<blockByteCount])
        let stored = block.number(at: 12, byteCount: 4)
        block.put(number: 0, at: 12, byteCount: 4)
        guard UInt64(CRC32C.checksum(of: block[...])) == stored else { return .damaged }
        let version = bytes.number(at: 8, byteCount: 4)
        guard version == Self.version else { return .future(version: Int(version)) }
        guard let installation = UUIDBytes(bytes[16..<32]), let keyID = UUIDBytes(bytes[32..<48]),
            let session = UUIDBytes(bytes[48..<64])
        else { return .damaged }
        let created = Int64(bitPattern: bytes.number(at: 80, byteCount: 8))
        let settledEnd = bytes.number(at: 96, byteCount: 8)
        // Only what is nothing but a header says that its entries are settled.
        guard
            settledEnd == 0
                || settledEnd > bytes.number(at: 72, byteCount: 8)
                    && bytes.number(at: 88, byteCount: 4) == UInt64(blockByteCount)
        else { return .damaged }
        return .header(
            SegmentHeader(
                installation: installation,
                keyID: keyID,
                session: session,
                number: bytes.number(at: 64, byteCount: 8),
                firstSequence: bytes.number(at: 72, byteCount: 8),
                createdAt: Instant(microseconds: created),
                segmentByteCount: Int(bytes.number(at: 88, byteCount: 4)),
                blockByteCount: blockByteCount,
                settledEnd: settledEnd
            )
        )
    }
}
