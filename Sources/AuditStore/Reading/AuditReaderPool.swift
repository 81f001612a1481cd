package import Audit
package import Basics
import Posix
package import PostgreSQL
import Synchronization
package import Vault

/// Reads the audit trail for the gateway: a few threads, each with a connection of its own.
///
/// A question is answered by one thread from its beginning to its end, in one transaction that alone
/// knows for which tenant. Whoever asked may have gone away by then: the transaction ends all the
/// same, and the next question finds no trace of it.
package final class AuditReaderPool: AuditReading {
    private struct Job: Sendable {
        let run: @Sendable (inout AuditQuery) -> Void
        let fail: @Sendable (AuditError) -> Void
    }

    private struct State {
        var jobs: [Job] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let bells: [Doorbell]
    private let settings: ConnectionSettings
    private let opener: RecordOpener
    private let threads = Mutex<[JoinableThread]>([])

    /// Starts the threads; they connect when there is a question.
    ///
    /// - Throws: `AuditStoreError` when no descriptor is left.
    package init(
        _ settings: ConnectionSettings,
        opener: RecordOpener = RecordOpener(KeyRing()),
        readerCount: Int = 2
    ) throws(AuditStoreError) {
        precondition(readerCount >= 1, "at least one reader is needed")
        precondition(readerCount <= Limits.auditReadersMax, "too many readers")
        self.settings = settings
        self.opener = opener
        var bells: [Doorbell] = []
        for _ in 0..<readerCount {
            do throws(SystemError) {
                bells.append(try Doorbell())
            } catch {
                throw AuditStoreError(code: .noDescriptor)
            }
        }
        self.bells = bells
        let running = bells.map { bell in JoinableThread { [self] in serve(bell) } }
        threads.withLock { $0 = running }
    }

    /// Takes no more questions, answers those that wait, and ends the threads.
    package func close() {
        state.withLock { $0.isClosed = true }
        for bell in bells { bell.ring() }
        let running = threads.withLock { threads in
            let running = threads
            threads = []
            return running
        }
        for thread in running { thread.join() }
    }

    // MARK: Questions

    /// A page of events, newest first.
    package func page(
        _ filter: AuditFilter,
        of tenant: String,
        _ detail: AuditDetail
    ) async throws(AuditError) -> AuditPage {
        var filter = filter
        filter.tenant = tenant
        let question = filter
        return try await ask(tenant) { query throws(AuditStoreError) in
            var page = try query.list(question, hasDocuments: detail != .columns)
            guard detail == .answers else { return page }
            for position in page.events.indices {
                page.events[position].answers = try query.answers(
                    to: page.events[position].record
                )
            }
            return page
        }
    }

    /// One event with its documents and the feedback on its cards; `nil` when there is none.
    package func event(
        _ id: UUIDBytes,
        of tenant: String
    ) async throws(AuditError) -> StoredEvent? {
        try await ask(tenant) { query throws(AuditStoreError) in try query.show(id, of: tenant) }
    }

    /// Whether the trail has a value as the pseudonym of a patient.
    package func isPseudonym(
        _ value: [UInt8],
        of tenant: String
    ) async throws(AuditError) -> Bool {
        try await ask(tenant) { query throws(AuditStoreError) in
            try query.isPseudonym(value, of: tenant)
        }
    }

    /// Everything that belongs to the call of an event.
    package func story(of event: StoredEvent) async throws(AuditError) -> Story {
        try await ask(event.record.tenant) { query throws(AuditStoreError) in
            try query.story(of: event)
        }
    }

    /// The reviews of a tenant, the newest first.
    package func reviews(of tenant: String) async throws(AuditError) -> [Review] {
        try await ask(tenant) { query throws(AuditStoreError) in try query.reviews(of: tenant) }
    }

    /// One review with its runs; `nil` when there is none.
    package func review(
        _ id: UUIDBytes,
        of tenant: String
    ) async throws(AuditError) -> Review? {
        try await ask(tenant) { query throws(AuditStoreError) in
            try query.reviews(of: tenant, id: id).first
        }
    }

    /// Saves a review.
    package func add(_ review: Review) async throws(AuditError) {
        try await ask(review.tenant) { query throws(AuditStoreError) in try query.add(review) }
    }

    /// Runs a review and saves what was found.
    package func run(
        _ review: Review,
        id: UUIDBytes,
        by reader: String,
        now: Instant
    ) async throws(AuditError) -> ReviewRun {
        try await ask(review.tenant) { query throws(AuditStoreError) in
            let run = try query.examine(review, id: id, by: reader, now: now)
            try query.add(run, to: review)
            return run
        }
    }

    /// Closes a review; `false` when it was closed already.
    package func close(
        _ review: Review,
        _ closing: ReviewClosing
    ) async throws(AuditError) -> Bool {
        try await ask(review.tenant) { query throws(AuditStoreError) in
            try query.close(review, closing)
        }
    }

    // MARK: Threads

    private func ask<Answer: Sendable>(
        _ tenant: String,
        _ question:
            @escaping @Sendable (borrowing AuditQuery) throws(AuditStoreError) -> Answer
    ) async throws(AuditError) -> Answer {
        let result: Result<Answer, AuditError> = await withCheckedContinuation { continuation in
            let job = Job(
                run: { query in
                    do throws(AuditStoreError) {
                        continuation.resume(
                            returning: .success(try query.perform(as: tenant, question))
                        )
                    } catch {
                        continuation.resume(returning: .failure(Self.error(error)))
                    }
                },
                fail: { continuation.resume(returning: .failure($0)) }
            )
            submit(job)
        }
        return try result.get()
    }

    private func submit(_ job: Job) {
        let problem: AuditError? = state.withLock { state in
            if state.isClosed { return AuditError(code: .unavailable) }
            guard state.jobs.count < Limits.auditReadsWaitingMax else {
                return AuditError(code: .overloaded)
            }
            state.jobs.append(job)
            return nil
        }
        if let problem {
            job.fail(problem)
        } else {
            for bell in bells { bell.ring() }
        }
    }

    private func serve(_ bell: Doorbell) {
        var connection: AuditQuery?
        while true {
            let (job, isClosed) = state.withLock { state in
                (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isClosed)
            }
            guard let job else {
                if isClosed { return }
                bell.wait(timeoutMilliseconds: Self.idleMilliseconds)
                continue
            }
            do throws(AuditStoreError) {
                var query = try connect(connection.take())
                job.run(&query)
                connection = query.isBroken ? nil : consume query
            } catch {
                job.fail(Self.error(error))
            }
        }
    }

    /// The connection that there is, or a new one.
    private func connect(
        _ connection: consuming AuditQuery?
    ) throws(AuditStoreError) -> AuditQuery {
        if let connection { return connection }
        return try AuditQuery.openForGateway(
            settings,
            opener: opener,
            timeoutMilliseconds: Self.connectMilliseconds
        )
    }

    /// What an error of the store means to whoever asked.
    private static func error(_ error: AuditStoreError) -> AuditError {
        guard let cause = error.cause else { return AuditError(code: .unavailable) }
        // 57014: the statement took longer than the login may.
        let isLate = cause.code == .timeout || cause.sqlState == "57014"
        return AuditError(code: isLate ? .timeout : .unavailable, sqlState: cause.sqlState)
    }

    private static let idleMilliseconds = 1_000
    private static let connectMilliseconds = 2_000
}
