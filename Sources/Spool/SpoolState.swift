import Basics

/// The writing side of a spool without any input or output: what to do next, call by call.
///
///     begin(group) -> create -> allocate -> writeHeader -> synchronize -> publish
///                  -> synchronizeFolder -> writeGroup -> synchronize -> accept
///
/// A segment in which anything but an interruption went wrong is never touched again: after a
/// failed fdatasync the kernel may have forgotten the pages and calls the next one a success. The
/// group goes to a segment in another file, which says in its header from which sequence on it
/// holds good, or its callers are told that it failed.
package struct SpoolState: Sendable {
    /// What the driver does next: one system call, or an answer.
    package enum Action: Equatable, Sendable {
        case create(segment: UInt64)
        case allocate
        case writeHeader(segment: UInt64, firstSequence: UInt64)
        case synchronize
        case publish(segment: UInt64)
        case synchronizeFolder
        /// The bytes of the group go to this place.
        case writeGroup(offset: Int)
        /// The group is durable.
        case accept(segment: UInt64, offset: Int)
        /// The group is not known to be durable.
        case reject(Failure)
        /// The open file is let go of; it holds durable groups, or has no name to remove.
        case abandon
        case remove(segment: UInt64)
        case rest
    }

    /// Why a call failed.
    package enum Failure: Equatable, Sendable {
        /// No room: on the disk, or in what the spool may take.
        case full
        case interrupted
        /// A file of that name is there already.
        case nameTaken
        case failed
    }

    private enum Phase: Equatable {
        case resting
        case creating
        case allocating
        case writingHeader
        case synchronizingHeader
        case publishing
        case synchronizingName
        case writingGroup
        case synchronizingGroup
        /// A segment without a durable group is let go of, then removed when it has its name.
        case abandoning(Failure, removes: Bool)
        case removingAbandoned(Failure)
        case forgettingAbandoned(Failure)
        case removing
        case synchronizingRemoval
    }

    /// The segment that is written to.
    private struct Current: Equatable {
        let number: UInt64
        let firstSequence: UInt64
        var offset: Int
        var holdsGroups = false
    }

    private let segmentByteCount: Int
    private let blockByteCount: Int
    private let bytesMax: Int
    private var phase = Phase.resting
    private var current: Current?
    private var nextNumber: UInt64
    private var groupByteCount = 0
    private var groupEntryCount = 0
    private var attemptCount = 0
    private var interruptionCount = 0
    private var isSealing = false
    private var removal: UInt64 = 0

    /// The sequence of the next entry.
    package private(set) var nextSequence: UInt64 = 0
    /// The bytes of all segments of the folder.
    package private(set) var totalByteCount: Int
    /// Whether a removal was not known to be durable, after which nothing is removed any more.
    ///
    /// A segment that comes back while a later one stays away would look like a gap.
    package private(set) var isRemovalHalted = false
    /// How many segments were given up because a call failed.
    package private(set) var abandonedCount = 0

    /// The number of the segment that is written to, when there is one.
    package var currentSegment: UInt64? { current?.number }

    /// The offset behind the last durable group of that segment.
    package var currentOffset: Int { current?.offset ?? 0 }

    /// Whether a seal would say something new: something durable stands at the end.
    package private(set) var needsSeal = false

    /// The state of a process start that has found so many bytes and whose segments begin here.
    package init(
        segmentByteCount: Int,
        blockByteCount: Int,
        bytesMax: Int,
        firstNumber: UInt64,
        foundByteCount: Int
    ) {
        precondition(segmentByteCount % blockByteCount == 0, "a segment is made of whole blocks")
        precondition(blockByteCount >= SegmentHeader.byteCount, "a block takes the header")
        self.segmentByteCount = segmentByteCount
        self.blockByteCount = blockByteCount
        self.bytesMax = bytesMax
        nextNumber = firstNumber
        totalByteCount = foundByteCount
    }

    /// The most bytes that a group may have.
    package var groupByteCountMax: Int { segmentByteCount - 2 * blockByteCount }

    // MARK: Events

    /// A group of entries waits, its bytes filled up to whole blocks.
    package mutating func begin(entryCount: Int, byteCount: Int) -> Action {
        precondition(phase == .resting, "a group is begun while another is under way")
        precondition(byteCount % blockByteCount == 0, "a group is made of whole blocks")
        precondition(byteCount <= groupByteCountMax, "a group is larger than a segment")
        groupByteCount = byteCount
        groupEntryCount = entryCount
        attemptCount = 1
        isSealing = false
        interruptionCount = 0
        return place()
    }

    /// Nothing waits: a seal of one block may say that the last group was durable.
    package mutating func seal() -> Action {
        precondition(phase == .resting, "a seal is begun while a group is under way")
        guard needsSeal, let current, current.offset + blockByteCount <= segmentByteCount else {
            return .rest
        }
        groupByteCount = blockByteCount
        groupEntryCount = 0
        attemptCount = Limits.spoolAttemptsMax
        isSealing = true
        interruptionCount = 0
        phase = .writingGroup
        return .writeGroup(offset: current.offset)
    }

    /// A segment whose entries are all settled is removed; the one that is written to as well.
    package mutating func remove(_ segment: UInt64) -> Action {
        precondition(phase == .resting, "a removal is begun while a group is under way")
        guard !isRemovalHalted else { return .rest }
        if current?.number == segment {
            current = nil
            needsSeal = false
        }
        removal = segment
        interruptionCount = 0
        phase = .removing
        return .remove(segment: segment)
    }

    /// The last action was done.
    package mutating func succeeded() -> Action {
        switch phase {
        case .resting: return .rest
        case .creating:
            phase = .allocating
            return .allocate
        case .allocating:
            phase = .writingHeader
            return .writeHeader(segment: nextNumber - 1, firstSequence: nextSequence)
        case .writingHeader:
            phase = .synchronizingHeader
            return .synchronize
        case .synchronizingHeader:
            phase = .publishing
            return .publish(segment: nextNumber - 1)
        case .publishing:
            phase = .synchronizingName
            return .synchronizeFolder
        case .synchronizingName:
            current = Current(
                number: nextNumber - 1,
                firstSequence: nextSequence,
                offset: blockByteCount
            )
            phase = .writingGroup
            return .writeGroup(offset: blockByteCount)
        case .writingGroup:
            phase = .synchronizingGroup
            return .synchronize
        case .synchronizingGroup: return durable()
        case .abandoning(let failure, let removes): return abandoned(failure, removes: removes)
        case .removingAbandoned(let failure):
            phase = .forgettingAbandoned(failure)
            return .synchronizeFolder
        case .forgettingAbandoned(let failure):
            totalByteCount -= segmentByteCount
            return retry(after: failure)
        case .removing:
            phase = .synchronizingRemoval
            return .synchronizeFolder
        case .synchronizingRemoval:
            phase = .resting
            return .rest
        }
    }

    /// The last action failed.
    package mutating func failed(_ failure: Failure) -> Action {
        if failure == .interrupted, let again = repeated() { return again }
        switch phase {
        case .resting, .abandoning: return .rest
        case .creating:
            if failure == .nameTaken, interruptionCount < Limits.spoolInterruptionsMax {
                interruptionCount += 1
                return place()
            }
            totalByteCount -= segmentByteCount
            return retry(after: failure)
        case .allocating, .writingHeader, .synchronizingHeader:
            // It has no name that a recovery looks at; what is left of it is swept there.
            return abandon(failure, removes: false, isUnnamed: true)
        case .publishing, .synchronizingName:
            return abandon(failure, removes: true, isUnnamed: false)
        case .writingGroup, .synchronizingGroup:
            let isEmpty = current.map { !$0.holdsGroups } ?? false
            return abandon(failure, removes: isEmpty, isUnnamed: false)
        case .removingAbandoned(let first), .forgettingAbandoned(let first):
            isRemovalHalted = true
            return retry(after: first)
        case .removing, .synchronizingRemoval:
            isRemovalHalted = true
            phase = .resting
            return .rest
        }
    }

    /// A file of so many bytes is gone.
    package mutating func removed(byteCount: Int) {
        totalByteCount -= byteCount
    }

    // MARK: Steps

    /// Puts the group at the end of the segment, or into a new one when it does not fit.
    private mutating func place() -> Action {
        // A block is left over for the seal.
        if let current, current.offset + groupByteCount + blockByteCount <= segmentByteCount {
            phase = .writingGroup
            return .writeGroup(offset: current.offset)
        }
        if phase != .creating {
            guard totalByteCount + segmentByteCount <= bytesMax else {
                phase = .resting
                return .reject(.full)
            }
            totalByteCount += segmentByteCount
        }
        current = nil
        phase = .creating
        nextNumber += 1
        return .create(segment: nextNumber - 1)
    }

    private mutating func durable() -> Action {
        phase = .resting
        guard var segment = current else { return .rest }
        let offset = segment.offset
        segment.offset += groupByteCount
        segment.holdsGroups = true
        current = segment
        nextSequence += UInt64(groupEntryCount)
        needsSeal = !isSealing
        return isSealing ? .rest : .accept(segment: segment.number, offset: offset)
    }

    private mutating func abandon(
        _ failure: Failure,
        removes: Bool,
        isUnnamed: Bool
    ) -> Action {
        abandonedCount += 1
        current = nil
        needsSeal = false
        if isUnnamed { totalByteCount -= segmentByteCount }
        phase = .abandoning(failure, removes: removes)
        return .abandon
    }

    private mutating func abandoned(_ failure: Failure, removes: Bool) -> Action {
        guard removes, !isRemovalHalted else { return retry(after: failure) }
        phase = .removingAbandoned(failure)
        interruptionCount = 0
        return .remove(segment: nextNumber - 1)
    }

    /// Tries the group on another segment, or gives it up.
    private mutating func retry(after failure: Failure) -> Action {
        phase = .resting
        if isSealing { return .rest }
        guard attemptCount < Limits.spoolAttemptsMax else { return .reject(failure) }
        attemptCount += 1
        interruptionCount = 0
        return place()
    }

    /// The interrupted action once more; `nil` when it must not be made again.
    private mutating func repeated() -> Action? {
        interruptionCount += 1
        guard interruptionCount < Limits.spoolInterruptionsMax else { return nil }
        switch phase {
        case .resting, .abandoning: return nil
        // An interrupted fdatasync says nothing about the pages: it counts as failed.
        case .synchronizingHeader, .synchronizingGroup, .synchronizingName,
            .forgettingAbandoned, .synchronizingRemoval:
            return nil
        case .creating: return .create(segment: nextNumber - 1)
        case .allocating: return .allocate
        case .writingHeader:
            return .writeHeader(segment: nextNumber - 1, firstSequence: nextSequence)
        case .publishing: return .publish(segment: nextNumber - 1)
        case .writingGroup: return .writeGroup(offset: current?.offset ?? 0)
        case .removingAbandoned: return .remove(segment: nextNumber - 1)
        case .removing: return .remove(segment: removal)
        }
    }
}
