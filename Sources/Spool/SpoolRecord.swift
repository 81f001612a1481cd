package import Basics

/// One record of a segment: an entry, or a seal that says that all before it was durable.
///
///     0  length of the body, 4   16  first sequence of its group   32  log, 16
///     4  CRC-32C of the rest, 4  24  moment in microseconds        48  rows, 4
///     8  sequence                                                  52  kind, 1, and three zeros
///     56 the body, encrypted, and behind it the sequence again
///
/// Records of a group follow one another; a group begins a new block and zeros fill its last one.
package struct SpoolRecord: Equatable, Sendable {
    /// What a record is for.
    package enum Kind: UInt8, Sendable {
        case entry = 1
        case seal = 2
    }

    /// The kind.
    package let kind: Kind
    /// Its number in the session, without gaps; that of the next record in a seal.
    package let sequence: UInt64
    /// The number of the first record that was made durable together with it.
    package let groupSequence: UInt64
    /// When it was taken, never before the one that precedes it.
    package let at: Instant
    /// The log that it belongs to: whoever replays keeps the order within it.
    package let log: UUIDBytes
    /// How many rows it holds.
    package let rowCount: Int
    /// The encrypted body.
    package let body: [UInt8]

    /// Makes a record.
    package init(
        kind: Kind,
        sequence: UInt64,
        groupSequence: UInt64,
        at: Instant,
        log: UUIDBytes,
        rowCount: Int,
        body: [UInt8]
    ) {
        self.kind = kind
        self.sequence = sequence
        self.groupSequence = groupSequence
        self.at = at
        self.log = log
        self.rowCount = rowCount
        self.body = body
    }

    /// The bytes before the body.
    package static let headByteCount = 56
    /// The bytes around the body.
    package static let frameByteCount = headByteCount + 8

    /// The length in the file.
    package var byteCount: Int { Self.frameByteCount + body.count }

    /// Appends the record as it stands in the file.
    package func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(number: UInt64(body.count), byteCount: 4)
        bytes.append(number: 0, byteCount: 4)
        bytes.append(number: sequence, byteCount: 8)
        bytes.append(number: groupSequence, byteCount: 8)
        bytes.append(number: UInt64(bitPattern: at.microseconds), byteCount: 8)
        bytes += log.bytes
        bytes.append(number: UInt64(rowCount), byteCount: 4)
        bytes += [kind.rawValue, 0, 0, 0]
        bytes += body
        bytes.append(number: sequence, byteCount: 8)
        let checksum = Self.checksum(of: bytes, at: start, byteCount: byteCount)
        bytes.put(number: UInt64(checksum), at: start + 4, byteCount: 4)
    }

    /// Reads the record at a place; `nil` when there is no whole one.
    package static func read(_ bytes: [UInt8], at place: Int) -> SpoolRecord? {
        guard let byteCount = plausibleByteCount(bytes, at: place) else { return nil }
        let stored = bytes.number(at: place + 4, byteCount: 4)
        guard UInt64(checksum(of: bytes, at: place, byteCount: byteCount)) == stored,
            let kind = Kind(rawValue: bytes[place + 52]),
            let log = UUIDBytes(bytes[(place + 32)..<(place + 48)])
        else { return nil }
        let body = place + headByteCount
        return SpoolRecord(
            kind: kind,
            sequence: bytes.number(at: place + 8, byteCount: 8),
            groupSequence: bytes.number(at: place + 16, byteCount: 8),
            at: Instant(
                microseconds: Int64(bitPattern: bytes.number(at: place + 24, byteCount: 8))
            ),
            log: log,
            rowCount: Int(bytes.number(at: place + 48, byteCount: 4)),
            body: Array(bytes[body..<(place + byteCount - 8)])
        )
    }

    /// The length that a record at a place would have; `nil` when it is none at first sight.
    private static func plausibleByteCount(_ bytes: [UInt8], at place: Int) -> Int? {
        guard bytes.count - place >= frameByteCount else { return nil }
        let length = Int(bytes.number(at: place, byteCount: 4))
        guard length <= bytes.count - place - frameByteCount else { return nil }
        let sequence = bytes.number(at: place + 8, byteCount: 8)
        let trailer = bytes.number(at: place + headByteCount + length, byteCount: 8)
        return sequence == trailer ? frameByteCount + length : nil
    }

    /// The checksum of all but its own field.
    private static func checksum(of bytes: [UInt8], at place: Int, byteCount: Int) -> UInt32 {
        let length = CRC32C.checksum(of: bytes[place..<(place + 4)])
        return CRC32C.checksum(of: bytes[(place + 8)..<(place + byteCount)], after: length)
    }
}
