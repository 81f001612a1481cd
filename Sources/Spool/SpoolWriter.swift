package import Basics
import Posix

/// Carries out what `SpoolState` says, on a disk; one thread at a time.
package struct SpoolWriter {
    private var state: SpoolState
    private let disk: any SpoolDisk
    private let identity: SpoolIdentity
    /// The name of this process start in the segments.
    package let session: UUIDBytes
    private var file: (any SpoolFile)?
    /// The entries of the group that is written; none while a seal is.
    private var written: [SpoolEntry] = []
    /// The segment whose file has no durable name yet.
    private var unpublished: UInt64?
    private var lastAt = Instant(microseconds: .min)
    private var lastNow = Instant(microseconds: .min)
    private let bytesMax: Int
    /// How often the clock was found to be set back by more than a second.
    package private(set) var clockStepCount = 0

    /// Where a group has come to lie.
    package struct Place: Equatable, Sendable {
        /// The segment.
        package let segment: UInt64
        /// Where the group begins.
        package let offset: Int
        /// The sequence of its first entry.
        package let sequence: UInt64
        /// When its entries were taken.
        package let at: Instant
    }

    /// Starts a session behind what was found.
    package init(
        disk: any SpoolDisk,
        identity: SpoolIdentity,
        session: UUIDBytes,
        firstNumber: UInt64,
        foundByteCount: Int,
        bytesMax: Int
    ) {
        self.disk = disk
        self.identity = identity
        self.session = session
        self.bytesMax = bytesMax
        state = SpoolState(
            segmentByteCount: identity.segmentByteCount,
            blockByteCount: identity.blockByteCount,
            bytesMax: bytesMax,
            firstNumber: firstNumber,
            foundByteCount: foundByteCount
        )
    }

    /// The bytes of all segments.
    package var totalByteCount: Int { state.totalByteCount }

    /// The part of them that is room for what comes.
    package var freeByteCount: Int {
        state.currentSegment == nil ? 0 : identity.segmentByteCount - state.currentOffset
    }

    /// The segment that is written to, when there is one.
    package var currentSegment: UInt64? { state.currentSegment }

    /// How many segments were given up because a call failed.
    package var abandonedCount: Int { state.abandonedCount }

    /// Whether nothing is removed any more, because a removal failed.
    package var isRemovalHalted: Bool { state.isRemovalHalted }

    /// The sequence of the next entry.
    package var nextSequence: UInt64 { state.nextSequence }

    /// The most bytes that an entry may have.
    package var entryByteCountMax: Int {
        state.groupByteCountMax - SpoolRecord.frameByteCount - SpoolCipher.overheadByteCount
    }

    /// The bytes that an entry takes in a group, the filling not counted.
    package static func byteCount(of entry: SpoolEntry) -> Int {
        SpoolRecord.frameByteCount + SpoolCipher.overheadByteCount + entry.bytes.count
    }

    /// The most bytes of the entries of a group.
    package var groupByteCountMax: Int { state.groupByteCountMax }

    /// Makes entries durable together.
    ///
    /// - Parameters:
    ///   - entries: The entries; at least one.
    ///   - now: The time of the wall clock; one that was set back is not followed.
    /// - Returns: Where they lie.
    /// - Throws: `SpoolError` when they are not known to be durable; they may be all the same.
    package mutating func write(
        _ entries: [SpoolEntry],
        now: Instant
    ) throws(SpoolError) -> Place {
        precondition(!entries.isEmpty, "a group without entries")
        if lastNow.microseconds > .min, now.microseconds(since: lastNow) < -1_000_000 {
            clockStepCount += 1
        }
        lastNow = now
        lastAt = max(lastAt, now)
        let sequence = state.nextSequence
        let group = encode(entries, sequence: sequence)
        written = entries
        defer { written = [] }
        var action = state.begin(entryCount: entries.count, byteCount: group.count)
        while true {
            switch action {
            case .accept(let segment, let offset):
                return Place(segment: segment, offset: offset, sequence: sequence, at: lastAt)
            case .reject(.full): throw SpoolError(code: .full)
            case .reject, .rest: throw SpoolError(code: .failed)
            case .create, .allocate, .writeHeader, .synchronize, .publish, .synchronizeFolder,
                .writeGroup, .abandon, .remove:
                action = perform(action, group)
            }
        }
    }

    /// Whether the disk takes a segment, tried with a file that no recovery looks into.
    package mutating func hasRoom() -> Bool {
        guard state.totalByteCount + identity.segmentByteCount <= bytesMax else { return false }
        // The number is that of no segment: those begin at 1.
        let name = SpoolNames.unfinished(0)
        defer { try? disk.remove(name) }
        do throws(SystemError) {
            try? disk.remove(name)
            let trial = try disk.create(name)
            try trial.allocate(byteCount: identity.segmentByteCount)
            let block = [UInt8](repeating: 0, count: identity.blockByteCount)
            guard try trial.write(block[...], at: 0) == block.count else { return false }
            try trial.synchronize()
            return true
        } catch {
            return false
        }
    }

    /// Says on the disk that what was written last was durable.
    package mutating func seal() {
        guard state.needsSeal else { return }
        var group: [UInt8] = []
        let record = SpoolRecord(
            kind: .seal,
            sequence: state.nextSequence,
            groupSequence: state.nextSequence,
            at: lastAt,
            log: session,
            rowCount: 0,
            body: []
        )
        record.append(to: &group)
        fill(&group)
        run(state.seal(), group)
    }

    /// Removes a segment whose entries are settled; answers whether it is gone for good.
    package mutating func remove(_ segment: UInt64, byteCount: Int) -> Bool {
        guard !state.isRemovalHalted else { return false }
        if state.currentSegment == segment { file = nil }
        run(state.remove(segment), [])
        if !state.isRemovalHalted { state.removed(byteCount: byteCount) }
        return !state.isRemovalHalted
    }

    /// Cuts the file of a segment down to its header, which says that its entries are settled.
    ///
    /// Whichever of the two files a crash leaves is right: from the whole one its entries come again.
    ///
    /// - Returns: The header; `nil` when the file is not known to be cut down.
    package mutating func reduce(_ segment: SpoolBacklog.Segment) -> SegmentHeader? {
        let header = segment.header.reduced(settledEnd: segment.endSequence)
        let name = SpoolNames.unfinished(header.number)
        do throws(SystemError) {
            try? disk.remove(name)
            let file = try disk.create(name)
            let block = header.block
            try file.allocate(byteCount: block.count)
            guard try file.write(block[...], at: 0) == block.count else { return nil }
            try file.synchronize()
            try disk.rename(name, to: SpoolNames.segment(header.number))
            try disk.synchronizeFolder()
            state.removed(byteCount: segment.fileByteCount - block.count)
            return header
        } catch {
            try? disk.remove(name)
            return nil
        }
    }

    private mutating func run(_ first: SpoolState.Action, _ group: [UInt8]) {
        var action = first
        while action != .rest { action = perform(action, group) }
    }

    /// Makes one step and tells the state what came of it.
    private mutating func perform(
        _ action: SpoolState.Action,
        _ group: [UInt8]
    ) -> SpoolState.Action {
        do throws(SystemError) {
            try carryOut(action, group)
            return state.succeeded()
        } catch {
            return state.failed(SpoolState.Failure(error))
        }
    }

    private mutating func carryOut(
        _ action: SpoolState.Action,
        _ group: [UInt8]
    ) throws(SystemError) {
        switch action {
        case .create(let segment):
            file = try disk.create(SpoolNames.unfinished(segment))
            unpublished = segment
        case .allocate:
            try file?.allocate(byteCount: identity.segmentByteCount)
        case .writeHeader(let segment, let firstSequence):
            try write(header(segment, firstSequence).block, at: 0)
        case .synchronize: try file?.synchronize()
        case .publish(let segment):
            try disk.rename(
                SpoolNames.unfinished(segment),
                to: SpoolNames.segment(segment)
            )
            unpublished = nil
        case .synchronizeFolder: try disk.synchronizeFolder()
        case .writeGroup(let offset):
            if let segment = state.currentSegment, !written.isEmpty {
                try disk.willHold(written, in: segment)
            }
            try write(group, at: offset)
        case .abandon:
            file = nil
            if let unpublished { try? disk.remove(SpoolNames.unfinished(unpublished)) }
            unpublished = nil
        case .remove(let segment): try disk.remove(SpoolNames.segment(segment))
        case .accept, .reject, .rest: break
        }
    }

    /// Writes all bytes, however many calls it takes.
    private func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let moved = try file?.write(bytes[written...], at: offset + written) ?? 0
            // A call that takes nothing would go on for ever.
            guard moved > 0 else { throw .invalidArgument }
            written += moved
        }
    }

    /// What the segment of a place says of itself, as far as reading needs it.
    package func header(of place: Place) -> SegmentHeader {
        header(place.segment, place.sequence)
    }

    private func header(_ segment: UInt64, _ firstSequence: UInt64) -> SegmentHeader {
        SegmentHeader(
            installation: identity.installation,
            keyID: identity.key.id,
            session: session,
            number: segment,
            firstSequence: firstSequence,
            createdAt: lastAt,
            segmentByteCount: identity.segmentByteCount,
            blockByteCount: identity.blockByteCount
        )
    }

    private func encode(_ entries: [SpoolEntry], sequence: UInt64) -> [UInt8] {
        let cipher = SpoolCipher(identity: identity, session: session)
        var group: [UInt8] = []
        for (index, entry) in entries.enumerated() {
            let number = sequence + UInt64(index)
            let record = SpoolRecord(
                kind: .entry,
                sequence: number,
                groupSequence: sequence,
                at: lastAt,
                log: entry.log,
                rowCount: entry.rowCount,
                body: cipher.seal(entry, sequence: number)
            )
            record.append(to: &group)
        }
        fill(&group)
        return group
    }

    private func fill(_ group: inout [UInt8]) {
        let whole = SegmentScan.roundUp(group.count, identity.blockByteCount)
        group += [UInt8](repeating: 0, count: whole - group.count)
    }
}

extension SpoolState.Failure {
    init(_ error: SystemError) {
        if error.isDiskFull || error == .tooLarge {
            self = .full
        } else if error.isInterrupted {
            self = .interrupted
        } else if error.isPresent {
            self = .nameTaken
        } else {
            self = .failed
        }
    }
}
