import Synchronization

/// One thread with its own poller that runs Swift tasks and watches descriptors.
///
/// A task that was started with the loop as its executor preference runs on the loop's thread from
/// its first line to its last. Work given from that thread goes into a plain queue; work from
/// others goes through a lock and wakes the poller, once for as many jobs as gather meanwhile.
///
/// `@unchecked Sendable`: the fields under "loop only" are touched by the loop's thread alone,
/// which `precondition`s assert; everything else is behind the lock of `inbox` or atomic.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
    private let poller: Poller
    private let wakeUp: WakeUp
    private let threadIdentifier = Atomic<UInt>(0)
    private let inbox = Mutex(Inbox())

    // Loop only.
    private var jobs: [UnownedJob] = []
    private var running: [UnownedJob] = []

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var isStopped = false
    }

    /// The slot of the loop's own wake-up.
    private static let wakeUpSlot = UInt32.max
    /// How long the loop sleeps at most, unless its delegate says less.
    package static let tickMilliseconds = 100

    private init(poller: consuming Poller, wakeUp: consuming WakeUp) {
        self.poller = poller
        self.wakeUp = wakeUp
    }

    /// Opens a loop; it stands still until `start`.
    package static func open(eventsPerTurnMax: Int) throws(SystemError) -> EventLoop {
        let poller = try Poller.open(eventsPerTurnMax: eventsPerTurnMax)
        let wakeUp = try WakeUp.open()
        try poller.add(
            wakeUp.descriptor,
            Poller.Token(slot: wakeUpSlot, generation: 0),
            .readable
        )
        return EventLoop(poller: poller, wakeUp: wakeUp)
    }

    /// Starts the thread; `makeDelegate` runs on it.
    package func start(
        name: String,
        _ makeDelegate: @escaping @Sendable () -> any EventLoopDelegate
    ) throws(SystemError) {
        try WorkerThread.start(name: name) { self.run(makeDelegate()) }
    }

    /// Ends the loop as soon as its delegate has nothing left.
    package func stop() {
        inbox.withLock { $0.isStopped = true }
        wakeUp.signal()
    }

    /// Whether the caller is on the loop's thread.
    package var isCurrent: Bool {
        threadIdentifier.load(ordering: .relaxed) == WorkerThread.current
    }

    /// Watches a descriptor; only on the loop's thread.
    package func watch(
        _ descriptor: borrowing Descriptor,
        _ token: Poller.Token,
        _ interest: Poller.Interest
    ) throws(SystemError) {
        precondition(token.slot != Self.wakeUpSlot, "the slot belongs to the loop")
        try poller.add(descriptor, token, interest)
    }

    /// Stops watching a descriptor.
    package func unwatch(_ descriptor: borrowing Descriptor) throws(SystemError) {
        try poller.remove(descriptor)
    }

    /// Runs a call on the loop's thread.
    package func perform(_ call: @escaping @Sendable () -> Void) {
        let isFirst = inbox.withLock { inbox in
            inbox.calls.append(call)
            return inbox.calls.count + inbox.jobs.count == 1
        }
        if isFirst { wakeUp.signal() }
    }

    /// Takes a job of a task.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            jobs.append(job)
            return
        }
        let isFirst = inbox.withLock { inbox in
            inbox.jobs.append(job)
            return inbox.calls.count + inbox.jobs.count == 1
        }
        if isFirst { wakeUp.signal() }
    }

    private func run(_ delegate: any EventLoopDelegate) {
        threadIdentifier.store(WorkerThread.current, ordering: .sequentiallyConsistent)
        let executor = unsafe asUnownedTaskExecutor()
        while true {
            let isStopped = takeInbox()
            unsafe runJobs(executor)
            delegate.turnEnded()
            if isStopped, jobs.isEmpty, delegate.isDone { return }
            let timeout = jobs.isEmpty && !delegate.hasWork ? delegate.sleepMillisecondsMax : 0
            do {
                try poller.wait(timeoutMilliseconds: timeout) { event in
                    if event.token.slot == Self.wakeUpSlot {
                        wakeUp.clear()
                    } else {
                        delegate.handle(event)
                    }
                }
            } catch {
                preconditionFailure("the poller is broken")
            }
        }
    }

    /// Runs what is queued and what that queues in turn, but not without end: descriptors wait.
    private func runJobs(_ executor: UnownedTaskExecutor) {
        var rounds = 0
        while !jobs.isEmpty, rounds < 64 {
            swap(&jobs, &running)
            for job in running { unsafe job.runSynchronously(on: executor) }
            running.removeAll(keepingCapacity: true)
            rounds += 1
        }
    }

    private func takeInbox() -> Bool {
        var calls: [@Sendable () -> Void] = []
        let isStopped = inbox.withLock { inbox in
            if !inbox.jobs.isEmpty {
                jobs.append(contentsOf: inbox.jobs)
                inbox.jobs.removeAll(keepingCapacity: true)
            }
            if !inbox.calls.isEmpty { swap(&calls, &inbox.calls) }
            return inbox.isStopped
        }
        for call in calls { call() }
        return isStopped
    }
}

/// What a loop does besides running tasks; all calls come on the loop's thread.
package protocol EventLoopDelegate: AnyObject {
    /// A watched descriptor has something to tell.
    func handle(_ event: Poller.Event)
    /// The tasks that could run have run: time to send and to look at the clock.
    func turnEnded()
    /// Whether there is work that waits for no descriptor.
    var hasWork: Bool { get }
    /// Whether a stopped loop may end.
    var isDone: Bool { get }
    /// How long the loop may sleep: the grain of the delegate's deadlines.
    var sleepMillisecondsMax: Int { get }
}

extension EventLoopDelegate {
    /// The usual grain.
    package var sleepMillisecondsMax: Int { EventLoop.tickMilliseconds }
}
