package import Basics

/// What one segment holds, found from its bytes alone.
///
/// A group is begun only after the group before it is durable. So a bad place is a torn tail when
/// nothing of a later group follows, and damage when something does: a later group, a seal, or the
/// segment that follows, whose header says which records were durable when it was made.
package struct SegmentScan: Equatable, Sendable {
    /// How many whole entries there are from the begin on.
    package private(set) var entryCount = 0
    /// The rows in them.
    package private(set) var rowCount = 0
    /// The sequence behind the last whole entry.
    package private(set) var endSequence: UInt64
    /// The offset behind the last whole entry or seal.
    package private(set) var endOffset: Int
    /// When the first entry was taken.
    package private(set) var firstAt: Instant?
    /// When the last entry was taken.
    package private(set) var lastAt: Instant?
    /// The sequence behind the last entry that was taken until the given moment.
    package private(set) var triedEnd: UInt64
    /// When the first entry behind that was taken.
    package private(set) var firstUntriedAt: Instant?
    /// Whether zeros follow the last whole record to the end of the file.
    package private(set) var endsInZeros = false
    /// What else was found.
    package private(set) var findings: [SpoolFinding] = []
    private let triedUntil: Instant?

    /// Looks at a segment.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - header: Its header.
    ///   - successor: The first sequence of the next segment of the session; `nil` for the last.
    ///   - triedUntil: Until when everything that was taken had been sent to the database once.
    package init(
        _ bytes: [UInt8],
        header: SegmentHeader,
        successor: UInt64?,
        triedUntil: Instant? = nil
    ) {
        self.triedUntil = triedUntil
        triedEnd = header.firstUnsettled
        endSequence = header.firstUnsettled
        endOffset = header.blockByteCount
        // Behind what is nothing but a header nothing was written.
        endsInZeros = header.settledEnd > 0
        walk(bytes, header, successor)
    }

    private mutating func walk(
        _ bytes: [UInt8],
        _ header: SegmentHeader,
        _ successor: UInt64?
    ) {
        let block = header.blockByteCount
        var place = block
        while place < bytes.count {
            if endSequence == successor { break }
            if let record = SpoolRecord.read(bytes, at: place), record.sequence == endSequence,
                record.groupSequence <= endSequence
            {
                take(record)
                place += record.byteCount
                endOffset = place
                continue
            }
            // Zeros fill the last block of a group; the next group begins behind them.
            let next = min(Self.roundUp(place, block), bytes.count)
            if place < next, bytes.isZero(in: place..<next) {
                place = next
                continue
            }
            if bytes.isZero(in: place..<bytes.count) {
                endsInZeros = true
                break
            }
            guard let resumed = judge(bytes, header, successor, badAt: place) else { return }
            place = resumed
        }
        finish(bytes, header, successor)
    }

    /// Decides what a bad place is; answers where whole records go on when none is missing.
    private mutating func judge(
        _ bytes: [UInt8],
        _ header: SegmentHeader,
        _ successor: UInt64?,
        badAt place: Int
    ) -> Int? {
        let block = header.blockByteCount
        var next = Self.roundUp(place, block)
        while next < bytes.count {
            defer { next += block }
            guard let record = SpoolRecord.read(bytes, at: next) else { continue }
            if record.groupSequence == endSequence, record.sequence == endSequence {
                add(.strayBytes, header, place)
                return next
            }
            if record.groupSequence > endSequence {
                add(.damage, header, place)
                return nil
            }
        }
        let isMissing = successor.map { $0 > endSequence } ?? false
        let isCut = bytes.count < header.segmentByteCount
        add(isMissing || isCut ? .damage : .tornTail, header, place)
        return nil
    }

    /// Looks at the end: whether all that must be there is, and what stands behind it.
    private mutating func finish(
        _ bytes: [UInt8],
        _ header: SegmentHeader,
        _ successor: UInt64?
    ) {
        if let successor, endSequence < successor {
            add(.damage, header, min(endOffset, bytes.count))
        } else if bytes.count < header.segmentByteCount {
            // The size is durable before the first record: a short file was cut.
            add(endSequence == successor ? .strayBytes : .damage, header, bytes.count)
        } else if bytes.count > header.segmentByteCount
            || !bytes.isZero(in: endOffset..<bytes.count)
        {
            add(.strayBytes, header, endOffset)
        }
    }

    private mutating func take(_ record: SpoolRecord) {
        guard record.kind == .entry else { return }
        entryCount += 1
        rowCount += record.rowCount
        endSequence += 1
        if firstAt == nil { firstAt = record.at }
        lastAt = record.at
        guard firstUntriedAt == nil else { return }
        if let triedUntil, record.at <= triedUntil {
            triedEnd = endSequence
        } else {
            firstUntriedAt = record.at
        }
    }

    private mutating func add(_ kind: SpoolFinding.Kind, _ header: SegmentHeader, _ offset: Int) {
        findings.append(SpoolFinding(kind, segment: header.number, offset: offset))
    }

    static func roundUp(_ place: Int, _ block: Int) -> Int {
        (place + block - 1) / block * block
    }
}
