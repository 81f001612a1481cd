import Audit
import Basics
import Crypto
import HTTPMessages
import JSON

/// Answers one question to the audit trail, for one caller of one tenant.
///
/// It reads; what it gives leaves only after the row of the read is durable.
struct AuditDesk {
    /// What is to leave, and what the row of the read says.
    struct Answer {
        var note: ReadNote
        var kind = AuditRecord.Kind.auditRead
        var status = 200
        var type = "application/json; charset=utf-8"
        var body: [UInt8] = []
        var fields: [(name: String, value: String)] = []
        /// The event that led to this one, where it is not the one that is shown.
        var cause: UUIDBytes?
    }

    let reader: any AuditReading
    let client: Client
    let key: AuthenticationKey
    /// The keys of pseudonyms, one for each epoch.
    let pseudonymKeys: [PseudonymKey]
    let now: Instant
    /// A fresh id.
    let makeID: () -> UUIDBytes
    /// The id of the row of this read.
    let eventID: UUIDBytes

    /// The tenant, which is that of the caller and of nobody else.
    var tenant: String { client.tenant }

    /// Answers a request.
    func answer(
        _ request: HTTPRequest,
        _ route: AuditRoute
    ) async throws(GatewayError) -> Answer {
        // HEAD is GET but for the body of the answer, which is left out where it is sent.
        if request.method != "POST", !request.body.isEmpty {
            throw AuditQuestion.fault("", "This request has no body.")
        }
        switch route {
        case .events:
            let question = try AuditQuestion(query: request.query, keys: pseudonymKeys.map(\.key))
            return try await list(question, "list")
        case .search:
            return try await list(try await body(request, AuditQuestion.inBody), "search")
        case .event(let id): return try await event(id, request)
        case .timeline:
            let more: Set<String> = ["limit", "cursor", "service", "kind"]
            return try await timeline(try await patient(request, more))
        case .whoSaw: return try await whoSaw(try await patient(request, []))
        case .exports: return try await AuditExportDesk(desk: self).part(request)
        case .reviews, .review, .runs, .closing:
            return try await ReviewDesk(desk: self).answer(request, route)
        }
    }

    // MARK: Events

    private func list(
        _ question: AuditQuestion,
        _ name: String
    ) async throws(GatewayError) -> Answer {
        // The rows of a patient who is named are about that patient, whatever columns they show.
        guard question.filter.patientPseudonyms.isEmpty || question.reason != nil else {
            throw GatewayError(.reasonMissing)
        }
        var filter = try placed(question, name)
        filter.limit = question.filter.limit
        let page = try await page(filter, .columns)
        var note = ReadNote(name, reason: question.reason)
        note.filter = filter
        note.rowCount = page.events.count
        return Answer(note: note, body: Self.body(page, next: sealed(page.next, filter, name)))
    }

    private func event(
        _ text: String,
        _ request: HTTPRequest
    ) async throws(GatewayError) -> Answer {
        guard request.query == nil else {
            throw AuditQuestion.fault("", "No parameter is known here.")
        }
        // An id that is none is an event that is not there.
        guard let id = UUIDBytes(text: text) else { throw GatewayError(.unknownEvent) }
        let reason = try Self.reason(request)
        guard
            let event = try await read({ () async throws(AuditError) in
                try await reader.event(id, of: tenant)
            })
        else { throw GatewayError(.unknownEvent) }
        if event.speaksOfPatient, reason == nil { throw GatewayError(.reasonMissing) }
        let story = try await read { () async throws(AuditError) in
            try await reader.story(of: event)
        }
        var note = note("show", reason, about: event.record)
        note.rowCount = story.events.count
        var writer = JSONWriter(reservingBytes: 16_384)
        writer.beginObject()
        writer.name("event")
        event.write(to: &writer)
        Self.write(story, to: &writer)
        writer.endObject()
        return Answer(note: note, body: writer.bytes)
    }

    private func timeline(_ question: AuditQuestion) async throws(GatewayError) -> Answer {
        guard question.reason != nil else { throw GatewayError(.reasonMissing) }
        let filter = try placed(question, "timeline")
        let page = try await page(filter, .answers)
        var note = ReadNote("timeline", reason: question.reason)
        note.filter = filter
        note.rowCount = page.events.count
        let next = sealed(page.next, filter, "timeline")
        return Answer(note: note, body: Self.body(page, next: next))
    }

    private func whoSaw(_ question: AuditQuestion) async throws(GatewayError) -> Answer {
        guard question.reason != nil else { throw GatewayError(.reasonMissing) }
        let filter = question.filter
        var readers = PatientReaders()
        var isCut = false
        for part in filter.readerParts where !isCut {
            var part = part
            part.limit = Limits.auditListRowsMax
            while !isCut {
                let page = try await page(part, .columns)
                for event in page.events { readers.add(event, askedBy: part) }
                guard let next = page.next else { break }
                part.cursor = next
                isCut = readers.eventCount >= Limits.auditReadersEventsMax
            }
        }
        var note = ReadNote("who-saw", reason: question.reason)
        note.filter = filter
        note.rowCount = readers.eventCount
        var writer = JSONWriter(reservingBytes: 4_096)
        writer.beginObject()
        writer.member("events", readers.eventCount)
        writer.member("isCut", isCut)
        writer.name("readers")
        writer.beginArray()
        for reader in readers.all { reader.write(to: &writer) }
        writer.endArray()
        writer.endObject()
        return Answer(note: note, body: writer.bytes)
    }

