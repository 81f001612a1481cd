import Audit
import AuditStore
import Basics
import Crypto
import JSON
import Posix

/// `limen audit review`: saved questions to the trail, run as often as one likes and closed once:
/// "examined by, on, what was found".
enum AuditReviewCommand {
    /// Runs the command.
    static func run(_ arguments: [String]) throws(CommandError) -> ExitCode {
        let parsed = try Arguments(arguments, of: "audit review")
        switch (parsed.words.first, parsed.words.count) {
        case ("questions", 1): return questions(parsed)
        case ("new", 2): return try make(parsed, parsed.words[1])
        case ("list", 1): return try list(parsed)
        case ("run", 2): return try examine(parsed, try identifier(parsed.words[1]))
        case ("close", 2): return try close(parsed, try identifier(parsed.words[1]))
        default:
            throw CommandError(
                .usage,
                "say limen audit review questions, new QUESTION, list, run REVIEW or close REVIEW"
            )
        }
    }

    private static func questions(_ parsed: Arguments) -> ExitCode {
        if parsed.has("json") {
            for question in ReviewQuestion.allCases {
                var writer = JSONWriter()
                writer.beginObject()
                writer.member("question", question.rawValue)
                writer.member("sentence", question.sentence)
                writer.member("countedBy", question.grouping)
                writer.endObject()
                Terminal.writeOutput(writer.text + "\n")
            }
            return .ok
        }
        var table = TextTable()
        for question in ReviewQuestion.allCases {
            table.append([question.rawValue, question.sentence])
        }
        Terminal.writeOutput(table.lines().joined(separator: "\n") + "\n")
        return .ok
    }

    private static func make(
        _ parsed: Arguments,
        _ word: String
    ) throws(CommandError) -> ExitCode {
        guard let question = ReviewQuestion(rawValue: word) else {
            throw CommandError(.usage, "limen audit review questions lists what can be asked")
        }
        let zone = try ZoneOffset.shown(parsed)
        guard let from = try ZoneOffset.moment("from", parsed),
            let end = try ZoneOffset.moment("to", parsed, isEnd: true), from < end
        else {
            throw CommandError(
                .usage,
                "a review is of a time: give --from and --to, the second behind the first"
            )
        }
        guard
            let hours = WorkingHours(
                hours: parsed.value("hours") ?? "07:00-19:00",
                includesWeekend: parsed.has("weekend"),
                zoneMinutes: zone.minutes
            )
        else { throw CommandError(.usage, "--hours takes working hours such as 07:00-19:00") }
        let title = parsed.value("title") ?? question.sentence
        guard (1...200).contains(title.unicodeScalars.count) else {
            throw CommandError(.usage, "--title takes at most 200 characters")
        }
        let access = try AuditAccess.choose(parsed)
        let query = try access.open()
        let now = Clock.now()
        var review = Review(
            id: .version7(at: now),
            tenant: access.tenant,
            madeAt: now,
            madeBy: access.login,
            title: title,
            question: question,
            from: from,
            end: end,
            hours: hours
        )
        review.patientPseudonym = try pseudonym(parsed, access, query)
        try record("review-new", review, access, query)
        do {
            try query.add(review)
        } catch {
            throw StoreSentence.commandError(error)
        }
        show(review, parsed)
        return .ok
    }

    private static func list(_ parsed: Arguments) throws(CommandError) -> ExitCode {
        let access = try AuditAccess.choose(parsed)
        let zone = try ZoneOffset.shown(parsed)
        let query = try access.open()
        var reviews: [Review]
        do {
            reviews = try query.reviews(of: access.tenant)
        } catch {
            throw StoreSentence.commandError(error)
        }
        if parsed.has("open") { reviews.removeAll { $0.closing != nil } }
        var note = ReadNote("review-list")
        note.rowCount = reviews.count
        try access.record(note, .auditReview, on: query)
        if parsed.has("json") {
            for review in reviews { show(review, parsed) }
            return .ok
        }
        guard !reviews.isEmpty else {
            Terminal.writeOutput("no reviews\n")
            return .ok
        }
        var table = TextTable()
        table.append(["review", "made", "by", "question", "runs", "found", "closed", "title"])
        for review in reviews {
            let closed = review.closing.map { zone.text($0.at) + " by " + $0.by } ?? "open"
            table.append([
                review.id.text, zone.text(review.madeAt), review.madeBy,
                review.question.rawValue, String(review.runs.count),
                review.runs.first?.foundText ?? "", closed, review.title.shown,
            ])
        }
        Terminal.writeOutput(table.lines().joined(separator: "\n") + "\n")
        return .ok
    }

    private static func examine(
        _ parsed: Arguments,
        _ id: UUIDBytes
    ) throws(CommandError) -> ExitCode {
        let access = try AuditAccess.choose(parsed)
        let zone = try ZoneOffset.shown(parsed)
        let query = try access.open()
        let review = try find(id, access, query)
        guard review.closing == nil else {
            throw CommandError(
                .findings,
                "the review is closed; make a new one of the same question"
            )
        }
        let now = Clock.now()
        var shown: [StoredEvent] = []
        let run: ReviewRun
        do throws(AuditStoreError) {
            run = try query.examine(
                review,
                id: .version7(at: now),
                by: access.login,
                now: now
            ) { event in
                if shown.count < listedMax { shown.append(event) }
            }
            try query.add(run, to: review)
        } catch {
            throw StoreSentence.commandError(error)
        }
        try record(
            "review-run",
            review,
            access,
            query,
            rowCount: run.foundCount,
            isComplete: run.isComplete
        )
        if parsed.has("json") {
            var writer = JSONWriter()
            run.write(to: &writer)
            Terminal.writeOutput(writer.text + "\n")
        } else {
            Terminal.writeOutput(text(run, review, shown, zone))
        }
        // Nothing found in a part of the time is not nothing.
        return run.isClean ? .ok : .findings
    }

