package import Audit
package import Basics
import Crypto
import PostgreSQL

extension AuditQuery {
    /// Looks at the trail as a review asks, page by page in constant memory.
    ///
    /// - Parameters:
    ///   - review: The question with its time.
    ///   - id: The id of the run.
    ///   - reader: Who runs it.
    ///   - now: When.
    ///   - show: Is given what was found, one by one, the newest of each list first.
    /// - Returns: What was found, not yet saved.
    /// - Throws: `AuditStoreError`.
    package func examine(
        _ review: Review,
        id: UUIDBytes,
        by reader: String,
        now: Instant,
        show: (StoredEvent) -> Void = { _ in }
    ) throws(AuditStoreError) -> ReviewRun {
        var found = Findings(review: review)
        switch review.question {
        case .withoutFeedback: try findUnanswered(review, &found)
        case .defaultPartition:
            for (from, end) in try gaps(within: review) {
                try find(AuditFilter(), review, from, end, &found, show)
            }
        case .unfinishedExports: try findUnfinished(review, &found, show)
        case .refusedLogins, .rejectedRequests, .patientMismatch, .failures, .incomplete, .replays,
            .erasures, .exports, .reads, .readsWithoutReason, .outOfHours, .configurationChanges:
            for filter in review.question.filters {
                try find(filter, review, review.from, review.end, &found, show)
            }
        }
        return found.run(id: id, by: reader, at: now)
    }

    private func find(
        _ filter: AuditFilter,
        _ review: Review,
        _ from: Instant,
        _ end: Instant,
        _ found: inout Findings,
        _ show: (StoredEvent) -> Void
    ) throws(AuditStoreError) {
        var filter = filter
        filter.tenant = review.tenant
        filter.from = from
        filter.to = end
        filter.limit = Limits.auditListRowsMax
        while found.looksOn {
            let page = try list(filter)
            for event in page.events {
                found.seenCount += 1
                guard review.question.finds(event, review.hours) else { continue }
                found.add(event.record.eventID, review.question.group(of: event))
                show(event)
            }
            guard let next = page.next else { return }
            filter.cursor = next
        }
        found.isComplete = false
    }

    /// Exports of which the end is not on record: those that began, without the ones that an end
    /// names.
    private func findUnfinished(
        _ review: Review,
        _ found: inout Findings,
        _ show: (StoredEvent) -> Void
    ) throws(AuditStoreError) {
        var filter = AuditFilter()
        filter.tenant = review.tenant
        filter.kind = .auditExport
        filter.from = review.from
        // The end of an export may lie behind the time that is looked at.
        filter.limit = Limits.auditListRowsMax
        var ended: Set<UUIDBytes> = []
        // Both may bear one moment, so which of them stands first says nothing.
        var begun: [StoredEvent] = []
        var isWhole = false
        while found.looksOn, !isWhole {
            let page = try list(filter)
            for event in page.events {
                found.seenCount += 1
                let record = event.record
                let isEnd = record.flags.contains(ExportMark.complete)
                if isEnd, let cause = record.causedBy { ended.insert(cause) }
                guard !isEnd, record.flags.contains(ExportMark.begun),
                    record.startedAt < review.end
                else { continue }
                begun.append(event)
            }
            filter.cursor = page.next
            isWhole = page.next == nil
        }
        found.isComplete = isWhole
        for event in begun where !ended.contains(event.record.eventID) {
            found.add(event.record.eventID, review.question.group(of: event))
            show(event)
        }
    }

    private func findUnanswered(
        _ review: Review,
        _ found: inout Findings
    ) throws(AuditStoreError) {
        var place: (at: Instant, event: UUIDBytes, card: UUIDBytes)?
        do throws(PostgreSQLError) {
            while found.looksOn {
                var values = Parameters()
                values.add(text: review.tenant)
                values.add(instant: review.from)
                values.add(instant: review.end)
                values.add(instant: place?.at)
                values.add(uuid: place?.event)
                values.add(uuid: place?.card)
                values.add(int64: Int64(Limits.auditListRowsMax))
                let rows = try execute(ReviewStatements.unanswered, values)
                for row in 0..<rows.rowCount {
                    guard let at = try rows.instant(row, 0), let event = try rows.uuid(row, 1),
                        let card = try rows.uuid(row, 2)
                    else { throw PostgreSQLError(code: .unexpectedResult) }
                    place = (at, event, card)
                    found.seenCount += 1
                    found.add(card, try rows.text(row, 3) ?? "without a name")
                }
                guard rows.rowCount == Limits.auditListRowsMax else { return }
            }
        } catch {
            throw AuditStoreError(error)
        }
        found.isComplete = false
    }

    /// The parts of a review's time for which no month was made; their rows lie in the default
    /// partition, which retention does not reach.
    private func gaps(
        within review: Review
    ) throws(AuditStoreError) -> [(Instant, Instant)] {
        var months: [(from: Instant, end: Instant)] = []
        do throws(PostgreSQLError) {
            let rows = try execute(AuditStatements.months)
            for row in 0..<rows.rowCount {
                guard let month = Month(partition: try rows.text(row, 0) ?? "") else { continue }
                months.append((month.first, month.end))
            }
        } catch {
            throw AuditStoreError(error)
        }
        var gaps: [(Instant, Instant)] = []
        var start = review.from
        for month in months.sorted(by: { $0.from < $1.from }) where month.end > start {
            if month.from > start { gaps.append((start, min(month.from, review.end))) }
            start = max(start, month.end)
            if start >= review.end { return gaps }
        }
        gaps.append((start, review.end))
        return gaps
    }

    /// What was found so far.
    private struct Findings {
        let review: Review
        var seenCount = 0
        var isComplete = true
        private var foundCount = 0
        private var counts: [String: Int] = [:]
        private let digest = RunningDigest()

        init(review: Review) { self.review = review }

        /// Whether there is room to look at more.
        var looksOn: Bool { seenCount < Limits.auditReviewRowsMax }

        mutating func add(_ id: UUIDBytes, _ group: String) {
            foundCount += 1
            digest.update(id.bytes)
            // A group is a code, a name of ours or a login; a flood of them shares one.
            let name = counts[group] != nil || counts.count < 100 ? group : "others"
            counts[name, default: 0] += 1
        }

        func run(id: UUIDBytes, by reader: String, at now: Instant) -> ReviewRun {
            let groups = counts.map { (name: $0.key, count: $0.value) }
                .sorted { ($0.count, $1.name) > ($1.count, $0.name) }
            return ReviewRun(
                id: id,
                ranAt: now,
                ranBy: reader,
                foundCount: foundCount,
                isComplete: isComplete,
                groups: groups,
                digest: digest.value
            )
        }
    }
}

/// A month that has a partition.
struct Month {
    let first: Instant
    let end: Instant

    /// Reads the name of a partition, such as `event_202611`; `nil` for the default one.
    init?(partition name: String) {
        guard let digits = name.split(separator: "_").last, digits.utf8.count == 6,
            let number = Int(digits),
            let from = CivilDate(
                year: number / 100,
                month: number % 100,
                day: 1
            )
        else { return nil }
        let days = CivilDate.dayCount(year: number / 100, month: number % 100)
        first = Instant(date: from, hour: 0, minute: 0, second: 0, microsecond: 0)
        end = first.advanced(byMicroseconds: Int64(days) * 86_400_000_000)
    }
}
