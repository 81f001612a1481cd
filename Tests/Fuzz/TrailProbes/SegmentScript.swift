import Basics
import Spool

/// A segment made by a script, with whole records and with damage, and what its scan must say.
///
/// Two bytes a step: what happens (modulo 7), and how much of it.
///
///     0 n   an entry with a body of n bytes begins a group
///     1 n   an entry with a body of n bytes follows in the group
///     2     a seal
///     3 n   n bytes of zeros
///     4 n   n bytes that are nothing
///     5 n   the byte n before the end is changed
///     6 n   the last n bytes are cut off
struct SegmentScript {
    private static let blockBytes = 512
    private static let segmentBytes = 1 << 14
    private static let header = SegmentHeader(
        installation: UUIDBytes(high: 1, low: 2),
        keyID: UUIDBytes(high: 3, low: 4),
        session: UUIDBytes(high: 5, low: 6),
        number: 7,
        firstSequence: 100,
        createdAt: Instant(microseconds: 1_777_888_800_000_000),
        segmentByteCount: segmentBytes,
        blockByteCount: blockBytes
    )

    private let script: [UInt8]
    private var bytes = Self.header.block
    private var sequence = Self.header.firstSequence
    private var group = Self.header.firstSequence
    private var entryCount = 0
    private var isSealed = false
    private var isDamaged = false
    private var isCut = false

    init(_ script: [UInt8]) {
        self.script = script
    }

    /// Makes the segment and scans it; whether all that was written was found.
    func run() -> Bool {
        var made = self
        var rest = script.prefix(64)[...]
        while rest.count >= 2, made.bytes.count < Self.segmentBytes - 2 * Self.blockBytes {
            made.step(rest[rest.startIndex] % 7, Int(rest[rest.startIndex + 1]))
            rest = rest.dropFirst(2)
        }
        // The writer gives the file its size before the first record, unless it was cut.
        if !made.isCut {
            made.bytes += [UInt8](repeating: 0, count: Self.segmentBytes - made.bytes.count)
        }
        return made.check()
    }

    private mutating func step(_ event: UInt8, _ amount: Int) {
        switch event {
        case 0:
            pad()
            group = sequence
            append(.entry, amount)
        case 1 where sequence > group: append(.entry, amount)
        case 2:
            pad()
            append(.seal, 0)
        case 3:
            // More than what fills a block is nothing that the writer leaves between groups.
            bytes += [UInt8](repeating: 0, count: amount)
            if amount > 0 { isDamaged = true }
        case 4:
            bytes += [UInt8](repeating: 0xA5, count: amount)
            if amount > 0 { isDamaged = true }
        case 5 where bytes.count > Self.blockBytes:
            let place = max(Self.blockBytes, bytes.count - 1 - amount)
            bytes[place] ^= 0x10
            isDamaged = true
        case 6:
            let count = min(amount, bytes.count - Self.blockBytes)
            bytes.removeLast(count)
            if count > 0 { (isDamaged, isCut) = (true, true) }
        default: return
        }
    }

    /// A group begins a new block.
    private mutating func pad() {
        let rest = bytes.count % Self.blockBytes
        if rest > 0 { bytes += [UInt8](repeating: 0, count: Self.blockBytes - rest) }
    }

    private mutating func append(_ kind: SpoolRecord.Kind, _ bodyCount: Int) {
        let record = SpoolRecord(
            kind: kind,
            sequence: sequence,
            groupSequence: kind == .seal ? sequence : group,
            at: Self.header.createdAt,
            log: UUIDBytes(high: 8, low: 9),
            rowCount: kind == .seal ? 0 : 1,
            body: [UInt8](repeating: 0x5A, count: bodyCount)
        )
        // Nothing follows a seal.
        if isSealed { isDamaged = true }
        isSealed = isSealed || kind == .seal
        let start = bytes.count
        record.append(to: &bytes)
        let read = SpoolRecord.read(bytes, at: start)
        precondition(read == record, "a record is not what was written")
        guard kind == .entry else { return }
        sequence += 1
        entryCount += 1
    }

    private func check() -> Bool {
        guard case .header(let header) = SegmentHeader.read(bytes) else {
            preconditionFailure("the header of the script was damaged")
        }
        precondition(header == Self.header, "another header was read")
        let scan = SegmentScan(bytes, header: header, successor: nil)
        precondition(scan.entryCount <= entryCount, "more entries than were written")
        precondition(scan.endOffset <= bytes.count, "an end behind the end")
        precondition(
            scan.endSequence == header.firstSequence + UInt64(scan.entryCount),
            "a sequence with gaps"
        )
        if !isDamaged {
            precondition(scan.findings.isEmpty, "findings where nothing is damaged")
            precondition(scan.entryCount == entryCount, "fewer entries than were written")
        }
        // What the next segment says was durable is found missing when it is.
        let successor = header.firstSequence + UInt64(entryCount)
        let known = SegmentScan(bytes, header: header, successor: successor)
        precondition(
            known.entryCount == entryCount || !known.findings.isEmpty,
            "an entry is missing and nobody says so"
        )
        return scan.entryCount == entryCount && entryCount > 0
    }
}