    // MARK: Steps

    /// A question of a body that must name a patient and may name no other person or event.
    ///
    /// Who saw the patient is asked of everything, and without pages: what narrows it further would
    /// leave out readers as if there were none.
    private func patient(
        _ request: HTTPRequest,
        _ more: Set<String>
    ) async throws(GatewayError) -> AuditQuestion {
        let question = try await body(
            request,
            more.union(["patient", "from", "to", "zone", "reason"])
        )
        guard !question.filter.patientPseudonyms.isEmpty else {
            throw AuditQuestion.fault("/patient", "It must be there: a FHIR id or a pseudonym.")
        }
        return question
    }

    /// The question of a body.
    func body(
        _ request: HTTPRequest,
        _ known: Set<String>
    ) async throws(GatewayError) -> AuditQuestion {
        guard request.query == nil else {
            throw AuditQuestion.fault("", "A question is asked in the body alone.")
        }
        var question = try AuditQuestion(
            body: request.body,
            known: known,
            client: client,
            keys: pseudonymKeys.map(\.key)
        )
        var isKnown = false
        if let given = question.filter.patientGiven {
            isKnown = try await read { () async throws(AuditError) in
                try await reader.isPseudonym(given, of: tenant)
            }
        }
        question.note(epoch: pseudonymKeys.last?.epoch, isGivenKnown: isKnown)
        return question
    }

    /// The pseudonym of a reference in one epoch; `nil` when its key is not at hand.
    func pseudonym(of reference: String, epoch: Int) -> [UInt8]? {
        pseudonymKeys.first { $0.epoch == epoch }?.key.authenticate(reference)
    }

    /// A note of reading an event: its patient under the newest pseudonym, as all who read today.
    private func note(_ name: String, _ reason: String?, about record: AuditRecord) -> ReadNote {
        var note = ReadNote(name, reason: reason)
        note.about = record
        if let reference = record.patientReference, let newest = pseudonymKeys.last {
            note.subject = ReadNote.Subject(
                pseudonym: newest.key.authenticate(reference),
                epoch: newest.epoch
            )
        }
        return note
    }

    /// The filter of a question, from where its cursor says on.
    private func placed(
        _ question: AuditQuestion,
        _ purpose: String
    ) throws(GatewayError) -> AuditFilter {
        var filter = question.filter
        filter.tenant = tenant
        guard let text = question.cursor else { return filter }
        guard let opened = seal(purpose).open(text, filter) else {
            throw GatewayError(.cursorRefused)
        }
        filter.cursor = opened.cursor
        return filter
    }

    private func sealed(
        _ cursor: AuditCursor?,
        _ filter: AuditFilter,
        _ purpose: String
    ) -> String? {
        cursor.map { seal(purpose).text($0, filter) }
    }

    /// The seal of cursors for this caller.
    func seal(_ purpose: String) -> CursorSeal {
        CursorSeal(key: key, reader: client.id + "@" + tenant, purpose: purpose)
    }

    func page(
        _ filter: AuditFilter,
        _ detail: AuditDetail
    ) async throws(GatewayError) -> AuditPage {
        try await read { () async throws(AuditError) in
            try await reader.page(filter, of: tenant, detail)
        }
    }

    func read<Value>(
        _ body: () async throws(AuditError) -> Value
    ) async throws(GatewayError) -> Value {
        do throws(AuditError) {
            return try await body()
        } catch {
            throw GatewayError(.auditUnreadable)
        }
    }

    /// The reason of a request without a body.
    private static func reason(_ request: HTTPRequest) throws(GatewayError) -> String? {
        let values = request.fields.values("limen-reason")
        guard let text = values.first else { return nil }
        guard values.count == 1, let reason = AuditQuestion.decoded(text[...], isForm: false),
            ReadNote.isReason(reason)
        else {
            throw AuditQuestion.fault("", "Limen-Reason is one line of percent-encoded text.")
        }
        return reason
    }

    private static func body(_ page: AuditPage, next: String?) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 1_024 * page.events.count + 256)
        writer.beginObject()
        writer.name("events")
        writer.beginArray()
        for event in page.events { event.write(to: &writer) }
        writer.endArray()
        writer.member("next", ifPresent: next)
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ story: Story, to writer: inout JSONWriter) {
        writer.name("story")
        writer.beginArray()
        for line in story.lines {
            writer.beginObject()
            writer.member("at", line.moment.text)
            writer.member("event", line.eventID.text)
            writer.name("text")
            writer.beginArray()
            for sentence in line.sentences { writer.value(sentence) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        if story.isCut { writer.member("isCut", true) }
    }
}
