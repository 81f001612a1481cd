package import Audit
package import Basics
import PostgreSQL

extension AuditQuery {
    /// Saves a review.
    ///
    /// - Throws: `AuditStoreError`.
    package func add(_ review: Review) throws(AuditStoreError) {
        var values = Parameters()
        values.add(text: review.tenant)
        values.add(uuid: review.id)
        values.add(text: review.madeBy)
        values.add(text: review.title)
        values.add(text: review.question.rawValue)
        values.add(instant: review.from)
        values.add(instant: review.end)
        values.add(json: review.hours.json)
        do throws(PostgreSQLError) {
            _ = try execute(ReviewStatements.add, values)
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Saves what a run found.
    ///
    /// - Throws: `AuditStoreError`.
    package func add(_ run: ReviewRun, to review: Review) throws(AuditStoreError) {
        var values = Parameters()
        values.add(text: review.tenant)
        values.add(uuid: review.id)
        values.add(uuid: run.id)
        values.add(text: run.ranBy)
        values.add(int64: Int64(run.foundCount))
        values.add(bool: run.isComplete)
        values.add(json: run.groupsJSON)
        values.add(bytes: run.digest)
        do throws(PostgreSQLError) {
            _ = try execute(ReviewStatements.addRun, values)
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// Closes a review; `false` when it was closed already.
    ///
    /// - Throws: `AuditStoreError`.
    package func close(
        _ review: Review,
        _ closing: ReviewClosing
    ) throws(AuditStoreError) -> Bool {
        var values = Parameters()
        values.add(text: review.tenant)
        values.add(uuid: review.id)
        values.add(text: closing.by)
        values.add(text: closing.finding)
        values.add(uuid: closing.runID)
        do throws(PostgreSQLError) {
            return try execute(ReviewStatements.close, values).affectedCount == 1
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// The reviews of a tenant with their runs, the newest first.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - id: One review only.
    /// - Returns: At most `Limits.auditReviewsListedMax` of them.
    /// - Throws: `AuditStoreError`.
    package func reviews(
        of tenant: String,
        id: UUIDBytes? = nil
    ) throws(AuditStoreError) -> [Review] {
        do throws(PostgreSQLError) {
            var values = Parameters()
            values.add(text: tenant)
            values.add(uuid: id)
            values.add(int64: Int64(Limits.auditReviewsListedMax))
            let rows = try execute(ReviewStatements.list, values)
            var reviews: [Review] = []
            for row in 0..<rows.rowCount {
                var review = try Self.review(rows, row, tenant)
                review.runs = try runs(of: review)
                review.closing = try closing(of: review)
                reviews.append(review)
            }
            return reviews
        } catch {
            throw AuditStoreError(error)
        }
    }

    private static func review(
        _ rows: borrowing QueryResult,
        _ row: Int,
        _ tenant: String
    ) throws(PostgreSQLError) -> Review {
        guard let id = try rows.uuid(row, 0), let madeAt = try rows.instant(row, 1),
            let madeBy = try rows.text(row, 2), let title = try rows.text(row, 3),
            let question = ReviewQuestion(rawValue: try rows.text(row, 4) ?? ""),
            let from = try rows.instant(row, 5), let end = try rows.instant(row, 6),
            let hours = WorkingHours(reading: rows.bytes(row, 7) ?? [])
        else { throw PostgreSQLError(code: .unexpectedResult) }
        return Review(
            id: id,
            tenant: tenant,
            madeAt: madeAt,
            madeBy: madeBy,
            title: title,
            question: question,
            from: from,
            end: end,
            hours: hours
        )
    }

    private func runs(of review: Review) throws(PostgreSQLError) -> [ReviewRun] {
        var values = Parameters()
        values.add(text: review.tenant)
        values.add(uuid: review.id)
        values.add(int64: Int64(Limits.auditReviewsListedMax))
        let rows = try execute(ReviewStatements.runs, values)
        var runs: [ReviewRun] = []
        for row in 0..<rows.rowCount {
            guard let id = try rows.uuid(row, 0), let ranAt = try rows.instant(row, 1),
                let ranBy = try rows.text(row, 2), let count = try rows.integer(row, 3),
                let isComplete = try rows.bool(row, 4), let digest = rows.bytes(row, 6)
            else { throw PostgreSQLError(code: .unexpectedResult) }
            runs.append(
                ReviewRun(
                    id: id,
                    ranAt: ranAt,
                    ranBy: ranBy,
                    foundCount: count,
                    isComplete: isComplete,
                    groups: ReviewRun.groups(reading: rows.bytes(row, 5) ?? []),
                    digest: digest
                )
            )
        }
        return runs
    }

    private func closing(of review: Review) throws(PostgreSQLError) -> ReviewClosing? {
        var values = Parameters()
        values.add(text: review.tenant)
        values.add(uuid: review.id)
        let rows = try execute(ReviewStatements.closing, values)
        guard rows.rowCount > 0 else { return nil }
        guard let at = try rows.instant(0, 0), let by = try rows.text(0, 1),
            let finding = try rows.text(0, 2), let runID = try rows.uuid(0, 3)
        else { throw PostgreSQLError(code: .unexpectedResult) }
        return ReviewClosing(at: at, by: by, finding: finding, runID: runID)
    }
}