    private static func close(
        _ parsed: Arguments,
        _ id: UUIDBytes
    ) throws(CommandError) -> ExitCode {
        guard let finding = parsed.value("found"),
            (1...4_000).contains(finding.unicodeScalars.count)
        else {
            throw CommandError(
                .usage,
                "say what was found with --found TEXT, 4000 characters at most"
            )
        }
        let access = try AuditAccess.choose(parsed)
        let query = try access.open()
        let review = try find(id, access, query)
        guard let run = review.runs.first else {
            throw CommandError(.findings, "the review was never run, so nothing was examined")
        }
        var closing = ReviewClosing(
            at: Clock.now(),
            by: access.login,
            finding: finding,
            runID: run.id
        )
        closing.patientPseudonym = try pseudonym(parsed, access, query)
        try record(
            "review-close",
            review,
            access,
            query,
            rowCount: run.foundCount,
            isComplete: run.isComplete
        )
        let isClosed: Bool
        do {
            isClosed = try query.close(review, closing)
        } catch {
            throw StoreSentence.commandError(error)
        }
        guard isClosed else { throw CommandError(.findings, "the review was closed already") }
        Terminal.writeOutput(
            "closed \(review.id.text): \(run.foundText) found, by \(TextStyle.safe(closing.by))\n"
        )
        if !run.isComplete {
            Terminal.writeError(
                "limen: the last run did not look at all of the time, and the review says so; a review "
                    + "of a shorter time looks at all of it\n"
            )
        }
        return .ok
    }

    // MARK: Steps

    private static func find(
        _ id: UUIDBytes,
        _ access: AuditAccess,
        _ query: borrowing AuditQuery
    ) throws(CommandError) -> Review {
        let review: Review?
        do {
            review = try query.reviews(of: access.tenant, id: id).first
        } catch {
            throw StoreSentence.commandError(error)
        }
        guard let review else {
            throw CommandError(.findings, "there is no such review that this auditor may read")
        }
        return review
    }

    private static func record(
        _ question: String,
        _ review: Review,
        _ access: AuditAccess,
        _ query: borrowing AuditQuery,
        rowCount: Int = 0,
        isComplete: Bool = true
    ) throws(CommandError) {
        // The title may speak of a patient, so the row has the question's own sentence.
        var note = ReadNote(question, reason: review.question.sentence)
        note.rowCount = rowCount
        note.more = [("review", review.id.text), ("asked", review.question.rawValue)]
        if !isComplete { note.more.append(("looked", "at a part of the time")) }
        try access.record(note, .auditReview, on: query)
    }

    /// The patient that the words are about, under the newest pseudonym; they are erased with it.
    private static func pseudonym(
        _ parsed: Arguments,
        _ access: AuditAccess,
        _ query: borrowing AuditQuery
    ) throws(CommandError) -> [UInt8]? {
        guard let patient = parsed.value("patient") else { return nil }
        let reader = AuditFilterReader(arguments: parsed, access: access)
        let name = try reader.definitePatient(patient)
        var filter = AuditFilter()
        try reader.ask(for: name, in: &filter)
        guard let named = try access.settled(filter, on: query).named else {
            throw CommandError(
                .findings,
                "--patient is no pseudonym of the trail; with the tenant's key (--keys FOLDER) it "
                    + "takes the id"
            )
        }
        return named.pseudonym
    }

    private static func identifier(_ text: String) throws(CommandError) -> UUIDBytes {
        guard let id = UUIDBytes(text: text) else {
            throw CommandError(
                .usage,
                "a review is named by its UUID, as limen audit review list shows it"
            )
        }
        return id
    }

    private static func show(_ review: Review, _ parsed: Arguments) {
        guard parsed.has("json") else {
            Terminal.writeOutput("\(review.id.text)  \(TextStyle.safe(review.title.shown))\n")
            return
        }
        var writer = JSONWriter()
        review.write(to: &writer)
        Terminal.writeOutput(writer.text + "\n")
    }

    private static func text(
        _ run: ReviewRun,
        _ review: Review,
        _ shown: [StoredEvent],
        _ zone: ZoneOffset
    ) -> String {
        var text = "\(review.question.sentence)\n"
        text += "from \(zone.text(review.from)) until before \(zone.text(review.end))\n"
        text += "found \(run.foundText)\n"
        if !run.isComplete {
            text += "not all of the time was looked at: make reviews of shorter times\n"
        }
        var table = TextTable()
        for group in run.groups { table.append([String(group.count), group.name]) }
        if !run.groups.isEmpty { text += table.lines(indent: "  ").joined(separator: "\n") + "\n" }
        if !shown.isEmpty { text += EventPrinter.list(shown, zone) }
        if shown.count < run.foundCount {
            text += "\(shown.count) of \(run.foundText) are shown: "
            text += "reviews of shorter times show the others\n"
        }
        return text
    }

    private static let listedMax = 50
}
