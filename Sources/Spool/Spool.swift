package import Basics
import Posix
import Synchronization

/// A durable queue in a folder: bytes in, and out again in their order, through crashes.
///
/// One thread writes. What waits while a group becomes durable is the next group, so one fdatasync
/// serves all who wait. Whoever has settled an entry elsewhere says so, and files whose entries are
/// all settled are removed. After a crash everything that was not settled comes out again, and a
/// part of what was: whoever takes it must bear to see an entry twice.
package final class Spool: Sendable {
    private struct Waiting {
        let entry: SpoolEntry
        let completion: @Sendable (SpoolError?) -> Void
    }

    private struct State {
        var waiting: [Waiting] = []
        var waitingByteCount = 0
        var backlog = SpoolBacklog()
        var findings: [SpoolFinding] = []
        var status = SpoolStatus()
        /// Why the last group failed; `nil` once one has succeeded.
        var problem: SpoolError?
        var mustTidy = false
        var isClosing = false
    }

    private let state: Mutex<State>
    private let bell: Doorbell
    private let configuration: SpoolConfiguration
    private let reader: SpoolReader
    private let thread: Mutex<JoinableThread?>
    private let lock: Lock

    /// The lock on the folder, as long as the spool lives.
    private final class Lock: Sendable {
        private let lock: Mutex<FileLock?>

        init(_ lock: consuming sending FileLock?) {
            self.lock = Mutex(lock)
        }

        func release() {
            lock.withLock { $0 = nil }
        }
    }

    /// Opens the spool in a folder, which is made when it is missing.
    ///
    /// - Throws: `inUse` when another process has it; `otherInstallation`, `otherKey` or
    ///   `futureVersion` with the segment when it is not ours to read.
    package static func open(
        folder: String,
        _ configuration: SpoolConfiguration
    ) throws(SpoolError) -> Spool {
        let lock: FileLock
        do {
            try Folder.create(path: folder)
            guard let taken = try FileLock.take(path: folder + "/" + SpoolNames.lock) else {
                throw SpoolError(code: .inUse)
            }
            lock = taken
        } catch let error as SpoolError {
            throw error
        } catch {
            throw SpoolError(code: .folderUnusable)
        }
        let disk = FolderDisk(path: folder, marks: configuration.marks)
        if let marks = configuration.marks {
            do throws(SystemError) {
                try marks.settle(on: disk, session: configuration.session)
            } catch {
                throw SpoolError(code: .folderUnusable)
            }
        }
        return try open(disk, configuration, lock: Lock(lock))
    }

    /// Opens the spool on a disk, which nobody else uses.
    package static func open(
        _ disk: any SpoolDisk,
        _ configuration: SpoolConfiguration
    ) throws(SpoolError) -> Spool {
        try open(disk, configuration, lock: Lock(nil))
    }

    private static func open(
        _ disk: any SpoolDisk,
        _ configuration: SpoolConfiguration,
        lock: Lock
    ) throws(SpoolError) -> Spool {
        try SpoolSurvey.settleNames(on: disk)
        let survey = try SpoolSurvey(
            of: disk,
            identity: configuration.identity,
            triedUntil: configuration.triedUntil
        )
        for finding in survey.findings {
            switch finding.kind {
            case .otherInstallation: throw SpoolError(code: .otherInstallation, finding: finding)
            case .otherKey: throw SpoolError(code: .otherKey, finding: finding)
            case .futureVersion: throw SpoolError(code: .futureVersion, finding: finding)
            case .tornTail, .strayBytes, .damage, .missingSegment, .forged, .unreadable,
                .strayFile:
                break
            }
        }
        // What has no header was never used; when it cannot be removed it does no harm either.
        for name in survey.unfinished { try? disk.remove(name) }
        let bell: Doorbell
        do throws(SystemError) {
            bell = try Doorbell()
        } catch {
            throw SpoolError(code: .folderUnusable)
        }
        return Spool(disk, configuration, survey, bell, lock)
    }

    private init(
        _ disk: any SpoolDisk,
        _ configuration: SpoolConfiguration,
        _ survey: SpoolSurvey,
        _ bell: Doorbell,
        _ lock: Lock
    ) {
        var initial = State()
        initial.backlog = SpoolBacklog(survey)
        initial.findings = survey.findings
        initial.status.byteCount = survey.totalByteCount
        // Segments without an entry that was not settled go at once.
        initial.mustTidy = true
        state = Mutex(initial)
        self.bell = bell
        self.configuration = configuration
        self.lock = lock
        reader = SpoolReader(disk: disk, identity: configuration.identity)
        thread = Mutex(nil)
        let writer = SpoolWriter(
            disk: disk,
            identity: configuration.identity,
            session: configuration.session,
            firstNumber: survey.nextNumber,
            foundByteCount: survey.totalByteCount,
            bytesMax: configuration.bytesMax
        )
        let running = JoinableThread { [self] in run(writer) }
        thread.withLock { $0 = running }
    }

    // MARK: For those who append

    /// Takes an entry; `completion` is called once, on the writer's thread, when it is durable or
    /// known not to be taken.
    package func append(
        _ entry: SpoolEntry,
        completion: @escaping @Sendable (SpoolError?) -> Void
    ) {
        let refusal = state.withLock { state -> SpoolError? in
            if state.isClosing { return SpoolError(code: .closed) }
            let count = SpoolWriter.byteCount(of: entry)
            if entry.bytes.count > Limits.spoolEntryBytesMax || count > groupByteCountMax {
                return SpoolError(code: .tooLarge)
            }
            guard state.waitingByteCount + count <= Limits.spoolWaitingBytesMax else {
                return SpoolError(code: .full)
            }
            state.waiting.append(Waiting(entry: entry, completion: completion))
            state.waitingByteCount += count
            return nil
        }
        if let refusal {
            completion(refusal)
        } else {
            bell.ring()
        }
    }

    /// Makes an entry durable; the calling thread waits.
    package func append(_ entry: SpoolEntry) throws(SpoolError) {
        let answered: Doorbell
        do throws(SystemError) {
            answered = try Doorbell()
        } catch {
            throw SpoolError(code: .failed)
        }
        let box = Answer()
        append(entry) { error in
            box.error.withLock { $0 = .some(error) }
            answered.ring()
        }
        while true {
            if let result = box.error.withLock({ $0 }) {
                guard let error = result else { return }
                throw error
            }
            answered.wait(timeoutMilliseconds: 1_000)
        }
    }

    private final class Answer: Sendable {
        let error = Mutex<SpoolError??>(nil)
    }

    private var groupByteCountMax: Int {
        configuration.identity.segmentByteCount - 2 * configuration.identity.blockByteCount
    }

    // MARK: For those who replay

    /// The oldest entries that are neither settled nor held; none when there are none.
    ///
    /// Reading does not take them: they come again until they are settled or held.
    ///
    /// - Throws: `damaged` with the place when a record cannot be used any more; what follows in
    ///   its session then stays, and the next call goes on with other sessions.
    package func oldest(entryCountMax: Int) throws(SpoolError) -> [SpooledEntry] {
        while true {
            guard let front = state.withLock({ $0.backlog.front }) else { return [] }
            let entries: [SpooledEntry]
            do throws(SpoolError) {
                entries = try reader.read(front, entryCountMax: entryCountMax)
            } catch {
                if let finding = error.finding { holdSession(finding) }
                throw error
            }
            let ready = state.withLock { state -> [SpooledEntry] in
                // Asked for again while it was read: what was refused comes first.
                guard state.backlog.isFront(front) else { return [] }
                var ready: [SpooledEntry] = []
                for entry in entries {
                    if state.backlog.isSettled(entry) {
                        guard ready.isEmpty, state.backlog.passSettled(entry) else { break }
                        continue
                    }
                    let isHeld = state.backlog.heldLogs.contains(entry.entry.log)
                    // Held ones at the front are stepped over; behind others they end the list.
                    if isHeld, ready.isEmpty { state.backlog.hold(entry) }
                    if isHeld, !ready.isEmpty { break }
                    if !isHeld { ready.append(entry) }
                }
                return ready
            }
            if !ready.isEmpty { return ready }
        }
    }

    /// The entries are in the database: their files may go.
    package func settle(_ entries: [SpooledEntry]) {
        state.withLock { state in
            for entry in entries { state.backlog.settle(entry) }
            state.mustTidy = true
        }
        bell.ring()
    }

    /// The database refuses the entry: it and what follows in its log stay, and an alarm is on.
    ///
    /// - Returns: `false` when it was asked for again meanwhile and comes out once more.
    @discardableResult
    package func hold(_ entry: SpooledEntry) -> Bool {
        state.withLock { $0.backlog.hold(entry) }
    }

    /// How often everything refused was asked for again.
    package var attempt: Int { state.withLock { $0.backlog.attempt } }

    /// What may be done with an entry that was read in an attempt; what follows a refused one is held.
    package func standing(
        of entry: SpooledEntry,
        since attempt: Int
    ) -> SpoolBacklog.Standing {
        state.withLock { state in
            let standing = state.backlog.standing(of: entry, since: attempt)
            if standing == .held { state.backlog.hold(entry) }
            return standing
        }
    }

    /// Whether an entry was held and not asked for again since.
    package func isHeld(log: UUIDBytes, segment: UInt64, sequence: UInt64) -> Bool {
        state.withLock { $0.backlog.isHeld(log: log, segment: segment, sequence: sequence) }
    }

    /// Whether anything of a log stays here: no further row may get a place in it.
    package func isHeld(log: UUIDBytes) -> Bool {
        state.withLock { $0.backlog.isHeld(log: log) }
    }

    /// What the database has refused is read again, from the first of it on.
    package func retryRefused() {
        state.withLock { $0.backlog.retryRefused() }
    }

    private func holdSession(_ finding: SpoolFinding) {
        state.withLock { state in
            if let segment = finding.segment { state.backlog.holdSession(of: segment) }
            if state.findings.count < Limits.spoolFindingsMax { state.findings.append(finding) }
        }
    }

    /// How often the clock was found to be set back since the start.
    package var clockStepCount: Int { state.withLock { $0.status.clockStepCount } }

    /// Whether every entry was settled, except those that are held.
    package var isDrained: Bool { state.withLock { $0.backlog.isRead } }

    /// How many entries are held, once every other one was settled; `nil` before that.
    package var heldEntryCountWhenDrained: Int? {
        state.withLock { $0.backlog.isRead ? $0.backlog.heldEntryCount : nil }
    }

    /// The logs that are held.
    package var heldLogs: Set<UUIDBytes> { state.withLock { $0.backlog.heldLogs } }

    // MARK: State

    /// The status at a moment of the wall clock.
    package func status(now: Instant) -> SpoolStatus {
        state.withLock { state in
            var status = state.status
            status.entryCount = state.backlog.entryCount
            status.rowCount = state.backlog.rowCount
            status.heldEntryCount = state.backlog.heldEntryCount
            status.byteCountMax = configuration.bytesMax
            status.oldestAt = state.backlog.oldestAt
            status.ageSeconds = age(state.backlog.oldestWaitingAt, now)
            status.ageSecondsMax = configuration.ageSecondsMax
            status.heldAgeSeconds = age(state.backlog.oldestHeldAt, now)
            status.takesEntries = refusal(state, now) == nil
            status.findings = state.findings
            return status
        }
    }

    /// Whether an entry would be taken now, as far as is known without the disk.
    package func takesEntries(now: Instant) -> Bool {
        state.withLock { refusal($0, now) == nil }
    }

    private func age(_ oldest: Instant?, _ now: Instant) -> Int {
        guard let oldest else { return 0 }
        return max(0, Int(now.microseconds(since: oldest) / 1_000_000))
    }

    private func refusal(_ state: State, _ now: Instant) -> SpoolError? {
        if state.isClosing { return SpoolError(code: .closed) }
        return ageRefusal(state, now) ?? state.problem
    }

    /// Why nothing is taken because of the age of what waits.
    ///
    /// A database that was away for a week has been away unnoticed, so nothing more is promised for
    /// it. An entry that it has refused says nothing of the kind: it has its own alarm, and the
    /// rows of everybody else go on being kept, however long it lies there.
    private func ageRefusal(_ state: State, _ now: Instant) -> SpoolError? {
        age(state.backlog.oldestWaitingAt, now) >= configuration.ageSecondsMax
            ? SpoolError(code: .tooOld) : nil
    }

    /// Writes what waits, seals the last segment and ends the writer; the thread waits for it.
    package func close() {
        state.withLock { $0.isClosing = true }
        bell.ring()
        let running = thread.withLock { thread in
            let running = thread
            thread = nil
            return running
        }
        running?.join()
        lock.release()
    }

    // MARK: The writer's thread

    private func run(_ start: SpoolWriter) {
        var writer = start
        while true {
            tidy(&writer)
            let group = takeGroup()
            if !group.isEmpty {
                write(group, &writer)
                continue
            }
            if state.withLock({ $0.isClosing && $0.waiting.isEmpty }) { break }
            if !bell.wait(timeoutMilliseconds: configuration.sealMilliseconds) {
                writer.seal()
                note(writer)
                let hasProblem = state.withLock { $0.problem != nil }
                bell.wait(timeoutMilliseconds: hasProblem ? Self.trialMilliseconds : 60_000)
                if hasProblem { tryAgain(&writer) }
            }
        }
        writer.seal()
        note(writer)
    }

    /// How often a disk that has failed is tried, while nobody is let in to try it.
    private static let trialMilliseconds = 500

    /// Takes entries again when the disk has room, without anybody's row at stake.
    private func tryAgain(_ writer: inout SpoolWriter) {
        guard writer.hasRoom() else { return }
        state.withLock { $0.problem = nil }
    }

    private func takeGroup() -> [Waiting] {
        state.withLock { state in
            var byteCount = 0
            var count = 0
            for waiting in state.waiting {
                let next = SpoolWriter.byteCount(of: waiting.entry)
                guard count < Limits.spoolGroupEntriesMax,
                    byteCount + next <= groupByteCountMax
                else { break }
                byteCount += next
                count += 1
            }
            let group = Array(state.waiting[..<count])
            state.waiting.removeFirst(count)
            state.waitingByteCount -= byteCount
            return group
        }
    }

    private func write(_ group: [Waiting], _ writer: inout SpoolWriter) {
        let now = configuration.now()
        let entries = group.map(\.entry)
        var refusal = state.withLock { ageRefusal($0, now) }
        if refusal == nil {
            do throws(SpoolError) {
                let place = try writer.write(entries, now: now)
                let written = entries.reduce(0) { $0 + SpoolWriter.byteCount(of: $1) }
                let header = writer.header(of: place)
                state.withLock { state in
                    state.backlog.append(
                        entries,
                        byteCount: written,
                        at: place,
                        header: header
                    )
                    state.problem = nil
                    state.status.takenCount += entries.count
                    state.status.groupCount += 1
                }
            } catch {
                refusal = error
                state.withLock { $0.problem = error }
            }
        }
        note(writer)
        if refusal != nil { state.withLock { $0.status.rejectedCount += group.count } }
        for waiting in group { waiting.completion(refusal) }
    }

    /// Removes the files whose entries are settled.
    private func tidy(_ writer: inout SpoolWriter) {
        let current = writer.currentSegment
        let (removable, reducible) = state.withLock {
            state -> ([SpoolBacklog.Segment], [SpoolBacklog.Segment]) in
            guard state.mustTidy else { return ([], []) }
            state.mustTidy = false
            // While entries wait, the segment that is written to is about to be used again.
            let isQuiet = state.backlog.isRead && state.waiting.isEmpty
            let removable = state.backlog.takeRemovable(current: isQuiet ? nil : current)
            return (removable, state.backlog.reducible(current: current))
        }
        guard !removable.isEmpty || !reducible.isEmpty else { return }
        for segment in removable
        where !writer.remove(segment.header.number, byteCount: segment.fileByteCount) { break }
        // What waits for one that is held gives its room back.
        for segment in reducible {
            guard let header = writer.reduce(segment) else { break }
            state.withLock { $0.backlog.reduced(segment, to: header) }
        }
        // Room was made: a spool that was full takes entries again.
        state.withLock { state in
            if state.problem?.code == .full { state.problem = nil }
        }
        note(writer)
    }

    private func note(_ writer: SpoolWriter) {
        state.withLock { state in
            state.status.byteCount = writer.totalByteCount - writer.freeByteCount
            state.status.abandonedCount = writer.abandonedCount
            state.status.clockStepCount = writer.clockStepCount
        }
    }
}
