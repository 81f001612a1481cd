package import Audit
package import Basics
import PostgreSQL
import Vault

extension AuditQuery {
    /// Saves a review; a title that is not the question's own sentence is sealed.
    ///
    /// - Throws: `AuditStoreError`, with `keysMissing` when there are words and no keys.
    package func add(_ review: Review) throws(AuditStoreError) {
        var values = Parameters()
        values.add(text: review.tenant)
        values.add(uuid: review.id)
        values.add(text: review.madeBy)
        let title = review.title.text ?? ""
        let isOwn = title == review.question.sentence
        let sealed =
            isOwn
            ? nil
            : try seal(title, .title, of: review, about: review.patientPseudonym, review.madeAt)
        if let sealed {
            values.add(bytes: sealed.text)
        } else {
            values.add(text: title)
        }
        values.add(text: review.question.rawValue)
        values.add(instant: review.from)
        values.add(instant: review.end)
        values.add(json: review.hours.json)
        do throws(PostgreSQLError) {
            if let sealed {
                values.add(uuid: sealed.key.keyID)
                Self.add(sealed.key, to: &values)
                _ = try execute(ReviewStatements.addSealed, values)
            } else {
                _ = try execute(ReviewStatements.add, values)
            }
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
    /// What was found is sealed.
    ///
    /// - Throws: `AuditStoreError`, with `keysMissing` when there are no keys of the tenant.
    package func close(
        _ review: Review,
        _ closing: ReviewClosing
    ) throws(AuditStoreError) -> Bool {
        var values = Parameters()
        values.add(text: review.tenant)
        values.add(uuid: review.id)
        values.add(text: closing.by)
        let sealed = try seal(
            closing.finding.text ?? "",
            .finding,
            of: review,
            about: closing.patientPseudonym,
            closing.at
        )
        values.add(bytes: sealed.text)
        values.add(uuid: closing.runID)
        values.add(uuid: sealed.key.keyID)
        Self.add(sealed.key, to: &values)
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
                var review = try review(rows, row, tenant)
                review.runs = try runs(of: review)
                review.closing = try closing(of: review)
                reviews.append(review)
            }
            return reviews
        } catch {
            throw AuditStoreError(error)
        }
    }

    /// The columns with the words of people.
    private enum WordColumn: String {
        case title = "sealed_title"
        case finding = "sealed_finding"
    }

    private func seal(
        _ text: String,
        _ column: WordColumn,
        of review: Review,
        about patient: [UInt8]?,
        _ now: Instant
    ) throws(AuditStoreError) -> NoteSealer.SealedNote {
        do throws(VaultError) {
            return try NoteSealer(opener.ring).seal(
                text,
                at: Sealing.Place(tenant: review.tenant, eventID: review.id),
                column: column.rawValue,
                subject: patient ?? review.id.bytes,
                now: now
            )
        } catch {
            throw AuditStoreError(code: .keysMissing)
        }
    }

    private static func add(_ key: WrappedKey, to values: inout Parameters) {
        values.add(bytes: key.subject)
        values.add(text: key.month.text)
        values.add(text: key.wrappingKey)
        values.add(bytes: key.wrapped)
        values.add(instant: key.createdAt)
    }

    /// The words of a column: in plain as of before, opened, or why they cannot be read.
    private func words(
        plain: String?,
        keyID: UUIDBytes?,
        sealed: [UInt8]?,
        _ column: WordColumn,
        _ id: UUIDBytes,
        _ tenant: String
    ) throws(PostgreSQLError) -> ReviewWords {
        if let plain { return ReviewWords(plain) }
        guard let keyID, let sealed else { throw PostgreSQLError(code: .unexpectedResult) }
        switch try keys([keyID], of: tenant)[keyID] ?? .missing {
        case .open(let key):
            let opened = Sealing.open(
                sealed,
                key: key.secret,
                at: Sealing.Place(tenant: tenant, eventID: id),
                column: column.rawValue
            )
            return ReviewWords(
                opened.map { String(decoding: $0, as: UTF8.self) },
                opened == nil ? .unreadable : .opened
            )
        case .sealed: return ReviewWords(nil, .sealed)
        case .damaged: return ReviewWords(nil, .unreadable)
        case .erased: return ReviewWords(nil, .erased)
        case .missing: return ReviewWords(nil, .keyMissing)
        }
    }

    private func review(
        _ rows: borrowing QueryResult,
        _ row: Int,
        _ tenant: String
    ) throws(PostgreSQLError) -> Review {
        guard let id = try rows.uuid(row, 0), let madeAt = try rows.instant(row, 1),
            let madeBy = try rows.text(row, 2),
            let question = ReviewQuestion(rawValue: try rows.text(row, 4) ?? ""),
            let from = try rows.instant(row, 5), let end = try rows.instant(row, 6),
            let hours = WorkingHours(reading: rows.bytes(row, 7) ?? [])
        else { throw PostgreSQLError(code: .unexpectedResult) }
        var review = Review(
            id: id,
            tenant: tenant,
            madeAt: madeAt,
            madeBy: madeBy,
            title: "",
            question: question,
            from: from,
            end: end,
            hours: hours
        )
        review.title = try words(
            plain: try rows.text(row, 3),
            keyID: try rows.uuid(row, 8),
            sealed: rows.bytes(row, 9),
            .title,
            id,
            tenant
        )
        return review
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
            let runID = try rows.uuid(0, 3)
        else { throw PostgreSQLError(code: .unexpectedResult) }
        var closing = ReviewClosing(at: at, by: by, finding: "", runID: runID)
        closing.finding = try words(
            plain: try rows.text(0, 2),
            keyID: try rows.uuid(0, 4),
            sealed: rows.bytes(0, 5),
            .finding,
            review.id,
            review.tenant
        )
        return closing
    }
}
