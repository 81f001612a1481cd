import Audit
import Basics
import CDSHooks
import HTTPMessages
import JSON

/// Answers what concerns saved reviews.
struct ReviewDesk {
    let desk: AuditDesk

    /// Answers a request.
    func answer(
        _ request: HTTPRequest,
        _ route: AuditRoute
    ) async throws(GatewayError) -> AuditDesk.Answer {
        guard request.query == nil else {
            throw AuditQuestion.fault("", "No parameter is known here.")
        }
        switch route {
        case .reviews:
            return request.method == "POST" ? try await make(request) : try await list()
        case .review(let id): return Self.answer(try await find(id), "review-show")
        case .runs(let id): return try await run(try await find(id), request)
        case .closing(let id): return try await close(try await find(id), request)
        case .events, .search, .event, .timeline, .whoSaw, .exports:
            throw GatewayError(.unknownPath)
        }
    }

    private func list() async throws(GatewayError) -> AuditDesk.Answer {
        let reviews = try await desk.read { () async throws(AuditError) in
            try await desk.reader.reviews(of: desk.tenant)
        }
        var note = ReadNote("review-list")
        note.rowCount = reviews.count
        var writer = JSONWriter(reservingBytes: 4_096)
        writer.beginObject()
        writer.name("reviews")
        writer.beginArray()
        for review in reviews { review.write(to: &writer) }
        writer.endArray()
        writer.name("questions")
        writer.beginArray()
        for question in ReviewQuestion.allCases {
            writer.beginObject()
            writer.member("question", question.rawValue)
            writer.member("sentence", question.sentence)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return AuditDesk.Answer(note: note, kind: .auditReview, body: writer.bytes)
    }

    private func make(_ request: HTTPRequest) async throws(GatewayError) -> AuditDesk.Answer {
        let asked = try await desk.body(
            request,
            ["question", "title", "from", "to", "hours", "weekend", "zone", "patient"]
        )
        guard let question = asked.more["question"].flatMap(ReviewQuestion.init(rawValue:)) else {
            throw AuditQuestion.fault("/question", "GET /audit/reviews lists what can be asked.")
        }
        guard let from = asked.filter.from, let end = asked.filter.to else {
            throw AuditQuestion.fault("/from", "A review is of a time: from and to must be there.")
        }
        let title = asked.more["title"] ?? question.sentence
        guard (1...200).contains(title.unicodeScalars.count) else {
            throw AuditQuestion.fault("/title", "Accepted: at most 200 characters.")
        }
        let zone = asked.more["zone"] ?? "Z"
        guard let local = Instant(rfc3339: "2000-01-02T00:00:00" + zone),
            let noon = Instant(rfc3339: "2000-01-02T00:00:00Z")
        else { throw AuditQuestion.fault("/zone", "Accepted: Z or an offset such as +02:00.") }
        guard
            let hours = WorkingHours(
                hours: asked.more["hours"] ?? "07:00-19:00",
                includesWeekend: asked.more["weekend"] != nil,
                zoneMinutes: Int(noon.microseconds(since: local) / 60_000_000)
            )
        else { throw AuditQuestion.fault("/hours", "Accepted: hours such as 07:00-19:00.") }
        var review = Review(
            id: desk.makeID(),
            tenant: desk.tenant,
            madeAt: desk.now,
            madeBy: desk.client.id,
            title: title,
            question: question,
            from: from,
            end: end,
            hours: hours
        )
        // Words about one patient are erased with that patient.
        review.patientPseudonym = try asked.patientOfWords()
        let saved = review
        try await desk.read { () async throws(AuditError) in try await desk.reader.add(saved) }
        var answer = Self.answer(review, "review-new")
        answer.status = 201
        answer.fields = [("Location", "/audit/reviews/" + review.id.text)]
        return answer
    }

    private func run(
        _ review: Review,
        _ request: HTTPRequest
    ) async throws(GatewayError) -> AuditDesk.Answer {
        if !request.body.isEmpty { _ = try await desk.body(request, []) }
        guard review.closing == nil else { throw GatewayError(.reviewClosed) }
        let run = try await desk.read { () async throws(AuditError) in
            try await desk.reader.run(
                review,
                id: desk.makeID(),
                by: desk.client.id,
                now: desk.now
            )
        }
        var writer = JSONWriter()
        run.write(to: &writer)
        var answer = Self.answer(review, "review-run")
        answer.note.rowCount = run.foundCount
        answer.body = writer.bytes
        answer.status = 201
        return answer
    }

    private func close(
        _ review: Review,
        _ request: HTTPRequest
    ) async throws(GatewayError) -> AuditDesk.Answer {
        let asked = try await desk.body(request, ["found", "patient"])
        guard let finding = asked.more["found"],
            (1...4_000).contains(finding.unicodeScalars.count),
            !finding.unicodeScalars.contains("\0")
        else { throw AuditQuestion.fault("/found", "Accepted: a text of 1 to 4000 characters.") }
        guard let run = review.runs.first else {
            throw AuditQuestion.fault("", "The review was never run, so nothing was examined.")
        }
        var made = ReviewClosing(
            at: desk.now,
            by: desk.client.id,
            finding: finding,
            runID: run.id
        )
        made.patientPseudonym = try asked.patientOfWords()
        let closing = made
        let isClosed = try await desk.read { () async throws(AuditError) in
            try await desk.reader.close(review, closing)
        }
        guard isClosed else { throw GatewayError(.reviewClosed) }
        var closed = review
        closed.closing = closing
        return Self.answer(closed, "review-close")
    }

    // MARK: Steps

    private func find(_ text: String) async throws(GatewayError) -> Review {
        guard let id = UUIDBytes(text: text) else { throw GatewayError(.unknownReview) }
        let review = try await desk.read { () async throws(AuditError) in
            try await desk.reader.review(id, of: desk.tenant)
        }
        guard let review else { throw GatewayError(.unknownReview) }
        return review
    }

    private static func answer(_ review: Review, _ question: String) -> AuditDesk.Answer {
        var note = ReadNote(question)
        note.more = [("review", review.id.text), ("asked", review.question.rawValue)]
        var writer = JSONWriter(reservingBytes: 2_048)
        review.write(to: &writer)
        return AuditDesk.Answer(note: note, kind: .auditReview, body: writer.bytes)
    }
}
