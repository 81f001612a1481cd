package import Basics

/// The entries that are in the spool and not yet settled, as places in files; no bytes.
///
/// Segments stand in the order in which they were written, so what is read from the front on keeps
/// the order of each log. Entries of a log that is held are stepped over, and their segment stays.
package struct SpoolBacklog: Sendable {
    /// A segment and how far it is settled.
    package struct Segment: Sendable {
        /// Its header.
        package let header: SegmentHeader
        /// The size of the file; the segment that is written to grows into it.
        package fileprivate(set) var fileByteCount: Int
        /// Behind the last whole record.
        var endOffset: Int
        /// Behind the last entry.
        var endSequence: UInt64
        /// Behind the last entry that is settled.
        var offset: Int
        var sequence: UInt64
        /// The rows that are not settled.
        var rowCount: Int
        /// When the first entry that still waits was taken, or one before it.
        var oldestAt: Instant
        /// Behind the last entry that was sent to the database, or passed over, at least once.
        var triedEnd: UInt64
        /// When the first entry that is held was taken.
        var heldAt: Instant?
        /// Whether entries in it must stay because of damage.
        var isHeld = false
        /// Where the first entry lies that the database has refused.
        var firstRefused: (sequence: UInt64, offset: Int)?
        /// The logs of those that were refused.
        var refusedLogs: Set<UUIDBytes> = []
        /// How many were refused.
        var refusedCount = 0
        /// The entries behind the first of them that are settled: they are stepped over when the
        /// others are read again.
        var settledBehind: Set<UInt64> = []
        /// How many of those are still to be stepped over.
        var settledAheadCount = 0

        /// Whether nothing is left to read in it.
        package var isRead: Bool { sequence == endSequence }

        /// Whether entries in it were never sent to the database.
        var isWaiting: Bool { endSequence > max(sequence, triedEnd) }

        /// When the first entry that is held was taken; also while it is tried once more.
        var oldestHeldAt: Instant? {
            let isHolding = isHeld && isRead || firstRefused != nil || sequence < triedEnd
            return rowCount > 0 && isHolding ? heldAt ?? oldestAt : nil
        }

        /// The entries that are still to be read.
        var unreadCount: Int { Int(endSequence - sequence) - settledAheadCount }
    }

    private(set) var segments: [Segment] = []
    /// The logs of which nothing more is read.
    package private(set) var heldLogs: Set<UUIDBytes> = []
    private var heldSessions: Set<UUIDBytes> = []
    /// The logs of which entries were written since the start; few, for each belongs to a writer that
    /// keeps it until something of it is held.
    private var writtenLogs: Set<UUIDBytes> = []
    /// The session of this start, once something was written in it.
    private var writtenSession: UUIDBytes?
    /// Those of which an entry may lie behind damage in the session of this start.
    private var damagedLogs: Set<UUIDBytes> = []
    /// The entries that wait for a person.
    package private(set) var heldEntryCount = 0
    /// How often everything that was refused was asked for again; what was read before that is of
    /// no use any more.
    package private(set) var attempt = 0

    /// Nothing.
    package init() {}

    /// What a survey has found; a session goes no further than its first loss.
    package init(_ survey: SpoolSurvey) {
        let lossy = Set(survey.findings.filter(\.isLoss).compactMap(\.segment))
        // Segments whose header cannot be used: nobody knows whose records are gone with them.
        let known = Set(survey.segments.map(\.header.number))
        let unknown = lossy.subtracting(known)
        var begun: Set<UUIDBytes> = []
        for found in survey.segments {
            let session = found.header.session
            if begun.insert(session).inserted, found.header.firstSequence > 0,
                unknown.contains(where: { $0 < found.header.number })
            {
                heldSessions.insert(session)
            }
            // A missing segment is named by the one behind the gap, of which nothing is read.
            let isBehindGap = survey.findings.contains {
                $0.kind == .missingSegment && $0.segment == found.header.number
            }
            if isBehindGap { heldSessions.insert(session) }
            var segment = Segment(
                header: found.header,
                fileByteCount: found.fileByteCount,
                endOffset: found.scan.endOffset,
                endSequence: found.scan.endSequence,
                offset: found.header.blockByteCount,
                sequence: found.header.firstUnsettled,
                rowCount: found.scan.rowCount,
                oldestAt: found.scan.firstUntriedAt ?? found.scan.lastAt ?? found.header.createdAt,
                triedEnd: found.scan.triedEnd,
                heldAt: found.scan.firstAt
            )
            if lossy.contains(found.header.number) { segment.isHeld = true }
            if heldSessions.contains(session) {
                segment.isHeld = true
                heldEntryCount += Int(segment.endSequence - segment.sequence)
                segment.sequence = segment.endSequence
            }
            if lossy.contains(found.header.number) { heldSessions.insert(session) }
            segments.append(segment)
        }
    }

    /// Whether there is nothing left to read.
    package var isRead: Bool { segments.allSatisfy(\.isRead) }

    /// Entries that are not settled.
    package var entryCount: Int {
        heldEntryCount + segments.reduce(0) { $0 + $1.unreadCount }
    }

    /// Rows that are not settled.
    package var rowCount: Int { segments.reduce(0) { $0 + $1.rowCount } }

    /// When the oldest of them was taken, or a little before.
    package var oldestAt: Instant? { [oldestWaitingAt, oldestHeldAt].compactMap(\.self).min() }

    /// When the oldest entry was taken that was never sent to the database, or a little before.
    package var oldestWaitingAt: Instant? {
        segments.filter(\.isWaiting).map(\.oldestAt).min()
    }

    /// When the oldest entry was taken that the database has refused, or that is damaged.
    package var oldestHeldAt: Instant? { segments.compactMap(\.oldestHeldAt).min() }

    /// The first segment with something to read.
    package var front: Segment? { segments.first { !$0.isRead } }

    /// A group was written.
    package mutating func append(
        _ entries: [SpoolEntry],
        byteCount: Int,
        at place: SpoolWriter.Place,
        header: @autoclosure () -> SegmentHeader
    ) {
        if segments.last?.header.number != place.segment {
            let header = header()
            segments.append(
                Segment(
                    header: header,
                    fileByteCount: header.segmentByteCount,
                    endOffset: place.offset,
                    endSequence: place.sequence,
                    offset: place.offset,
                    sequence: place.sequence,
                    rowCount: 0,
                    oldestAt: place.at,
                    triedEnd: place.sequence
                )
            )
        }
        let last = segments.count - 1
        if !segments[last].isWaiting { segments[last].oldestAt = place.at }
        segments[last].endOffset = place.offset + byteCount
        segments[last].endSequence = place.sequence + UInt64(entries.count)
        segments[last].rowCount += entries.reduce(0) { $0 + $1.rowCount }
        writtenSession = segments[last].header.session
        writtenLogs.formUnion(entries.map(\.log))
    }

    /// An entry is settled: it is in the database.
    package mutating func settle(_ entry: SpooledEntry) {
        pass(entry, isHeld: false)
    }

    /// An entry stays where it is and what follows in its log with it.
    ///
    /// - Returns: `false` when it was asked for again meanwhile: it comes out once more, behind what
    ///   was refused before it, and nothing is held on its account.
    @discardableResult
    package mutating func hold(_ entry: SpooledEntry) -> Bool {
        guard pass(entry, isHeld: true) else { return false }
        heldLogs.insert(entry.entry.log)
        return true
    }

    /// What may be done with an entry that was read in an attempt.
    package enum Standing: Sendable {
        /// It may be sent.
        case free
        /// It follows one that was refused.
        case held
        /// Everything is read anew: it must not go before what was refused.
        case overtaken
    }

    /// What may be done with an entry that was read in an attempt.
    package func standing(of entry: SpooledEntry, since attempt: Int) -> Standing {
        if attempt != self.attempt { return .overtaken }
        return heldLogs.contains(entry.entry.log) ? .held : .free
    }

    /// Whether an entry was held and not asked for again since.
    package func isHeld(log: UUIDBytes, segment: UInt64, sequence: UInt64) -> Bool {
        heldLogs.contains(log)
            && segments.contains {
                $0.header.number == segment && $0.sequence > sequence
                    && $0.refusedLogs.contains(log)
            }
    }

    /// Whether anything of a log stays: an entry of it was refused, or was written in a session of
    /// which entries are damaged.
    package func isHeld(log: UUIDBytes) -> Bool {
        heldLogs.contains(log) || damagedLogs.contains(log)
    }

    /// Whether a segment is still the one to be read next, from the same place on.
    package func isFront(_ segment: Segment) -> Bool {
        guard let front else { return false }
        return front.header.number == segment.header.number && front.sequence == segment.sequence
    }

    /// What is behind the entry in its session cannot be trusted: it stays.
    package mutating func holdSession(of segment: UInt64) {
        guard let session = segments.first(where: { $0.header.number == segment })?.header.session
        else { return }
        heldSessions.insert(session)
        if session == writtenSession { damagedLogs.formUnion(writtenLogs) }
        for index in segments.indices where segments[index].header.session == session {
            guard !segments[index].isRead else { continue }
            heldEntryCount += segments[index].unreadCount
            segments[index].isHeld = true
            segments[index].settledAheadCount = 0
            segments[index].sequence = segments[index].endSequence
            segments[index].offset = segments[index].endOffset
        }
    }

    /// Steps over an entry that was settled before one ahead of it was asked for again.
    ///
    /// - Returns: `false` when it is none.
    mutating func passSettled(_ entry: SpooledEntry) -> Bool {
        guard let index = segments.firstIndex(where: { $0.header.number == entry.segment }),
            segments[index].sequence == entry.sequence,
            segments[index].settledBehind.contains(entry.sequence)
        else { return false }
        segments[index].settledAheadCount -= 1
        segments[index].sequence += 1
        segments[index].offset = entry.endOffset
        return true
    }

    /// Whether an entry was settled before one ahead of it was asked for again.
    func isSettled(_ entry: SpooledEntry) -> Bool {
        segments.contains {
            $0.header.number == entry.segment && $0.settledBehind.contains(entry.sequence)
        }
    }

    @discardableResult
    private mutating func pass(_ entry: SpooledEntry, isHeld: Bool) -> Bool {
        guard let index = segments.firstIndex(where: { $0.header.number == entry.segment }),
            segments[index].sequence == entry.sequence
        else { return false }
        if isHeld {
            heldEntryCount += 1
            segments[index].refusedLogs.insert(entry.entry.log)
            segments[index].refusedCount += 1
            if segments[index].firstRefused == nil {
                segments[index].heldAt = entry.at
                segments[index].firstRefused = (entry.sequence, segments[index].offset)
            }
        } else {
            segments[index].rowCount -= entry.entry.rowCount
            if segments[index].firstRefused != nil {
                segments[index].settledBehind.insert(entry.sequence)
            }
        }
        segments[index].sequence += 1
        segments[index].offset = entry.endOffset
        if entry.sequence >= segments[index].triedEnd { segments[index].oldestAt = entry.at }
        return true
    }

    /// Everything that the database has refused is to be read again; what was settled behind it is
    /// stepped over.
    ///
    /// What is damaged stays as it is, and so does what follows a refused entry in the log of one
    /// that lies before damage.
    package mutating func retryRefused() {
        attempt += 1
        heldLogs = segments.reduce(into: []) { logs, segment in
            if segment.isHeld { logs.formUnion(segment.refusedLogs) }
        }
        for index in segments.indices where !segments[index].isHeld {
            guard let first = segments[index].firstRefused else { continue }
            segments[index].refusedLogs = []
            heldEntryCount -= segments[index].refusedCount
            segments[index].triedEnd = max(segments[index].triedEnd, segments[index].sequence)
            let ahead = segments[index].settledBehind.filter { $0 > first.sequence }
            segments[index].settledBehind = ahead
            segments[index].settledAheadCount = ahead.count
            segments[index].sequence = first.sequence
            segments[index].offset = first.offset
            segments[index].firstRefused = nil
            segments[index].refusedCount = 0
        }
    }

    /// The segments at the front that nobody needs any more, oldest first.
    ///
    /// The one that is written to is among them only when all are read.
    package mutating func takeRemovable(current: UInt64?) -> [Segment] {
        var removable: [Segment] = []
        var kept: [Segment] = []
        // Within a session only a prefix may go: a gap would look like a loss.
        var blocked: Set<UUIDBytes> = []
        for segment in segments {
            let isFree =
                segment.isRead && !segment.isHeld && segment.firstRefused == nil
                && !blocked.contains(segment.header.session)
                && segment.header.number != current
            if isFree {
                removable.append(segment)
            } else {
                blocked.insert(segment.header.session)
                kept.append(segment)
            }
        }
        segments = kept
        return removable
    }

    /// The segments of which nobody needs an entry any more, and that cannot go because of an earlier
    /// one of their session: their files can be cut down to a header.
    package func reducible(current: UInt64?) -> [Segment] {
        segments.filter { segment in
            segment.isRead && !segment.isHeld && segment.firstRefused == nil
                && segment.header.number != current
                && segment.endSequence > segment.header.firstUnsettled
        }
    }

    /// The file of a segment was cut down to its header.
    package mutating func reduced(_ segment: Segment, to header: SegmentHeader) {
        guard
            let index = segments.firstIndex(where: {
                $0.header.number == segment.header.number
            })
        else { return }
        segments[index] = Segment(
            header: header,
            fileByteCount: header.segmentByteCount,
            endOffset: header.blockByteCount,
            endSequence: segment.endSequence,
            offset: header.blockByteCount,
            sequence: segment.endSequence,
            rowCount: 0,
            oldestAt: segment.oldestAt,
            triedEnd: segment.endSequence
        )
    }
}
