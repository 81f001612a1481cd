package import Basics
package import JSON

/// Who saw what of one patient: clinicians by their cards, programs by their results, auditors by
/// their reads (45 CFR 164.528, accounting of disclosures).
///
/// A read that named no patient may have shown this one all the same: an export of everything holds
/// everybody. Such reads are listed too, and marked: the trail keeps the names of their filters and
/// no values, so that none of them can be left out.
package struct PatientReaders: Sendable {
    /// How somebody saw something.
    package enum Way: String, Sendable, CaseIterable {
        /// A card or another answer was shown to a user of an EHR.
        case answer
        /// A program got a result by named inputs or in a batch.
        case result
        /// Somebody read the audit trail.
        case read
        /// Somebody took a part of the trail away.
        case export
    }

    /// How far a reader's events were about this patient.
    package enum Coverage: String, Sendable, CaseIterable {
        /// The event is about the patient: a call, or a read that asked for this very patient.
        case patient
        /// Everything of the tenant was taken or computed again, up to some moment.
        case all
        /// The read named no patient; what its filters let through is not recorded.
        case perhaps
    }

    /// One who saw.
    package struct Reader: Sendable {
        /// How.
        package let way: Way
        /// The client, or the login of the auditor.
        package let client: String
        /// The user, as far as the row names one: a reference, or the keyed pseudonym.
        package let user: String
        /// How far that was about the patient.
        package let coverage: Coverage
        /// The names of what narrowed reads that named no patient.
        package fileprivate(set) var filters: Set<String> = []
        /// The services whose answers were seen.
        package fileprivate(set) var services: Set<String> = []
        /// The reasons that were given.
        package fileprivate(set) var reasons: [String] = []
        /// The first time.
        package fileprivate(set) var first: Instant
        /// The last time.
        package fileprivate(set) var last: Instant
        /// How many times.
        package fileprivate(set) var count = 0

        /// Writes the reader as one JSON object.
        package func write(to writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("way", way.rawValue)
            writer.member("client", client)
            if !user.isEmpty { writer.member("user", user) }
            writer.member("covered", coverage.rawValue)
            writer.member("count", count)
            writer.member("first", first.text)
            writer.member("last", last.text)
            for (name, texts) in [
                ("filters", filters.sorted()), ("services", services.sorted()),
                ("reasons", reasons),
            ] where !texts.isEmpty {
                writer.name(name)
                writer.beginArray()
                for text in texts { writer.value(text) }
                writer.endArray()
            }
            writer.endObject()
        }
    }

    private struct Key: Hashable {
        let way: Way
        let client: String
        let user: String
        let coverage: Coverage
    }

    private var readers: [Key: Reader] = [:]
    /// What was counted already: several rows tell of one export.
    private var counted: Set<UUIDBytes> = []

    /// How many events were looked at.
    package private(set) var eventCount = 0

    /// Makes an empty list.
    package init() {}

    /// The readers, the latest first.
    package var all: [Reader] {
        readers.values.sorted {
            ($0.last, $0.count, $0.client, $0.user) > ($1.last, $1.count, $1.client, $1.user)
        }
    }

    /// Takes one event that a part of the question found (`AuditFilter.readerParts`).
    package mutating func add(_ event: StoredEvent, askedBy part: AuditFilter) {
        if part.namesNoPatient { addWide(event) } else { add(event) }
    }

    /// Takes one event of the patient.
    package mutating func add(_ event: StoredEvent) {
        eventCount += 1
        guard let way = Self.way(event.record) else { return }
        note(event.record, way, .patient)
    }

    /// Takes one event by which somebody read without naming a patient.
    package mutating func addWide(_ event: StoredEvent) {
        eventCount += 1
        let record = event.record
        guard record.patientPseudonym == nil, let way = Self.way(record) else { return }
        let filters = ReadNote.filterNames(in: record.flags)
        // Everything was taken or computed again when nothing but an end narrowed it; an export
        // always has an end. A list is a page of a few rows.
        let takesAll = way == .export || record.flags.contains("recompute")
        if takesAll, filters.isSubset(of: ["to"]) {
            note(record, way, .all)
        } else if Self.mayShowPatients(record) {
            note(record, way, .perhaps, filters)
        }
    }

    private mutating func note(
        _ record: AuditRecord,
        _ way: Way,
        _ coverage: Coverage,
        _ filters: Set<String> = []
    ) {
        let user = record.userReference ?? record.userPseudonym.map(hexadecimal) ?? ""
        let key = Key(way: way, client: record.client ?? "", user: user, coverage: coverage)
        var reader =
            readers[key]
            ?? Reader(
                way: way,
                client: key.client,
                user: user,
                coverage: coverage,
                first: record.startedAt,
                last: record.startedAt
            )
        reader.first = min(reader.first, record.startedAt)
        reader.last = max(reader.last, record.startedAt)
        // The parts and the end of an export name the row of its beginning.
        let isPart = way == .export || record.flags.contains(RecomputeMark.complete)
        let id = isPart ? record.causedBy ?? record.eventID : record.eventID
        if counted.insert(id).inserted { reader.count += 1 }
        reader.filters.formUnion(filters)
        if let service = record.service { reader.services.insert(service) }
        if let reason = EventFacts(record).reason, !reader.reasons.contains(reason),
            reader.reasons.count < 20
        {
            reader.reasons.append(reason)
        }
        readers[key] = reader
    }

    /// Whether a read without a patient may have shown what speaks of one.
    ///
    /// Left out is what shows nothing but keys and counts, and a page on which there was nothing;
    /// a question that is not known here is not left out.
    private static func mayShowPatients(_ record: AuditRecord) -> Bool {
        let details = record.details.flatMap { try? JSONDocument(parsing: $0) }?.root
        let question = details?["question"]?.stringValue ?? ""
        if ["keys", "feedback-report"].contains(question) { return false }
        let isPage = ["list", "search", "timeline", "show"].contains(question)
        return !isPage || details?["rows"]?.integerValue != 0
    }

    /// How an event let somebody see the patient; `nil` when it showed nothing.
    private static func way(_ record: AuditRecord) -> Way? {
        switch record.kind {
        case .decision:
            // A shadow shows nothing, and an answer that was held back was not seen.
            record.arm == .shadow || record.status != 200 ? nil : .answer
        case .evaluation: record.status == 200 ? .result : nil
        case .auditRead, .auditReview: record.status == 200 ? .read : nil
        case .auditExport: .export
        case .feedback, .rejectedRequest, .authenticationFailure, .configurationChange, .start,
            .stop, .modelChange, .fetch, .erasure, .legalHold, .keyChange, .retention:
            nil
        }
    }
}

extension AuditFilter {
    /// The questions that together find who saw a patient: the events of the patient, and the reads
    /// of each kind that named none.
    package var readerParts: [AuditFilter] {
        var wide = self
        wide.patientPseudonyms = []
        wide.namesNoPatient = true
        let kinds: [AuditRecord.Kind] = [.auditRead, .auditExport, .auditReview]
        return [self]
            + kinds.filter { kind == nil || kind == $0 }.map { kind in
                var part = wide
                part.kind = kind
                return part
            }
    }
}
